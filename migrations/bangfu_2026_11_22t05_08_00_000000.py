"""Money in matching: the ledger of lines guards itself; the township's consent to a station's own agency."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T05:08:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "ledger and co-approval"

GUARD = """
CREATE FUNCTION guard_movement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    l contract_line;
    committed numeric; committed_units bigint; delivered numeric; delivered_units bigint;
    verified_units bigint; held numeric; settled numeric; settled_units bigint; opened numeric; opened_units bigint;
BEGIN
    IF NEW.kind IN ('released', 'delivered') THEN
        SELECT * INTO l FROM contract_line WHERE id = NEW.line;
    ELSE
        SELECT * INTO l FROM contract_line WHERE id = NEW.line FOR NO KEY UPDATE;
    END IF;
    SELECT coalesce(sum(amount) FILTER (WHERE kind IN ('reserved', 'released')), 0),
        coalesce(sum(units) FILTER (WHERE kind IN ('reserved', 'released')), 0),
        coalesce(sum(amount) FILTER (WHERE kind = 'delivered'), 0),
        coalesce(sum(units) FILTER (WHERE kind = 'delivered'), 0),
        coalesce(sum(units) FILTER (WHERE kind = 'verified'), 0),
        coalesce(sum(amount) FILTER (WHERE kind IN ('held', 'freed')), 0),
        coalesce(sum(amount) FILTER (WHERE kind = 'settled'), 0),
        coalesce(sum(units) FILTER (WHERE kind = 'settled'), 0),
        coalesce(sum(amount) FILTER (WHERE kind IN ('reserved', 'released')
            AND coalesce(reservation, subject) = coalesce(NEW.reservation, NEW.subject)), 0),
        coalesce(sum(units) FILTER (WHERE kind IN ('reserved', 'released')
            AND coalesce(reservation, subject) = coalesce(NEW.reservation, NEW.subject)), 0)
        INTO committed, committed_units, delivered, delivered_units, verified_units, held, settled, settled_units,
            opened, opened_units
        FROM contract_movement WHERE line = NEW.line;
    IF opened < 0 OR opened_units < 0 OR committed < 0 OR committed_units < 0 OR delivered < 0
        OR delivered_units < 0 OR held < 0 OR settled < 0 OR settled_units < 0
        OR (NEW.kind IN ('reserved', 'delivered') AND NEW.units > 0
            AND (committed + delivered > l.max_amount OR committed_units + delivered_units > l.max_units))
        OR (NEW.kind IN ('delivered', 'verified') AND verified_units > delivered_units)
        OR (NEW.kind IN ('delivered', 'settled', 'held')
            AND (settled + held > delivered OR settled_units > delivered_units))
        OR (NEW.kind IN ('settled', 'held') AND (settled + held > l.max_amount OR settled_units > l.max_units)) THEN
        RAISE EXCEPTION 'contract line %: the entry % breaks the ledger', NEW.line, NEW.kind
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""

CEILING = """
CREATE FUNCTION guard_ceiling() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used numeric; used_units bigint;
BEGIN
    SELECT coalesce(sum(amount), 0), coalesce(sum(units), 0) INTO used, used_units FROM contract_movement
        WHERE line = NEW.id AND kind IN ('reserved', 'released', 'delivered');
    IF used > NEW.max_amount OR used_units > NEW.max_units THEN
        RAISE EXCEPTION 'contract line %: the ceiling is below what is used', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""

STATEMENTS = (
    "ALTER TABLE contract_movement DROP CONSTRAINT contract_movement_kind_check",
    "ALTER TABLE contract_movement ADD CONSTRAINT contract_movement_kind_check CHECK (kind IN"
    " ('reserved', 'released', 'delivered', 'verified', 'held', 'freed', 'settled'))",
    "ALTER TABLE contract_movement ADD CONSTRAINT contract_movement_sign_check CHECK (CASE"
    " WHEN kind IN ('reserved', 'held') THEN units >= 0 AND amount >= 0"
    " WHEN kind IN ('released', 'freed') THEN units <= 0 AND amount <= 0"
    " ELSE units >= 0 AND amount >= 0 OR units <= 0 AND amount <= 0 END)",
    "ALTER TABLE contract_movement DISABLE TRIGGER contract_movement_append_only",
    "UPDATE contract_movement m SET division = a.division FROM assignment a WHERE a.id = m.subject",
    "ALTER TABLE contract_movement ENABLE TRIGGER contract_movement_append_only",
    "CREATE UNIQUE INDEX movement_once ON contract_movement (line, subject, kind)",
    GUARD.strip(),
    "CREATE TRIGGER contract_movement_guard AFTER INSERT ON contract_movement"
    " FOR EACH ROW EXECUTE FUNCTION guard_movement()",
    CEILING.strip(),
    "CREATE TRIGGER contract_line_ceiling AFTER UPDATE OF max_units, max_amount ON contract_line FOR EACH ROW"
    " WHEN (NEW.max_units < OLD.max_units OR NEW.max_amount < OLD.max_amount) EXECUTE FUNCTION guard_ceiling()",
    *(
        f"ALTER TABLE co_approval ADD CONSTRAINT co_approval_{column}_fk FOREIGN KEY ({column})"
        f" REFERENCES {target} (id) ON DELETE RESTRICT"
        for column, target in (
            ("need", "need"), ("organization", "organization"), ("line", "contract_line"), ("run", "match_run"),
            ("asked_by", "app_user"), ("decided_by", "app_user"),
        )
    ),
    "ALTER TABLE co_approval ADD CONSTRAINT co_approval_status_check CHECK"
    " (status IN ('asked', 'approved', 'refused', 'lapsed'))",
    "ALTER TABLE co_approval ADD CONSTRAINT co_approval_two_people CHECK (decided_by <> asked_by)",
    "ALTER TABLE co_approval ADD CONSTRAINT co_approval_decided CHECK"
    " (status NOT IN ('approved', 'refused') OR (asked_by IS NOT NULL AND decided_by IS NOT NULL))",
    "ALTER TABLE co_approval ADD CONSTRAINT co_approval_reason CHECK (status <> 'refused' OR reason <> '')",
    "CREATE UNIQUE INDEX co_approval_once ON co_approval (need, organization) WHERE status IN ('asked', 'approved')",
)  # fmt: skip


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
