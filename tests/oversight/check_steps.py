"""Spot checks in every state, for tests; everybody is made up. All go through the product's actions."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.contracts.tables import ContractLine
from bangfu.oversight import check_making, check_reporting
from bangfu.oversight.check_reading import compared
from bangfu.oversight.check_rules import Finding, Line
from bangfu.oversight.check_seating import inspectors_of
from bangfu.oversight.check_tables import SpotCheck
from bangfu.oversight.draw_tables import DrawList, DrawPick, DrawPool, DrawRound
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, quarter_of
from bangfu.shared.clock import now
from bangfu.verification import deciding
from bangfu.visits.tables import Visit
from tests.support import World
from tests.visits import visit_steps

COUNTY = "990101000000"
SEED = "5e" * 32
PEOPLE = ("second_officer", "second_bureau", "city_bureau")
"""Who may check by default: nobody of them has a part in the visits of visit_steps."""


async def contract_of(visit: Visit) -> UUID:
    line = await ContractLine.objects().get(ContractLine.id == visit.contract_line)
    assert line is not None
    return UUID(str(line.contract))


async def pool(world: World, *names: str) -> list[UUID]:
    """Put people into the county's pool, as of yesterday; those who are in it stay."""
    for name in names:
        if not await DrawPool.exists().where(DrawPool.inspector == world[name].me):
            since = now() - timedelta(days=1)
            await DrawPool(id=uuid4(), division=COUNTY, inspector=world[name].me, added_at=since).save()
    return [world[name].me for name in names]


async def drawn(world: World, visits: list[Visit], people: tuple[str, ...] = PEOPLE, seed: str = SEED) -> UUID:
    """A list that was drawn: of it the visits; the people stood in the pool when it closed."""
    rows = [[str(one.id), one.service, ""] for one in visits]
    return await drawn_for(world, await contract_of(visits[0]), visits[0].organization, people, rows, seed)


async def drawn_for(
    world: World, contract: UUID, organization: UUID, people: tuple[str, ...], rows: list[list[str]], seed: str = SEED
) -> UUID:
    """A drawn list of a contract with these rows (id, stratum, marks)."""
    closed = await pool(world, *people)
    at, key = now(), uuid4()
    year, quarter = quarter_of(civil_date(at))
    again, turn = 100 + await DrawList.count(), uuid4()
    await DrawRound(
        id=turn, kind="month", division=COUNTY, year=year, month=civil_date(at).month, quarter=quarter, number=again,
        status="drawn", opened_at=at, commit_until=at, drawn_at=at,
    ).save()  # fmt: skip
    await DrawList(
        id=key, round=turn, kind="month", contract=contract, organization=organization,
        division=COUNTY, year=year, month=again, quarter=quarter, closed_at=at, drawn_at=at, seed=seed, n=1,
        rows=json.dumps(sorted(rows)), size=len(rows),
        pool=json.dumps([str(one) for one in closed]), list_hash=uuid4().hex * 2, frame_hash=uuid4().hex * 2,
    ).save()  # fmt: skip
    return key


async def verified(world: World, carer: str = "nurse", **more: Any) -> Visit:
    """A visit that the township's officer has verified; each lies some hours before the one made earlier."""
    earlier = timedelta(hours=1 + 4 * await Visit.count())
    more.setdefault("start", (now() - earlier).replace(second=0, microsecond=0))
    done = await visit_steps.submitted(world, carer, **more)
    await deciding.verify(world["officer"], done.id, {}, now())
    return await visit_steps.visit(done.id)


async def made(
    world: World, visit: Visit | None = None, people: tuple[str, ...] = PEOPLE, *, at: datetime | None = None,
    origin: str = "regular",
) -> SpotCheck:  # fmt: skip
    """The spot check of a visit (by default a verified one); assigned where the people suffice."""
    visit = visit or await verified(world)
    key = await drawn(world, [visit], people)
    found = await check_making.make_checks(key, await contract_of(visit), [(visit.id, origin)], at or now())
    await DrawPick(
        id=uuid4(), list=key, subject=visit.id, place=1, origin=origin, check=found[0], at=at or now()
    ).save()
    return await check(found[0])


async def check(key: UUID) -> SpotCheck:
    """The check as it stands."""
    found = await SpotCheck.objects().get(SpotCheck.id == key)
    assert found is not None
    return found


async def inspectors(world: World, one: SpotCheck) -> list[Actor]:
    """The accounts of the inspectors, by place."""
    cast = {actor.user: actor for actor in world.cast.values()}
    return [cast[each.inspector] for each in await inspectors_of(one.id)]


async def report(actor: Actor, one: SpotCheck, at: datetime | None = None, **more: Any) -> SpotCheck:
    """Send a result: by default a failure by phone, every standard met."""
    told = await compared(one.visit, now())
    values = {"method": "phone", "result": "fail", "reason": "shorter", "remarks": "只有十分钟", "said": "她来得很晚",
              "lines": [Line(code, "met") for code in told.codes]}  # fmt: skip
    finding = Finding(**{**values, **more})
    await check_reporting.report(actor, one.id, finding, told.codes, told.must, told.form, [], at or now())
    return await check(one.id)


async def failed(world: World, visit: Visit | None = None, **more: Any) -> SpotCheck:
    """A check that failed and of which the provider was told."""
    one = await made(world, visit)
    return await report((await inspectors(world, one))[0], one, **more)
