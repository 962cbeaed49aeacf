"""What was agreed stays: the lines of a contract change only while it is drafted, or by an amendment that both signed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T05:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "agreed lines"

KEEP = """
CREATE FUNCTION keep_agreed_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM contract WHERE id = OLD.contract AND NOT imported AND status <> 'draft') THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'DELETE' OR NEW.contract IS DISTINCT FROM OLD.contract OR NEW.organization <> OLD.organization
            OR NEW.service <> OLD.service OR NEW.fund_source <> OLD.fund_source
            OR NEW.unit_price <> OLD.unit_price THEN
        RAISE EXCEPTION 'contract line %: what was agreed stays', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.max_units <> OLD.max_units OR NEW.max_amount <> OLD.max_amount) AND NOT EXISTS (
            SELECT 1 FROM contract_amendment a JOIN contract_amendment_line l ON l.amendment = a.id
            WHERE a.contract = OLD.contract AND a.status = 'signed' AND l.line = OLD.id
            AND l.units = NEW.max_units - OLD.max_units AND l.amount = NEW.max_amount - OLD.max_amount) THEN
        RAISE EXCEPTION 'contract line %: ceilings change by a signed amendment', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

STATEMENTS = (
    KEEP.strip(),
    "CREATE TRIGGER contract_line_agreed BEFORE UPDATE OR DELETE ON contract_line"
    " FOR EACH ROW EXECUTE FUNCTION keep_agreed_line()",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
