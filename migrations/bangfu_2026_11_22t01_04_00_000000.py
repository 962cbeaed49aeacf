"""The household register: references, checks, indexes, and the record of readings that nobody changes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T01:04:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "household register"

STATEMENTS = (
    "ALTER TABLE read_log ADD CONSTRAINT read_log_household_fk FOREIGN KEY (household) REFERENCES household (id)",
    "ALTER TABLE read_log ADD CONSTRAINT read_log_user_fk FOREIGN KEY (\"user\") REFERENCES app_user (id)",
    "ALTER TABLE read_log ADD CONSTRAINT read_log_person_fk FOREIGN KEY (person) REFERENCES person (id)",
    "CREATE INDEX read_log_household ON read_log (household, at DESC)",
    "CREATE INDEX read_log_person ON read_log (person, at DESC) WHERE person IS NOT NULL",
    "CREATE TRIGGER read_log_append_only BEFORE UPDATE OR DELETE ON read_log"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER read_log_no_truncate BEFORE TRUNCATE ON read_log"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
