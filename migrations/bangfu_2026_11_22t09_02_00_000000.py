"""Reasons why visits did not take place and pauses of services: references, checks, one standing reason a window."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T09:02:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "frequency of visits"

REFERENCES = (
    ("visit_excuse", "assignment", "assignment"),
    ("visit_excuse", "visit", "visit"),
    ("visit_excuse", "household", "household"),
    ("visit_excuse", "carer", "carer"),
    ("visit_excuse", "organization", "organization"),
    ("visit_excuse", "file", "stored_file"),
    ("visit_excuse", "asked_by", "app_user"),
    ("visit_excuse", "decided_by", "app_user"),
    ("service_pause", "need", "need"),
)
CODES = "'recipient_absent_hospital', 'recipient_refused', 'death', 'moved', 'disaster', 'buyer_suspended'"
CHECKS = (
    ("visit_excuse", "status", "status IN ('asked', 'confirmed', 'refused', 'taken_back')"),
    ("visit_excuse", "code", f"code IN ({CODES})"),
    ("visit_excuse", "window", "due_from < due_until"),
    # DOMAIN.md 8.11: who gives the reason does not confirm it, whatever roles an account has.
    ("visit_excuse", "decider", "decided_by IS NULL OR asked_by IS NULL OR decided_by <> asked_by"),
    ("visit_excuse", "decided", "status NOT IN ('confirmed', 'refused') OR decided_by IS NOT NULL"),
    ("service_pause", "order", "ended_at IS NULL OR started_at <= ended_at"),
)
COUNTS_AT = "(CASE WHEN source = 'make_up' THEN due_from ELSE coalesce(started_at, planned_start) END)"
STATEMENTS = (
    f"CREATE INDEX visit_counts_at ON visit (assignment, {COUNTS_AT})",
    "CREATE INDEX visit_numbers ON visit (number varchar_pattern_ops)",
    "CREATE UNIQUE INDEX visit_excuse_once ON visit_excuse (assignment, due_from)"
    " WHERE status IN ('asked', 'confirmed')",
    "CREATE INDEX visit_excuse_waiting ON visit_excuse (division varchar_pattern_ops, asked_at) WHERE status = 'asked'",
    "CREATE UNIQUE INDEX service_pause_running ON service_pause (need) WHERE ended_at IS NULL",
    # services that rest while this version comes in
    "INSERT INTO service_pause (id, need, started_at) SELECT gen_random_uuid(), id, updated_at FROM need"
    " WHERE status = 'suspended'",
)


def statements() -> tuple[str, ...]:
    return (
        *(
            f'ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ("{column}")'
            f" REFERENCES {target} (id) ON DELETE RESTRICT"
            for table, column, target in REFERENCES
        ),
        *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_check CHECK ({rule})" for table, name, rule in CHECKS),
        *STATEMENTS,
    )


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, statements())
