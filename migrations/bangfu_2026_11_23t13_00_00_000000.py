"""Dear figures as they were; the rhythm of a task beside the task (0055)."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, Column, Text, Timestamptz, Varchar
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T13:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "kept answers, rhythms of tasks"

USUAL = {
    "null": False, "primary_key": False, "unique": False, "index": False, "index_method": IndexMethod.btree,
    "choices": None, "db_column_name": None, "secret": False,
}  # fmt: skip
KEPT = ("KeptAnswer", "kept_answer")
COLUMNS: tuple[tuple[str, str, str, type[Column], dict[str, object]], ...] = (
    (*KEPT, "key", Text, {"default": "", "primary_key": True}),
    (*KEPT, "value", JSONB, {"default": "{}"}),
    (*KEPT, "made_at", Timestamptz, {"default": None, "index": True}),
    (*KEPT, "claimed_at", Timestamptz, {"default": None, "null": True}),
    ("Assignment", "assignment", "due_key", Varchar, {"length": 80, "default": ""}),
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="bangfu", description=DESCRIPTION)
    manager.add_table(class_name=KEPT[0], tablename=KEPT[1], schema=None, columns=None)
    for class_name, table, name, kind, params in COLUMNS:
        manager.add_column(
            table_class_name=class_name, tablename=table, column_name=name, db_column_name=name,
            column_class_name=kind.__name__, column_class=kind, params={**USUAL, **params}, schema=None,
        )  # fmt: skip
    return manager
