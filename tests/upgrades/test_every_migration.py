"""Every migration runs on a database of the version before it whose tables have rows, and ends as a new one begins."""

import random
from itertools import groupby
from typing import Any

import asyncpg
import pytest

from bangfu.shared.database import close_pool, configure
from bangfu.shared.migrate import known_migrations, migrate_to
from tests.conftest import copied, on, server_does
from tests.faults.processes import SHAPE
from tests.upgrades.filling import Known, empty_tables, fill, rows_of

LEAST_FILLED = 0.9
"""Of all tables: what trying cannot fill is told, not hidden."""


async def shape(dsn: str) -> str:
    """The schema, one thing a line."""
    connection = await asyncpg.connect(dsn)
    found: Any = await connection.fetchval(SHAPE)
    await connection.close()
    return str(found)


async def rows_of_today(server_dsn: str, template: str, dice: random.Random) -> Known:
    """A row of every table as it is today: what was ever in them had to meet today's checks already, they only were
    written down later."""
    connection = await asyncpg.connect(await copied(server_dsn, template, "bangfu_test_today"))
    await connection.execute("SET session_replication_role = replica")
    for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        await connection.execute(f'DELETE FROM "{row["tablename"]}"')
    await fill(connection, dice)
    found = await rows_of(connection)
    await connection.close()
    await server_does(server_dsn, "DROP DATABASE bangfu_test_today WITH (FORCE)")
    return found


async def test_every_migration_runs_over_tables_with_rows(server_dsn: str, template: str, keys: object) -> None:
    name, dice = "bangfu_test_upgraded", random.Random(9)
    known = await rows_of_today(server_dsn, template, dice)
    await server_does(server_dsn, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    dsn = on(server_dsn, name)
    await close_pool()
    configure(dsn)
    connection = await asyncpg.connect(dsn)
    left: set[str] = set()
    for _, together in groupby(sorted(known_migrations()), key=lambda name: name[:13]):
        steps = list(together)  # tables, then what is written in them: nobody ever ran only the first of both
        assert await migrate_to(steps[-1]) == steps
        left = set(await fill(connection, dice, known))
    tables = await connection.fetchval(
        "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
        " AND relnamespace = 'public'::regnamespace"
    )
    assert await empty_tables(connection) == sorted(left)
    await connection.close()
    assert len(left) <= (1 - LEAST_FILLED) * tables, f"could not be filled: {sorted(left)}"
    assert await shape(dsn) == await shape(on(server_dsn, template))
    await server_does(server_dsn, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("seed", [1])
async def test_a_filled_table_has_its_row(server_dsn: str, seed: int) -> None:
    """The filler itself: checks across columns are met by trying."""
    name = "bangfu_test_filler"
    await server_does(server_dsn, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    connection = await asyncpg.connect(on(server_dsn, name))
    await connection.execute(
        "CREATE TABLE one (id uuid PRIMARY KEY, state text NOT NULL CHECK (state IN ('open', 'closed')),"
        " closed_at timestamptz, CHECK ((state = 'closed') = (closed_at IS NOT NULL)), year int NOT NULL"
        " CHECK (year > 2000))"
    )
    assert await fill(connection, random.Random(seed)) == []
    assert await empty_tables(connection) == []
    await connection.close()
    await server_does(server_dsn, f"DROP DATABASE {name} WITH (FORCE)")
