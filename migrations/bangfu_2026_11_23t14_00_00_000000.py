"""Directories of services, organisations and places as open data: sources, their rows, uploads (0063)."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, UUID, Bytea, Column, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T14:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "directories as open data"

USUAL = {
    "null": False, "primary_key": False, "unique": False, "index": False, "index_method": IndexMethod.btree,
    "choices": None, "db_column_name": None, "secret": False,
}  # fmt: skip
Wanted = tuple[str, type[Column], dict[str, object]]
KEY: Wanted = ("id", UUID, {"default": UUID4(), "primary_key": True})
NULL: dict[str, object] = {"null": True, "default": None}
TABLES: dict[tuple[str, str], tuple[Wanted, ...]] = {
    ("DirectorySource", "directory_source"): (
        KEY, ("division", Varchar, {"length": 12, "default": "", "index": True}),
        ("name", Varchar, {"length": 80, "default": ""}), ("sha256", Varchar, {"length": 64, "default": ""}),
        ("counts", JSONB, {"default": "{}"}), ("taken_by", UUID, {"default": UUID4()}),
        ("taken_at", Timestamptz, {"default": TimestamptzNow()}), ("version", Integer, {"default": 1}),
    ),
    ("DirectoryRow", "directory_row"): (
        ("row_id", Varchar, {"length": 110, "default": "", "primary_key": True}),
        ("source", UUID, {"default": UUID4()}), ("table_name", Varchar, {"length": 24, "default": ""}),
        ("key", UUID, {"default": UUID4()}), ("parent", UUID, NULL), ("name", Text, {"default": ""}),
        ("data", JSONB, {"default": "{}"}),
    ),
    ("DirectoryUpload", "directory_upload"): (
        KEY, ("division", Varchar, {"length": 12, "default": ""}), ("name", Varchar, {"length": 80, "default": ""}),
        ("country", Varchar, {"length": 2, "default": ""}), ("filename", Varchar, {"length": 200, "default": ""}),
        ("sha256", Varchar, {"length": 64, "default": ""}), ("content", Bytea, {"default": b""}),
        ("counts", JSONB, {"default": "{}"}), ("notes", JSONB, {"default": "[]"}), ("rows", Integer, {"default": 0}),
        ("status", Varchar, {"length": 8, "default": "open"}), ("uploaded_by", UUID, {"default": UUID4()}),
        ("uploaded_at", Timestamptz, {"default": TimestamptzNow(), "index": True}),
    ),
}  # fmt: skip


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="bangfu", description=DESCRIPTION)
    for (class_name, table), columns in TABLES.items():
        manager.add_table(class_name=class_name, tablename=table, schema=None, columns=None)
        for name, kind, params in columns:
            manager.add_column(
                table_class_name=class_name, tablename=table, column_name=name, db_column_name=name,
                column_class_name=kind.__name__, column_class=kind, params={**USUAL, **params}, schema=None,
            )  # fmt: skip
    return manager
