"""The cap of the special assistance fund in plans and offers: lines that could pass it together never do."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4

import pytest

from bangfu.budgets.tables import Fund
from bangfu.contracts.actions import release, reserve
from bangfu.contracts.queries import accounts_of
from bangfu.contracts.room import Cap, shares_of, year_days
from bangfu.contracts.room_queries import tight_caps_of
from bangfu.contracts.rules import days_left
from bangfu.contracts.tables import ContractLine
from bangfu.errors import Refused
from bangfu.planning import snapshot
from bangfu.planning.deciding import approve
from bangfu.planning.publishing import publish
from bangfu.shared.clock import now, today
from tests.contracts.test_line_balance import line_of
from tests.planning.making import finished_run, make_need, proposals_of
from tests.support import VILLAGE, World

COUNTY = "990101000000"
PRICE = Decimal("25.00")


async def capped(world: World, cap: int) -> dict[UUID, UUID]:
    """Both organisations' visits are paid from the special fund, of which so many yuan may go to purchases this year
    and next (the total was corrected downwards); organisation -> line."""
    await ContractLine.update({ContractLine.fund_source: "special_assistance_fund"}).where(
        ContractLine.service == "visit_check"
    )
    first, last = today() - timedelta(days=30), today() + timedelta(days=300)
    for year in range(first.year, last.year + 1):
        share = Decimal(year_days(first, last)[year]) / 331
        await Fund(
            id=uuid4(), division=COUNTY, year=year, source="special_assistance_fund",
            total=(cap * share * 50).quantize(Decimal("0.01")), cap_share=Decimal("0.02"),
            entered_by=world["finance"].me, confirmed_by=world["lead"].me,
        ).save()  # fmt: skip
    rows = await ContractLine.select(ContractLine.id, ContractLine.organization).where(
        ContractLine.service == "visit_check"
    )
    return {row["organization"]: row["id"] for row in rows}


async def used(world: World) -> Decimal:
    accounts = await accounts_of([world.organization, world.other_organization])
    return sum((account.burn.used.amount for account in accounts), Decimal(0))


async def test_two_lines_of_one_fund_stay_within_its_cap_together(world: World) -> None:
    lines = await capped(world, 1000)
    actor, task = world["dispatcher"], uuid4()
    await reserve(actor, lines[world.organization], 20, 20 * PRICE, task, now())
    await reserve(actor, lines[world.other_organization], 19, 19 * PRICE, uuid4(), now())
    with pytest.raises(Refused, match="cap of the special assistance fund"):
        await reserve(actor, lines[world.other_organization], 2, 2 * PRICE, uuid4(), now())
    await release(actor, task, now())
    await reserve(actor, lines[world.other_organization], 20, 20 * PRICE, uuid4(), now())


async def test_a_cap_that_the_lines_cannot_pass_is_no_limit_of_the_problem(world: World) -> None:
    await capped(world, 300_000)
    await make_need(world)
    assert (await snapshot.of_division("990101", today())).problem.limits == ()


async def test_the_match_problem_gets_what_the_cap_leaves_for_four_weeks(world: World) -> None:
    lines = await capped(world, 1204)
    await make_need(world, status="matching")
    (limit,) = {x.max_fen: x for x in (await snapshot.of_division("990101", today())).problem.limits}.values()
    assert {key[0] for key in limit.lines} == {str(organization) for organization in lines}
    assert limit.max_fen is not None
    assert 120_400 * 28 // 301 - 200 <= limit.max_fen <= 120_400 * 28 // 301, "a 301st of it a day, rounded down"


async def test_a_plan_and_its_offers_stay_within_the_cap(world: World) -> None:
    await capped(world, 3000)
    for _ in range(6):
        await make_need(world, kinds=["worker"])
    run = await finished_run(world)
    listed = await proposals_of(run)
    served = [row for row in listed if row["status"] == "proposed"]
    assert {row["reason"] for row in listed if row["status"] == "unserved"} == {"budget"}
    assert len(served) == 2, "3000 yuan are 11.1 visits of 25 in four weeks: two needs of four"
    await approve(world["dispatcher"], run, [row["id"] for row in served], now())
    assert (await publish(world["dispatcher"], run, now())).offered == 2
    assert await used(world) <= 3000


@pytest.mark.database
async def test_many_at_once_on_two_lines_never_pass_the_cap_and_as_many_as_fit_get_it(world: World) -> None:
    lines = list((await capped(world, 1000)).values())
    answers = await asyncio.gather(
        *(reserve(world["dispatcher"], lines[at % 2], 3, 3 * PRICE, uuid4(), now(), VILLAGE) for at in range(20)),
        return_exceptions=True,
    )
    assert sum(each is True for each in answers) == 13, "13 x 75 = 975 of 1000"
    assert all(isinstance(each, Refused) for each in answers if each is not True)
    assert await used(world) == 975


@pytest.mark.database
async def test_two_stations_that_publish_at_the_same_moment_never_pass_the_cap(world: World) -> None:
    """Both plans were made when nothing was reserved; each alone would fit."""
    lines = await capped(world, 3000)
    runs = []
    for _ in range(2):
        needs = [await make_need(world, kinds=["worker"]) for _ in range(2)]
        assert needs
        runs.append(await finished_run(world))
        ids = [row["id"] for row in await proposals_of(runs[-1]) if row["status"] == "proposed"]
        await approve(world["dispatcher"], runs[-1], ids, now())
        await _hide(needs)
    await _show()
    both = await asyncio.gather(*(publish(world["dispatcher"], run, now()) for run in runs))
    assert sum(done.offered for done in both) == 2, "43 visits each until the end of the line: 2 x 1075 of 3000"
    assert sum(len(done.kept) for done in both) == 2
    assert await used(world) <= 3000
    accounts = await accounts_of(list(lines))
    assert all(cap.room >= 0 for cap in await tight_caps_of([account.line for account in accounts]))


async def _hide(needs: list[UUID]) -> None:
    """Needs that the next run does not see: their household moved to another area for the moment."""
    for need in needs:
        await ContractLine.raw("UPDATE need SET division = '990102001201' WHERE id = {}", need)


async def _show() -> None:
    await ContractLine.raw("UPDATE need SET division = {} WHERE division = '990102001201'", VILLAGE)


def test_a_line_counts_for_each_years_fund_in_proportion_to_what_it_committed() -> None:
    first, second = uuid4(), uuid4()
    assert shares_of({first: Decimal("75.00"), second: Decimal("25.00")}) == {
        first: Fraction(3, 4), second: Fraction(1, 4),
    }  # fmt: skip
    line = line_of(days=56)
    cap = Cap(first, COUNTY, 2026, Decimal("90.00"), {line.id: Fraction(3, 4)}, {line.id: Decimal("20.00")})
    assert cap.room == Decimal("75.00")
    assert cap.takes(line.id, Decimal("100.00"))
    assert not cap.takes(line.id, Decimal("100.01"))
    day = line.starts_on + timedelta(days=1)
    assert days_left(line, day) == 56
    assert cap.for_period([line], day) == 5000, "half of 100 yuan, since half of the time is left"
