"""Bringing the database to the schema of this version, once, whoever starts first."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from pathlib import Path

import asyncpg
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

from bangfu.errors import SetupError
from bangfu.paths import MIGRATIONS
from bangfu.shared.database import DB

_LOCK = 0x62616E67  # one number for all processes of the product
OLDEST = 150000
"""PostgreSQL 15, as the server tells its version."""


RESTORING = "bangfu_restoring"
"""A table that stands only while a backup is being restored: such a database is not served."""


async def migrate() -> list[str]:
    """Run the missing migrations under an advisory lock; returns the names of those that ran.

    Raises:
        SetupError: if the database cannot be reached, is too old, or holds a newer schema than this version knows.
    """
    await _check_restored()
    return await migrate_to("all")


async def _check_restored() -> None:
    """Raises SetupError for a database whose restore was cut off."""
    connection = await connect()
    try:
        if await connection.fetchval("SELECT to_regclass($1)", RESTORING):
            raise SetupError("A restore of this database was cut off. Run bangfu restore FOLDER again.")
    finally:
        await connection.close()


async def migrate_to(last: str) -> list[str]:
    """Run the missing migrations up to one of them, or `all`. As `migrate`, also while a backup is restored."""
    connection = await connect()
    try:
        if connection.get_server_version().major * 10000 < OLDEST:
            raise SetupError("Bangfu needs PostgreSQL 15 or newer.")
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        before = await _applied(connection)
        if unknown := before - known_migrations():
            raise SetupError(
                f"The database was made by a newer version (unknown migration {min(unknown)}); update the program."
            )
        missing = sorted(known_migrations() - before)
        if last != "all":
            missing = [name for name in missing if name <= last]
        if missing:
            await _forwards(missing)
        return missing
    finally:
        await connection.close()


async def _forwards(names: Sequence[str]) -> None:
    """Run these migrations, each in one transaction with the entry that it has run: killed between the two, the next
    start would find its tables there and fail for ever."""
    from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
    from piccolo.apps.migrations.tables import Migration

    with contextlib.redirect_stdout(io.StringIO()):
        manager = ForwardsMigrationManager("bangfu")
        await manager.create_migration_table()
        modules = manager.get_migration_modules(str(MIGRATIONS))
        for name in names:
            try:
                async with DB.transaction():
                    changes = await modules[name].forwards()
                    if isinstance(changes, MigrationManager):
                        await changes.run()
                    await Migration(name=name, app_name="bangfu").save()
            except (asyncpg.PostgresError, OSError) as error:
                raise SetupError(f"The database could not be migrated: {name}: {error}") from error


async def check_schema() -> None:
    """The schema is exactly this program's: for processes that must not change it.

    Raises:
        SetupError: if it is older or newer, in one sentence.
    """
    await _check_restored()
    there, own = await applied_migrations(), known_migrations()
    if missing := own - there:
        raise SetupError(f"The database has an older schema (no migration {min(missing)}); run first: bangfu migrate")
    if unknown := there - own:
        raise SetupError(
            f"The database was made by a newer version (unknown migration {min(unknown)}); update the program."
        )


async def applied_migrations() -> set[str]:
    """The migrations that the database has seen."""
    connection = await connect()
    try:
        return await _applied(connection)
    finally:
        await connection.close()


async def connect() -> asyncpg.Connection[asyncpg.Record]:
    """One plain connection outside the pool.

    Raises:
        SetupError: one sentence why the server cannot be used.
    """
    try:
        return await asyncpg.connect(timeout=15, **DB.config)
    except (OSError, asyncpg.PostgresError, TimeoutError, ValueError, asyncpg.InterfaceError) as error:
        why = str(error).strip().split("\n")[0] or type(error).__name__
        raise SetupError(f"The database cannot be reached: {why}") from error


async def _applied(connection: asyncpg.Connection[asyncpg.Record]) -> set[str]:
    if not await connection.fetchval("SELECT to_regclass('migration')"):
        return set()
    return {row["name"] for row in await connection.fetch("SELECT name FROM migration WHERE app_name = 'bangfu'")}


def known_migrations() -> set[str]:
    """The ids in the migration files, without importing them."""
    ids = set()
    for file in Path(MIGRATIONS).glob("bangfu_*.py"):
        line = next(line for line in file.read_text().splitlines() if line.startswith("ID = "))
        ids.add(line.partition("=")[2].strip().strip("\"'"))
    return ids


def plain_sql(migration_id: str, description: str, statements: Sequence[str]) -> MigrationManager:
    """A migration of plain SQL: what the tables' classes cannot say (references, checks, indexes, triggers)."""
    manager = MigrationManager(migration_id=migration_id, app_name="bangfu", description=description)

    class Anything(Table):
        pass

    async def run() -> None:
        for statement in statements:
            await Anything.raw(statement.replace("{", "{{").replace("}", "}}"))

    manager.add_raw(run)
    return manager
