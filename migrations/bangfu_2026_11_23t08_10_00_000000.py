"""The interface for reading: payments, timed tasks and volunteers' services are noted as the other lists are."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T08:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "reading by other systems: three more lists"

NOTED = (
    ("settlement_claim", "payments"),
    ("supervision_task", "supervision-tasks"),
    ("volunteer_service", "volunteer-records"),
)
EVENTS = (
    ("insert", "NEW TABLE AS added", ("added",)),
    ("update", "OLD TABLE AS removed NEW TABLE AS added", ("added", "removed")),
    ("delete", "OLD TABLE AS removed", ("removed",)),
)


def _note(table: str, resource: str) -> list[str]:
    """Three triggers. An object that moves is noted where it was and where it is now."""
    made = []
    for event, transition, rows in EVENTS:
        name = f"api_note_{resource.replace('-', '_')}_{event}"
        parts = " UNION ".join(
            f"SELECT {row}.id::text, {row}.division, coalesce({row}.organization::text, '') FROM {row}"  # noqa: S608
            for row in rows
        )
        made += [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"  # noqa: S608 (constants)
            " INSERT INTO api_change_new (resource, subject, division, organization)"
            f" SELECT '{resource}', p.* FROM ({parts}) p; RETURN NULL; END $$",
            f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} REFERENCING {transition}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
        ]
    return made


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, [statement for row in NOTED for statement in _note(*row)])
