"""Second factors and codes belong to an account; counted tries are numbers of tries."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T15:31:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "second factors: references, checks"

STATEMENTS = (
    *(
        f'ALTER TABLE {table} ADD CONSTRAINT {table}_user_fk FOREIGN KEY ("user") REFERENCES app_user (id)'
        for table in ("app_second_factor", "app_recovery_code", "app_password_code")
    ),
    'CREATE UNIQUE INDEX app_recovery_code_once ON app_recovery_code ("user", code_hash)',
    "CREATE INDEX app_password_code_open ON app_password_code (asked_at) WHERE handled_at IS NULL",
    "ALTER TABLE try_count ADD CONSTRAINT try_count_tries_check CHECK (tries >= 0)",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
