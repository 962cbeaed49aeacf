"""Sums of the movements of contract lines: a trigger that writes what is posted, and the sums of what there is."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T04:03:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "sums of movements kept up by a trigger"

STATEMENTS = (
    "CREATE UNIQUE INDEX contract_movement_sum_one ON contract_movement_sum (line, kind)",
    "ALTER TABLE contract_movement_delta SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)",
    # Movements are only ever added, so their insertion is all there is to see.
    "CREATE FUNCTION sum_movements() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " INSERT INTO contract_movement_delta (line, kind, units, amount)"
    " SELECT line, kind, sum(units), sum(amount) FROM added GROUP BY line, kind; RETURN NULL; END $$",
    "CREATE TRIGGER contract_movement_summed AFTER INSERT ON contract_movement REFERENCING NEW TABLE AS added"
    " FOR EACH STATEMENT EXECUTE FUNCTION sum_movements()",
    # The trigger holds off every writer until this transaction ends.
    "INSERT INTO contract_movement_sum (line, kind, units, amount)"
    " SELECT line, kind, sum(units), sum(amount) FROM contract_movement GROUP BY line, kind",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
