"""Several people decide about contracts at the same moment: one wins, the cap is never passed."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from bangfu.accounts.tables import User
from bangfu.budgets.tables import Commitment
from bangfu.contracts import drafting, making, reading, signing
from bangfu.errors import Refused
from bangfu.shared.clock import now, today
from tests.contracts.contracting import approved, drafted, item_of, status_of, submitted
from tests.support import World

pytestmark = pytest.mark.database


async def _second_lead(world: World):  # type: ignore[no-untyped-def]
    user = User(
        id=uuid4(), username="lead2", display_name="测试lead2", password_hash="x", roles=["bureau_lead"],
        scope="990101", lang="en",
    )  # fmt: skip
    await user.save()
    return replace(world["lead"], user=user.id, username="lead2")


async def test_two_leads_at_once_approve_once(world: World) -> None:
    key, second = await submitted(world), await _second_lead(world)
    answers = await asyncio.gather(
        making.approve(world["lead"], key, now()), making.approve(second, key, now()), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in answers) == ["NoneType", "Refused"]
    lines = await reading.lines_of(key)
    assert await Commitment.count().where(Commitment.contract == key) == len(lines[0].fundings)


async def test_approving_and_returning_at_once_leave_one_state_and_money_to_match(world: World) -> None:
    key, second = await submitted(world), await _second_lead(world)
    await asyncio.gather(
        making.approve(world["lead"], key, now()), making.give_back(second, key, "先补材料", now()),
        return_exceptions=True,
    )  # fmt: skip
    money = await Commitment.count().where(Commitment.contract == key)
    assert (await status_of(key), money > 0) in {("approved", True), ("returned", False)}


async def test_many_approvals_at_once_never_pass_the_cap(world: World) -> None:
    """Total 50,000,000, cap 1,000,000; eight contracts of 200,000: five pass (DOMAIN.md 4.3)."""
    year = today().year + 1
    starts, ends = today().replace(year=year, month=1, day=1), today().replace(year=year, month=12, day=31)
    source = "special_assistance_fund"
    await item_of(year, source)
    keys = [
        await submitted(
            world, starts_on=starts, ends_on=ends, columns={"award_on": today()},
            line={"source": source, "price": "200.00", "units": 1000},
        )
        for _ in range(8)
    ]  # fmt: skip
    answers = await asyncio.gather(*(making.approve(world["lead"], key, now()) for key in keys), return_exceptions=True)
    assert sum(each is None for each in answers) == 5
    assert sum(isinstance(each, Refused) for each in answers) == 3
    rows = await Commitment.raw("SELECT sum(amount) AS n FROM commitment")
    assert rows[0]["n"] == Decimal("1000000.00")


async def test_both_sides_at_once_sign_once_and_the_last_signature_moves(world: World) -> None:
    key = await approved(world)
    await asyncio.gather(
        signing.sign(world["manager"], key, "supplier", "王某", today(), now()),
        signing.sign(world["lead"], key, "buyer", "李某", today(), now()),
    )
    assert await status_of(key) == "signed"


async def test_a_change_and_a_check_at_once_never_check_the_unseen(world: World) -> None:
    key = await drafted(world)
    await making.hand_on(world["bureau"], key, now())
    line = (await reading.lines_of(key))[0]
    seen = (await reading.contract_for(world["finance"], key)).version
    await asyncio.gather(
        drafting.remove_line(world["bureau"], key, line.id, now()),
        making.check_budget(world["finance"], key, now(), version=seen),
        return_exceptions=True,
    )
    lines = await reading.lines_of(key)
    assert (await status_of(key), len(lines)) in {("draft", 0), ("budget_checked", 1)}


async def test_voiding_and_signing_at_once_leave_one(world: World) -> None:
    key = await approved(world)
    await signing.sign(world["manager"], key, "supplier", "王某", today(), now())
    await asyncio.gather(
        signing.sign(world["lead"], key, "buyer", "李某", today() - timedelta(days=0), now()),
        making.void(await _second_lead(world), key, "取消", now()), return_exceptions=True,
    )  # fmt: skip
    rows = await Commitment.raw("SELECT coalesce(sum(amount), 0) AS n FROM commitment WHERE contract = {}", key)
    assert (await status_of(key), rows[0]["n"] > 0) in {("signed", True), ("void", False)}
