"""Ledgers: references, states, and that what was issued never changes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T06:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "references and triggers of ledgers"

STATEMENTS = (
    "ALTER TABLE ledger_issue ADD CONSTRAINT ledger_issue_status_check CHECK (status IN ('queued', 'ready', 'failed'))",
    "ALTER TABLE ledger_issue ADD CONSTRAINT ledger_issue_made_by_fk FOREIGN KEY (made_by) REFERENCES app_user",
    "ALTER TABLE ledger_part ADD CONSTRAINT ledger_part_issue_fk FOREIGN KEY (issue) REFERENCES ledger_issue (id)",
    "CREATE UNIQUE INDEX ledger_part_one_place ON ledger_part (issue, place)",
    "CREATE INDEX ledger_issue_newest ON ledger_issue (area varchar_pattern_ops, made_at DESC)",
    "ALTER TABLE own_ledger ADD CONSTRAINT own_ledger_owner_fk FOREIGN KEY (owner) REFERENCES app_user",
    "CREATE FUNCTION keep_ledger_issue() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'DELETE' OR OLD.status = 'ready' THEN"
    " RAISE EXCEPTION 'a ledger that was issued does not change'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER keep_ledger_issue BEFORE UPDATE OR DELETE ON ledger_issue"
    " FOR EACH ROW EXECUTE FUNCTION keep_ledger_issue()",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
