"""The ledger of a contract line in the database: never over the line, one reservation and one release each."""

import asyncio
from decimal import Decimal
from uuid import UUID, uuid4

import asyncpg
import pytest

from bangfu.contracts.actions import release, reserve
from bangfu.contracts.queries import account_for, balance
from bangfu.contracts.tables import ContractLine, Movement
from bangfu.errors import Refused
from bangfu.shared.clock import now, today
from tests.support import World

PRICE = Decimal("25.00")


async def take(world: World, units: int, subject: UUID, line: UUID | None = None) -> bool:
    line = line or world.lines["visit_check"]
    return await reserve(world["dispatcher"], line, units, units * PRICE, subject, now())


async def test_reserving_the_same_again_changes_nothing(world: World) -> None:
    subject = uuid4()
    assert await take(world, 10, subject)
    assert not await take(world, 10, subject)
    assert (await balance(world.lines["visit_check"])).used_units == 10


async def test_a_reservation_is_given_back_once(world: World) -> None:
    subject = uuid4()
    await take(world, 10, subject)
    assert await release(world["dispatcher"], subject, now())
    assert not await release(world["dispatcher"], subject, now())
    assert not await release(world["dispatcher"], uuid4(), now()), "nothing was reserved"
    left = await balance(world.lines["visit_check"])
    assert (left.used_units, left.used_amount) == (0, 0)


async def test_too_many_visits_or_too_much_money_are_refused_with_the_numbers(world: World) -> None:
    line = world.lines["visit_check"]
    with pytest.raises(Refused, match="2000 visits"):
        await take(world, 2001, uuid4())
    await ContractLine.update({ContractLine.max_amount: Decimal("249.99")}).where(ContractLine.id == line)
    with pytest.raises(Refused, match=r"249\.99 yuan"):
        await take(world, 10, uuid4())
    assert await take(world, 9, uuid4())


async def test_a_line_outside_its_term_or_suspended_takes_nothing(world: World) -> None:
    line = world.lines["visit_check"]
    await ContractLine.update({ContractLine.status: "suspended"}).where(ContractLine.id == line)
    with pytest.raises(Refused, match="not open"):
        await take(world, 1, uuid4())
    assert await account_for(world.organization, "visit_check", today()) is None


async def test_the_next_line_is_used_when_the_first_is_full(world: World) -> None:
    first = world.lines["visit_check"]
    old = await ContractLine.objects().get(ContractLine.id == first)
    assert old is not None
    second = ContractLine(
        id=uuid4(), contract_number="C-2", organization=world.organization, service="visit_check", unit_price=PRICE,
        max_units=10, max_amount=Decimal(1000), starts_on=old.starts_on, ends_on=old.ends_on.replace(day=1),
    )  # fmt: skip
    second.ends_on = min(second.ends_on, old.ends_on)
    await second.save()
    found = await account_for(world.organization, "visit_check", today())
    assert found is not None
    ends_first = found.line.id
    await reserve(world["dispatcher"], second.id, 10, Decimal(250), uuid4(), now())
    found = await account_for(world.organization, "visit_check", today())
    assert found is not None
    assert found.line.id == first
    assert ends_first in {first, second.id}


@pytest.mark.database
async def test_twenty_at_once_never_take_more_than_the_line_has(world: World) -> None:
    line = world.lines["visit_check"]
    await ContractLine.update({ContractLine.max_units: 70}).where(ContractLine.id == line)
    answers = await asyncio.gather(*(take(world, 9, uuid4()) for _ in range(20)), return_exceptions=True)
    assert [each for each in answers if each is True] == [True] * 7, "7 x 9 = 63 of 70"
    assert all(isinstance(each, Refused) for each in answers if each is not True)
    assert (await balance(line)).used_units == 63


@pytest.mark.database
async def test_the_same_reservation_and_release_at_once_are_posted_once(world: World) -> None:
    subject = uuid4()
    answers = await asyncio.gather(*(take(world, 5, subject) for _ in range(6)))
    assert sum(answers) == 1
    released = await asyncio.gather(*(release(world["manager"], subject, now()) for _ in range(6)))
    assert sum(released) == 1
    rows = await Movement.raw("SELECT kind, units FROM contract_movement WHERE subject = {} ORDER BY units", subject)
    assert [(row["kind"], row["units"]) for row in rows] == [("released", -5), ("reserved", 5)]


@pytest.mark.database
async def test_the_ledger_cannot_be_changed_or_emptied(world: World) -> None:
    await take(world, 5, uuid4())
    for statement in (
        "UPDATE contract_movement SET units = 1", "DELETE FROM contract_movement", "TRUNCATE contract_movement",
    ):  # fmt: skip
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            await Movement.raw(statement)
