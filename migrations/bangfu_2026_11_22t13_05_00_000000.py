"""Scores: references, one per subject and quarter, published standards and frozen facts that never change."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T13:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "scores"

REFERENCES = (
    ("scoring_standard", "made_by", "app_user"),
    ("scoring_standard", "published_by", "app_user"),
    ("quarter_score", "organization", "organization"),
    ("quarter_score", "carer", "carer"),
    ("quarter_score", "confirmed_by", "app_user"),
    ("quarter_score", "published_by", "app_user"),
    ("score_revision", "score", "quarter_score"),
    ("score_revision", "standard", "scoring_standard"),
    ("score_revision", "made_by", "app_user"),
    ("need_goal", "need", "need"),
    ("need_goal", "household", "household"),
    ("need_goal", "set_by", "app_user"),
    ("need_goal", "judged_by", "app_user"),
    ("need_goal", "confirmed_by", "app_user"),
)
CHECKS = (
    ("scoring_standard", "status", "status IN ('draft', 'published', 'retired')"),
    ("scoring_standard", "dated", "status = 'draft' OR valid_from IS NOT NULL"),
    ("scoring_standard", "two_people", "published_by IS NULL OR made_by IS NULL OR published_by <> made_by"),
    ("quarter_score", "kind", "kind IN ('contract', 'agreement')"),
    ("quarter_score", "quarter", "quarter BETWEEN 1 AND 4"),
    ("quarter_score", "revision", "revision >= 1"),
    ("score_revision", "reason", "reason IN ('freeze', 'appeal', 'review', 'veto', 'correction', 'dispute')"),
    ("score_revision", "band", "scored = (band <> '') AND (band = '') = (final_band = '')"),
    ("score_revision", "hash", "facts_hash = encode(sha256(convert_to(facts, 'UTF8')), 'hex')"),
    ("need_goal", "status", "status IN ('open', 'judged', 'confirmed', 'dropped')"),
    ("need_goal", "judged", "(status IN ('judged', 'confirmed')) <= (met IS NOT NULL AND judged_by IS NOT NULL)"),
    # DOMAIN.md 8.11 in spirit: who judged a goal does not confirm it.
    ("need_goal", "two_people", "confirmed_by IS NULL OR confirmed_by <> judged_by"),
)
STATEMENTS = (
    "CREATE UNIQUE INDEX scoring_standard_once ON scoring_standard (code, version)",
    "CREATE UNIQUE INDEX scoring_standard_day ON scoring_standard (code, valid_from) WHERE status = 'published'",
    "CREATE UNIQUE INDEX quarter_score_once ON quarter_score (kind, subject, year, quarter)",
    "CREATE INDEX quarter_score_period ON quarter_score (year, quarter)",
    "CREATE UNIQUE INDEX score_revision_once ON score_revision (score, revision)",
    "CREATE INDEX need_goal_due ON need_goal (due_on)",
    "CREATE FUNCTION keep_scoring_standard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF OLD.status = 'draft' THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF;"
    " IF TG_OP = 'UPDATE' AND NEW.status = 'retired' AND to_jsonb(NEW) - 'status' - 'row_version'"
    " = to_jsonb(OLD) - 'status' - 'row_version' THEN RETURN NEW; END IF;"
    " RAISE EXCEPTION 'a published version of a scoring standard is never changed'; END $$",
    "CREATE TRIGGER scoring_standard_kept BEFORE UPDATE OR DELETE ON scoring_standard"
    " FOR EACH ROW EXECUTE FUNCTION keep_scoring_standard()",
    "CREATE FUNCTION keep_score_revision() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION 'frozen facts are never changed'; END $$",
    "CREATE TRIGGER score_revision_kept BEFORE UPDATE OR DELETE ON score_revision"
    " FOR EACH ROW EXECUTE FUNCTION keep_score_revision()",
    # What a score is about never changes, and its revision only grows.
    "CREATE FUNCTION keep_quarter_score() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'UPDATE' AND (NEW.id, NEW.kind, NEW.subject, NEW.year, NEW.quarter)"
    " = (OLD.id, OLD.kind, OLD.subject, OLD.year, OLD.quarter) AND NEW.revision >= OLD.revision"
    " AND NEW.organization IS NOT DISTINCT FROM OLD.organization THEN RETURN NEW; END IF;"
    " RAISE EXCEPTION 'what a score is about never changes'; END $$",
    "CREATE TRIGGER quarter_score_kept BEFORE UPDATE OR DELETE ON quarter_score"
    " FOR EACH ROW EXECUTE FUNCTION keep_quarter_score()",
)
# Rows that stay as they were written are not emptied as a whole either.
KEPT = ("scoring_standard", "quarter_score", "score_revision")


def statements() -> tuple[str, ...]:
    return (
        *(
            f'ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ("{column}")'
            f" REFERENCES {target} (id) ON DELETE RESTRICT"
            for table, column, target in REFERENCES
        ),
        *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_check CHECK ({rule})" for table, name, rule in CHECKS),
        *STATEMENTS,
        *(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
            " EXECUTE FUNCTION refuse_truncate()"
            for table in KEPT
        ),
    )


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, statements())
