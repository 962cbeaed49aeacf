"""The visits of a week are counted and their carers found in an index, without the visits themselves."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T04:04:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "visits of a week in an index"

STATEMENTS = (
    "CREATE INDEX visit_in_week ON visit (planned_start) INCLUDE (division, status, assignment, carer, partner)",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
