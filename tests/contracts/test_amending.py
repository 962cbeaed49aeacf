"""Supplementary contracts: who may, how much, what they change, and two people at once."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import asyncpg
import pytest

from bangfu.contracts import amending, life
from bangfu.contracts.actions import reserve
from bangfu.contracts.amending import Proposal
from bangfu.contracts.amending_reading import amendment_for
from bangfu.contracts.tables import Contract, ContractLine
from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.shared.clock import now
from tests.contracts.living import PAPER, Living, committed, living, sums_agree
from tests.support import World


async def propose(world: World, made: Living, changes: dict[UUID, int], who: str = "bureau") -> UUID:
    wish = Proposal(uuid4(), "quantity", "更多老人需要服务", changes)
    return await amending.propose(world[who], made.contract, wish, now())


async def approved(world: World, made: Living, changes: dict[UUID, int]) -> UUID:
    change = await propose(world, made, changes)
    items = {line: made.item for line, units in changes.items() if units > 0}
    await amending.check(world["finance"], made.contract, change, items, now())
    await amending.approve(world["lead"], made.contract, change, now())
    return change


async def signed(world: World, made: Living, changes: dict[UUID, int]) -> UUID:
    change = await approved(world, made, changes)
    await amending.sign(world["manager"], made.contract, change, now())
    await amending.sign(world["lead"], made.contract, change, now())
    return change


async def line_of(line: UUID) -> tuple[int, Decimal]:
    rows = await ContractLine.raw("SELECT max_units, max_amount FROM contract_line WHERE id = {}", line)
    return rows[0]["max_units"], rows[0]["max_amount"]


async def test_an_amendment_changes_lines_funding_total_and_commitment_together(world: World) -> None:
    made = await living(world)
    change = await signed(world, made, {made.care: 10, made.visits: -20})
    assert await line_of(made.care) == (100, Decimal(5000)), "nothing changes before the publication"
    assert await committed(made.contract) == 9500, "what is added is committed by the approval"
    await amending.publish(world["bureau"], made.contract, change, now())
    assert await line_of(made.care) == (110, Decimal(5500))
    assert await line_of(made.visits) == (180, Decimal(3600))
    assert await committed(made.contract) == 9100
    await sums_agree(made.contract)
    await amending.publish(world["bureau"], made.contract, change, now())
    assert await line_of(made.care) == (110, Decimal(5500)), "a repeat changes nothing"


async def test_all_amendments_together_add_at_most_ten_percent_of_the_original_to_the_fen(world: World) -> None:
    made = await living(world)
    first = await signed(world, made, {made.care: 16})
    await amending.publish(world["bureau"], made.contract, first, now())
    second = await propose(world, made, {made.visits: 6})
    with pytest.raises(Refused, match=r"100\.00 yuan of it"):
        await amending.check(world["finance"], made.contract, second, {made.visits: made.item}, now())
    await amending.refuse(world["finance"], made.contract, second, "over_ten", "", now())
    third = await approved(world, made, {made.visits: 5})
    assert (await amendment_for(made.contract, third)).status == "approved"


async def test_what_is_taken_away_makes_no_room_for_more(world: World) -> None:
    made = await living(world)
    change = await propose(world, made, {made.care: 19, made.visits: -200})
    with pytest.raises(Refused, match="900"):
        await amending.check(world["finance"], made.contract, change, {made.care: made.item}, now())


async def test_nobody_takes_two_of_the_steps(world: World) -> None:
    made = await living(world)
    change = await propose(world, made, {made.care: 1})
    with pytest.raises(NotAllowed):
        await amending.check(world["bureau"], made.contract, change, {}, now())
    with pytest.raises(Refused):
        await amending.approve(world["lead"], made.contract, change, now())
    with pytest.raises(Refused, match="budget item"):
        await amending.check(world["finance"], made.contract, change, {}, now())
    await amending.check(world["finance"], made.contract, change, {made.care: made.item}, now())
    with pytest.raises(NotAllowed):
        await amending.approve(world["finance"], made.contract, change, now())
    with pytest.raises(NotYours):
        await amending.sign(world["other_manager"], made.contract, change, now())


async def test_a_line_gives_away_only_what_nobody_was_promised_even_at_the_last_moment(world: World) -> None:
    made = await living(world)
    change = await signed(world, made, {made.care: -60})
    await reserve(world["dispatcher"], made.care, 50, Decimal(2500), uuid4(), now())
    with pytest.raises(Refused, match="50 visits"):
        await amending.publish(world["bureau"], made.contract, change, now())
    assert await line_of(made.care) == (100, Decimal(5000))
    assert await committed(made.contract) == 9000
    await amending.refuse(world["lead"], made.contract, change, "line_used", "", now())
    with pytest.raises(FormError):
        await propose(world, made, {made.care: -51})


async def test_refusing_after_the_approval_gives_the_money_back(world: World) -> None:
    made = await living(world)
    change = await approved(world, made, {made.care: 10})
    assert await committed(made.contract) == 9500
    await amending.refuse(world["lead"], made.contract, change, "not_agreed", "", now())
    assert await committed(made.contract) == 9000
    await sums_agree(made.contract)


async def test_a_contract_that_ends_takes_back_what_an_approved_amendment_committed(world: World) -> None:
    made = await living(world)
    change = await approved(world, made, {made.care: 10})
    await life.terminate(world["lead"], made.contract, life.Why("breach", "停止供应", PAPER), now())
    assert await committed(made.contract) == 0
    await amending.refuse(world["lead"], made.contract, change, "no_ground", "", now())
    assert await committed(made.contract) == 0, "refusing it afterwards gives nothing back twice"


async def test_the_database_keeps_what_was_agreed_on_a_line(world: World) -> None:
    made = await living(world)
    for changes in (
        {"unit_price": Decimal(51)},
        {"max_units": 101},
        {"fund_source": "charity"},
        {"service": "haircut"},
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await ContractLine.update(**changes).where(ContractLine.id == made.care)
    with pytest.raises(asyncpg.RestrictViolationError):
        await ContractLine.delete().where(ContractLine.id == made.care)


async def test_the_budget_item_must_cover_what_is_added(world: World) -> None:
    made = await living(world, total=Decimal(90_000))
    change = await propose(world, made, {made.care: 61})
    with pytest.raises(Refused, match=r"3,000\.00 yuan left"):
        await amending.check(world["finance"], made.contract, change, {made.care: made.item}, now())


async def test_what_is_added_is_paid_by_an_item_of_the_line_so_that_the_cap_is_not_gone_round(world: World) -> None:
    made, other = await living(world), await living(world)
    change = await propose(world, made, {made.care: 1})
    with pytest.raises(Refused, match="pays for the line already"):
        await amending.check(world["finance"], made.contract, change, {made.care: other.item}, now())
    await amending.check(world["finance"], made.contract, change, {made.care: made.item}, now())


async def test_other_terms_change_only_when_both_agree(world: World) -> None:
    made = await living(world)
    wish = Proposal(uuid4(), "terms", "新规定", {}, "quality", "每月电话回访一次")
    change = await amending.propose(world["manager"], made.contract, wish, now())
    with pytest.raises(Refused, match="both parties"):
        await amending.check(world["finance"], made.contract, change, {}, now())
    await amending.agree(world["bureau"], made.contract, change, now())
    await amending.check(world["finance"], made.contract, change, {}, now())
    await amending.approve(world["lead"], made.contract, change, now())
    await amending.sign(world["lead"], made.contract, change, now())
    await amending.sign(world["manager"], made.contract, change, now())
    await amending.publish(world["bureau"], made.contract, change, now())
    rows = await Contract.raw("SELECT terms->>'quality' AS t, total FROM contract WHERE id = {}", made.contract)
    assert (rows[0]["t"], rows[0]["total"]) == ("每月电话回访一次", Decimal(9000))


async def test_one_amendment_at_a_time_and_only_of_a_contract_in_force(world: World) -> None:
    made = await living(world)
    wish = Proposal(uuid4(), "quantity", "同", {made.care: 1})
    await amending.propose(world["bureau"], made.contract, wish, now())
    assert await amending.propose(world["bureau"], made.contract, wish, now()) == wish.key
    with pytest.raises(Refused, match="under way"):
        await propose(world, made, {made.care: 2}, "manager")
    await amending.withdraw(world["bureau"], made.contract, wish.key, now())
    over = await living(world, "accepting", ends=(now() - timedelta(days=2)).date())
    with pytest.raises(Refused, match="in force"):
        await propose(world, over, {over.care: 1})


@pytest.mark.database
async def test_publishing_and_reserving_at_once_never_leaves_less_than_nothing(world: World) -> None:
    made = await living(world)
    change = await signed(world, made, {made.care: -60})
    takes = [reserve(world["dispatcher"], made.care, 10, Decimal(500), uuid4(), now()) for _ in range(10)]
    publishing = amending.publish(world["bureau"], made.contract, change, now())
    answers = await asyncio.gather(publishing, *takes, return_exceptions=True)
    assert all(each is None or each is True or isinstance(each, Refused) for each in answers), answers
    units, amount = await line_of(made.care)
    taken = sum(each is True for each in answers)
    assert taken * 10 <= units
    assert taken * 500 <= amount
    assert (units == 40) == (answers[0] is None)
    await sums_agree(made.contract)


@pytest.mark.database
async def test_two_leads_and_a_double_click_approve_once(world: World) -> None:
    made = await living(world)
    change = await propose(world, made, {made.care: 10})
    await amending.check(world["finance"], made.contract, change, {made.care: made.item}, now())
    clicks = [amending.approve(world["lead"], made.contract, change, now()) for _ in range(4)]
    answers = await asyncio.gather(*clicks, return_exceptions=True)
    assert answers == [None] * 4
    assert await committed(made.contract) == 9500
