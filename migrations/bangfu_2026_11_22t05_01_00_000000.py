"""Files: who brought them in; one copy of the same content for the same row and purpose."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T05:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "files"

STATEMENTS = (
    "ALTER TABLE stored_file ADD CONSTRAINT stored_file_uploaded_by_fk FOREIGN KEY (uploaded_by)"
    " REFERENCES app_user (id) ON DELETE RESTRICT",
    "ALTER TABLE stored_file ADD CONSTRAINT stored_file_type CHECK"
    " (media_type IN ('application/pdf', 'image/jpeg', 'image/png'))",
    "CREATE UNIQUE INDEX stored_file_once ON stored_file (subject_type, subject, kind, sha256)",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
