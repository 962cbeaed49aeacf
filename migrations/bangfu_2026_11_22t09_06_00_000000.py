"""Verification: references, checks, one published policy a day and area, one open dispute a visit, quick neighbours."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T09:06:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "verification"

REFERENCES = (
    ("visit_policy", "created_by", "app_user"),
    ("visit_policy", "published_by", "app_user"),
    ("visit_explanation", "flag", "visit_flag"),
    ("visit_explanation", "visit", "visit"),
    ("visit_explanation", "written_by", "app_user"),
    ("visit_dispute", "visit", "visit"),
    ("visit_dispute", "opened_by", "app_user"),
    ("visit_dispute", "decided_by", "app_user"),
)
CHECKS = (
    ("visit_policy", "status", "status IN ('draft', 'published', 'withdrawn')"),
    ("visit_policy", "two_people", "published_by IS NULL OR created_by IS NULL OR published_by <> created_by"),
    ("visit_dispute", "status", "status IN ('open', 'upheld', 'rejected')"),
    ("visit_dispute", "ended", "(status = 'open') = (decided_at IS NULL)"),
    # DOMAIN.md 8.11: who raised the doubt may withdraw it, but does not take the visit's money away alone.
    ("visit_dispute", "two_people", "status <> 'rejected' OR decided_by <> opened_by"),
)
STATEMENTS = (
    "CREATE UNIQUE INDEX visit_policy_once ON visit_policy (division_prefix, valid_from) WHERE status = 'published'",
    "CREATE UNIQUE INDEX visit_dispute_once ON visit_dispute (visit) WHERE status = 'open'",
    "CREATE INDEX visit_done_by ON visit (carer, started_at) WHERE started_at IS NOT NULL",
    "CREATE INDEX visit_done_along ON visit (partner, started_at) WHERE started_at IS NOT NULL AND partner IS NOT NULL",
    "CREATE INDEX visit_done_at ON visit (household, started_at) WHERE started_at IS NOT NULL",
    "CREATE INDEX visit_done_in ON visit (division varchar_pattern_ops, started_at) WHERE started_at IS NOT NULL",
    "CREATE INDEX visit_record_words ON visit_record (text_hash) WHERE text_hash <> ''",
    "CREATE INDEX visit_clock ON visit (submitted_at) WHERE status = 'submitted'",
    "CREATE INDEX visit_flag_open ON visit_flag (visit) WHERE status = 'open'",
    # What was answered stays as it was written; it may be sealed anew.
    "CREATE FUNCTION keep_visit_explanation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'text_enc' = to_jsonb(OLD) - 'text_enc' THEN RETURN NEW; END IF;"
    " RAISE EXCEPTION 'an explanation is never changed'; END $$",
    "CREATE TRIGGER visit_explanation_kept BEFORE UPDATE OR DELETE ON visit_explanation"
    " FOR EACH ROW EXECUTE FUNCTION keep_visit_explanation()",
    "CREATE FUNCTION keep_visit_policy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'UPDATE' AND OLD.status = 'draft' AND (NEW.division_prefix, NEW.valid_from, NEW.values, NEW.source)"
    " = (OLD.division_prefix, OLD.valid_from, OLD.values, OLD.source) THEN RETURN NEW; END IF;"
    " RAISE EXCEPTION 'a version of the thresholds is never changed'; END $$",
    "CREATE TRIGGER visit_policy_kept BEFORE UPDATE OR DELETE ON visit_policy"
    " FOR EACH ROW EXECUTE FUNCTION keep_visit_policy()",
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
