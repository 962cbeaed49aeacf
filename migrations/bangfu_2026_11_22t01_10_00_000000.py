"""Child files: references, checks, one file for one child."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T01:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "child files"

COLORS = "('red', 'yellow', 'blue', 'green')"
STATEMENTS = (
    "ALTER TABLE child_file ADD CONSTRAINT child_file_household_fk FOREIGN KEY (household) REFERENCES household (id)",
    "ALTER TABLE child_file ADD CONSTRAINT child_file_person_fk FOREIGN KEY (person) REFERENCES person (id)",
    "ALTER TABLE child_file ADD CONSTRAINT child_file_status_check CHECK (status IN ('active', 'closed'))",
    "ALTER TABLE child_file ADD CONSTRAINT child_file_reason_check CHECK ((status = 'closed') = (closed_reason <> ''))",
    f"ALTER TABLE child_file ADD CONSTRAINT child_file_color_check CHECK (color IN {COLORS})",
    f"ALTER TABLE child_color ADD CONSTRAINT child_color_color_check CHECK (color IN {COLORS})",
    *(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_file_fk FOREIGN KEY (file) REFERENCES child_file (id)"
        for table in ("child_color", "child_plan", "child_guardian", "child_contact")
    ),
    "ALTER TABLE child_measure ADD CONSTRAINT child_measure_plan_fk FOREIGN KEY (plan) REFERENCES child_plan (id)",
    "CREATE UNIQUE INDEX child_plan_version ON child_plan (file, version)",
    "CREATE UNIQUE INDEX child_color_of_assessment ON child_color (assessment) WHERE assessment IS NOT NULL",
    "CREATE INDEX child_contact_met ON child_contact (file, met_at DESC)",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
