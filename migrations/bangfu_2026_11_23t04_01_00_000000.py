"""Tallies of visits: triggers that write the differences, one sum for each key, and the sums of what there is."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T04:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "sums of visits kept up by triggers"

KEYS = "town, month, service, carer_kind, organization, contract_line, status, evidence, approval, payable"
NONE = "'00000000-0000-0000-0000-000000000000'::uuid"
# A fixed offset as everywhere in SQL and Python: China has one zone and no summer time.
KEYED = (
    "SELECT left(division, 9) AS town,"  # noqa: S608 (constants)
    " date_trunc('month', planned_start AT TIME ZONE 'Asia/Shanghai')::date AS month,"
    f" service, carer_kind, coalesce(organization, {NONE}) AS organization,"
    f" coalesce(contract_line, {NONE}) AS contract_line, status, evidence, approval, payable,"
    " {sign}1 AS visits, {sign}minutes AS minutes FROM {rows}"
)


def _sums(into: str, *rows: str) -> str:
    return (
        f"INSERT INTO {into} ({KEYS}, visits, minutes) SELECT {KEYS}, sum(visits), sum(minutes)"  # noqa: S608 (constants)
        f" FROM ({' UNION ALL '.join(rows)}) t GROUP BY {KEYS} HAVING sum(visits) <> 0 OR sum(minutes) <> 0"
    )


ADDED, REMOVED = KEYED.format(sign="", rows="added"), KEYED.format(sign="-", rows="removed")


def _trigger(event: str, transition: str, *rows: str) -> tuple[str, str]:
    name = f"tally_visits_{event.lower()}"
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" {_sums('visit_tally_delta', *rows)}; RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER {event} ON visit REFERENCING {transition}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    )


STATEMENTS = (
    f"CREATE UNIQUE INDEX visit_tally_one_per_key ON visit_tally (month, {KEYS.replace(' month,', '')})",
    "ALTER TABLE visit_tally ADD CONSTRAINT visit_tally_month_check CHECK (extract(day FROM month) = 1)",
    "ALTER TABLE visit_tally_delta ADD CONSTRAINT visit_tally_delta_month_check CHECK (extract(day FROM month) = 1)",
    # Every fold empties the delta and writes over sums: clean up by number, not by share.
    "ALTER TABLE visit_tally_delta SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)",
    "ALTER TABLE visit_tally SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05)",
    *_trigger("INSERT", "NEW TABLE AS added", ADDED),
    *_trigger("DELETE", "OLD TABLE AS removed", REMOVED),
    *_trigger("UPDATE", "OLD TABLE AS removed NEW TABLE AS added", ADDED, REMOVED),
    "CREATE FUNCTION tally_visits_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " TRUNCATE visit_tally, visit_tally_delta; RETURN NULL; END $$",
    "CREATE TRIGGER tally_visits_truncate AFTER TRUNCATE ON visit"
    " FOR EACH STATEMENT EXECUTE FUNCTION tally_visits_truncate()",
    # The triggers above hold off every writer until this transaction ends, so nothing is missed or counted twice.
    _sums("visit_tally", KEYED.format(sign="", rows="visit")),
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
