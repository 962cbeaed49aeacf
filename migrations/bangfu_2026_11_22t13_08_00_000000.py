"""Papers of settlements: one code for each state of a statement; a paper that was given out is never changed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T13:08:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "papers of settlements"

STATEMENTS = (
    "ALTER TABLE settlement_paper ADD CONSTRAINT settlement_paper_statement_fk FOREIGN KEY (statement)"
    " REFERENCES settlement_statement (id) ON DELETE RESTRICT",
    "ALTER TABLE settlement_paper ADD CONSTRAINT settlement_paper_hash_check"
    " CHECK (bundle_hash ~ '^[0-9a-f]{64}$' AND code ~ '^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$'"
    " AND quarter BETWEEN 0 AND 4)",
    "CREATE UNIQUE INDEX settlement_paper_state ON settlement_paper (statement, bundle_hash)",
    "CREATE FUNCTION keep_settlement_paper() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION 'a paper that was given out is never changed'; END $$",
    "CREATE TRIGGER settlement_paper_kept BEFORE UPDATE OR DELETE ON settlement_paper"
    " FOR EACH ROW EXECUTE FUNCTION keep_settlement_paper()",
    "CREATE TRIGGER settlement_paper_no_truncate BEFORE TRUNCATE ON settlement_paper FOR EACH STATEMENT"
    " EXECUTE FUNCTION refuse_truncate()",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
