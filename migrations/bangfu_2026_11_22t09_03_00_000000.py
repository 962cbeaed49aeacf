"""At the door: checklists in versions that never change once published, danger, codes sent to a household's phone."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T09:03:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "at the door"

REFERENCES = (
    *(("visit_form", column, "app_user") for column in ("made_by", "changed_by", "submitted_by", "published_by")),
    ("visit_danger", "visit", "visit"),
    ("visit_danger", "incident", "incident"),
    ("visit_danger", "reported_by", "app_user"),
    ("visit_sms_code", "visit", "visit"),
    ("visit_sms_code", "asked_by", "app_user"),
    ("visit_record", "incident", "incident"),
)
CHECKS = (
    ("visit_form", "status", "status IN ('draft', 'submitted', 'published', 'retired')"),
    ("visit_form", "published", "status IN ('draft', 'submitted') OR valid_from IS NOT NULL"),
    ("visit_form", "two_people", "published_by IS NULL OR (published_by IS DISTINCT FROM made_by"
     " AND published_by IS DISTINCT FROM changed_by AND published_by IS DISTINCT FROM submitted_by)"),
    ("visit_sms_code", "term", "sent_at < expires_at AND (used_at IS NULL OR used_at <= expires_at)"),
)  # fmt: skip
STATEMENTS = (
    "CREATE UNIQUE INDEX visit_form_once ON visit_form (code, version)",
    "CREATE UNIQUE INDEX visit_form_one_open ON visit_form (code) WHERE status IN ('draft', 'submitted')",
    "CREATE TRIGGER visit_form_published_stays BEFORE UPDATE OR DELETE ON visit_form"
    " FOR EACH ROW EXECUTE FUNCTION refuse_published_change()",
    "CREATE INDEX visit_photo_likeness ON visit_photo (likeness)",
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
