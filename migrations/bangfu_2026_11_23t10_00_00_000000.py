"""The first steps of a user: what is ticked, and whether they are put away."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID, Array, Boolean, Column, Varchar
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T10:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "first steps"

USUAL = {
    "null": False, "primary_key": False, "unique": False, "index": False, "index_method": IndexMethod.btree,
    "choices": None, "db_column_name": None, "secret": False,
}  # fmt: skip
COLUMNS: tuple[tuple[str, type[Column], dict[str, object]], ...] = (
    ("id", UUID, {"default": UUID4(), "primary_key": True}),
    ("user", UUID, {"default": UUID4(), "unique": True}),
    ("done", Array, {"base_column": Varchar(32), "default": list}),
    ("hidden", Boolean, {"default": False}),
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="bangfu", description=DESCRIPTION)
    manager.add_table(class_name="FirstSteps", tablename="first_steps", schema=None, columns=None)
    for name, kind, params in COLUMNS:
        manager.add_column(
            table_class_name="FirstSteps", tablename="first_steps", column_name=name, db_column_name=name,
            column_class_name=kind.__name__, column_class=kind, params={**USUAL, **params}, schema=None,
        )  # fmt: skip
    return manager
