"""Steps of a draw for tests: secrets, hashes, months that are over. All go through the product's actions."""

import hashlib
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from bangfu.oversight import draw_clock, draw_pool
from bangfu.oversight.draw_committing import commit
from bangfu.oversight.draw_revealing import reveal
from bangfu.oversight.draw_tables import DrawList, DrawPick, DrawRound
from bangfu.shared.civil_time import SHANGHAI
from bangfu.shared.clock import now
from bangfu.visits.tables import Visit
from tests.support import World
from tests.visits import visit_steps as steps

COUNTY = "990101000000"
BUREAU, AUDITOR = "b" * 64, "a1" * 32
SECRETS = {"bureau": BUREAU, "auditor": AUDITOR}


def hashed(secret: str) -> str:
    """The SHA-256 of a secret's bytes."""
    return hashlib.sha256(bytes.fromhex(secret)).hexdigest()


def this_month() -> date:
    """The first day of the running month."""
    return now().astimezone(SHANGHAI).date().replace(day=1)


def month_end(first: date | None = None) -> datetime:
    """The first instant after a month."""
    first = first or this_month()
    nxt = (first + timedelta(days=32)).replace(day=1)
    return datetime(nxt.year, nxt.month, 1, tzinfo=SHANGHAI)


async def opened() -> DrawRound:
    """The round of the running month, as the clock opens it."""
    await draw_clock.look_after(now())
    return await round_of(this_month())


async def round_of(first: date) -> DrawRound:
    """The latest round of the county's month."""
    known = (DrawRound.division == COUNTY) & (DrawRound.kind == "month")
    rows = await DrawRound.objects().where(known & (DrawRound.month == first.month)).order_by(DrawRound.number)
    found: DrawRound = rows[-1]
    return found


async def again(row: DrawRound) -> DrawRound:
    """The round as it stands."""
    found = await DrawRound.objects().get(DrawRound.id == row.id)
    assert found is not None
    return found


async def committed(world: World, row: DrawRound, at: datetime | None = None, **secrets: str) -> None:
    """Both hashes are given."""
    for side, secret in {**SECRETS, **secrets}.items():
        await commit(world[side], uuid4(), row.id, hashed(secret), at or now())


async def served(world: World, number: int, carer: str = "nurse", **more: object) -> list[UUID]:
    """So many submitted visits of one task, in the running month."""
    task = await steps.accepted(world, carer)
    start = (now() - timedelta(minutes=5)).replace(second=0, microsecond=0)
    made = []
    for n in range(number):
        visit = await steps.submitted(world, carer, task=task, start=start - timedelta(minutes=n), **more)
        made.append(visit.id)
    await Visit.update(submitted_at=now()).where(Visit.id.is_in(made))
    return made


async def closed(world: World, number: int = 11, **more: object) -> DrawRound:
    """Both hashes stand, visits were submitted, the month is over."""
    row = await opened()
    await committed(world, row)
    await served(world, number, **more)
    await draw_clock.look_after(month_end() + timedelta(hours=1))
    return await again(row)


async def finish(world: World, row: DrawRound) -> None:
    """The month of a committed round ends and both secrets are given."""
    await draw_clock.look_after(month_end() + timedelta(hours=1))
    for side, secret in SECRETS.items():
        await reveal(world[side], row.id, secret, month_end() + timedelta(hours=2))


async def drawn(world: World, number: int = 11, **more: object) -> DrawRound:
    """Both secrets are in."""
    row = await closed(world, number, **more)
    for side, secret in SECRETS.items():
        await reveal(world[side], row.id, secret, month_end() + timedelta(hours=2))
    return await again(row)


async def pool(world: World, *names: str) -> None:
    """These may be drawn to check."""
    for name in names or ("second_officer", "second_bureau", "assessor", "second_assessor", "city_bureau"):
        await draw_pool.add(world["bureau"], COUNTY, world[name].me, now() - timedelta(days=1))


async def the_list(row: DrawRound) -> DrawList:
    """The one list of a round."""
    lists = await DrawList.objects().where((DrawList.month == row.month) & (DrawList.kind == row.kind))
    assert len(lists) == 1
    found: DrawList = lists[0]
    return found


async def picks(row: DrawRound) -> list[DrawPick]:
    """What was drawn from its list."""
    found: list[DrawPick] = (
        await DrawPick.objects().where(DrawPick.list == (await the_list(row)).id).order_by(DrawPick.place)
    )
    return found
