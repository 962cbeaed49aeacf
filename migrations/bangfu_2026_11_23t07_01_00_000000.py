"""The interface for reading: references, checks, and triggers that note every change of what can be read."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T07:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "reading by other systems: references, checks, triggers"

REFERENCES = (
    ("api_token", "organization", "organization"),
    ("api_token", "created_by", "app_user"),
    ("api_token", "disabled_by", "app_user"),
)
CHECKS = (
    ("api_token", "status", "status IN ('active', 'disabled')"),
    ("api_token", "stopped", "(status = 'disabled') = (disabled_at IS NOT NULL)"),
    ("api_token", "per_minute", "per_minute BETWEEN 1 AND 6000"),
    ("api_token", "scopes", "cardinality(scopes) > 0"),
)
OWN = "coalesce({row}.organization::text, '')"
NOTED = (
    # table, resource, key, division, organisation; {row} is the changed row
    ("division", "divisions", "{row}.code", "{row}.code", "''"),
    ("household", "households", "{row}.id", "{row}.division", "''"),
    ("need", "needs", "{row}.id", "{row}.division", "''"),
    ("assignment", "assignments", "{row}.id", "{row}.division", OWN),
    ("visit", "visits", "{row}.id", "{row}.division", OWN),
    ("organization", "organizations", "{row}.id", "{row}.division", "{row}.id::text"),
    ("carer", "carers", "{row}.id", "{row}.division", OWN),
    ("contract", "contracts", "{row}.id", "{row}.division", "{row}.supplier::text"),
    ("contract_line", "contract-lines", "{row}.id",
     "coalesce((SELECT c.division FROM contract c WHERE c.id = {row}.contract), '')", OWN),
    ("care_agreement", "agreements", "{row}.id", "{row}.division", OWN),
    ("complaint", "complaints", "{row}.id", "{row}.division", "''"),
    ("quarter_score", "scores", "{row}.id", "{row}.division", OWN),
    ("settlement_statement", "statements", "{row}.id", "{row}.division", OWN),
    # A statement can be read once a claim of it is approved: that is a change of the claim.
    ("settlement_claim", "statements", "{row}.statement", "{row}.division", OWN),
    ("catalogue_item", "services", "{row}.id", "''", "''"),
)  # fmt: skip
LINES_OF_CONTRACT = (
    # Lines are read with their contract: what makes it readable makes them so.
    "CREATE FUNCTION api_note_contract_lines() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " INSERT INTO api_change_new (resource, subject, division, organization)"
    " SELECT DISTINCT 'contract-lines', l.id::text, c.division, coalesce(l.organization::text, '')"
    " FROM added c JOIN contract_line l ON l.contract = c.id; RETURN NULL; END $$",
    "CREATE TRIGGER api_note_contract_lines AFTER UPDATE ON contract REFERENCING NEW TABLE AS added"
    " FOR EACH STATEMENT EXECUTE FUNCTION api_note_contract_lines()",
)
EVENTS = (
    ("insert", "NEW TABLE AS added", ("added",)),
    ("update", "OLD TABLE AS removed NEW TABLE AS added", ("added", "removed")),
    ("delete", "OLD TABLE AS removed", ("removed",)),
)


def _note(table: str, resource: str, key: str, division: str, organization: str) -> list[str]:
    """Three triggers. An object that moves is noted where it was and where it is now."""
    made = []
    for event, transition, rows in EVENTS:
        name = f"api_note_{table}_{event}"
        parts = " UNION ".join(
            f"SELECT {key.format(row=row)}::text, {division.format(row=row)}, {organization.format(row=row)} FROM {row}"  # noqa: S608
            for row in rows
        )
        made.append(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"  # noqa: S608 (constants)
            " INSERT INTO api_change_new (resource, subject, division, organization)"
            f" SELECT '{resource}', p.* FROM ({parts}) p; RETURN NULL; END $$"
        )
        made.append(
            f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} REFERENCING {transition}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
    return made


async def forwards() -> MigrationManager:
    statements = [
        *(
            f'ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ("{column}") REFERENCES {target} (id)'
            for table, column, target in REFERENCES
        ),
        *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_check CHECK ({rule})" for table, name, rule in CHECKS),
        "CREATE SEQUENCE api_change_line",
        "CREATE UNIQUE INDEX api_change_one ON api_change (resource, subject, division, organization)",
        "CREATE INDEX api_change_since ON api_change (resource, at)",
        # The line is emptied every few seconds: clean up by number, not by share.
        "ALTER TABLE api_change_new SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)",
        *(statement for row in NOTED for statement in _note(*row)),
        *LINES_OF_CONTRACT,
    ]
    return plain_sql(ID, DESCRIPTION, statements)
