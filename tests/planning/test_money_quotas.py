"""Quotas of townships, standing and leave in the match problem, and what is said when only money is missing."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from bangfu.contracts.actions import reserve
from bangfu.contracts.tables import ContractLine, LineQuota
from bangfu.planning import snapshot
from bangfu.planning.deciding import approve
from bangfu.planning.judging import problems_of_pair
from bangfu.planning.proposals import Filters, listed
from bangfu.planning.publishing import publish
from bangfu.planning.queries import contract_numbers, run_for
from bangfu.planning.wording import easing
from bangfu.providers.roster_tables import CarerLeave
from bangfu.providers.tables import Carer
from bangfu.shared.clock import now, today
from tests.planning.making import finished_run, make_need, proposals_of
from tests.support import TOWN, VILLAGE, World


async def only_one_line(world: World, **more: object) -> None:
    """One organisation's line pays visits and has 28 days left, so that a plan's visits are what it reserves."""
    await ContractLine.update(status="ended").where(ContractLine.organization == world.other_organization)
    await ContractLine.update(ends_on=today() + timedelta(days=27), **more).where(
        ContractLine.id == world.lines["visit_check"]
    )


async def quota(world: World, units: int) -> None:
    await LineQuota(id=uuid4(), line=world.lines["visit_check"], division=TOWN, max_units=units).save()


async def test_a_quota_bounds_the_needs_of_its_township_in_the_problem(world: World) -> None:
    await only_one_line(world)
    await quota(world, 10)
    here = await make_need(world, status="matching")
    await make_need(world, status="matching", service="daily_care", qualifications=[])
    await reserve(world["dispatcher"], world.lines["visit_check"], 3, Decimal(75), uuid4(), now(), VILLAGE)
    (limit,) = (await snapshot.of_division("990101", today())).problem.limits
    assert (limit.needs, limit.max_visits) == ((str(here),), 7)
    assert limit.lines == ((str(world.organization), "visit_check"),)


async def test_a_plan_never_uses_more_than_the_quota_and_says_so(world: World) -> None:
    await only_one_line(world)
    await quota(world, 9)
    for _ in range(3):
        await make_need(world, kinds=["worker"])
    run = await finished_run(world)
    rows = await proposals_of(run)
    assert sorted(row["status"] for row in rows) == ["proposed", "proposed", "unserved"]
    lost = (await listed(await run_for(world["dispatcher"], run), Filters(show="unserved"), "priority", 9, 0))[0]
    assert lost.row["reason"] == "budget"
    first = lost.detail["relaxations"][0]
    assert (first["code"], first["needs"] - first["has"]) == ("limit_visits", 3)
    assert "镇街额度 4 周内再增加 3 次" in easing(first, {first["carer"]: "X"})


async def test_what_only_money_keeps_unserved_names_the_line_and_what_is_missing(world: World) -> None:
    await only_one_line(world, max_amount=Decimal("170.00"))
    for _ in range(2):
        await make_need(world, kinds=["worker"])
    run = await finished_run(world)
    lost = (await listed(await run_for(world["dispatcher"], run), Filters(show="unserved"), "priority", 9, 0))[0]
    first = lost.detail["relaxations"][0]
    assert (lost.row["reason"], first["code"]) == ("budget", "line_fen")
    names = {first["carer"]: "X", first["organisation"]: "Y", **await contract_numbers(run)}
    assert "Y的合同 C-1（探访）4 周内还差 30.00 元" in easing(first, names)


@pytest.mark.database
async def test_two_plans_published_at_once_never_pass_the_quota(world: World) -> None:
    await only_one_line(world)
    await quota(world, 13)
    runs = []
    for _ in range(2):
        needs = [await make_need(world, kinds=["worker"]) for _ in range(3)]
        runs.append(await finished_run(world))
        ids = [row["id"] for row in await proposals_of(runs[-1]) if row["status"] == "proposed"]
        assert len(ids) == 3
        await approve(world["dispatcher"], runs[-1], ids, now())
        for need in needs:
            await ContractLine.raw("UPDATE need SET division = '990102001201' WHERE id = {}", need)
    await ContractLine.raw("UPDATE need SET division = {} WHERE division = '990102001201'", VILLAGE)
    both = await asyncio.gather(*(publish(world["dispatcher"], run, now()) for run in runs))
    assert sum(done.offered for done in both) == 3, "3 x 4 of 13"
    assert sum(len(done.kept) for done in both) == 3


async def test_somebody_who_is_barred_is_not_proposed_and_no_dispatcher_learns_of_the_check(world: World) -> None:
    nurse = world.carers["nurse"]
    need = await make_need(world, status="matching", kinds=["worker"])
    await Carer.update({Carer.clearance_hit_on: today()}).where(Carer.id == nurse)
    found = await snapshot.of_division("990101", today())
    assert str(nurse) in found.problem.need_of[str(need)].excluded
    said = await problems_of_pair(need, nurse, now())
    assert [(text, word.code) for text, word in ((text, found["why"]) for text, found in said)] == [
        ("This carer may be given no services now: {why}.", "paused")
    ]


async def test_leave_takes_hours_and_days_off_the_problem(world: World) -> None:
    nurse = world.carers["nurse"]
    await make_need(world, status="matching", kinds=["worker"])
    before = (await snapshot.of_division("990101", today())).problem.carer_of[str(nurse)]
    await CarerLeave(
        id=uuid4(), carer=nurse, starts_on=today(), ends_on=today() + timedelta(days=13), kind="sick",
        status="approved",
    ).save()  # fmt: skip
    after = (await snapshot.of_division("990101", today())).problem.carer_of[str(nurse)]
    assert 0 < after.minutes_per_4_weeks <= before.minutes_per_4_weeks // 2 + 60
