"""The survey by village: references and its two outcomes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T01:14:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the survey by village"

STATEMENTS = (
    "ALTER TABLE field_entry ADD CONSTRAINT field_entry_outcome_check"
    " CHECK (outcome IN ('report', 'nothing') AND (outcome = 'report') = (report IS NOT NULL))",
    "ALTER TABLE field_entry ADD CONSTRAINT field_entry_report_fk FOREIGN KEY (report) REFERENCES report (id)",
    'ALTER TABLE field_entry ADD CONSTRAINT field_entry_user_fk FOREIGN KEY ("user") REFERENCES app_user (id)',
    "ALTER TABLE field_entry ADD CONSTRAINT field_entry_division_fk FOREIGN KEY (division) REFERENCES division (code)",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
