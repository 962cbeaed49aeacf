"""The workers that are there."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID, Column, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T17:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the workers that are there"

COLUMNS: tuple[tuple[str, type[Column], dict[str, object]], ...] = (
    ("id", UUID, {"default": UUID4(), "primary_key": True}),
    ("program", Varchar, {"length": 32, "default": ""}),
    ("started_at", Timestamptz, {"default": TimestamptzNow()}),
    ("beat_at", Timestamptz, {"default": TimestamptzNow()}),
)
USUAL = {
    "null": False, "primary_key": False, "unique": False, "index": False, "index_method": IndexMethod.btree,
    "choices": None, "db_column_name": None, "secret": False,
}  # fmt: skip


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="bangfu", description=DESCRIPTION)
    manager.add_table(class_name="WorkerBeat", tablename="worker_beat", schema=None, columns=None)
    for name, kind, params in COLUMNS:
        manager.add_column(
            table_class_name="WorkerBeat", tablename="worker_beat", column_name=name, db_column_name=name,
            column_class_name=kind.__name__, column_class=kind, params={**USUAL, **params},
        )  # fmt: skip
    return manager
