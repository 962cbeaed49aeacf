"""Contracts draw on budget items; the ledger only grows and adds up."""

from decimal import Decimal
from uuid import uuid4

import asyncpg
import pytest

from bangfu.budgets import rules
from bangfu.budgets.actions import TAKEN_OVER, Share, commit, problems_of, release, take_over
from bangfu.budgets.queries import cap_free, items_for, meter
from bangfu.budgets.tables import BudgetItem, Commitment
from bangfu.errors import NotAllowed, Refused
from bangfu.shared.clock import now, today
from tests.budgets.money import COUNTY, FAR_COUNTY, committed_from, fund_of, item_of, line_of, yuan
from tests.support import VILLAGE, World


async def test_what_fits_under_the_cap_is_committed_and_one_fen_more_is_not(world: World) -> None:
    fund = await fund_of(world, 50_000_000)
    item = await item_of(fund, 2_000_000)
    contract, line = await line_of(world)
    await commit(world["lead"], contract, contract, COUNTY, [Share(item, line, yuan(980_000))], now())
    with pytest.raises(Refused, match="Nobody can override"):
        await commit(world["lead"], contract, uuid4(), COUNTY, [Share(item, line, yuan("20000.01"))], now())
    await commit(world["lead"], contract, uuid4(), COUNTY, [Share(item, line, yuan(20_000))], now())
    assert await committed_from(fund) == yuan(1_000_000)
    assert await cap_free([VILLAGE, FAR_COUNTY], today()) == {COUNTY: 0, FAR_COUNTY: None}


async def test_a_repeat_commits_once_and_another_amount_is_a_fault(world: World) -> None:
    fund = await fund_of(world, 50_000_000)
    item = await item_of(fund, 100_000)
    contract, line = await line_of(world)
    for _ in range(2):
        await commit(world["lead"], contract, contract, COUNTY, [Share(item, line, yuan(1000))], now())
    assert await committed_from(fund) == yuan(1000)
    with pytest.raises(ValueError, match="another amount"):
        await commit(world["lead"], contract, contract, COUNTY, [Share(item, line, yuan(1001))], now())


async def test_every_reason_against_it_has_its_own_sentence(world: World) -> None:
    year = today().year
    special = await item_of(await fund_of(world, 1_000_000), 50_000)
    small = await item_of(await fund_of(world, 500, source="work_budget"), 500, "GZ-01")
    elsewhere = await item_of(await fund_of(world, 1_000_000, division=FAR_COUNTY), 50_000, "X-01")
    unset = await item_of(await fund_of(world, None, source="lottery"), 1000, "FC-01")
    future = await item_of(await fund_of(world, None, year=year + 1), 1000, "SW-NEXT")
    _, line = await line_of(world)

    async def told(share: Share) -> list[str]:
        return [message for message, _ in await problems_of(VILLAGE, [share], today=today())]

    assert await told(Share(special, line, yuan(20_000), "special_assistance_fund", year)) == []
    assert await told(Share(uuid4(), line, yuan(1))) == [rules.NO_ITEM]
    assert await told(Share(elsewhere, line, yuan(1))) == [rules.OTHER_COUNTY]
    assert await told(Share(special, line, yuan(1), "lottery")) == [rules.OTHER_SOURCE]
    assert await told(Share(special, line, yuan(1), "", year + 1)) == [rules.OTHER_YEAR]
    assert await told(Share(small, line, yuan("500.01"))) == [rules.NOT_COVERED]
    assert await told(Share(unset, line, yuan(1))) == [rules.NO_TOTAL]
    assert await told(Share(future, line, yuan(1))) == [rules.FUTURE_WITHOUT_TOTAL]
    assert await told(Share(special, line, yuan("20000.01"))) == [rules.OVER_CAP]
    await BudgetItem.update({BudgetItem.active: False}).where(BudgetItem.id == special)
    assert await told(Share(special, line, yuan(1))) == [rules.NO_ITEM]


async def test_two_lines_that_fit_alone_are_judged_together(world: World) -> None:
    item = await item_of(await fund_of(world, 1_000_000), 50_000)
    contract, line = await line_of(world)
    other = (await line_of(world))[1]
    shares = [Share(item, line, yuan(15_000)), Share(item, other, yuan(15_000))]
    assert [message for message, _ in await problems_of(COUNTY, shares, today=today())] == [rules.OVER_CAP]
    with pytest.raises(Refused):
        await commit(world["lead"], contract, contract, COUNTY, shares, now())
    assert await Commitment.count() == 0


async def test_what_a_contract_has_already_committed_counts_towards_its_wishes(world: World) -> None:
    item = await item_of(await fund_of(world, 1_000_000), 20_000)
    contract, line = await line_of(world)
    wishes = [Share(item, line, yuan(20_000))]
    await commit(world["lead"], contract, contract, COUNTY, wishes, now())
    assert await problems_of(COUNTY, wishes, contract=contract, today=today()) == []
    assert len(await problems_of(COUNTY, wishes, today=today())) == 2, "item and cap"


async def test_only_the_lead_lets_a_future_year_through_and_states_why(world: World) -> None:
    year = today().year
    now_item = await item_of(await fund_of(world, 50_000_000), 10_000)
    future = await fund_of(world, None, year=year + 1)
    next_item = await item_of(future, 10_000)
    contract, line = await line_of(world)
    shares = [Share(now_item, line, yuan(600)), Share(next_item, line, yuan(400))]
    with pytest.raises(Refused, match="not set yet"):
        await commit(world["lead"], contract, contract, COUNTY, shares, now())
    for name in ("finance", "bureau", "manager"):
        with pytest.raises(NotAllowed):
            await commit(world[name], contract, contract, COUNTY, shares, now(), override_reason="跨年连续服务")
    await commit(world["lead"], contract, contract, COUNTY, shares, now(), override_reason="跨年连续服务")
    rows = await Commitment.select(Commitment.fund, Commitment.override_reason)
    assert {row["override_reason"] for row in rows if row["fund"] == future} == {"跨年连续服务"}
    assert {row["override_reason"] for row in rows if row["fund"] != future} == {""}
    with pytest.raises(Refused, match="no reason overrides them"):
        await commit(
            world["lead"], contract, uuid4(), COUNTY, [Share(now_item, line, yuan(1))], now(), override_reason="急"
        )


async def test_each_year_is_checked_against_its_own_cap(world: World) -> None:
    year = today().year
    this_item = await item_of(await fund_of(world, 1_000_000), 50_000)
    next_item = await item_of(await fund_of(world, 100_000, year=year + 1), 50_000)
    contract, line = await line_of(world)
    wide = [Share(this_item, line, yuan(20_000)), Share(next_item, line, yuan("2000.01"))]
    with pytest.raises(Refused, match=str(year + 1)):
        await commit(world["lead"], contract, contract, COUNTY, wide, now())
    fitting = [Share(this_item, line, yuan(20_000)), Share(next_item, line, yuan(2000))]
    await commit(world["lead"], contract, contract, COUNTY, fitting, now())
    assert [fund.free for fund in await meter(COUNTY, year)] == [Decimal(0)]


async def test_released_money_can_be_promised_again_and_never_more_than_was_committed(world: World) -> None:
    year = today().year
    fund, later = await fund_of(world, 1_000_000), await fund_of(world, 1_000_000, year=year + 1)
    items = await item_of(fund, 20_000), await item_of(later, 20_000)
    contract, line = await line_of(world)
    shares = [Share(items[0], line, yuan(20_000)), Share(items[1], line, yuan(5000))]
    await commit(world["lead"], contract, contract, COUNTY, shares, now())
    closing = uuid4()
    assert await release(world["finance"], contract, closing, line, yuan(8000), now()) == yuan(8000)
    assert await release(world["finance"], contract, closing, line, yuan(8000), now()) == 0, "once per subject and line"
    assert (await committed_from(fund), await committed_from(later)) == (yuan(17_000), yuan(0))
    assert await release(world["finance"], contract, uuid4(), line, None, now(), year=year + 1) == 0
    assert await release(world["finance"], contract, uuid4(), line, None, now()) == yuan(17_000)
    other, other_line = await line_of(world)
    await commit(world["lead"], other, other, COUNTY, [Share(items[0], other_line, yuan(20_000))], now())
    assert await committed_from(fund) == yuan(20_000)


async def test_contracts_of_a_list_are_taken_over_once_and_only_under_a_known_cap(world: World) -> None:
    year = today().year
    special = await fund_of(world, 1_000_000)
    contract, line = await line_of(world)
    years = {year: yuan(15_000), year + 1: yuan(3000)}
    for _ in range(2):
        await take_over(world["officer"], contract, line, VILLAGE, "special_assistance_fund", years, now())
    found = await items_for(VILLAGE)
    assert [(fund.year, fund.total, item.code, item.amount, item.free) for fund, item in found] == [
        (year, yuan(1_000_000), TAKEN_OVER, yuan(15_000), Decimal(0)),
        (year + 1, None, TAKEN_OVER, yuan(3000), Decimal(0)),
    ]
    other, other_line = await line_of(world)
    with pytest.raises(Refused, match="The cap"):
        await take_over(
            world["officer"], other, other_line, VILLAGE, "special_assistance_fund", {year: yuan(5001)}, now()
        )
    assert await committed_from(special) == yuan(15_000)


@pytest.mark.database
async def test_the_database_itself_keeps_the_ledger_the_cap_and_the_items(world: World) -> None:
    fund = await fund_of(world, 1_000_000)
    item, contract_line = await item_of(fund, 20_500), await line_of(world)
    contract, line = contract_line
    await commit(world["lead"], contract, contract, COUNTY, [Share(item, line, yuan(15_000))], now())
    entry = (
        "INSERT INTO commitment (id, item, fund, contract, line, kind, amount, subject, override_reason)"
        " VALUES (gen_random_uuid(), {}, {}, {}, {}, {}, {}, gen_random_uuid(), '')"
    )
    refused = asyncpg.CheckViolationError, asyncpg.RestrictViolationError
    for kind, amount in (("committed", 5001), ("released", -15_001), ("committed", -1), ("released", 1)):
        with pytest.raises(refused):
            await Commitment.raw(entry, item, fund, contract, line, kind, yuan(amount))
    for statement in (
        "UPDATE commitment SET amount = 1", "DELETE FROM commitment", "TRUNCATE commitment",
        "UPDATE budget_item SET amount = 14999", "UPDATE budget_item SET amount = 1000001",
        "UPDATE fund SET total = 20499", "UPDATE fund SET total = NULL", "UPDATE fund SET confirmed_by = entered_by",
    ):  # fmt: skip
        with pytest.raises(refused):
            await Commitment.raw(statement)
    await Commitment.raw("UPDATE fund SET total = 600000")
    assert (await meter(COUNTY, today().year))[0].state.over == yuan(3000)
