"""Checks and exports of ledgers: references and states."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T12:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "references of checks and exports of ledgers"

STATEMENTS = (
    "ALTER TABLE ledger_state ADD CONSTRAINT ledger_state_issue_fk FOREIGN KEY (issue) REFERENCES ledger_issue (id)",
    "ALTER TABLE ledger_export ADD CONSTRAINT ledger_export_status_check"
    " CHECK (status IN ('queued', 'ready', 'failed'))",
    "ALTER TABLE ledger_export ADD CONSTRAINT ledger_export_owner_fk FOREIGN KEY (owner) REFERENCES app_user",
    "ALTER TABLE ledger_export ADD CONSTRAINT ledger_export_issue_fk FOREIGN KEY (issue) REFERENCES ledger_issue (id)",
    "ALTER TABLE ledger_piece ADD CONSTRAINT ledger_piece_export_fk FOREIGN KEY (export) REFERENCES ledger_export (id)"
    " ON DELETE CASCADE",
    "CREATE UNIQUE INDEX ledger_piece_one_place ON ledger_piece (export, place)",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
