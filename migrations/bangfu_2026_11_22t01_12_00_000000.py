"""Outreach and the quarterly lists: references, checks, one row per service and person, one list per quarter."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T01:12:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "outreach and quarterly lists"

REFERENCES = [
    ("outreach_row", "household", "household", "id", "CASCADE"),
    ("outreach_row", "person", "person", "id", "CASCADE"),
    ("outreach_row", "service", "service", "code", "RESTRICT"),
    ("outreach_contact", "household", "household", "id", "CASCADE"),
    ("outreach_contact", "person", "person", "id", "CASCADE"),
    ("outreach_contact", "service", "service", "code", "RESTRICT"),
    ("outreach_contact", "made_by", "app_user", "id", "RESTRICT"),
    ("quarter_list", "division", "division", "code", "RESTRICT"),
    ("quarter_list", "made_by", "app_user", "id", "RESTRICT"),
    ("quarter_line", "quarter_list", "quarter_list", "id", "CASCADE"),
    ("quarter_line", "household", "household", "id", "CASCADE"),
    ("quarter_line", "verified_by", "app_user", "id", "RESTRICT"),
]
CHECKS = [
    ("outreach_row", "kind", "kind IN ('missing', 'below', 'gap')"),
    ("outreach_contact", "result", "result IN ('interested', 'refused', 'unreachable', 'other')"),
    ("outreach_contact", "channel", "channel IN ('visit', 'phone', 'wechat', 'relative', 'other')"),
    ("quarter_list", "quarter", "quarter BETWEEN 1 AND 4"),
    ("quarter_line", "status", "status IN ('open', 'verified')"),
    ("quarter_line", "verified", "status = 'open' OR (finding <> '' AND verified_at IS NOT NULL)"),
    (
        "quarter_line",
        "finding",
        "finding IN ('', 'at_home', 'in_institution', 'selfcare_changed', 'died', 'moved', 'not_found')",
    ),
]
STATEMENTS = (
    "CREATE UNIQUE INDEX outreach_row_once ON outreach_row"
    " (household, coalesce(person, '00000000-0000-0000-0000-000000000000'::uuid), service)",
    "CREATE INDEX outreach_row_list ON outreach_row (division varchar_pattern_ops, since)",
    "CREATE INDEX outreach_contact_latest ON outreach_contact (household, service, made_at DESC)",
    "CREATE UNIQUE INDEX quarter_list_once ON quarter_list (division, year, quarter)",
    "CREATE UNIQUE INDEX quarter_line_once ON quarter_line (quarter_list, household)",
)


def statements() -> list[str]:
    out = [
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ({column})"
        f" REFERENCES {target} ({key}) ON DELETE {action}"
        for table, column, target, key, action in REFERENCES
    ]
    out += [f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_check CHECK ({rule})" for table, name, rule in CHECKS]
    return [*out, *STATEMENTS]


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, statements())
