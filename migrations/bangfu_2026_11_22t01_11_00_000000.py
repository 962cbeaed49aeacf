"""Discovery: what its tables refer to, which codes they take, the numbers of reports."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T01:11:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "discovery"

_REFERENCES = (
    ("report", "division", "division(code)"),
    ("report", "reporter", "app_user(id)"),
    ("report", "household", "household(id)"),
    ("report", "duplicate_of", "report(id)"),
    ("report", "owner", "app_user(id)"),
    ("report", "clearing_proposed_by", "app_user(id)"),
    ("report", "rejected_by", "app_user(id)"),
    ("report", "created_by", "app_user(id)"),
    ("report_visit", "report", "report(id)"),
    ("report_visit", "recorded_by", "app_user(id)"),
    ("report_review", "report", "report(id)"),
    ("report_review", "convened_by", "app_user(id)"),
    ("measure", "report", "report(id)"),
    ("measure", "division", "division(code)"),
    ("measure", "organization", "organization(id)"),
    ("measure", "responsible", "app_user(id)"),
    ("measure", "done_by", "app_user(id)"),
    ("measure", "closed_by", "app_user(id)"),
    ("measure", "created_by", "app_user(id)"),
    ("report_telling", "report", "report(id)"),
    ("report_telling", "told_by", "app_user(id)"),
    ("report_reason", "report", "report(id)"),
    ("report_reason", "written_by", "app_user(id)"),
    ("report_need", "need", "need(id)"),
    ("report_need", "report", "report(id)"),
)

STATEMENTS = (
    "CREATE SEQUENCE report_number",
    *(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_known FOREIGN KEY ({column}) REFERENCES {target}"
        for table, column, target in _REFERENCES
    ),
    "ALTER TABLE report ADD CONSTRAINT report_status_known CHECK (status IN ('collected', 'matched', 'verified',"
    " 'reviewed', 'intervening', 'cleared', 'informed', 'rejected', 'duplicate'))",
    "ALTER TABLE report ADD CONSTRAINT report_source_known CHECK (source IN ('grid_worker', 'aide', 'hotline',"
    " 'window', 'school', 'hospital', 'volunteer', 'neighbour', 'self', 'data_comparison'))",
    "ALTER TABLE report ADD CONSTRAINT report_hotline_kind_known CHECK ((source = 'hotline') = (hotline_kind <> '')"
    " AND hotline_kind IN ('', 'consult', 'help', 'complaint', 'report', 'suggestion'))",
    "ALTER TABLE report ADD CONSTRAINT report_match_known CHECK (match_result IN ('', 'household', 'new'))",
    "ALTER TABLE report ADD CONSTRAINT report_duplicate_named CHECK ((status = 'duplicate') ="
    " (duplicate_of IS NOT NULL) AND duplicate_of IS DISTINCT FROM id)",
    "ALTER TABLE report ADD CONSTRAINT report_place CHECK ((lat IS NULL) = (lon IS NULL)"
    " AND lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180)",
    "CREATE INDEX report_by_step ON report (status, due_at)",
    "CREATE INDEX report_by_division ON report (division varchar_pattern_ops)",
    "ALTER TABLE report_review ADD CONSTRAINT report_review_form_known CHECK (form IN ('meeting', 'phone', 'video'))",
    "ALTER TABLE measure ADD CONSTRAINT measure_status_known CHECK (status IN ('open', 'done_reported', 'returned',"
    " 'closed', 'cancelled'))",
    "ALTER TABLE measure ADD CONSTRAINT measure_unit_known CHECK (unit IN ('organization', 'township', 'station')"
    " AND (unit = 'organization') = (organization IS NOT NULL))",
    "ALTER TABLE measure ADD CONSTRAINT measure_closed_by_another CHECK (status <> 'closed'"
    " OR (done_by IS NOT NULL AND closed_by IS NOT NULL AND done_by <> closed_by AND evidence_enc <> ''))",
    "CREATE UNIQUE INDEX measure_number_once ON measure (number)",
    "ALTER TABLE report_telling ADD CONSTRAINT report_telling_subject_known"
    " CHECK (subject IN ('result', 'rejection', 'answer'))",
    "ALTER TABLE report_telling ADD CONSTRAINT report_telling_receipt_known"
    " CHECK (receipt IN ('signed', 'spoken', 'refused', 'not_reached'))",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
