"""Routes and objects of child files."""

from datetime import timedelta
from uuid import UUID, uuid4

from bangfu.children.tables import ChildFile, ChildGuardian, ChildMeasure, ChildPlan
from bangfu.households.tables import Person
from bangfu.shared.clock import today
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, VILLAGE, World

READ, KEEP = "children.read", "children.keep"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/children"): Row(READ),
    ("GET", "/households/{household:uuid}/children"): Row(READ, "household"),
    ("GET", "/households/{household:uuid}/children/{person:uuid}/open"): Row(KEEP, "household+child"),
    ("POST", "/households/{household:uuid}/children/{person:uuid}/open"): Row(KEEP, "household+child"),
    ("GET", "/children/{file:uuid}"): Row(READ, "child_file"),
    ("POST", "/children/{file:uuid}/review"): Row(KEEP, "child_file"),
    ("POST", "/children/{file:uuid}/plan"): Row(KEEP, "child_file"),
    ("POST", "/children/{file:uuid}/measures/{measure:uuid}/done"): Row(KEEP, "child_file+measure"),
    ("POST", "/children/{file:uuid}/school"): Row(KEEP, "child_file"),
    ("POST", "/children/{file:uuid}/guardians"): Row(KEEP, "child_file"),
    ("POST", "/children/{file:uuid}/guardians/{guardian:uuid}/end"): Row(KEEP, "child_file+guardian"),
    ("POST", "/children/{file:uuid}/contacts"): Row(KEEP, "child_file"),
    ("POST", "/children/{file:uuid}/close"): Row(KEEP, "child_file"),
    ("POST", "/children/{file:uuid}/reopen"): Row(KEEP, "child_file"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A child with a file in one's own village, and its like in another county."""
    home, away = UUID(str(stage.mine("household", ""))), UUID(str(stage.others("household", "")))
    own, far = await _file(home, VILLAGE), await _file(away, FOREIGN_VILLAGE)
    stage.put("child_file", own[0], far[0])
    stage.put("child_file+measure", (own[0], own[1]), (far[0], far[1]))
    stage.put("child_file+guardian", (own[0], own[2]), (far[0], far[2]))
    stage.put("household+child", (home, await _child(home)), (away, await _child(away)))


async def _child(household: UUID) -> UUID:
    person = Person(
        id=uuid4(), household=household, relation="child", name="测小某", birth_date=today() - timedelta(days=9 * 365)
    )
    await person.save()
    return UUID(str(person.id))


async def _file(household: UUID, division: str) -> tuple[UUID, UUID, UUID]:
    file = ChildFile(
        id=uuid4(), household=household, person=await _child(household), division=division, color="yellow",
        color_since=today(), review_on=today() + timedelta(days=30),
    )  # fmt: skip
    await file.save()
    plan = ChildPlan(id=uuid4(), file=file.id, version=1)
    await plan.save()
    measure = ChildMeasure(id=uuid4(), plan=plan.id, who="儿童主任")
    await measure.save()
    guardian = ChildGuardian(id=uuid4(), file=file.id, relation="grandparent")
    await guardian.save()
    return file.id, measure.id, guardian.id
