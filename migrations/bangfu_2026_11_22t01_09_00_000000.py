"""Mandatory reports: references and checks; nobody deletes them, and their words and people never change."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T01:09:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "mandatory reports cannot be deleted"

# A column that holds ciphertext may change: its key is rotated. The keyed hash beside it proves the words.
KEPT_REPORT = (
    "number", "division", "kinds", "danger_now", "child_age", "what_hash", "reported_by", "reporter_role", "reported_at",
)  # fmt: skip
KEPT_ENTRY = ("incident", "kind", "body", "text_hash", "written_by", "written_at")


def _kept(table: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """A row can neither be deleted nor change in these columns."""
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    return (
        f"CREATE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'UPDATE' AND ROW({new}) IS NOT DISTINCT FROM ROW({old}) THEN RETURN NEW; END IF;"
        f" RAISE EXCEPTION '% cannot be changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';"
        f" END $$",
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_keep()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    )


STATEMENTS = (
    "CREATE SEQUENCE incident_number",
    "ALTER TABLE incident ADD CONSTRAINT incident_status_check"
    " CHECK (status IN ('reported', 'acknowledged', 'concluded'))",
    "ALTER TABLE incident ADD CONSTRAINT incident_outcome_check CHECK ((status = 'concluded') = (outcome <> ''))",
    "ALTER TABLE incident ADD CONSTRAINT incident_two_people_check CHECK (concluded_by <> reported_by)",
    "ALTER TABLE incident ADD CONSTRAINT incident_household_fk FOREIGN KEY (household) REFERENCES household (id)",
    "ALTER TABLE incident ADD CONSTRAINT incident_reporter_fk FOREIGN KEY (reported_by) REFERENCES app_user (id)",
    "ALTER TABLE incident_entry ADD CONSTRAINT incident_entry_incident_fk"
    " FOREIGN KEY (incident) REFERENCES incident (id)",
    "ALTER TABLE incident_entry ADD CONSTRAINT incident_entry_kind_check CHECK (kind IN ('note', 'notice'))",
    "CREATE UNIQUE INDEX incident_told_once ON incident_entry (incident, body) WHERE kind = 'notice'",
    *_kept("incident", KEPT_REPORT),
    *_kept("incident_entry", KEPT_ENTRY),
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
