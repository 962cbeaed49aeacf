"""Studies of plans: re-plans after an event, and where a plan is short, kept with their answers."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, UUID, Column, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-22T18:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "studies of plans"

COLUMNS: tuple[tuple[str, type[Column], dict[str, object]], ...] = (
    ("id", UUID, {"default": UUID4(), "primary_key": True}),
    ("kind", Varchar, {"length": 12, "default": ""}),
    ("division", Varchar, {"length": 12, "default": "", "index": True}),
    ("run", UUID, {"default": None, "null": True, "index": True}),
    ("result_run", UUID, {"default": None, "null": True, "index": True}),
    ("chosen", Integer, {"default": None, "null": True}),
    ("status", Varchar, {"length": 12, "default": "queued", "index": True}),
    ("job", UUID, {"default": None, "null": True}),
    ("requested_by", UUID, {"default": None, "null": True}),
    ("asked", JSONB, {"default": "{}"}),
    ("problem", Text, {"default": ""}),
    ("answer", Text, {"default": ""}),
    ("error", Text, {"default": ""}),
    ("created_at", Timestamptz, {"default": TimestamptzNow()}),
    ("finished_at", Timestamptz, {"default": None, "null": True}),
)
USUAL = {
    "null": False, "primary_key": False, "unique": False, "index": False, "index_method": IndexMethod.btree,
    "choices": None, "db_column_name": None, "secret": False,
}  # fmt: skip


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="bangfu", description=DESCRIPTION)
    manager.add_table(class_name="PlanStudy", tablename="plan_study", schema=None, columns=None)
    for name, kind, params in COLUMNS:
        manager.add_column(
            table_class_name="PlanStudy", tablename="plan_study", column_name=name, db_column_name=name,
            column_class_name=kind.__name__, column_class=kind, params={**USUAL, **params}, schema=None,
        )  # fmt: skip
    return manager
