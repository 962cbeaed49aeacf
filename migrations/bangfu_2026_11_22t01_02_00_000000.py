"""Supervision: references, checks (closing needs evidence and another person), numbers, append-only steps."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T01:02:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "timed tasks and the calendar"

STATEMENTS = (
    "CREATE SEQUENCE supervision_task_number",
    "ALTER TABLE supervision_task ADD CONSTRAINT supervision_task_division_fk FOREIGN KEY (division) REFERENCES division (code) ON DELETE RESTRICT",
    "ALTER TABLE supervision_task ADD CONSTRAINT supervision_task_household_fk FOREIGN KEY (household) REFERENCES household (id) ON DELETE RESTRICT",
    "ALTER TABLE supervision_task ADD CONSTRAINT supervision_task_organization_fk FOREIGN KEY (organization) REFERENCES organization (id) ON DELETE RESTRICT",
    "ALTER TABLE supervision_task ADD CONSTRAINT supervision_task_owner_fk FOREIGN KEY (owner) REFERENCES app_user (id) ON DELETE RESTRICT",
    "ALTER TABLE supervision_task ADD CONSTRAINT supervision_task_issued_by_fk FOREIGN KEY (issued_by) REFERENCES app_user (id) ON DELETE RESTRICT",
    "ALTER TABLE supervision_task ADD CONSTRAINT supervision_task_closed_by_fk FOREIGN KEY (closed_by) REFERENCES app_user (id) ON DELETE RESTRICT",
    "ALTER TABLE supervision_step ADD CONSTRAINT supervision_step_task_fk FOREIGN KEY (task) REFERENCES supervision_task (id) ON DELETE RESTRICT",
    "ALTER TABLE supervision_step ADD CONSTRAINT supervision_step_actor_fk FOREIGN KEY (actor) REFERENCES app_user (id) ON DELETE RESTRICT",
    "ALTER TABLE calendar_year ADD CONSTRAINT calendar_year_loaded_by_fk FOREIGN KEY (loaded_by) REFERENCES app_user (id) ON DELETE RESTRICT",
    "ALTER TABLE supervision_task ADD CONSTRAINT supervision_task_status_check CHECK (status IN ('issued', 'forwarded', 'tracking', 'urged', 'feedback', 'cancelled', 'dropped'))",
    "ALTER TABLE supervision_step ADD CONSTRAINT supervision_step_status_check CHECK (status IN ('issued', 'forwarded', 'tracking', 'urged', 'feedback', 'cancelled', 'dropped'))",
    "ALTER TABLE supervision_task ADD CONSTRAINT supervision_task_unit_check CHECK (unit IN ('village', 'station', 'township', 'bureau', 'organization') AND (unit <> 'organization' OR organization IS NOT NULL OR owner IS NOT NULL))",
    "ALTER TABLE supervision_task ADD CONSTRAINT supervision_task_closing_check CHECK (closing IN ('event', 'feedback'))",
    "ALTER TABLE supervision_task ADD CONSTRAINT supervision_task_level_check CHECK (level BETWEEN 0 AND 3 AND stage BETWEEN 0 AND 5)",
    # closing (销号) only by its own event, or with evidence and by somebody else than who did it (DOMAIN.md 8.10)
    "ALTER TABLE supervision_task ADD CONSTRAINT supervision_task_closed_check CHECK (status <> 'cancelled' OR settled_event <> '' OR"
    " (evidence_enc <> '' AND closed_by IS NOT NULL AND cardinality(doers) > 0 AND NOT closed_by = ANY(doers) AND closed_by IS DISTINCT FROM owner))",
    "ALTER TABLE supervision_task ADD CONSTRAINT supervision_task_ended_check CHECK (status NOT IN ('cancelled', 'dropped') OR (closed_at IS NOT NULL AND next_at IS NULL))",
    "CREATE UNIQUE INDEX supervision_task_open ON supervision_task (kind, subject) WHERE status NOT IN ('cancelled', 'dropped')",
    "CREATE INDEX supervision_task_next ON supervision_task (next_at) WHERE next_at IS NOT NULL",
    "CREATE INDEX supervision_task_board ON supervision_task (division text_pattern_ops, due_at) WHERE status NOT IN ('cancelled', 'dropped')",
    "CREATE UNIQUE INDEX supervision_step_place ON supervision_step (task, place)",
    "CREATE FUNCTION supervision_step_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'text_enc' = to_jsonb(OLD) - 'text_enc' THEN RETURN NEW; END IF;"
    " RAISE EXCEPTION 'the steps of a task are only added to'; END $$",
    "CREATE TRIGGER supervision_step_append_only BEFORE UPDATE OR DELETE ON supervision_step FOR EACH ROW EXECUTE FUNCTION supervision_step_stays()",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
