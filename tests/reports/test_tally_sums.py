"""The sums that triggers keep up are those of counting, whatever is written and whoever folds meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bangfu.reports.tables import VisitTally, VisitTallyDelta
from bangfu.reports.tally_check import tally_check
from bangfu.reports.tally_fold import fold
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from bangfu.verification.deciding import verify
from bangfu.visits.tables import Visit
from tests.support import World
from tests.visits.visit_steps import planned, submitted

Writer = asyncpg.connection.Connection
COLUMNS = (
    "assignment, need, household, division, service, carer, carer_kind, organization, contract_line, unit_price,"
    " due_from, due_until, window_start, window_end"
)
COPY = (
    f"INSERT INTO visit (number, {COLUMNS}, id, minutes, status, planned_start, planned_end, created_at, updated_at)"
    f" SELECT number || '-' || n, {COLUMNS}, gen_random_uuid(), 20 + n % 5 * 10,"
    " (ARRAY['planned', 'submitted', 'verified'])[1 + n % 3], planned_start + n % 70 * interval '1 day',"
    " planned_end + n % 70 * interval '1 day', now(), now()"
    " FROM visit, generate_series($1::int, $2::int) n WHERE visit.id = $3"
)


async def kept() -> tuple[int, int]:
    """Rows of the sums, and of what is not yet folded."""
    return await VisitTally.count(), await VisitTallyDelta.count()


@pytest.fixture
async def writers(database: str) -> AsyncIterator[list[Writer]]:
    """Three connections beside the portal's own."""
    made = [await asyncpg.connect(database) for _ in range(3)]
    yield made
    for each in made:
        await each.close()


async def test_each_kind_of_write_leaves_the_sums_as_counting(world: World, writers: list[Writer]) -> None:
    one, writer = await planned(world), writers[0]
    await planned(world, "volunteer")  # nobody's line, nobody's organisation
    assert await tally_check() == []
    for write, *values in (
        (COPY, 1, 300, one.id),
        ("UPDATE visit SET status = 'settled', evidence = 'on_spot' WHERE status = 'verified'",),
        ("UPDATE visit SET planned_start = planned_start + interval '40 days', planned_end = planned_end"
         " + interval '40 days' WHERE status = 'planned'",),
        ("UPDATE visit SET minutes = minutes + 5, payable = NOT payable",),
        ("UPDATE visit SET approval = 'waiting', contract_line = NULL, organization = NULL WHERE minutes > 40",),
        ("DELETE FROM visit WHERE status = 'settled'",),
        ("WITH gone AS (DELETE FROM visit WHERE status = 'submitted' RETURNING id) UPDATE visit SET version = 9",),
    ):  # fmt: skip
        await writer.execute(write, *values)
        assert await tally_check() == [], write
        await fold()
        assert await tally_check() == [], write
    assert (await kept())[1] == 0


async def test_what_is_rolled_back_leaves_nothing(world: World) -> None:
    await planned(world)
    before = await kept()
    with pytest.raises(RuntimeError):
        async with transaction():
            await Visit.delete(force=True)
            raise RuntimeError
    assert await kept() == before
    assert await tally_check() == []


async def test_a_write_that_changes_no_key_leaves_no_row(world: World) -> None:
    made = await planned(world)
    await fold()
    await Visit.update(version=7, updated_at=now()).where(Visit.id == made.id)
    assert await VisitTallyDelta.count() == 0


async def test_emptied_sums_are_forgotten(world: World) -> None:
    made = await planned(world)
    await fold()
    rows = (await kept())[0]
    await Visit.update(status="missed").where(Visit.id == made.id)
    assert await fold() == 2
    assert await kept() == (rows, 0)
    assert await tally_check() == []


async def test_the_products_own_actions_are_counted(world: World) -> None:
    done = await submitted(world)
    assert await fold() > 0
    await verify(world["officer"], done.id, {}, now() + timedelta(days=1))
    assert await tally_check() == []
    assert await VisitTally.exists().where(VisitTally.status == "submitted")
    await fold()
    assert not await VisitTally.exists().where(VisitTally.status == "submitted")
    assert await VisitTally.exists().where(VisitTally.status == "verified")


async def test_a_wrong_sum_is_named(world: World) -> None:
    made = await planned(world)
    await fold()
    await VisitTally.update({VisitTally.visits: VisitTally.visits + 2}, force=True)
    [found] = await tally_check("990101")
    assert (found.status, found.kept, found.counted) == ("planned", (3, made.minutes), (1, made.minutes))
    assert await tally_check("990102") == []


@given(st.lists(st.tuples(st.sampled_from("iusmdrf"), st.integers(0, 9), st.integers(1, 9)), max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_sequence_of_writes_and_foldings_loses_one(
    world: World, writers: list[Writer], steps: list[tuple[str, int, int]]
) -> None:
    """Insert, update the state, sort anew, move to another month, delete, roll back, fold."""
    seed = await Visit.select(Visit.id).where(Visit.number == "seed").first() or {"id": await _seed(world)}
    some = "number LIKE 'seed-%' AND hashtext(number) % 10 = $1"
    for kind, place, size in steps:
        if kind == "f":
            await fold()
            continue
        work = writers[0].transaction()
        await work.start()
        first = await writers[0].fetchval("SELECT coalesce(max(split_part(number, '-', 2)::int), 0) FROM visit"
                                          " WHERE number LIKE 'seed-%'")  # fmt: skip
        if kind in "ir":
            await writers[0].execute(COPY, first + 1, first + size, seed["id"])
        elif kind == "u":
            await writers[0].execute(f"UPDATE visit SET status = 'missed' WHERE {some}", place)
        elif kind == "s":
            await writers[0].execute(f"UPDATE visit SET evidence = 'call', minutes = 35 WHERE {some}", place)
        elif kind == "m":
            await writers[0].execute(
                "UPDATE visit SET planned_start = planned_start - interval '31 days', planned_end = planned_end"
                f" - interval '31 days' WHERE {some}", place,
            )  # fmt: skip
        else:
            await writers[0].execute(f"DELETE FROM visit WHERE {some}", place)
        await (work.rollback() if kind == "r" else work.commit())
    assert await tally_check() == []


async def _seed(world: World) -> object:
    made = await planned(world)
    await Visit.update(number="seed").where(Visit.id == made.id)
    return made.id


async def test_two_writers_and_two_folders_at_once_lose_nothing(world: World, writers: list[Writer]) -> None:
    seed = await _seed(world)

    async def write(place: int) -> None:
        for turn in range(12):
            first = 1000 * place + 10 * turn
            await writers[place].execute(COPY, first, first + 9, seed)
            await writers[place].execute("UPDATE visit SET status = 'missed' WHERE number = $1", f"seed-{first + 3}")
            await writers[place].execute("DELETE FROM visit WHERE number = $1", f"seed-{first + 4}")

    async def fold_often() -> int:
        return sum([await fold() for _ in range(25)])

    async def look_often() -> list[object]:
        return [each for _ in range(15) for each in await tally_check()]

    _, _, *found = await asyncio.gather(write(1), write(2), fold_often(), fold_often(), look_often())
    assert found[2] == []
    await fold()
    assert await tally_check() == []
    assert (await kept())[1] == 0


async def test_a_folder_that_is_killed_has_done_nothing_and_holds_nobody_up(
    world: World, writers: list[Writer]
) -> None:
    await planned(world)
    before = await kept()
    holder = writers[0].transaction()
    await holder.start()
    await writers[0].execute("SELECT pg_advisory_xact_lock(hashtext('bangfu.visit_tally'))")
    await writers[0].execute("DELETE FROM visit_tally_delta")
    assert await fold() == 0  # leaves at once instead of waiting
    await planned(world, "volunteer")  # nor does a writer wait
    writers[0].terminate()
    assert (await kept())[1] > before[1]
    for _ in range(200):
        if await fold():
            break
        await asyncio.sleep(0.05)  # the server notices the lost connection
    assert await tally_check() == []
