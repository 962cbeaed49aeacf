"""The register of organisations: references, checks, decisions and declarations that are never changed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T05:02:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "register of organisations"

REFERENCES = (
    ("organization", "run_by", "organization"),
    ("organization_licence", "organization", "organization"),
    ("organization_licence", "entered_by", "app_user"),
    ("organization_licence", "verified_by", "app_user"),
    ("organization_bar", "organization", "organization"),
    ("organization_bar", "lifts", "organization_bar"),
    ("organization_bar", "decided_by", "app_user"),
    ("organization_link", "a", "organization"),
    ("organization_link", "b", "organization"),
    ("organization_link", "recorded_by", "app_user"),
    ("organization_link", "ended_by", "app_user"),
    ("capacity_declaration", "organization", "organization"),
    ("capacity_declaration", "declared_by", "app_user"),
)
CHECKS = (
    ("organization", "runs_itself", "run_by IS NULL OR run_by <> id"),
    ("organization", "run", "run_by IS NULL OR org_type = 'station'"),
    ("organization_licence", "kind", "kind IN ('registration', 'practice', 'food', 'medical', 'charity')"),
    ("organization_licence", "status", "status IN ('handed_in', 'verified', 'rejected')"),
    ("organization_licence", "days", "issued_on IS NULL OR expires_on IS NULL OR expires_on >= issued_on"),
    ("organization_licence", "two_people", "entered_by IS NULL OR verified_by IS NULL OR entered_by <> verified_by"),
    ("organization_bar", "until", "(lifts IS NULL) = (until IS NOT NULL) AND (lifts IS NULL) = (ground <> '')"),
    ("organization_link", "others", "a <> b"),
    (
        "organization_link",
        "kind",
        "kind IN ('same_representative', 'same_owner', 'runs_station', 'affiliated', 'assessed')",
    ),
    ("organization_link", "days", "ends_on IS NULL OR ends_on >= starts_on"),
    ("capacity_declaration", "minutes", "minutes_per_4_weeks BETWEEN 0 AND 12000000"),
)
STATEMENTS = (
    "CREATE UNIQUE INDEX organization_bar_lifted_once ON organization_bar (lifts)",
    "CREATE INDEX organization_licence_end ON organization_licence (expires_on) WHERE status = 'verified'",
    "CREATE UNIQUE INDEX organization_link_open ON organization_link (least(a, b), greatest(a, b), kind)"
    " WHERE ends_on IS NULL",
    "CREATE INDEX capacity_declaration_newest ON capacity_declaration (organization, service, declared_at)",
)
BACKFILL = (
    # What an earlier version knew: a bar without its ground, and hours that have to be confirmed within 30 days.
    "INSERT INTO organization_bar (id, organization, ground, until, reason_enc, decided_at)"
    " SELECT gen_random_uuid(), id, 'taken_over', blacklist_until, '', created_at FROM organization"
    " WHERE blacklist_until IS NOT NULL",
    "INSERT INTO capacity_declaration (id, organization, service, minutes_per_4_weeks, note, declared_at, confirm_until)"
    " SELECT gen_random_uuid(), id, '', minutes_per_4_weeks, '', now(),"
    " (now() AT TIME ZONE 'Asia/Shanghai')::date + 30 FROM organization WHERE minutes_per_4_weeks > 0",
)
APPEND_ONLY = ("organization_bar", "capacity_declaration")


def statements() -> tuple[str, ...]:
    return (
        *(
            f'ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ("{column}")'
            f" REFERENCES {target} (id) ON DELETE RESTRICT"
            for table, column, target in REFERENCES
        ),
        *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_check CHECK ({rule})" for table, name, rule in CHECKS),
        *STATEMENTS,
        *BACKFILL,
        *(
            f"CREATE TRIGGER {table}_append_{name} BEFORE {when} ON {table} {each} EXECUTE FUNCTION refuse_change()"
            for table in APPEND_ONLY
            for name, when, each in (("only", "UPDATE OR DELETE", "FOR EACH ROW"), ("kept", "TRUNCATE", ""))
        ),
    )


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, statements())
