"""A household's timeline finds the events of everything that was done for it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T01:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "events of a household"

STATEMENTS = (
    "CREATE INDEX audit_event_household ON audit_event ((data->>'household')) WHERE data->>'household' IS NOT NULL",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
