"""Codes, paper sheets, entered afterwards: references, checks, one live card a home; claims stay as they were made."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T09:04:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "codes and sheets"

REFERENCES = (
    ("home_code", "household", "household"),
    ("home_code", "printed_by", "app_user"),
    ("home_code", "handed_by", "app_user"),
    ("home_code", "ended_by", "app_user"),
    ("call_code", "visit", "visit"),
    ("call_code", "issued_by", "app_user"),
    ("visit_sheet", "carer", "carer"),
    ("visit_sheet", "organization", "organization"),
    ("visit_sheet", "file", "stored_file"),
    ("visit_sheet", "entered_by", "app_user"),
    ("visit_sheet_line", "sheet", "visit_sheet"),
    ("visit_sheet_line", "visit", "visit"),
    ("visit_afterwards", "visit", "visit"),
    ("visit_afterwards", "file", "stored_file"),
    ("visit_afterwards", "entered_by", "app_user"),
)
CHECKS = (
    ("home_code", "status", "status IN ('printed', 'handed_over', 'replaced', 'revoked')"),
    ("home_code", "handed", "status <> 'handed_over' OR handed_on IS NOT NULL"),
    ("call_code", "side", "side IN ('in', 'out')"),
    ("call_code", "term", "issued_at < expires_at AND (used_at IS NULL OR used_at <= expires_at)"),
    ("visit_sheet", "week", "extract(isodow FROM week) = 1"),
    ("visit_afterwards", "kind", "kind IN ('afterwards', 'attested')"),
    ("visit_afterwards", "times", "started_at < ended_at"),
)
STATEMENTS = (
    "CREATE UNIQUE INDEX home_code_live ON home_code (household) WHERE status IN ('printed', 'handed_over')",
    "CREATE INDEX call_code_live ON call_code (visit, side) WHERE used_at IS NULL AND NOT replaced",
    "CREATE INDEX visit_by_evidence ON visit (carer, planned_start) WHERE evidence = 'afterwards'",
    "CREATE INDEX visit_approval ON visit (division varchar_pattern_ops, submitted_at) WHERE approval = 'waiting'",
    # What was claimed stays as it was; only what is sealed may be sealed anew.
    "CREATE FUNCTION keep_claim() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'text_enc' = to_jsonb(OLD) - 'text_enc' THEN RETURN NEW; END IF;"
    " RAISE EXCEPTION 'what was entered afterwards is never changed'; END $$",
    "CREATE TRIGGER visit_afterwards_kept BEFORE UPDATE OR DELETE ON visit_afterwards"
    " FOR EACH ROW EXECUTE FUNCTION keep_claim()",
    "CREATE TRIGGER visit_afterwards_no_truncate BEFORE TRUNCATE ON visit_afterwards"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
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
