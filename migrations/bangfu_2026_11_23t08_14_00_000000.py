"""What other portals kept of volunteers: references, and that a file is taken once."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T08:14:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "volunteers' records from other portals: references"


async def forwards() -> MigrationManager:
    statements = [
        "ALTER TABLE volunteer_brought ADD CONSTRAINT volunteer_brought_carer_fk FOREIGN KEY (carer)"
        " REFERENCES carer (id)",
        "ALTER TABLE volunteer_brought ADD CONSTRAINT volunteer_brought_brought_by_fk FOREIGN KEY (brought_by)"
        " REFERENCES app_user (id)",
        "CREATE UNIQUE INDEX volunteer_brought_once ON volunteer_brought (carer, sha256)",
    ]
    return plain_sql(ID, DESCRIPTION, statements)
