"""Volunteers: references, checks, one open task of a need, one service of a visit, ledgers that only grow."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T09:07:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "volunteers"

REFERENCES = (
    ("open_task", "need", "need"),
    ("open_task", "assignment", "assignment"),
    ("open_task", "household", "household"),
    ("open_task", "taker", "carer"),
    ("open_task", "partner", "carer"),
    ("open_task", "opened_by", "app_user"),
    ("open_task", "closed_by", "app_user"),
    ("open_slot", "task", "open_task"),
    ("open_slot", "visit", "visit"),
    ("volunteer_step", "carer", "carer"),
    ("volunteer_step", "task", "open_task"),
    ("volunteer_step", "visit", "visit"),
    ("swap_request", "visit", "visit"),
    ("swap_request", "asker", "carer"),
    ("swap_request", "asked", "carer"),
    ("swap_request", "answered_by", "carer"),
    ("volunteer_profile", "carer", "carer"),
    ("volunteer_setting", "entered_by", "app_user"),
    ("volunteer_no_show", "carer", "carer"),
    ("volunteer_no_show", "visit", "visit"),
    ("volunteer_no_show", "recorded_by", "app_user"),
    ("volunteer_no_show", "decided_by", "app_user"),
    ("volunteer_activity", "organization", "organization"),
    ("volunteer_activity", "recorded_by", "app_user"),
    ("volunteer_service", "carer", "carer"),
    ("volunteer_service", "visit", "visit"),
    ("volunteer_service", "activity", "volunteer_activity"),
    ("volunteer_service", "organization", "organization"),
    ("volunteer_service", "recorded_by", "app_user"),
    ("volunteer_service", "decided_by", "app_user"),
    ("volunteer_hours", "carer", "carer"),
    ("volunteer_hours", "service", "volunteer_service"),
    ("volunteer_hours", "entered_by", "app_user"),
    ("volunteer_hours_change", "service", "volunteer_service"),
    ("volunteer_hours_change", "changed_by", "app_user"),
    ("star_award", "carer", "carer"),
    ("star_award", "proposed_by", "app_user"),
    ("star_award", "decided_by", "app_user"),
    ("volunteer_certificate", "carer", "carer"),
    ("volunteer_certificate", "organization", "organization"),
    ("volunteer_certificate", "issued_by", "app_user"),
    ("volunteer_certificate", "replaces", "volunteer_certificate"),
    ("volunteer_certificate", "revoked_by", "app_user"),
    ("volunteer_note", "carer", "carer"),
    ("volunteer_note", "organization", "organization"),
    ("volunteer_note", "recorded_by", "app_user"),
)
CHECKS = (
    ("open_task", "status", "status IN ('open', 'taken', 'closed', 'done')"),
    ("open_task", "taken", "status <> 'taken' OR taker IS NOT NULL"),
    ("open_task", "partner", "partner IS NULL OR partner <> taker"),
    ("open_task", "minutes", "minutes BETWEEN 1 AND 720"),
    ("open_slot", "span", "starts_at < ends_at AND due_from <= starts_at AND starts_at < due_until"),
    (
        "volunteer_step",
        "kind",
        "kind IN ('taken', 'given_back', 'called_off', 'swapped_out', 'swapped_in', 'accompanies')",
    ),
    ("swap_request", "status", "status IN ('asked', 'accepted', 'refused', 'withdrawn', 'lapsed')"),
    ("swap_request", "people", "asked IS NULL OR asked <> asker"),
    (
        "volunteer_setting",
        "numbers",
        "daily_cap BETWEEN 1 AND 1440 AND experienced_visits >= 0 AND publicity_days >= 5 AND confirm_days > 0",
    ),
    ("volunteer_no_show", "status", "status IN ('recorded', 'answered', 'excused', 'kept')"),
    ("volunteer_activity", "span", "starts_at < ends_at"),
    ("volunteer_service", "status", "status IN ('recorded', 'confirmed', 'rejected')"),
    ("volunteer_service", "part", "part IN ('server', 'partner', 'member')"),
    ("volunteer_service", "source", "(visit IS NULL) <> (activity IS NULL)"),
    ("volunteer_service", "span", "started_at < ended_at AND excluded >= 0 AND minutes >= 0"),
    ("volunteer_hours", "kind", "kind IN ('counted', 'recounted', 'corrected', 'taken_back')"),
    ("star_award", "status", "status IN ('published', 'awarded', 'stopped')"),
    ("star_award", "stars", "stars BETWEEN 1 AND 5"),
    ("volunteer_certificate", "status", "status IN ('issued', 'revoked')"),
    ("volunteer_certificate", "minutes", "minutes >= 0"),
    (
        "volunteer_note",
        "kind",
        "kind IN ('commendation', 'appraisal', 'warning', 'correction', 'bar', 'suspension')",
    ),
    ("volunteer_note", "whom", "(carer IS NULL) <> (organization IS NULL)"),
)
APPEND_ONLY = ("volunteer_step", "volunteer_hours", "volunteer_hours_change", "volunteer_note")
STATEMENTS = (
    "CREATE SEQUENCE open_task_number",
    "CREATE SEQUENCE volunteer_certificate_number",
    "CREATE UNIQUE INDEX open_task_once ON open_task (need) WHERE status = 'open'",
    "CREATE INDEX open_task_list ON open_task (division varchar_pattern_ops, status)",
    "CREATE UNIQUE INDEX swap_request_once ON swap_request (visit) WHERE status = 'asked'",
    "CREATE UNIQUE INDEX volunteer_service_once ON volunteer_service (visit, carer) WHERE visit IS NOT NULL",
    "CREATE UNIQUE INDEX volunteer_service_of_activity ON volunteer_service (activity, carer)"
    " WHERE activity IS NOT NULL",
    "CREATE UNIQUE INDEX volunteer_no_show_once ON volunteer_no_show (visit, carer) WHERE visit IS NOT NULL",
    "CREATE UNIQUE INDEX star_award_once ON star_award (carer, stars) WHERE status <> 'stopped'",
    "CREATE INDEX volunteer_hours_day ON volunteer_hours (carer, day)",
    *(
        statement
        for table in APPEND_ONLY
        for statement in (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        )
    ),
)


def statements() -> tuple[str, ...]:
    return (
        *(
            f'ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ("{column}")'
            f" REFERENCES {target} (id) ON DELETE RESTRICT"
            for table, column, target in REFERENCES
        ),
        *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_check CHECK ({rule})" for table, name, rule in CHECKS),
        *STATEMENTS,
    )


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, statements())
