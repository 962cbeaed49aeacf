"""Directories that were taken in: their sources, the files that were tried with what was noted, the rows."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, UUID, Bytea, Column, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T14:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "directories of services"

Columns = tuple[tuple[str, type[Column], dict[str, object]], ...]
KEY: tuple[str, type[Column], dict[str, object]] = ("id", UUID, {"default": UUID4(), "primary_key": True})
MADE: tuple[str, type[Column], dict[str, object]] = ("created_at", Timestamptz, {"default": TimestamptzNow()})
TABLES: dict[tuple[str, str], Columns] = {
    ("DirectorySource", "directory_source"): (
        KEY,
        ("division", Varchar, {"length": 12, "default": "", "index": True}),
        ("name", Varchar, {"length": 80, "default": ""}),
        MADE,
    ),
    ("DirectoryUpload", "directory_upload"): (
        KEY,
        ("division", Varchar, {"length": 12, "default": ""}),
        ("source_name", Varchar, {"length": 80, "default": ""}),
        ("country", Varchar, {"length": 2, "default": ""}),
        ("filename", Varchar, {"length": 200, "default": ""}),
        ("digest", Varchar, {"length": 64, "default": ""}),
        ("content", Bytea, {"default": b""}),
        ("summary", JSONB, {"default": "{}"}),
        ("status", Varchar, {"length": 8, "default": "checked"}),
        ("uploaded_by", UUID, {"default": UUID4(), "index": True}),
        MADE,
    ),
    ("DirectoryNote", "directory_note"): (
        KEY,
        ("upload", UUID, {"default": UUID4(), "index": True}),
        ("place", Integer, {"default": 0}),
        ("file", Varchar, {"length": 80, "default": ""}),
        ("line", Integer, {"default": 0}),
        ("field", Varchar, {"length": 80, "default": ""}),
        ("value", Varchar, {"length": 80, "default": ""}),
        ("what", Varchar, {"length": 12, "default": ""}),
        ("reason", Varchar, {"length": 24, "default": ""}),
    ),
    ("DirectoryRecord", "directory_record"): (
        KEY,
        ("source", UUID, {"default": UUID4(), "index": True}),
        ("kind", Varchar, {"length": 24, "default": ""}),
        ("key", Varchar, {"length": 36, "default": ""}),
        ("organization", Varchar, {"length": 36, "default": "", "index": True}),
        ("name", Text, {"default": ""}),
        ("services", Text, {"default": ""}),
        ("towns", Text, {"default": ""}),
        ("body", JSONB, {"default": "{}"}),
        ("digest", Varchar, {"length": 32, "default": ""}),
    ),
}
USUAL = {
    "null": False, "primary_key": False, "unique": False, "index": False, "index_method": IndexMethod.btree,
    "choices": None, "db_column_name": None, "secret": False,
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
