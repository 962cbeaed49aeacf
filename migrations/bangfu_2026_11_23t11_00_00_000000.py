"""What was verified in a quarter is summed without reading the other movements."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T11:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "verified movements by their time"

STATEMENTS = (
    "CREATE INDEX contract_movement_verified_by_time ON contract_movement (at, id) INCLUDE (line, amount)"
    " WHERE kind = 'verified'",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
