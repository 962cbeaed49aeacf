"""From reserved to delivered to paid: one step each, once each, and never more than there is."""

import asyncio
from decimal import Decimal
from uuid import UUID, uuid4

import asyncpg
import pytest

from bangfu.contracts.actions import deliver, post, release, reserve
from bangfu.contracts.queries import burn_of
from bangfu.contracts.rules import Burn, Sum
from bangfu.contracts.tables import ContractLine, LineQuota, Movement
from bangfu.errors import Refused
from bangfu.shared.clock import now
from tests.support import TOWN, VILLAGE, World

PRICE = Decimal("25.00")


async def burn(world: World) -> Burn:
    line = world.lines["visit_check"]
    return (await burn_of([line]))[line]


async def reserved(world: World, units: int, division: str = VILLAGE) -> UUID:
    task = uuid4()
    line = world.lines["visit_check"]
    await reserve(world["dispatcher"], line, units, units * PRICE, task, now(), division=division)
    return task


async def visited(world: World, task: UUID | None, units: int = 1, amount: Decimal | None = None) -> UUID:
    visit, price = uuid4(), units * PRICE if amount is None else amount
    assert await deliver(
        world["worker"], world.lines["visit_check"], units, price, visit, now(), reservation=task, division=VILLAGE
    )
    return visit


async def test_a_visit_moves_from_reserved_to_delivered_and_a_repeat_moves_nothing(world: World) -> None:
    task = await reserved(world, 10)
    visit = await visited(world, task, 3)
    assert not await deliver(world["worker"], world.lines["visit_check"], 3, 3 * PRICE, visit, now(), reservation=task)
    found = await burn(world)
    assert (found.committed, found.delivered) == (Sum(7, 7 * PRICE), Sum(3, 3 * PRICE))
    assert found.left == Sum(1990, Decimal("100000.00") - 10 * PRICE)


async def test_the_end_of_a_task_gives_back_what_its_visits_left(world: World) -> None:
    task = await reserved(world, 10)
    await visited(world, task, 3)
    await visited(world, task, 1, Decimal("20.00"))
    assert await release(world["manager"], task, now())
    assert not await release(world["manager"], task, now())
    found = await burn(world)
    assert (found.committed, found.delivered) == (Sum(0, Decimal(0)), Sum(4, Decimal("95.00")))


async def test_what_goes_beyond_the_reservation_needs_room_on_the_line(world: World) -> None:
    line = world.lines["visit_check"]
    await ContractLine.update({ContractLine.max_units: 12}).where(ContractLine.id == line)
    task = await reserved(world, 10)
    with pytest.raises(Refused, match="2 visits"):
        await visited(world, task, 13)
    await visited(world, task, 12)
    assert (await burn(world)).left.units == 0


async def test_verified_held_freed_and_settled_follow_what_was_delivered(world: World) -> None:
    line, statement = world.lines["visit_check"], uuid4()
    await visited(world, None, 4)
    with pytest.raises(Refused, match="Less was delivered"):
        await post(world["officer"], line, "verified", 5, 5 * PRICE, uuid4(), now())
    assert await post(world["officer"], line, "verified", 4, 4 * PRICE, statement, now())
    assert await post(world["bureau"], line, "held", 1, PRICE, statement, now())
    with pytest.raises(Refused, match="Less was delivered"):
        await post(world["finance"], line, "settled", 4, 4 * PRICE, statement, now())
    assert await post(world["finance"], line, "settled", 3, 3 * PRICE, statement, now())
    assert not await post(world["finance"], line, "settled", 3, 3 * PRICE, statement, now()), "a repeat"
    with pytest.raises(Refused, match="Less is held back"):
        await post(world["bureau"], line, "freed", 1, PRICE + 1, uuid4(), now())
    assert await post(world["bureau"], line, "freed", 1, PRICE, statement, now())
    assert await post(world["finance"], line, "settled", 1, PRICE, uuid4(), now())
    found = await burn(world)
    assert (found.held, found.settled) == (Sum(0, Decimal("0.00")), found.delivered)


async def test_a_townships_quota_binds_what_is_served_there_and_nothing_else(world: World) -> None:
    line = world.lines["visit_check"]
    await LineQuota(id=uuid4(), line=line, division=TOWN, max_units=15).save()
    task = await reserved(world, 10)
    with pytest.raises(Refused, match="quota"):
        await reserved(world, 6)
    await reserved(world, 500, "990101999001")
    await visited(world, task, 10)
    await release(world["manager"], task, now())
    with pytest.raises(Refused, match="quota"):
        await reserved(world, 6)
    await reserved(world, 5)


@pytest.mark.database
async def test_visits_and_the_end_of_a_task_at_once_lose_nothing(world: World) -> None:
    for _ in range(3):
        task = await reserved(world, 10)
        await asyncio.gather(*(visited(world, task, 1) for _ in range(5)), release(world["manager"], task, now()))
    found = await burn(world)
    assert found.committed == Sum(0, Decimal("0.00"))
    assert found.delivered == Sum(15, 15 * PRICE)


@pytest.mark.database
async def test_many_at_once_never_pass_the_quota_and_as_many_as_fit_get_it(world: World) -> None:
    await LineQuota(id=uuid4(), line=world.lines["visit_check"], division=TOWN, max_units=47).save()
    answers = await asyncio.gather(*(reserved(world, 9) for _ in range(15)), return_exceptions=True)
    assert sum(isinstance(each, UUID) for each in answers) == 5, "5 x 9 = 45 of 47"
    assert sum(isinstance(each, Refused) for each in answers) == 10


@pytest.mark.database
async def test_the_database_itself_refuses_what_breaks_the_ledger(world: World) -> None:
    line = world.lines["visit_check"]
    task = await reserved(world, 10)
    await visited(world, task, 4)
    wrong = [
        ("reserved", 1995, "0", None), ("released", -7, "0", task), ("verified", 5, "0", None),
        ("settled", 1, "100.01", None), ("held", 0, "100.01", None), ("freed", 0, "-1", None),
        ("reserved", -1, "0", None), ("delivered", 1, "99999.00", None), ("paid", 1, "0", None),
    ]  # fmt: skip
    for kind, units, amount, reservation in wrong:
        with pytest.raises(asyncpg.CheckViolationError):
            await Movement.raw(
                "INSERT INTO contract_movement (id, line, kind, units, amount, subject, at, division, reservation)"
                " VALUES (gen_random_uuid(), {}, {}, {}, {}, gen_random_uuid(), {}, '', {})",
                line, kind, units, Decimal(amount), now(), reservation,
            )  # fmt: skip
    with pytest.raises(asyncpg.CheckViolationError, match="below what is used"):
        await ContractLine.update({ContractLine.max_units: 9}).where(ContractLine.id == line)
