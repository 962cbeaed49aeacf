"""Rosters: whose times they are, times that make sense, one open entry of a day, one live address per token."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T05:04:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "rosters, calendars, sign-ups"

STATEMENTS = (
    *(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_carer_fk FOREIGN KEY (carer) REFERENCES carer (id)"
        " ON DELETE CASCADE"
        for table in ("carer_day", "carer_leave")
    ),
    *(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ({column}) REFERENCES {other} (id)"
        " ON DELETE RESTRICT"
        for table, column, other in (
            ("carer_day", "created_by", "app_user"),
            ("carer_day", "removed_by", "app_user"),
            ("carer_leave", "requested_by", "app_user"),
            ("carer_leave", "decided_by", "app_user"),
            ("volunteer_application", "decided_by", "app_user"),
            ("volunteer_application", "carer", "carer"),
        )
    ),
    'ALTER TABLE calendar_feed ADD CONSTRAINT calendar_feed_user_fk FOREIGN KEY ("user") REFERENCES app_user (id)'
    " ON DELETE CASCADE",
    "ALTER TABLE carer_day ADD CONSTRAINT carer_day_span CHECK ((start_minute IS NULL AND end_minute IS NULL)"
    " OR (start_minute >= 0 AND start_minute < end_minute AND end_minute <= 1440))",
    "ALTER TABLE carer_day ADD CONSTRAINT carer_day_removed CHECK ((removed_at IS NULL) = (removed_by IS NULL))",
    "CREATE UNIQUE INDEX carer_day_once ON carer_day (carer, day, coalesce(start_minute, -1)) WHERE removed_at IS NULL",
    "ALTER TABLE carer_leave ADD CONSTRAINT carer_leave_order CHECK (starts_on <= ends_on)",
    "ALTER TABLE carer_leave ADD CONSTRAINT carer_leave_kind CHECK (kind IN ('annual', 'sick', 'training', 'other'))",
    "ALTER TABLE carer_leave ADD CONSTRAINT carer_leave_status CHECK"
    " (status IN ('requested', 'approved', 'refused', 'withdrawn'))",
    "CREATE INDEX carer_leave_period ON carer_leave (carer, ends_on) WHERE status = 'approved'",
    "ALTER TABLE volunteer_application ADD CONSTRAINT volunteer_application_status CHECK"
    " (status IN ('waiting', 'approved', 'refused', 'withdrawn'))",
    "ALTER TABLE volunteer_application ADD CONSTRAINT volunteer_application_carer CHECK"
    " ((status = 'approved') = (carer IS NOT NULL))",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
