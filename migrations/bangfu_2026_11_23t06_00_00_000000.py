"""Tables of ledgers: issues, their rows in parts, and people's own ledgers."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, UUID, Boolean, Column, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T06:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "ledgers"

KEY = ("id", UUID, {"primary_key": True, "default": UUID4()})
TABLES: dict[tuple[str, str], tuple[tuple[str, type[Column], dict[str, object]], ...]] = {
    ("LedgerIssue", "ledger_issue"): (
        KEY,
        ("code", Varchar, {"length": 20, "default": "", "unique": True}),
        ("definition", JSONB, {"default": "{}"}),
        ("source", Varchar, {"length": 24, "default": ""}),
        ("period", Varchar, {"length": 8, "default": ""}),
        ("area", Varchar, {"length": 12, "default": ""}),
        ("organization", UUID, {"default": None, "null": True, "index": True}),
        ("unit", Varchar, {"length": 120, "default": ""}),
        ("filters", JSONB, {"default": "{}"}),
        ("status", Varchar, {"length": 8, "default": "queued"}),
        ("job", UUID, {"default": None, "null": True}),
        ("rows", Integer, {"default": 0}),
        ("sums", JSONB, {"default": "{}"}),
        ("sha256", Varchar, {"length": 64, "default": ""}),
        ("data_on", Date, {"default": None, "null": True}),
        ("made_by", UUID, {"default": None, "null": True}),
        ("made_at", Timestamptz, {"default": TimestamptzNow()}),
    ),
    ("LedgerPart", "ledger_part"): (
        KEY,
        ("issue", UUID, {"default": UUID4(), "index": True}),
        ("place", Integer, {"default": 0}),
        ("rows_enc", Text, {"default": ""}),
    ),
    ("OwnLedger", "own_ledger"): (
        KEY,
        ("owner", UUID, {"default": UUID4(), "index": True}),
        ("name", Varchar, {"length": 60, "default": ""}),
        ("source", Varchar, {"length": 24, "default": ""}),
        ("columns", JSONB, {"default": "[]"}),
        ("filters", JSONB, {"default": "{}"}),
        ("sort", Varchar, {"length": 24, "default": ""}),
        ("shared", Boolean, {"default": False}),
        ("unit", Varchar, {"length": 36, "default": ""}),
        ("created_at", Timestamptz, {"default": TimestamptzNow()}),
        ("updated_at", Timestamptz, {"default": TimestamptzNow()}),
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
