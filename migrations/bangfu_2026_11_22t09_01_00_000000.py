"""Visits: references, checks, numbers; one record a visit, proofs and notes that stay as they were written."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T09:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "visits"

REFERENCES = (
    ("visit", "assignment", "assignment"),
    ("visit", "need", "need"),
    ("visit", "household", "household"),
    ("visit", "carer", "carer"),
    ("visit", "partner", "carer"),
    ("visit", "organization", "organization"),
    ("visit", "contract_line", "contract_line"),
    ("visit", "submitted_by", "app_user"),
    ("visit", "approved_by", "app_user"),
    ("visit", "decided_by", "app_user"),
    ("visit", "created_by", "app_user"),
    ("visit_proof", "visit", "visit"),
    ("visit_proof", "entered_by", "app_user"),
    ("visit_record", "visit", "visit"),
    ("visit_record", "entered_by", "app_user"),
    ("visit_photo", "visit", "visit"),
    ("visit_photo", "file", "stored_file"),
    ("visit_photo", "added_by", "app_user"),
    ("visit_flag", "visit", "visit"),
    ("visit_flag", "decided_by", "app_user"),
    ("visit_note", "visit", "visit"),
    ("visit_note", "written_by", "app_user"),
)
METHODS = "'gps', 'home_code', 'phone_from_home', 'call_code', 'supervisor_attest', 'sheet', 'explained'"
CHECKS = (
    (
        "visit",
        "status",
        "status IN ('planned', 'in_progress', 'submitted', 'flagged', 'verified', 'rejected', 'missed', 'excused',"
        " 'disputed', 'settled', 'cancelled')",
    ),
    ("visit", "minutes", "minutes BETWEEN 1 AND 1440"),
    ("visit", "price", "unit_price >= 0"),
    ("visit", "due", "due_from < due_until AND window_start <= window_end AND planned_start < planned_end"),
    ("visit", "source", "source IN ('plan', 'hand', 'make_up', 'open_task', 'sheet')"),
    ("visit", "times", "ended_at IS NULL OR (started_at IS NOT NULL AND started_at <= ended_at)"),
    ("visit", "methods", f"in_method IN ('', {METHODS}) AND out_method IN ('', {METHODS})"),
    ("visit", "evidence", "evidence IN ('', 'on_spot', 'call', 'attested', 'afterwards')"),
    ("visit", "verdict", "place_verdict IN ('', 'near', 'far', 'code', 'unknown')"),
    ("visit", "approval", "approval IN ('', 'waiting', 'approved', 'refused')"),
    ("visit", "booked", "booked IN ('', 'delivered', 'verified', 'taken_back', 'no_room')"),
    ("visit", "two_people", "partner IS NULL OR partner <> carer"),
    # DOMAIN.md 8.11: who delivers and records does not verify, whatever roles an account has.
    ("visit", "decider", "decided_by IS NULL OR submitted_by IS NULL OR decided_by <> submitted_by"),
    ("visit", "approver", "approved_by IS NULL OR submitted_by IS NULL OR approved_by <> submitted_by"),
    ("visit_proof", "side", "side IN ('in', 'out')"),
    ("visit_proof", "method", f"method IN ({METHODS})"),
    ("visit_proof", "verdict", "verdict IN ('near', 'far', 'code', 'unknown')"),
    (
        "visit_record",
        "confirmation",
        "confirmation IN ('', 'signature', 'thumbprint_photo', 'sms_code', 'voice', 'witness', 'unable')",
    ),
    ("visit_flag", "status", "status IN ('open', 'cleared', 'upheld')"),
)
STATEMENTS = (
    "CREATE SEQUENCE visit_number",
    "CREATE INDEX visit_of_carer ON visit (carer, planned_start)",
    "CREATE INDEX visit_of_division ON visit (division varchar_pattern_ops, planned_start)",
    "CREATE INDEX visit_of_organization ON visit (organization, planned_start) WHERE organization IS NOT NULL",
    "CREATE INDEX visit_of_plan ON visit (plan) WHERE plan IS NOT NULL",
    "CREATE INDEX visit_of_household ON visit (household, planned_start)",
    "CREATE INDEX visit_waiting ON visit (division varchar_pattern_ops, submitted_at)"
    " WHERE status IN ('submitted', 'flagged')",
    "CREATE INDEX visit_not_begun ON visit (planned_end) WHERE status IN ('planned', 'in_progress')",
    "CREATE UNIQUE INDEX visit_proof_once ON visit_proof (visit, side)",
    "CREATE UNIQUE INDEX visit_photo_once ON visit_photo (visit, file)",
    "CREATE UNIQUE INDEX visit_flag_once ON visit_flag (visit, flag)",
    # A proof stays as it was written: only what is sealed may be sealed anew, or go when its settlement is final
    # (DOMAIN.md 9.4).
    "CREATE FUNCTION keep_proof() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'point_enc' - 'text_enc' ="
    " to_jsonb(OLD) - 'point_enc' - 'text_enc' THEN RETURN NEW; END IF;"
    " RAISE EXCEPTION 'a proof of a visit is never changed'; END $$",
    "CREATE TRIGGER visit_proof_kept BEFORE UPDATE OR DELETE ON visit_proof"
    " FOR EACH ROW EXECUTE FUNCTION keep_proof()",
    "CREATE TRIGGER visit_proof_no_truncate BEFORE TRUNCATE ON visit_proof"
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
