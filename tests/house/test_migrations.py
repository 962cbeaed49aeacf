"""The migrations make exactly the tables that the code declares, whoever runs them first."""

import asyncio

import asyncpg
import pytest
from piccolo.apps.migrations.commands.new import AutoMigrationManager

from bangfu.errors import SetupError
from bangfu.piccolo_app import APP_CONFIG
from bangfu.shared.database import configure
from bangfu.shared.migrate import migrate

from tests.conftest import on, server_does  # isort: skip


async def test_the_migrations_leave_nothing_to_change(database: str) -> None:
    statements = await AutoMigrationManager().get_alter_statements(APP_CONFIG)
    assert [line for statement in statements for line in statement.statements] == []


@pytest.mark.database
async def test_the_database_has_every_declared_column(database: str) -> None:
    connection = await asyncpg.connect(database)
    rows = await connection.fetch(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    )
    await connection.close()
    there = {(row["table_name"], row["column_name"]) for row in rows}
    declared = {
        (table._meta.tablename, column._meta.db_column_name)
        for table in APP_CONFIG.table_classes
        for column in table._meta.columns
    }
    assert declared - there == set()


@pytest.mark.database
async def test_two_processes_that_start_at_once_migrate_once(server_dsn: str, keys: object) -> None:
    name = "bangfu_test_race"
    await server_does(server_dsn, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    configure(on(server_dsn, name))
    ran = await asyncio.gather(migrate(), migrate(), migrate())
    assert sorted(len(names) for names in ran)[:2] == [0, 0]
    assert len(max(ran, key=len)) >= 2
    await server_does(server_dsn, f"DROP DATABASE {name}")


@pytest.mark.database
async def test_a_schema_newer_than_the_program_is_refused_in_one_sentence(database: str) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("INSERT INTO migration (name, app_name, ran_on) VALUES ('2999-01-01', 'bangfu', now())")
    await connection.close()
    with pytest.raises(SetupError, match="newer version"):
        await migrate()
