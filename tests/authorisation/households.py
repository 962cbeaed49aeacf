"""The register's routes: members, category in time, reviews, leaving, contacts, near relatives, the timeline."""

from datetime import date
from uuid import UUID, uuid4

from bangfu.households.tables import Contact, HouseholdCategory, Kinship, Person, PersonLeaving
from bangfu.shared.clock import today
from tests.authorisation.row import Row, Stage
from tests.support import World

_OF = "/households/{household:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/households/reviews"): Row("households.reviews"),
    ("GET", f"{_OF}/standing"): Row("households.read", "household"),
    ("GET", f"{_OF}/events"): Row("households.read", "household"),
    ("GET", f"{_OF}/category"): Row("households.status", "household"),
    ("POST", f"{_OF}/category"): Row("households.status", "household"),
    ("GET", f"{_OF}/category/{{span:uuid}}/correct"): Row("households.status", "household+span"),
    ("POST", f"{_OF}/category/{{span:uuid}}/correct"): Row("households.status", "household+span"),
    ("GET", f"{_OF}/exit"): Row("households.status", "household"),
    ("POST", f"{_OF}/exit"): Row("households.status", "household"),
    ("POST", f"{_OF}/readmit"): Row("households.status", "household"),
    ("GET", f"{_OF}/review"): Row("households.record", "household"),
    ("POST", f"{_OF}/review"): Row("households.record", "household"),
    ("GET", f"{_OF}/members/{{person:uuid}}/edit"): Row("households.record", "household+person"),
    ("POST", f"{_OF}/members/{{person:uuid}}/edit"): Row("households.record", "household+person"),
    ("GET", f"{_OF}/members/{{person:uuid}}/leave"): Row("households.status", "household+person"),
    ("POST", f"{_OF}/members/{{person:uuid}}/leave"): Row("households.status", "household+person"),
    ("GET", f"{_OF}/leavings/{{entry:uuid}}/undo"): Row("households.record", "household+leaving"),
    ("POST", f"{_OF}/leavings/{{entry:uuid}}/undo"): Row("households.record", "household+leaving"),
    ("GET", f"{_OF}/head"): Row("households.record", "household"),
    ("POST", f"{_OF}/head"): Row("households.record", "household"),
    ("GET", f"{_OF}/contacts/new"): Row("households.record", "household"),
    ("POST", f"{_OF}/contacts/new"): Row("households.record", "household"),
    ("POST", f"{_OF}/contacts/{{contact:uuid}}/end"): Row("households.record", "household+contact"),
    ("GET", f"{_OF}/relatives/new"): Row("kinship.declare", "household"),
    ("POST", f"{_OF}/relatives/new"): Row("kinship.declare", "household"),
    ("POST", f"{_OF}/relatives/{{relative:uuid}}/end"): Row("households.status", "household+relative"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A member, a span, a leaving, a contact and a relative of the township's household and of the foreign one."""
    homes = UUID(str(stage.mine("household", ""))), UUID(str(stage.others("household", "")))
    for kind, make in {
        "person": _person, "span": _span, "leaving": _leaving, "contact": _contact, "relative": _relative,
    }.items():  # fmt: skip
        own, foreign = [(home, await make(home, world)) for home in homes]
        stage.put(f"household+{kind}", own, foreign)


async def _person(home: UUID, _world: World) -> UUID:
    person = Person(id=uuid4(), household=home, name="测试乙", relation="spouse", birth_date=date(1960, 1, 1), sex="f")
    await person.save()
    return person.id


async def _span(home: UUID, world: World) -> UUID:
    span = HouseholdCategory(
        id=uuid4(), household=home, category="dibao", starts_on=date(2026, 1, 1), decided_by=world["bureau"].user
    )
    await span.save()
    return span.id


async def _leaving(home: UUID, world: World) -> UUID:
    person = Person(id=uuid4(), household=home, name="测试丙", left_on=today(), left_reason="moved_out")
    await person.save()
    entry = PersonLeaving(
        id=uuid4(), household=home, person=person.id, reason="moved_out", left_on=today(),
        recorded_by=world["bureau"].user,
    )  # fmt: skip
    await entry.save()
    return entry.id


async def _contact(home: UUID, _world: World) -> UUID:
    contact = Contact(id=uuid4(), household=home, kind="neighbour", relation="other")
    await contact.save()
    return contact.id


async def _relative(home: UUID, world: World) -> UUID:
    relative = Kinship(
        id=uuid4(), household=home, carer=world.carers["rival"], relation="child", declared_by=world["bureau"].user,
        starts_on=today(),
    )  # fmt: skip
    await relative.save()
    return relative.id
