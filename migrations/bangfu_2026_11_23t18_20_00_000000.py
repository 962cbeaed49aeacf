"""Deletions after the time for which things are kept (0067)."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, UUID, Column, Date, Integer, Timestamptz, Varchar
from piccolo.columns.defaults.date import DateNow
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T18:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "retention: deletions"

NUMBER: dict[str, object] = {"default": 0}
NOBODY: dict[str, object] = {"default": None, "null": True}
COLUMNS: tuple[tuple[str, type[Column], dict[str, object]], ...] = (
    ("id", UUID, {"default": UUID4(), "primary_key": True}),
    ("rule", Varchar, {"length": 16, "default": ""}),
    ("division", Varchar, {"length": 12, "default": ""}),
    ("years", Integer, NUMBER),
    ("as_of", Date, {"default": DateNow()}),
    ("due", Integer, NUMBER),
    ("held", Integer, NUMBER),
    ("oldest", Date, NOBODY),
    ("status", Varchar, {"length": 12, "default": "proposed"}),
    ("proposed_by", UUID, NOBODY),
    ("proposed_at", Timestamptz, {"default": TimestamptzNow()}),
    ("decided_by", UUID, NOBODY),
    ("decided_at", Timestamptz, NOBODY),
    ("job", UUID, NOBODY),
    ("done", Integer, NUMBER),
    ("counts", JSONB, {"default": "{}"}),
    ("left", Integer, NUMBER),
    ("finished_at", Timestamptz, NOBODY),
)
USUAL = {
    "null": False, "primary_key": False, "unique": False, "index": False, "index_method": IndexMethod.btree,
    "choices": None, "db_column_name": None, "secret": False,
}  # fmt: skip


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="bangfu", description=DESCRIPTION)
    manager.add_table(class_name="RetentionRun", tablename="retention_run", schema=None, columns=None)
    for name, kind, params in COLUMNS:
        manager.add_column(
            table_class_name="RetentionRun", tablename="retention_run", column_name=name, db_column_name=name,
            column_class_name=kind.__name__, column_class=kind, params={**USUAL, **params}, schema=None,
        )  # fmt: skip
    return manager
