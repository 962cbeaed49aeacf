"""What the tables' classes cannot say: references between features, checks, search indexes, triggers, numbers."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-21T21:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "constraints, search indexes, the append-only audit trail"

REFERENCES = [
    ("app_session", "user", "app_user", "id", "CASCADE"),
    ("app_user", "organization", "organization", "id", "RESTRICT"),
    ("app_user", "carer", "carer", "id", "RESTRICT"),
    ("message", "user", "app_user", "id", "CASCADE"),
    ("household", "division", "division", "code", "RESTRICT"),
    ("person", "household", "household", "id", "CASCADE"),
    ("consent", "household", "household", "id", "CASCADE"),
    ("consent", "person", "person", "id", "CASCADE"),
    ("need", "household", "household", "id", "RESTRICT"),
    ("need", "person", "person", "id", "RESTRICT"),
    ("need", "division", "division", "code", "RESTRICT"),
    ("need", "service", "service", "code", "RESTRICT"),
    ("need", "consent", "consent", "id", "RESTRICT"),
    ("need", "current_carer", "carer", "id", "RESTRICT"),
    ("organization", "division", "division", "code", "RESTRICT"),
    ("carer", "organization", "organization", "id", "RESTRICT"),
    ("carer", "division", "division", "code", "RESTRICT"),
    ("qualification", "carer", "carer", "id", "CASCADE"),
    ("availability", "carer", "carer", "id", "CASCADE"),
    ("contract_line", "organization", "organization", "id", "RESTRICT"),
    ("contract_line", "service", "service", "code", "RESTRICT"),
    ("contract_movement", "line", "contract_line", "id", "RESTRICT"),
    ("assignment", "need", "need", "id", "RESTRICT"),
    ("assignment", "household", "household", "id", "RESTRICT"),
    ("assignment", "carer", "carer", "id", "RESTRICT"),
    ("assignment", "matched_carer", "carer", "id", "RESTRICT"),
    ("assignment", "organization", "organization", "id", "RESTRICT"),
    ("assignment", "contract_line", "contract_line", "id", "RESTRICT"),
    ("match_run", "job", "job", "id", "SET NULL"),
    ("proposal", "run", "match_run", "id", "CASCADE"),
    ("proposal", "need", "need", "id", "RESTRICT"),
    ("proposal", "carer", "carer", "id", "RESTRICT"),
    ("upload", "uploaded_by", "app_user", "id", "SET NULL"),
]

CHECKS = [
    ("household", "category", "category IN ('dibao', 'tekun', 'dibao_edge', 'rigid_expense', 'emergency')"),
    ("household", "risk", "risk_color IN ('', 'red', 'yellow', 'blue', 'green')"),
    ("household", "place", "(lat IS NULL) = (lon IS NULL) AND coalesce(lat BETWEEN -90 AND 90, true)"),
    ("consent", "ground", "ground IN ('consent', 'statutory')"),
    (
        "need",
        "status",
        "status IN ('draft', 'submitted', 'confirmed', 'rejected', 'matching', 'assigned', 'in_service',"
        " 'suspended', 'closed', 'cancelled')",
    ),
    ("need", "amounts", "visits > 0 AND minutes > 0"),
    ("need", "priority", "priority IN ('urgent', 'key', 'edge', 'general')"),
    ("need", "ground", "status IN ('draft', 'submitted', 'rejected', 'cancelled') OR consent IS NOT NULL"),
    ("need", "two_people", "confirmed_by IS NULL OR submitted_by IS NULL OR confirmed_by <> submitted_by"),
    ("carer", "kind", "kind IN ('worker', 'social_worker', 'volunteer')"),
    ("carer", "employer", "kind <> 'worker' OR organization IS NOT NULL"),
    ("carer", "amounts", "speed_kmh > 0 AND max_km >= 0 AND minutes_per_week >= 0 AND max_households >= 0"),
    (
        "availability",
        "span",
        "weekday BETWEEN 0 AND 6 AND 0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440",
    ),
    ("contract_line", "amounts", "unit_price >= 0 AND max_units >= 0 AND max_amount >= 0 AND starts_on <= ends_on"),
    ("contract_movement", "kind", "kind IN ('reserved', 'released', 'delivered', 'settled')"),
    (
        "assignment",
        "status",
        "status IN ('offered', 'accepted', 'declined', 'expired', 'scheduled', 'active', 'completed', 'withdrawn',"
        " 'cancelled', 'replaced')",
    ),
    ("match_run", "status", "status IN ('queued', 'running', 'done', 'infeasible', 'failed', 'cancelled')"),
    (
        "proposal",
        "status",
        "status IN ('proposed', 'edited', 'approved', 'rejected', 'dispatched', 'superseded', 'unserved')",
    ),
    ("job", "status", "status IN ('queued', 'running', 'done', 'failed', 'cancelled')"),
]

STATEMENTS = """
CREATE INDEX person_name_grams ON person USING gin (name_grams);
CREATE INDEX household_pinyin ON household (head_pinyin);
CREATE INDEX need_list ON need (division varchar_pattern_ops, status, due_at);
CREATE INDEX household_scope ON household (division varchar_pattern_ops);
CREATE INDEX assignment_scope ON assignment (division varchar_pattern_ops, status);
CREATE INDEX message_unread ON message ("user") WHERE read_at IS NULL;
CREATE INDEX job_open ON job (kind, created_at) WHERE status IN ('queued', 'running');
CREATE UNIQUE INDEX assignment_one_open_per_need ON assignment (need)
    WHERE status IN ('offered', 'accepted', 'scheduled', 'active');
CREATE UNIQUE INDEX proposal_once_per_run ON proposal (run, need);
CREATE UNIQUE INDEX match_run_one_open_per_division ON match_run (division) WHERE status IN ('queued', 'running');
CREATE UNIQUE INDEX person_id_number ON person (id_number_index) WHERE id_number_index <> '';
CREATE UNIQUE INDEX carer_id_number ON carer (id_number_index, coalesce(organization::text, kind))
    WHERE id_number_index <> '';
CREATE UNIQUE INDEX contract_line_once ON contract_line (contract_number, organization, service);
CREATE UNIQUE INDEX movement_reserved_once ON contract_movement (subject, kind) WHERE kind IN ('reserved', 'released');
CREATE UNIQUE INDEX header_memory_once ON header_memory (kind, title);
CREATE UNIQUE INDEX audit_event_place ON audit_event (stream, seq);
CREATE SEQUENCE household_number;
CREATE SEQUENCE need_number;
CREATE SEQUENCE carer_number;
CREATE SEQUENCE assignment_number;
CREATE SEQUENCE match_run_number;
"""

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""


def statements() -> list[str]:
    out = [
        f'ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ("{column}")'
        f" REFERENCES {target} ({key}) ON DELETE {action}"
        for table, column, target, key, action in REFERENCES
    ]
    out += [f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_check CHECK ({rule})" for table, name, rule in CHECKS]
    out += [part.strip() for part in STATEMENTS.split(";") if part.strip()]
    out.append(APPEND_ONLY.strip())
    for table in ("audit_event", "contract_movement"):
        out.append(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        out.append(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    return out


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="bangfu", description=DESCRIPTION)

    class Anything(Table):
        pass

    async def run() -> None:
        for statement in statements():
            await Anything.raw(statement.replace("{", "{{").replace("}", "}}"))

    manager.add_raw(run)
    return manager
