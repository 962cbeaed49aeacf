"""People who serve: references, checks, certificates that count once verified, policies, consents, warnings once."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T05:03:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "carers"

REFERENCES = (
    ("qualification", "entered_by", "app_user"),
    ("qualification", "verified_by", "app_user"),
    ("training_record", "carer", "carer"),
    ("training_record", "recorded_by", "app_user"),
    ("volunteer_insurance", "carer", "carer"),
    ("volunteer_insurance", "recorded_by", "app_user"),
    ("guardian_consent", "carer", "carer"),
    ("guardian_consent", "recorded_by", "app_user"),
    ("guardian_consent", "withdrawn_by", "app_user"),
    ("clearance_check", "carer", "carer"),
    ("clearance_check", "recorded_by", "app_user"),
    ("clearance_check", "lifted_by", "app_user"),
    ("expiry_notice", "carer", "carer"),
)
CHECKS = (
    ("carer", "level", "training_level BETWEEN 0 AND 3"),
    ("carer", "left", "NOT active OR left_on IS NULL"),
    ("qualification", "status", "status IN ('handed_in', 'verified', 'rejected')"),
    ("qualification", "two_people", "entered_by IS NULL OR verified_by IS NULL OR entered_by <> verified_by"),
    ("training_record", "amounts", "hours >= 0 AND level BETWEEN 0 AND 3"),
    ("volunteer_insurance", "days", "ends_on >= starts_on"),
    ("guardian_consent", "days", "withdrawn_on IS NULL OR withdrawn_on >= given_on"),
    ("guardian_consent", "relation", "relation IN ('parent', 'grandparent', 'guardian', 'other')"),
    ("clearance_check", "body", "body IN ('police', 'procuratorate')"),
    ("expiry_notice", "days", "days IN (60, 30, 7, 0)"),
)
STATEMENTS = (
    # Volunteers of an earlier version serve on for 30 days, in which their policies are entered (decision 0027).
    "UPDATE carer SET insurance_by = (now() AT TIME ZONE 'Asia/Shanghai')::date + 30 WHERE kind = 'volunteer'",
    "CREATE UNIQUE INDEX expiry_notice_once ON expiry_notice (subject, ends_on, days)",
    "CREATE INDEX qualification_waiting ON qualification (carer) WHERE status = 'handed_in'",
    "CREATE INDEX qualification_end ON qualification (expires_on) WHERE status = 'verified'",
    "CREATE INDEX volunteer_insurance_end ON volunteer_insurance (ends_on)",
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
