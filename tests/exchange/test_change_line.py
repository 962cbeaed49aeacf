"""The line of changes loses nothing, however transactions overlap, and tells nobody of another area."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from bangfu.exchange import change_line
from bangfu.exchange.read_cursor import KEEP_DAYS, line_cursor
from bangfu.exchange.read_resources import RESOURCES
from bangfu.exchange.tables import ApiChange, ApiChangeNew
from bangfu.needs.tables import Need
from bangfu.shared.clock import now
from tests.authorisation.row import Stage
from tests.exchange.readers import reading_system
from tests.support import FOREIGN_VILLAGE, World

pytestmark = pytest.mark.database


async def test_a_change_that_commits_late_comes_after_what_was_read(app, world: World, database: str) -> None:
    """The first transaction draws its numbers first and commits last: a reader in between must not pass it."""
    system = await reading_system(app, world, "carers")
    _, after = await system.changes()
    slow, fast = await asyncpg.connect(database), await asyncpg.connect(database)
    first, second = sorted(world.carers.values())[:2]
    late = slow.transaction()
    await late.start()
    await slow.execute("UPDATE carer SET max_households = 7 WHERE id = $1", first)
    await fast.execute("UPDATE carer SET max_households = 8 WHERE id = $1", second)
    found, after = await system.changes(after)
    assert found == [("carers", str(second), "changed")]
    await late.commit()
    found, after = await system.changes(after)
    assert found == [("carers", str(first), "changed")]
    assert await system.changes(after) == ([], after) or (await system.changes(after))[0] == []
    await slow.close()
    await fast.close()


async def test_readers_of_a_busy_line_miss_nothing(app, world: World, database: str, monkeypatch) -> None:
    """Four writers with transactions of different lengths, two readers who ask all the time: each sees all."""
    monkeypatch.setattr(change_line, "BATCH", 3)
    system = await reading_system(app, world, "divisions")
    _, start = await system.changes()
    writers = [await asyncpg.connect(database) for _ in range(4)]
    done = asyncio.Event()

    async def write(place: int, connection: asyncpg.Connection) -> None:
        for turn in range(8):
            async with connection.transaction():
                await connection.execute(
                    "INSERT INTO division (code, name, level, parent) VALUES ($1, 'x', 5, '')",
                    f"99010190{place}{turn:03}",
                )
                await asyncio.sleep(0.002 * ((place * 7 + turn * 3) % 5))

    async def follow() -> set[str]:
        seen, after = set[str](), start
        while True:
            last = done.is_set()
            found, after = await system.changes(after)
            seen |= {key for _, key, _ in found}
            if last:
                return seen
            await asyncio.sleep(0)

    readers = [asyncio.create_task(follow()) for _ in range(2)]
    await asyncio.gather(*(write(place, one) for place, one in enumerate(writers)))
    done.set()
    seen = [await one for one in readers]
    for one in writers:
        await one.close()
    rows = await ApiChange.raw("SELECT code FROM division WHERE name = 'x'")
    assert len(rows) == 32
    assert all(one >= {row["code"] for row in rows} for one in seen)


async def test_what_is_rolled_back_was_never_in_line(app, world: World, database: str) -> None:
    system = await reading_system(app, world, "carers")
    _, after = await system.changes()
    connection = await asyncpg.connect(database)
    undone = connection.transaction()
    await undone.start()
    await connection.execute("UPDATE carer SET max_households = 7")
    await undone.rollback()
    await connection.close()
    assert (await system.changes(after))[0] == []


async def test_many_changes_of_one_object_are_one_place_the_newest(app, world: World, staged: Stage) -> None:
    system = await reading_system(app, world, "needs")
    need, other = staged.own["need"][""], staged.own["draft"][""]
    _, after = await system.changes()
    await Need.update(visits=4).where(Need.id == need)
    _, middle = await system.changes(after)
    await Need.update(visits=5).where(Need.id == need)
    await Need.update(status="submitted").where(Need.id == other)
    found, end = await system.changes(after)
    assert found == [("needs", str(need), "changed"), ("needs", str(other), "changed")]
    assert (await system.changes(middle))[0] == found
    assert (await system.changes(end))[0] == []
    rows = await ApiChange.raw("SELECT count(*) AS n FROM api_change WHERE subject = {}", str(need))
    assert rows[0]["n"] == 1


async def test_what_moves_away_or_is_deleted_is_told_as_gone_and_only_where_it_was(
    app, world: World, staged: Stage
) -> None:
    system = await reading_system(app, world, "needs", "households")
    _, after = await system.changes()
    need, far = staged.own["draft"][""], staged.foreign["draft"][""]
    await Need.update(division=FOREIGN_VILLAGE).where(Need.id == need)
    await Need.update(visits=2).where(Need.id == far)
    found, after = await system.changes(after)
    assert found == [("needs", str(need), "deleted")]
    mine = Need(
        id=uuid4(), number="N-gone", household=staged.own["household"][""], division="990101001201",
        service="daily_care", status="submitted", priority="general", visits=1, minutes=30,
    )  # fmt: skip
    await mine.save()
    assert (await system.changes(after))[0] == [("needs", str(mine.id), "changed")]
    await Need.delete().where(Need.id == mine.id)
    assert (await system.changes(after))[0] == [("needs", str(mine.id), "deleted")]


async def test_complaints_that_nobody_may_hear_of_are_not_told_at_all(app, world: World, staged: Stage) -> None:
    system = await reading_system(app, world, "complaints")
    rows = await ApiChange.raw("SELECT id, discipline FROM complaint WHERE division LIKE '990101%'")
    assert rows
    _, after = await system.changes()
    await ApiChange.raw("UPDATE complaint SET level = 'lead' WHERE division LIKE '990101%'")
    assert (await system.changes(after))[0] == []


async def test_an_organisation_hears_of_its_own_work_only(app, world: World, staged: Stage) -> None:
    system = await reading_system(app, world, "assignments", "carers", organization=world.organization)
    _, after = await system.changes()
    await ApiChange.raw("UPDATE carer SET max_households = 9")
    await ApiChange.raw("UPDATE assignment SET minutes = minutes")
    found, _ = await system.changes(after)
    own = await ApiChange.raw(
        "SELECT id::text AS id FROM assignment WHERE organization = {} AND division LIKE '990101%' UNION ALL"
        " SELECT id::text FROM carer WHERE organization = {}",
        world.organization, world.organization,
    )  # fmt: skip
    assert sorted(key for _, key, _ in found) == sorted(row["id"] for row in own)


async def test_a_cursor_from_before_what_is_kept_is_refused_and_old_places_are_forgotten(app, world: World) -> None:
    system = await reading_system(app, world, "carers")
    old = line_cursor(1, now() - timedelta(days=KEEP_DAYS + 1))
    assert (await system.get(f"changes?after={old}")).json()["code"] == "cursor_too_old"
    await change_line.put_in_line()
    assert await ApiChange.count()
    await ApiChange.raw("UPDATE api_change SET at = at - {} * interval '1 day'", KEEP_DAYS + 1)
    await change_line.look_after(now())
    assert await ApiChange.count() == 0
    assert await ApiChangeNew.count() == 0


async def test_now_is_a_cursor_and_nothing_else(app, world: World) -> None:
    system = await reading_system(app, world, "carers", "divisions")
    answer = (await system.get("changes?after=now")).json()
    assert (answer["items"], answer["more"]) == ([], False)
    carer = sorted(world.carers.values())[0]
    await ApiChange.raw("UPDATE carer SET max_households = 3 WHERE id = {}", carer)
    assert (await system.changes(answer["next"]))[0] == [("carers", str(carer), "changed")]
    assert (await system.changes(answer["next"], "&resource=divisions"))[0] == []
    assert (await system.get("changes?resource=visits")).json()["code"] == "scope"


async def test_every_list_is_noted_by_triggers_of_its_table(world: World) -> None:
    rows = await ApiChange.raw(
        "SELECT c.relname AS name, count(*) AS n FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE t.tgname LIKE 'api_note_%' GROUP BY 1"
    )
    noted = {row["name"]: row["n"] for row in rows}
    tables = {resource.source.split()[0] for resource in RESOURCES.values()}
    assert tables <= set(noted)
    assert all(noted[table] >= 3 for table in tables)
