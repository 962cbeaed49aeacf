"""A deletion is approved by another person than who proposed it, and one is open at a time (0067)."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T18:21:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "retention: checks, references, indexes"

STATEMENTS = (
    "ALTER TABLE retention_run ADD CONSTRAINT retention_run_status_check"
    " CHECK (status IN ('proposed', 'approved', 'done', 'withdrawn'))",
    "ALTER TABLE retention_run ADD CONSTRAINT retention_run_two_people_check"
    " CHECK (status NOT IN ('approved', 'done') OR (decided_by IS NOT NULL AND decided_by <> proposed_by))",
    "ALTER TABLE retention_run ADD CONSTRAINT retention_run_numbers_check"
    ' CHECK (years > 0 AND due >= 0 AND held >= 0 AND done >= 0 AND "left" >= 0)',
    *(
        f"ALTER TABLE retention_run ADD CONSTRAINT retention_run_{column}_fk FOREIGN KEY ({column})"
        " REFERENCES app_user (id)"
        for column in ("proposed_by", "decided_by")
    ),
    "CREATE UNIQUE INDEX retention_run_open ON retention_run (rule, division)"
    " WHERE status IN ('proposed', 'approved')",
    "CREATE INDEX retention_run_latest ON retention_run (proposed_at DESC, id)",
    # What each rule looks for.
    "CREATE INDEX assignment_declined_at ON assignment (answered_at) WHERE status = 'declined'",
    "CREATE INDEX visit_photo_kept_since ON visit_photo (added_at)",
    "CREATE INDEX visit_proof_with_point ON visit_proof (id) WHERE point_enc <> ''",
    "CREATE INDEX household_gone ON household (division, exit_on) WHERE status IN ('left', 'closed')",
)  # fmt: skip


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
