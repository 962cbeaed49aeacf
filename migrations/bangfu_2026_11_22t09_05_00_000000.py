"""Calendars: references, checks, numbers; one open plan of a side, one open refusal of a task."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T09:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "schedules"

REFERENCES = (
    ("visit_plan", "organization", "organization"),
    ("visit_plan", "requested_by", "app_user"),
    ("visit_plan", "published_by", "app_user"),
    ("visit_plan_row", "plan", "visit_plan"),
    ("visit_plan_row", "assignment", "assignment"),
    ("visit_plan_row", "household", "household"),
    ("visit_plan_row", "visit", "visit"),
    ("visit_plan_row", "carer", "carer"),
    ("visit_plan_row", "partner", "carer"),
    ("calendar_refusal", "plan", "visit_plan"),
    ("calendar_refusal", "assignment", "assignment"),
    ("calendar_refusal", "need", "need"),
    ("calendar_refusal", "given_by", "app_user"),
    ("calendar_refusal", "settled_by", "app_user"),
    ("visit", "plan", "visit_plan"),
)
CHECKS = (
    (
        "visit_plan",
        "status",
        "status IN ('queued', 'running', 'draft', 'published', 'superseded', 'failed', 'cancelled')",
    ),
    ("visit_plan", "days", "days BETWEEN 1 AND 56"),
    ("visit_plan_row", "change", "change IN ('new', 'move', 'keep', 'lost', 'none')"),
    ("visit_plan_row", "placed", "(start IS NOT NULL) = (change IN ('new', 'move', 'keep'))"),
    ("visit_plan_row", "visit_known", "(visit IS NOT NULL) = (change IN ('move', 'keep', 'lost'))"),
    ("visit_plan_row", "due", "due_from < due_until"),
    ("visit_plan_row", "minutes", "minutes BETWEEN 1 AND 1440"),
    ("visit_plan_row", "two_people", "partner IS NULL OR partner <> carer"),
    ("calendar_refusal", "settled", "(settled_at IS NULL) = (settled_how = '')"),
    ("calendar_refusal", "settled_how", "settled_how IN ('', 'ended', 'planned', 'kept')"),
)
STATEMENTS = (
    "CREATE SEQUENCE visit_plan_number",
    # Of one side only one plan is made at a time.
    "CREATE UNIQUE INDEX visit_plan_under_way ON visit_plan"
    " (coalesce(organization, '00000000-0000-0000-0000-000000000000'::uuid), division)"
    " WHERE status IN ('queued', 'running')",
    "CREATE INDEX visit_plan_row_of_plan ON visit_plan_row (plan, start)",
    "CREATE UNIQUE INDEX visit_plan_row_once ON visit_plan_row (plan, visit) WHERE visit IS NOT NULL",
    "CREATE UNIQUE INDEX calendar_refusal_open ON calendar_refusal (assignment) WHERE settled_at IS NULL",
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
