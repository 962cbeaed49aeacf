"""First steps belong to a user."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T10:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "first steps: reference"

STATEMENTS = (
    'ALTER TABLE first_steps ADD CONSTRAINT first_steps_user_fk FOREIGN KEY ("user") REFERENCES app_user (id)',
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
