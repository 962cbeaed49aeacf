"""Studies of plans: references, checks, one shortage a run."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T18:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "checks of studies"

STATEMENTS = (
    "ALTER TABLE plan_study ADD CONSTRAINT plan_study_run_fk FOREIGN KEY (run) REFERENCES match_run (id)"
    " ON DELETE CASCADE",
    "ALTER TABLE plan_study ADD CONSTRAINT plan_study_result_fk FOREIGN KEY (result_run) REFERENCES match_run (id)"
    " ON DELETE RESTRICT",
    "ALTER TABLE plan_study ADD CONSTRAINT plan_study_requested_by_fk FOREIGN KEY (requested_by) REFERENCES app_user"
    " (id) ON DELETE RESTRICT",
    "ALTER TABLE plan_study ADD CONSTRAINT plan_study_check CHECK (kind IN ('replan', 'shortage')"
    " AND status IN ('queued', 'running', 'done', 'failed')"
    " AND (kind <> 'shortage' OR run IS NOT NULL) AND (chosen IS NULL) = (result_run IS NULL))",
    "CREATE UNIQUE INDEX plan_study_one_shortage ON plan_study (run) WHERE kind = 'shortage' AND status <> 'failed'",
    "CREATE UNIQUE INDEX plan_study_one_result ON plan_study (result_run) WHERE result_run IS NOT NULL",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
