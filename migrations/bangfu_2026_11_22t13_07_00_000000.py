"""Settlement: references, states, one visit in one statement, sums that keep themselves, and people kept apart."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T13:07:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "settlement"

REFERENCES = (
    ("settlement_statement", "score", "quarter_score"),
    ("settlement_statement", "organization", "organization"),
    ("settlement_statement", "carer", "carer"),
    ("settlement_statement", "reviewed_by", "app_user"),
    ("settlement_line", "statement", "settlement_statement"),
    ("settlement_line", "frees", "settlement_line"),
    ("settlement_claim", "statement", "settlement_statement"),
    ("settlement_claim", "organization", "organization"),
    ("settlement_claim", "contract", "contract"),
    ("settlement_claim", "agreement", "care_agreement"),
    ("settlement_claim", "account", "payee_account"),
    ("settlement_claim", "batch", "payment_batch"),
    *(("settlement_claim", f"{step}_by", "app_user") for step in (
        "claimed", "reviewed", "approved", "returned", "paid", "reconciled")),
    ("settlement_visit", "visit", "visit"),
    ("settlement_visit", "statement", "settlement_statement"),
    ("settlement_clause", "contract", "contract"),
    ("settlement_clause", "noted_by", "app_user"),
    ("settlement_clause", "decided_by", "app_user"),
    ("settlement_adjustment", "statement", "settlement_statement"),
    ("settlement_adjustment", "clause", "settlement_clause"),
    ("settlement_adjustment", "line", "settlement_line"),
    ("settlement_adjustment", "proposed_by", "app_user"),
    ("settlement_adjustment", "approved_by", "app_user"),
    ("settlement_adjustment", "repaid_by", "app_user"),
    ("payee_account", "entered_by", "app_user"),
    ("payee_account", "decided_by", "app_user"),
    ("payment_batch", "made_by", "app_user"),
    ("payment_item", "batch", "payment_batch"),
    ("payment_item", "claim", "settlement_claim"),
    ("payment_item", "account", "payee_account"),
    ("bank_answer", "batch", "payment_batch"),
    ("bank_answer", "loaded_by", "app_user"),
)  # fmt: skip
CHECKS = (
    ("settlement_statement", "kind", "kind IN ('contract', 'agreement', 'advance')"),
    ("settlement_statement", "scored", "(kind = 'advance') = (score IS NULL)"),
    ("settlement_statement", "quarter", "quarter BETWEEN 0 AND 4"),
    ("settlement_statement", "stage", "stage IN ('preliminary', 'appealed', 'final')"),
    ("settlement_statement", "review", "review IN ('', 'waiting', 'applied', 'spared', 'freed')"),
    ("settlement_statement", "held", "held >= 0"),
    ("settlement_line", "kind", "kind IN ('base', 'perf', 'clawback', 'penalty', 'advance', 'true_up', 'subsidy',"
     " 'correction', 'interest')"),
    ("settlement_line", "status", "status IN ('undisputed', 'held')"),
    ("settlement_line", "held", "status = 'undisputed' OR (amount >= 0 AND frees IS NULL)"),
    ("settlement_line", "sign", "CASE WHEN kind IN ('base', 'perf', 'subsidy', 'interest') THEN amount >= 0"
     " WHEN kind IN ('clawback', 'penalty', 'true_up') THEN amount <= 0 ELSE true END"),
    ("settlement_claim", "status", "status IN ('open', 'claimed', 'bureau_reviewed', 'lead_approved', 'returned',"
     " 'paid', 'reconciled')"),
    ("settlement_claim", "kind", "kind IN ('quarter', 'freed', 'correction', 'advance', 'interest', 'subsidy')"),
    ("settlement_claim", "amount", "amount >= 0"),
    ("settlement_claim", "whose", "(contract IS NULL) <> (agreement IS NULL)"),
    # DOMAIN.md 8.11: claim, review, approve and pay are four people
    ("settlement_claim", "people", "(claimed_by IS NULL OR claimed_by NOT IN (coalesce(reviewed_by,"
     " '00000000-0000-0000-0000-000000000000'), coalesce(approved_by, '00000000-0000-0000-0000-000000000000'),"
     " coalesce(paid_by, '00000000-0000-0000-0000-000000000000')))"
     " AND (reviewed_by IS NULL OR reviewed_by NOT IN (coalesce(approved_by, '00000000-0000-0000-0000-000000000000'),"
     " coalesce(paid_by, '00000000-0000-0000-0000-000000000000')))"
     " AND (approved_by IS NULL OR paid_by IS NULL OR approved_by <> paid_by)"),
    ("settlement_claim", "steps", "CASE status WHEN 'open' THEN reviewed_by IS NULL AND approved_by IS NULL AND"
     " paid_by IS NULL WHEN 'bureau_reviewed' THEN reviewed_by IS NOT NULL"
     " WHEN 'lead_approved' THEN reviewed_by IS NOT NULL AND approved_by IS NOT NULL"
     " WHEN 'paid' THEN reviewed_by IS NOT NULL AND approved_by IS NOT NULL AND paid_by IS NOT NULL AND paid_on IS NOT"
     " NULL WHEN 'reconciled' THEN paid_by IS NOT NULL AND bank_reference <> '' ELSE true END"),
    ("settlement_visit", "verdict", "verdict IN ('paid', 'held', 'unpaid', 'open', 'clawed_back')"),
    ("settlement_clause", "code", "code IN ('missed_visit', 'late_record', 'staff_change', 'reporting', 'other',"
     " 'late_interest')"),
    ("settlement_clause", "basis", "basis IN ('per_unit', 'percent', 'daily')"),
    ("settlement_clause", "value", "value > 0 AND (basis = 'per_unit' OR value <= 0.3)"),
    ("settlement_clause", "status", "status IN ('noted', 'confirmed', 'refused', 'replaced')"),
    ("settlement_clause", "two_people", "decided_by IS NULL OR status = 'replaced' OR decided_by <> noted_by"),
    ("settlement_adjustment", "kind", "kind IN ('penalty', 'clawback', 'revision', 'true_up')"),
    ("settlement_adjustment", "amount", "amount < 0"),
    ("settlement_adjustment", "status", "status IN ('proposed', 'approved', 'refused', 'taken', 'repaid')"),
    ("settlement_adjustment", "two_people", "proposed_by IS NULL OR approved_by IS NULL OR proposed_by <> approved_by"),
    ("settlement_adjustment", "approved", "status IN ('proposed', 'refused') OR approved_by IS NOT NULL"
     " OR kind IN ('revision', 'true_up')"),
    ("settlement_adjustment", "taken", "(status = 'taken') = (line IS NOT NULL)"),
    ("payee_account", "kind", "kind IN ('organization', 'agreement')"),
    ("payee_account", "status", "status IN ('entered', 'confirmed', 'refused', 'replaced', 'returned')"),
    ("payee_account", "two_people", "decided_by IS NULL OR status IN ('replaced', 'returned') OR"
     " decided_by <> entered_by"),
    ("payment_batch", "status", "status IN ('made', 'answered')"),
    ("payment_batch", "sums", "items > 0 AND total > 0"),
    ("payment_item", "result", "result IN ('', 'paid', 'returned')"),
    ("payment_item", "amount", "amount > 0"),
)  # fmt: skip
KEPT = """
CREATE FUNCTION keep_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME;
END $$
"""
SUMS = """
CREATE FUNCTION sum_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE settlement_statement SET
        total = (SELECT coalesce(sum(amount), 0) FROM settlement_line
                 WHERE statement = NEW.statement AND status = 'undisputed'),
        held = (SELECT coalesce(sum(h.amount), 0) FROM settlement_line h
                WHERE h.statement = NEW.statement AND h.status = 'held'
                AND NOT EXISTS (SELECT 1 FROM settlement_line f WHERE f.frees = h.id))
    WHERE id = NEW.statement;
    RETURN NULL;
END $$
"""
TOTALS = """
CREATE FUNCTION keep_settlement_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.total <> (SELECT coalesce(sum(amount), 0) FROM settlement_line
                     WHERE statement = NEW.id AND status = 'undisputed') THEN
        RAISE EXCEPTION 'the total of statement % is the sum of its lines', NEW.number;
    END IF;
    RETURN NEW;
END $$
"""
FREES = """
CREATE FUNCTION check_settlement_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.frees IS NOT NULL AND NOT EXISTS (SELECT 1 FROM settlement_line h WHERE h.id = NEW.frees
            AND h.statement = NEW.statement AND h.status = 'held') THEN
        RAISE EXCEPTION 'a line frees a held line of its own statement';
    END IF;
    RETURN NEW;
END $$
"""
CLAIMS = """
CREATE FUNCTION check_settlement_claim() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE scorer uuid; known integer; worth numeric;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status NOT IN ('open', 'returned') AND (NEW.amount, NEW.lines, NEW.statement)
            IS DISTINCT FROM (OLD.amount, OLD.lines, OLD.statement) THEN
        RAISE EXCEPTION 'the amount of claim % cannot be changed any more', OLD.number;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'reconciled' THEN
        RAISE EXCEPTION 'claim % is reconciled', OLD.number;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'paid' AND (NEW.status NOT IN ('paid', 'reconciled')
            OR (NEW.claimed_by, NEW.reviewed_by, NEW.approved_by, NEW.paid_by, NEW.paid_on)
            IS DISTINCT FROM (OLD.claimed_by, OLD.reviewed_by, OLD.approved_by, OLD.paid_by, OLD.paid_on)) THEN
        RAISE EXCEPTION 'claim % is paid', OLD.number;
    END IF;
    SELECT count(*), coalesce(sum(l.amount), 0) INTO known, worth FROM settlement_line l
        WHERE l.statement = NEW.statement AND l.status = 'undisputed'
        AND to_jsonb(NEW.lines::jsonb) @> to_jsonb(l.id::text);
    IF known <> jsonb_array_length(NEW.lines::jsonb) OR worth <> NEW.amount THEN
        RAISE EXCEPTION 'the amount of claim % is the sum of its lines', NEW.number;
    END IF;
    IF EXISTS (SELECT 1 FROM settlement_claim o, jsonb_array_elements_text(o.lines::jsonb) line
            WHERE o.statement = NEW.statement AND o.id <> NEW.id AND NEW.lines::jsonb @> to_jsonb(line)) THEN
        RAISE EXCEPTION 'a line of claim % is in another claim', NEW.number;
    END IF;
    SELECT q.confirmed_by INTO scorer FROM settlement_statement s JOIN quarter_score q ON q.id = s.score
        WHERE s.id = NEW.statement;
    IF scorer IS NOT NULL AND scorer IN (NEW.claimed_by, NEW.reviewed_by, NEW.approved_by, NEW.paid_by) THEN
        RAISE EXCEPTION 'who scored the quarter neither claims nor reviews, approves or pays (DOMAIN.md 8.11)';
    END IF;
    RETURN NEW;
END $$
"""
VISITS = """
CREATE FUNCTION keep_settlement_visit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.visit, NEW.statement) IS DISTINCT FROM (OLD.visit, OLD.statement) THEN
        RAISE EXCEPTION 'a visit stays in its statement';
    END IF;
    RETURN NEW;
END $$
"""
TERMS = """
CREATE FUNCTION keep_settlement_terms() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE loose text[] := CASE TG_TABLE_NAME
    WHEN 'settlement_clause' THEN ARRAY['status', 'decided_by', 'decided_at', 'version']
    WHEN 'settlement_adjustment' THEN ARRAY['status', 'approved_by', 'approved_at', 'line', 'repaid_by', 'repaid_on',
        'bank_reference', 'version', 'text_enc']
    WHEN 'payee_account' THEN ARRAY['status', 'decided_by', 'decided_at', 'version', 'holder_enc', 'bank_enc',
        'number_enc']
    WHEN 'payment_batch' THEN ARRAY['status', 'version']
    ELSE ARRAY['result', 'reason', 'reference', 'paid_on', 'answered_at'] END;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - loose = to_jsonb(OLD) - loose
            AND NOT (TG_TABLE_NAME = 'payment_item' AND to_jsonb(OLD) ->> 'result' <> '') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is never changed', TG_TABLE_NAME;
END $$
"""
STATEMENTS = (
    "CREATE SEQUENCE settlement_statement_number",
    "CREATE SEQUENCE settlement_claim_number",
    "CREATE SEQUENCE payment_batch_number",
    "CREATE UNIQUE INDEX settlement_statement_advance ON settlement_statement (subject) WHERE kind = 'advance'",
    "CREATE UNIQUE INDEX settlement_line_place ON settlement_line (statement, place)",
    "CREATE UNIQUE INDEX settlement_line_freed_once ON settlement_line (frees) WHERE frees IS NOT NULL",
    "CREATE UNIQUE INDEX settlement_claim_part ON settlement_claim (statement, part)",
    "CREATE UNIQUE INDEX settlement_claim_invoice ON settlement_claim (organization, invoice) WHERE invoice <> ''",
    "CREATE UNIQUE INDEX settlement_clause_once ON settlement_clause (contract, code) WHERE status = 'confirmed'",
    "CREATE UNIQUE INDEX settlement_penalty_once ON settlement_adjustment (statement, clause)"
    " WHERE clause IS NOT NULL AND status <> 'refused'",
    "CREATE UNIQUE INDEX settlement_adjustment_line_once ON settlement_adjustment (line) WHERE line IS NOT NULL",
    "CREATE UNIQUE INDEX payee_account_confirmed ON payee_account (kind, payee) WHERE status = 'confirmed'",
    "CREATE UNIQUE INDEX payment_item_place ON payment_item (batch, place)",
    "CREATE UNIQUE INDEX payment_item_open ON payment_item (claim) WHERE result <> 'returned'",
    "CREATE UNIQUE INDEX bank_answer_once ON bank_answer (batch, sha256)",
    KEPT, SUMS, TOTALS, FREES, CLAIMS, VISITS, TERMS,
    *(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
        " EXECUTE FUNCTION keep_settlement()"
        for table in ("settlement_line", "bank_answer")
    ),
    *(
        f"CREATE TRIGGER {table}_never_deleted BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION keep_settlement()"
        for table in ("settlement_statement", "settlement_claim")
    ),
    *(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
        " EXECUTE FUNCTION keep_settlement()"
        for table in (
            "settlement_statement", "settlement_line", "settlement_claim", "settlement_visit", "settlement_adjustment",
            "payment_batch", "payment_item", "bank_answer",
        )
    ),
    "CREATE TRIGGER settlement_line_checked BEFORE INSERT ON settlement_line FOR EACH ROW"
    " EXECUTE FUNCTION check_settlement_line()",
    "CREATE TRIGGER settlement_line_summed AFTER INSERT ON settlement_line FOR EACH ROW"
    " EXECUTE FUNCTION sum_settlement()",
    "CREATE TRIGGER settlement_statement_total BEFORE INSERT OR UPDATE ON settlement_statement FOR EACH ROW"
    " EXECUTE FUNCTION keep_settlement_total()",
    "CREATE TRIGGER settlement_claim_checked BEFORE INSERT OR UPDATE ON settlement_claim FOR EACH ROW"
    " EXECUTE FUNCTION check_settlement_claim()",
    "CREATE TRIGGER settlement_visit_kept BEFORE UPDATE OR DELETE ON settlement_visit FOR EACH ROW"
    " EXECUTE FUNCTION keep_settlement_visit()",
    *(
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
        " EXECUTE FUNCTION keep_settlement_terms()"
        for table in ("settlement_clause", "settlement_adjustment", "payee_account", "payment_batch", "payment_item")
    ),
)  # fmt: skip


def statements() -> tuple[str, ...]:
    """Everything in the order in which it must run."""
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
