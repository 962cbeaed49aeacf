"""The sums of a line's movements are those of its entries, whoever posts and folds meanwhile."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from bangfu.contracts.movement_sums import differences, fold
from bangfu.contracts.queries import balance
from bangfu.contracts.tables import MovementDelta, MovementSum
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from tests.support import World
from tests.visits.visit_steps import accepted, submitted

POST = "INSERT INTO contract_movement (id, line, kind, units, amount, subject, at) VALUES ($1, $2, $3, $4, $5, $6, $7)"


async def post(writer: asyncpg.connection.Connection, world: World, units: int) -> None:
    await writer.execute(POST, uuid4(), world.lines["daily_care"], "reserved", units, units * 60, uuid4(), now())


async def test_offers_and_visits_are_summed_before_and_after_folding(world: World) -> None:
    await accepted(world, visits=4)
    await submitted(world, service="visit_check")
    before = await balance(world.lines["visit_check"])
    assert await differences() == []
    assert await fold() > 0
    assert await MovementDelta.count() == 0
    assert await differences() == []
    assert await balance(world.lines["visit_check"]) == before


async def test_what_is_rolled_back_is_not_summed(world: World) -> None:
    before = await MovementDelta.count()
    with pytest.raises(RuntimeError):
        async with transaction():
            await accepted(world)
            raise RuntimeError
    assert await MovementDelta.count() == before
    assert await differences() == []


async def test_two_writers_and_two_folders_at_once_lose_nothing(world: World, database: str) -> None:
    first, second = await asyncpg.connect(database), await asyncpg.connect(database)

    async def write(writer: asyncpg.connection.Connection) -> None:
        for turn in range(20):
            await post(writer, world, 1 + turn)

    async def fold_often() -> None:
        for _ in range(20):
            await fold()

    await asyncio.gather(write(first), write(second), fold_often(), fold_often())
    assert await differences() == []
    await fold()
    assert await differences() == []
    assert await MovementSum.exists().where(MovementSum.line == world.lines["daily_care"], MovementSum.units == 420)
    for each in (first, second):
        await each.close()
