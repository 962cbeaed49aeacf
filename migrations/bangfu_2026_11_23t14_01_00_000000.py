"""Directories that were taken in: references, one row a key, states."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T14:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "references of directories"

STATEMENTS = (
    "CREATE UNIQUE INDEX directory_source_one_name ON directory_source (division, name)",
    "CREATE UNIQUE INDEX directory_record_one_key ON directory_record (source, kind, key)",
    "CREATE INDEX directory_record_names ON directory_record (name, id) WHERE kind = 'organization'",
    "ALTER TABLE directory_record ADD CONSTRAINT directory_record_source_fk FOREIGN KEY (source)"
    " REFERENCES directory_source (id)",
    "ALTER TABLE directory_upload ADD CONSTRAINT directory_upload_owner_fk FOREIGN KEY (uploaded_by)"
    " REFERENCES app_user",
    "ALTER TABLE directory_upload ADD CONSTRAINT directory_upload_status_check"
    " CHECK (status IN ('checked', 'taken', 'dropped'))",
    "ALTER TABLE directory_note ADD CONSTRAINT directory_note_upload_fk FOREIGN KEY (upload)"
    " REFERENCES directory_upload (id) ON DELETE CASCADE",
    "CREATE UNIQUE INDEX directory_note_one_place ON directory_note (upload, place)",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
