"""Directories as open data: references, checks, indexes (0063)."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T14:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "directories: references, checks, indexes"

STATEMENTS = (
    "ALTER TABLE directory_row ADD CONSTRAINT directory_row_source_fk FOREIGN KEY (source)"
    " REFERENCES directory_source (id) ON DELETE CASCADE",
    "ALTER TABLE directory_source ADD CONSTRAINT directory_source_taken_by_fk FOREIGN KEY (taken_by)"
    " REFERENCES app_user (id)",
    "ALTER TABLE directory_upload ADD CONSTRAINT directory_upload_uploaded_by_fk FOREIGN KEY (uploaded_by)"
    " REFERENCES app_user (id)",
    "ALTER TABLE directory_upload ADD CONSTRAINT directory_upload_status_check"
    " CHECK (status IN ('open', 'taken', 'dropped'))",
    "ALTER TABLE directory_upload ADD CONSTRAINT directory_upload_content_check"
    " CHECK ((status = 'open') = (length(content) > 0))",
    "CREATE UNIQUE INDEX directory_source_once ON directory_source (division, name)",
    "CREATE UNIQUE INDEX directory_row_once ON directory_row (source, table_name, key)",
    "CREATE INDEX directory_row_parent ON directory_row (source, parent) WHERE parent IS NOT NULL",
    "CREATE INDEX directory_row_named ON directory_row (name, key) WHERE table_name = 'organization'",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
