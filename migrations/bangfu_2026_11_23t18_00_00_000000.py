"""Who people are at the unified sign-in; sessions for which it asked a second factor (0070)."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID, Boolean, Column, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T18:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "unified sign-in"

USUAL = {
    "null": False, "primary_key": False, "unique": False, "index": False, "index_method": IndexMethod.btree,
    "choices": None, "db_column_name": None, "secret": False,
}  # fmt: skip
OWN = ("Identity", "app_identity")
COLUMNS: tuple[tuple[str, str, str, type[Column], dict[str, object]], ...] = (
    (*OWN, "id", UUID, {"default": UUID4(), "primary_key": True}),
    (*OWN, "user", UUID, {"default": UUID4(), "index": True}),
    (*OWN, "mark", Varchar, {"length": 64, "default": "", "unique": True}),
    (*OWN, "linked_at", Timestamptz, {"default": TimestamptzNow()}),
    ("Session", "app_session", "strong", Boolean, {"default": False}),
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="bangfu", description=DESCRIPTION)
    manager.add_table(class_name=OWN[0], tablename=OWN[1], schema=None, columns=None)
    for class_name, table, name, kind, params in COLUMNS:
        manager.add_column(
            table_class_name=class_name, tablename=table, column_name=name, db_column_name=name,
            column_class_name=kind.__name__, column_class=kind, params={**USUAL, **params}, schema=None,
        )  # fmt: skip
    return manager
