"""Routes and objects of rosters, calendars, sign-ups."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from bangfu.providers.feeds import token_hash
from bangfu.providers.roster_tables import CalendarFeed, CarerDay, CarerLeave, VolunteerApplication
from bangfu.providers.tables import Carer
from bangfu.shared.clock import today
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, OTHER_COUNTY, VILLAGE, World, make_carer

_PERSON = "/roster/{carer:uuid}"
_SIGN_UP = "/volunteers/applications/{application:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/roster"): Row("roster.read"),
    ("GET", _PERSON): Row("roster.read", "seen_carer"),
    ("GET", f"{_PERSON}/week"): Row("roster.keep", "kept_carer"),
    ("POST", f"{_PERSON}/week"): Row("roster.keep", "kept_carer"),
    ("POST", f"{_PERSON}/days"): Row("roster.keep", "kept_carer"),
    ("POST", f"{_PERSON}/days/{{entry:uuid}}/remove"): Row("roster.keep", "carer+day"),
    ("POST", f"{_PERSON}/leaves"): Row("roster.keep", "kept_carer"),
    ("POST", f"{_PERSON}/leaves/{{leave:uuid}}/approve"): Row("roster.keep", "carer+leave"),
    ("POST", f"{_PERSON}/leaves/{{leave:uuid}}/refuse"): Row("roster.keep", "carer+leave"),
    ("POST", f"{_PERSON}/leaves/{{leave:uuid}}/withdraw"): Row("roster.keep", "carer+leave"),
    ("GET", "/my-times"): Row("roster.own"),
    ("GET", "/my-times/week"): Row("roster.own"),
    ("POST", "/my-times/week"): Row("roster.own"),
    ("POST", "/my-times/days"): Row("roster.own"),
    ("POST", "/my-times/days/{entry:uuid}/remove"): Row("roster.own", "my_day"),
    ("POST", "/my-times/leaves"): Row("roster.own"),
    ("POST", "/my-times/leaves/{leave:uuid}/withdraw"): Row("roster.own", "my_leave"),
    ("GET", "/my-calendars"): Row("feeds.own"),
    ("POST", "/my-calendars"): Row("feeds.own"),
    ("POST", "/my-calendars/{feed:uuid}/renew"): Row("feeds.own", "feed"),
    ("POST", "/my-calendars/{feed:uuid}/end"): Row("feeds.own", "feed"),
    ("GET", "/feeds/{name:str}"): Row("public"),
    ("GET", "/volunteers/sign-up"): Row("public"),
    ("POST", "/volunteers/sign-up"): Row("public"),
    ("GET", "/volunteers/sign-up/state"): Row("public"),
    ("POST", "/volunteers/sign-up/state"): Row("public"),
    ("POST", "/volunteers/sign-up/withdraw"): Row("public"),
    ("GET", "/volunteers/applications"): Row("volunteers.approve"),
    ("GET", _SIGN_UP): Row("volunteers.approve", "application"),
    ("POST", f"{_SIGN_UP}/unmask"): Row("volunteers.approve", "application"),
    ("POST", f"{_SIGN_UP}/approve"): Row("volunteers.approve", "application"),
    ("POST", f"{_SIGN_UP}/refuse"): Row("volunteers.approve", "application"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """For each keeper one of the own people and one of another's, with a day and a leave; a calendar address each."""
    far = await make_carer("far_volunteer", "volunteer", None)
    await _move_away(far)
    carers = world.carers
    for kind in ("seen_carer", "kept_carer"):
        stage.put(kind, carers["volunteer"], far)
        stage.put(kind, carers["nurse"], carers["rival"], "manager")
        stage.put(kind, carers["rival"], carers["nurse"], "other_manager")
    days = {name: await _day(world, carer) for name, carer in {**carers, "far": far}.items()}
    leaves = {name: await _leave(world, carer) for name, carer in {**carers, "far": far}.items()}
    for kind, entries in (("carer+day", days), ("carer+leave", leaves)):
        stage.put(kind, (carers["volunteer"], entries["volunteer"]), (far, entries["far"]))
        stage.put(kind, (carers["nurse"], entries["nurse"]), (carers["rival"], entries["rival"]), "manager")
        stage.put(kind, (carers["rival"], entries["rival"]), (carers["nurse"], entries["nurse"]), "other_manager")
    for kind, entries in (("my_day", days), ("my_leave", leaves)):
        stage.put(kind, entries["volunteer"], entries["social_worker"])
        stage.put(kind, entries["other_volunteer"], entries["volunteer"], "other_volunteer")
        stage.put(kind, entries["social_worker"], entries["volunteer"], "worker")
    owners = ("manager", "other_manager", "worker", "volunteer", "other_volunteer")
    feeds = {name: await _feed(world, name) for name in owners}
    stage.put("feed", feeds["manager"], feeds["volunteer"])
    for name in owners:
        stage.put("feed", feeds[name], feeds["worker" if name != "worker" else "volunteer"], name)
    stage.put("application", await _application(VILLAGE, "ZY-OWN"), await _application(FOREIGN_VILLAGE, "ZY-FAR"))


async def _move_away(carer: UUID) -> None:
    """Move a carer to the other county."""
    await Carer.update({Carer.division: OTHER_COUNTY.ljust(12, "0")}).where(Carer.id == carer)


async def _day(world: World, carer: UUID) -> UUID:
    entry = CarerDay(id=uuid4(), carer=carer, day=_later(3), created_by=world["dispatcher"].me)
    await entry.save()
    return entry.id


async def _leave(world: World, carer: UUID) -> UUID:
    entry = CarerLeave(id=uuid4(), carer=carer, starts_on=_later(10), ends_on=_later(12), kind="annual")
    await entry.save()
    return entry.id


def _later(days: int) -> date:
    return today() + timedelta(days=days)


async def _feed(world: World, name: str) -> UUID:
    actor = world[name]
    feed = CalendarFeed(
        id=uuid4(), user=actor.me, token_hash=token_hash(name), label=name, roles=sorted(actor.roles),
        organization=actor.organization, carer=actor.carer,
    )  # fmt: skip
    await feed.save()
    return feed.id


async def _application(division: str, number: str) -> UUID:
    row = VolunteerApplication(id=uuid4(), number=number, division=division, consent_version="2026-11")
    await row.save()
    return row.id
