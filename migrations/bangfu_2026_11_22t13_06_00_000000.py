"""The life of a score: references, checks, and who may not decide, publish or confirm what."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T13:06:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "life of a score"

REFERENCES = (
    ("score_appeal", "score", "quarter_score"),
    ("score_appeal", "organization", "organization"),
    ("score_appeal", "opened_by", "app_user"),
    ("score_appeal", "answered_by", "app_user"),
    ("score_appeal", "decided_by", "app_user"),
    ("score_appeal", "asked_by", "app_user"),
    ("score_appeal", "reviewed_by", "app_user"),
    ("score_correction", "score", "quarter_score"),
    ("score_correction", "appeal", "score_appeal"),
    ("score_correction", "made_by", "app_user"),
    ("score_veto", "organization", "organization"),
    ("score_veto", "proposed_by", "app_user"),
    ("score_veto", "summoned_by", "app_user"),
    ("score_veto", "said_by", "app_user"),
    ("score_veto", "heard_by", "app_user"),
    ("score_veto", "decided_by", "app_user"),
    ("score_follow", "score", "quarter_score"),
    ("score_follow", "veto", "score_veto"),
    ("score_follow", "organization", "organization"),
    ("score_follow", "handed_in_by", "app_user"),
    ("score_follow", "decided_by", "app_user"),
    ("score_note", "written_by", "app_user"),
)
CHECKS = (
    (
        "score_appeal",
        "status",
        "status IN ('opened', 'answered', 'decided', 'review_asked', 'reviewed', 'withdrawn')",
    ),
    ("score_appeal", "answer", "answer IN ('', 'confirmed', 'partly', 'not_confirmed', 'unknown')"),
    ("score_appeal", "decision", "decision IN ('', 'upheld', 'partly', 'dismissed')"),
    ("score_appeal", "review", "review IN ('', 'upheld', 'partly', 'dismissed')"),
    ("score_appeal", "reviewer", "reviewer IN ('', 'city', 'third_party')"),
    ("score_appeal", "decided", "(decision <> '') = (decided_at IS NOT NULL AND decided_by IS NOT NULL)"),
    ("score_appeal", "reviewed", "(review <> '') = (reviewed_at IS NOT NULL AND reviewed_by IS NOT NULL)"),
    ("score_appeal", "decided_state", "status NOT IN ('decided', 'review_asked', 'reviewed') OR decision <> ''"),
    ("score_appeal", "other_decides", "decided_by IS NULL OR decided_by <> opened_by"),
    (
        "score_appeal",
        "other_reviews",
        "reviewed_by IS NULL OR (reviewed_by <> decided_by AND reviewed_by <> opened_by)",
    ),
    ("score_correction", "changes", "before <> after"),
    ("score_veto", "status", "status IN ('proposed', 'summoned', 'heard', 'confirmed', 'dismissed')"),
    ("score_veto", "kind", "kind IN ('contract', 'agreement')"),
    ("score_veto", "quarter", "quarter BETWEEN 1 AND 4"),
    (
        "score_veto",
        "ground",
        "ground IN ('forged', 'harm', 'fee_demand', 'uncleared_minor', 'data_leak', 'subcontracting')",
    ),
    ("score_veto", "source", "source IN ('check', 'complaint', 'own')"),
    # DOMAIN.md 6.4: only after a hearing of the provider
    ("score_veto", "heard", "status <> 'confirmed' OR (hearing_at IS NOT NULL AND heard_at IS NOT NULL)"),
    ("score_veto", "decided", "(status IN ('confirmed', 'dismissed')) = (decided_at IS NOT NULL)"),
    ("score_veto", "two_people", "decided_by IS NULL OR proposed_by IS NULL OR decided_by <> proposed_by"),
    (
        "score_follow",
        "kind",
        "kind IN ('rectification', 'termination_review', 'contract_review', 'blacklist', 'report', 'subsidy_review')",
    ),
    ("score_follow", "status", "status IN ('open', 'handed_in', 'returned', 'done', 'dropped')"),
    ("score_follow", "holds", "NOT holds OR kind = 'rectification'"),
    ("score_follow", "origin", "score IS NOT NULL OR veto IS NOT NULL"),
    ("score_follow", "other_checks", "decided_by IS NULL OR handed_in_by IS NULL OR decided_by <> handed_in_by"),
)
STATEMENTS = (
    "CREATE SEQUENCE score_appeal_number",
    "CREATE SEQUENCE score_veto_number",
    "CREATE SEQUENCE score_follow_number",
    "CREATE UNIQUE INDEX score_appeal_once ON score_appeal (score, indicator, township) WHERE status <> 'withdrawn'",
    "CREATE UNIQUE INDEX score_veto_once ON score_veto (subject, year, quarter, ground)"
    " WHERE status IN ('proposed', 'summoned', 'heard', 'confirmed')",
    "CREATE UNIQUE INDEX score_follow_once ON score_follow (subject, year, quarter, kind)"
    " WHERE status IN ('open', 'handed_in', 'returned') AND veto IS NULL",
    "CREATE UNIQUE INDEX score_follow_veto_once ON score_follow (veto, kind) WHERE veto IS NOT NULL",
    "CREATE INDEX score_follow_held ON score_follow (organization)"
    " WHERE holds AND status IN ('open', 'handed_in', 'returned')",
    # DOMAIN.md 6.6, 8.11: who scored does not decide the appeal, in whatever order the names are written.
    "CREATE FUNCTION check_score_appeal_people() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF EXISTS (SELECT 1 FROM quarter_score s WHERE s.id = NEW.score"
    " AND s.confirmed_by IN (NEW.decided_by, NEW.reviewed_by))"
    " THEN RAISE EXCEPTION 'who scored does not decide the appeal'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER score_appeal_people BEFORE INSERT OR UPDATE ON score_appeal"
    " FOR EACH ROW EXECUTE FUNCTION check_score_appeal_people()",
    "CREATE FUNCTION check_quarter_score_life() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF NEW.published_by IS NOT NULL AND NEW.published_by = NEW.confirmed_by"
    " THEN RAISE EXCEPTION 'who scored does not publish'; END IF;"
    " IF NEW.status IN ('published_prelim', 'appealed', 'final') AND (NEW.confirmed_by IS NULL"
    " OR NEW.published_by IS NULL)"
    " THEN RAISE EXCEPTION 'a published score names who confirmed and who published it'; END IF;"
    " IF EXISTS (SELECT 1 FROM score_appeal a WHERE a.score = NEW.id"
    " AND NEW.confirmed_by IN (a.decided_by, a.reviewed_by))"
    " THEN RAISE EXCEPTION 'who scored does not decide the appeal'; END IF;"
    " IF TG_OP = 'UPDATE' AND OLD.status IN ('published_prelim', 'appealed', 'final')"
    " AND (NEW.confirmed_by, NEW.published_by) IS DISTINCT FROM (OLD.confirmed_by, OLD.published_by)"
    " THEN RAISE EXCEPTION 'the names on a published score never change'; END IF;"
    " RETURN NEW; END $$",
    "CREATE TRIGGER quarter_score_life BEFORE INSERT OR UPDATE ON quarter_score"
    " FOR EACH ROW EXECUTE FUNCTION check_quarter_score_life()",
    # DOMAIN.md 6.4: only the bureau's lead confirms a veto, and nobody changes it afterwards.
    "CREATE FUNCTION check_score_veto_lead() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'UPDATE' AND OLD.status IN ('confirmed', 'dismissed') AND (to_jsonb(NEW) - 'text_enc' - 'place_enc'"
    " - 'said_enc' - 'heard_enc' - 'decision_enc') <> (to_jsonb(OLD) - 'text_enc' - 'place_enc' - 'said_enc'"
    " - 'heard_enc' - 'decision_enc') THEN RAISE EXCEPTION 'a decided veto is never changed'; END IF;"
    " IF NEW.status IN ('confirmed', 'dismissed') AND NOT EXISTS (SELECT 1 FROM app_user u WHERE u.id = NEW.decided_by"
    " AND 'bureau_lead' = ANY(u.roles)) AND (TG_OP = 'INSERT' OR OLD.status <> NEW.status)"
    " THEN RAISE EXCEPTION 'only the lead of the bureau decides on a veto'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER score_veto_lead BEFORE INSERT OR UPDATE ON score_veto"
    " FOR EACH ROW EXECUTE FUNCTION check_score_veto_lead()",
    "CREATE FUNCTION keep_score_correction() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION 'a correction of frozen facts is never changed'; END $$",
    "CREATE TRIGGER score_correction_kept BEFORE UPDATE OR DELETE ON score_correction"
    " FOR EACH ROW EXECUTE FUNCTION keep_score_correction()",
)
# Rows that stay as they were written are not emptied as a whole either.
KEPT = ("score_appeal", "score_correction", "score_veto")


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
