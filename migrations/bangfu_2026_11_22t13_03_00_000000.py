"""Spot checks: references, checks, one place one inspector, and who never checks a visit, by triggers (DOMAIN.md 8.11)."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T13:03:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "spot checks"

REFERENCES = (
    ("spot_check", "draw", "draw_list"),
    ("spot_check", "visit", "visit"),
    ("spot_check", "assessment", "assessment"),
    ("spot_check", "household", "household"),
    ("spot_check", "contract", "contract"),
    ("spot_check", "organization", "organization"),
    ("spot_check", "replaces", "spot_check"),
    ("spot_check", "done_by", "app_user"),
    ("spot_check", "appealed_by", "app_user"),
    ("spot_check", "decided_by", "app_user"),
    ("check_inspector", "check", "spot_check"),
    ("check_inspector", "inspector", "app_user"),
    ("check_inspector", "asked_by", "app_user"),
    ("check_inspector", "replaced_by", "app_user"),
    ("check_attempt", "check", "spot_check"),
    ("check_attempt", "made_by", "app_user"),
)
CHECKS = (
    ("spot_check", "status", "status IN ('drawn', 'assigned', 'done', 'redrawn', 'notified', 'appealed', 'closed')"),
    ("spot_check", "subject", "(visit IS NULL) <> (assessment IS NULL)"),
    (
        "spot_check",
        "origin",
        "origin IN ('regular', 'urgent', 'flagged', 'afterwards', 'second', 'full', 'redraw', 'survey')",
    ),
    ("spot_check", "method", "method IN ('', 'onsite', 'phone', 'record_review')"),
    ("spot_check", "result", "result IN ('', 'pass', 'fail', 'unreachable')"),
    (
        "spot_check",
        "reason",
        "reason IN ('', 'not_delivered', 'shorter', 'wrong_person', 'items_missing', 'forged',"
        " 'recipient_dissatisfied', 'level_differs')",
    ),
    ("spot_check", "why", "(result = 'fail') = (reason <> '')"),
    ("spot_check", "told", "status IN ('drawn', 'assigned') OR (result <> '' AND done_at IS NOT NULL)"),
    ("spot_check", "redrawn", "status <> 'redrawn' OR result = 'unreachable'"),
    ("spot_check", "appealed", "status <> 'appealed' OR (appealed_by IS NOT NULL AND appeal_enc <> '')"),
    ("spot_check", "decision", "decision IN ('', 'upheld', 'changed')"),
    ("spot_check", "decided", "(decision <> '') = (decided_by IS NOT NULL)"),
    ("spot_check", "missing", "missing BETWEEN 0 AND 2"),
    ("check_inspector", "place", "place IN (1, 2)"),
    (
        "check_inspector",
        "replaced",
        "replaced = (replaced_reason <> '') AND replaced_reason IN ('', 'ill', 'conflict', 'away', 'left')",
    ),
    # DOMAIN.md 5.3: nobody takes somebody else off a check alone
    (
        "check_inspector",
        "two_words",
        "NOT replaced OR (replaced_by IS NOT NULL AND (replaced_by = inspector OR (asked_by IS NOT NULL"
        " AND asked_by <> replaced_by AND asked_by <> inspector)))",
    ),
    ("check_attempt", "method", "method IN ('onsite', 'phone', 'record_review')"),
)
STATEMENTS = (
    "CREATE SEQUENCE spot_check_number",
    "CREATE UNIQUE INDEX spot_check_once ON spot_check (draw, visit) WHERE visit IS NOT NULL",
    "CREATE UNIQUE INDEX spot_check_survey_once ON spot_check (draw, assessment) WHERE assessment IS NOT NULL",
    "CREATE INDEX spot_check_in_quarter ON spot_check (contract, period)",
    "CREATE INDEX spot_check_area ON spot_check (division varchar_pattern_ops, due_at)",
    "CREATE INDEX spot_check_window ON spot_check (appeal_until) WHERE status = 'notified'",
    "CREATE INDEX spot_check_gaps ON spot_check (created_at) WHERE missing > 0 AND status IN ('drawn', 'assigned')",
    'CREATE UNIQUE INDEX check_inspector_one_place ON check_inspector ("check", place) WHERE NOT replaced',
    'CREATE UNIQUE INDEX check_inspector_one_person ON check_inspector ("check", inspector)',
    'CREATE INDEX check_attempt_days ON check_attempt ("check", day)',
    # Who served, sent, approved or verified a visit, or works for who did, never checks it. The visit is locked, so
    # that nobody becomes its verifier at the same moment.
    "CREATE FUNCTION keep_inspectors_apart() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE v visit%ROWTYPE;"
    " who app_user%ROWTYPE; a assessment%ROWTYPE; s spot_check%ROWTYPE; BEGIN"
    ' SELECT * INTO s FROM spot_check WHERE id = NEW."check";'
    " SELECT * INTO who FROM app_user WHERE id = NEW.inspector;"
    " IF s.assessment IS NOT NULL THEN SELECT * INTO a FROM assessment WHERE id = s.assessment FOR SHARE;"
    " IF NEW.inspector IN (a.first_assessor, a.second_assessor) THEN"
    " RAISE EXCEPTION 'separation of duties: an assessor does not check the same survey'; END IF; END IF;"
    " IF s.visit IS NOT NULL THEN SELECT * INTO v FROM visit WHERE id = s.visit FOR SHARE;"
    " IF NEW.inspector IN (v.submitted_by, v.decided_by, v.approved_by) OR who.carer IN (v.carer, v.partner)"
    " OR who.organization = v.organization OR EXISTS (SELECT 1 FROM carer c WHERE c.id = who.carer"
    " AND c.organization = v.organization) OR EXISTS (SELECT 1 FROM visit_record r WHERE r.visit = v.id"
    " AND r.entered_by = NEW.inspector) THEN"
    " RAISE EXCEPTION 'separation of duties: who served, sent or verified a visit does not check it'; END IF; END IF;"
    " RETURN NEW; END $$",
    'CREATE TRIGGER check_inspector_apart BEFORE INSERT OR UPDATE OF inspector, "check" ON check_inspector'
    " FOR EACH ROW EXECUTE FUNCTION keep_inspectors_apart()",
    "CREATE FUNCTION keep_verifiers_apart() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    ' IF EXISTS (SELECT 1 FROM check_inspector i JOIN spot_check s ON s.id = i."check" WHERE s.visit = NEW.id'
    " AND NOT i.replaced AND ((i.inspector = NEW.decided_by AND NEW.decided_by IS DISTINCT FROM OLD.decided_by)"
    " OR (i.inspector = NEW.submitted_by AND NEW.submitted_by IS DISTINCT FROM OLD.submitted_by)"
    " OR (i.inspector = NEW.approved_by AND NEW.approved_by IS DISTINCT FROM OLD.approved_by))) THEN"
    " RAISE EXCEPTION 'separation of duties: who checks a visit neither sends nor verifies it'; END IF;"
    " RETURN NEW; END $$",
    "CREATE TRIGGER visit_verifier_apart BEFORE UPDATE OF decided_by, submitted_by, approved_by ON visit"
    " FOR EACH ROW EXECUTE FUNCTION keep_verifiers_apart()",
    "CREATE FUNCTION keep_appeals_apart() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    ' IF NEW.decided_by IS NOT NULL AND EXISTS (SELECT 1 FROM check_inspector i WHERE i."check" = NEW.id'
    " AND i.inspector = NEW.decided_by) THEN"
    " RAISE EXCEPTION 'separation of duties: an inspector does not decide on the appeal'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER spot_check_appeal_apart BEFORE UPDATE OF decided_by ON spot_check"
    " FOR EACH ROW EXECUTE FUNCTION keep_appeals_apart()",
    # What was drawn and tried stays in the log.
    "CREATE FUNCTION keep_check_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION 'the log of spot checks is never changed'; END $$",
    "CREATE TRIGGER check_attempt_kept BEFORE UPDATE OR DELETE ON check_attempt"
    " FOR EACH ROW EXECUTE FUNCTION keep_check_log()",
    "CREATE TRIGGER check_inspector_kept BEFORE DELETE ON check_inspector"
    " FOR EACH ROW EXECUTE FUNCTION keep_check_log()",
    "CREATE TRIGGER spot_check_kept BEFORE DELETE ON spot_check FOR EACH ROW EXECUTE FUNCTION keep_check_log()",
)
# Rows that stay as they were written are not emptied as a whole either.
KEPT = ("spot_check", "check_inspector", "check_attempt")


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
