"""An identity of the unified sign-in belongs to an account."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T18:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "unified sign-in: reference"

STATEMENTS = (
    'ALTER TABLE app_identity ADD CONSTRAINT app_identity_user_fk FOREIGN KEY ("user") REFERENCES app_user (id)',
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
