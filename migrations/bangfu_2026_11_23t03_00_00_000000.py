"""Studies of a third kind: what an assumption of leaders would bring to a finished run."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T03:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "scenarios"

STATEMENTS = (
    "ALTER TABLE plan_study DROP CONSTRAINT plan_study_check",
    "ALTER TABLE plan_study ADD CONSTRAINT plan_study_check CHECK (kind IN ('replan', 'shortage', 'scenario')"
    " AND status IN ('queued', 'running', 'done', 'failed')"
    " AND (kind = 'replan' OR run IS NOT NULL) AND (chosen IS NULL) = (result_run IS NULL))",
    "CREATE UNIQUE INDEX plan_study_one_scenario ON plan_study (run, md5((asked -> 'assumption')::text))"
    " WHERE kind = 'scenario' AND status <> 'failed'",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
