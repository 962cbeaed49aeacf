"""What other portals kept of volunteers, taken from their files."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T08:13:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "volunteers' records from other portals"

COLUMNS = (
    ("id", UUID, {"primary_key": True, "default": UUID4()}),
    ("carer", UUID, {"default": UUID4(), "index": True}),
    ("sha256", Varchar, {"length": 64, "default": ""}),
    ("content_enc", Text, {"default": ""}),
    ("entries", Integer, {"default": 0}),
    ("brought_by", UUID, {"default": None, "null": True}),
    ("brought_at", Timestamptz, {"default": TimestamptzNow()}),
)
USUAL = {
    "null": False, "primary_key": False, "unique": False, "index": False, "index_method": IndexMethod.btree,
    "choices": None, "db_column_name": None, "secret": False,
}  # fmt: skip


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="bangfu", description=DESCRIPTION)
    manager.add_table(class_name="BroughtRecord", tablename="volunteer_brought", schema=None, columns=None)
    for name, kind, params in COLUMNS:
        manager.add_column(
            table_class_name="BroughtRecord", tablename="volunteer_brought", column_name=name, db_column_name=name,
            column_class_name=kind.__name__, column_class=kind, params={**USUAL, **params}, schema=None,
        )  # fmt: skip
    return manager
