"""Tables beside ledgers: tries of the public check, what it last found, and large files that the worker writes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, UUID, BigInt, Boolean, Column, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T12:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "checks and exports of ledgers"

KEY = ("id", UUID, {"primary_key": True, "default": UUID4()})
TABLES: dict[tuple[str, str], tuple[tuple[str, type[Column], dict[str, object]], ...]] = {
    ("LedgerTry", "ledger_try"): (
        KEY,
        ("mark", Varchar, {"length": 64, "default": "", "unique": True}),
        ("tries", Integer, {"default": 0}),
        ("since", Timestamptz, {"default": TimestamptzNow(), "index": True}),
    ),
    ("LedgerState", "ledger_state"): (
        KEY,
        ("issue", UUID, {"default": UUID4(), "unique": True}),
        ("same", Boolean, {"default": None, "null": True}),
        ("looked_at", Timestamptz, {"default": None, "null": True}),
        ("job", UUID, {"default": None, "null": True}),
    ),
    ("LedgerExport", "ledger_export"): (
        KEY,
        ("owner", UUID, {"default": UUID4(), "index": True}),
        ("issue", UUID, {"default": None, "null": True}),
        ("definition", JSONB, {"default": "{}"}),
        ("period", Varchar, {"length": 8, "default": ""}),
        ("area", Varchar, {"length": 12, "default": ""}),
        ("organization", UUID, {"default": None, "null": True}),
        ("filters", JSONB, {"default": "{}"}),
        ("unit", Varchar, {"length": 120, "default": ""}),
        ("format", Varchar, {"length": 4, "default": ""}),
        ("language", Varchar, {"length": 2, "default": "zh"}),
        ("status", Varchar, {"length": 8, "default": "queued"}),
        ("job", UUID, {"default": None, "null": True}),
        ("rows", Integer, {"default": 0}),
        ("size", BigInt, {"default": 0}),
        ("asked_at", Timestamptz, {"default": TimestamptzNow(), "index": True}),
    ),
    ("LedgerPiece", "ledger_piece"): (
        KEY,
        ("export", UUID, {"default": UUID4(), "index": True}),
        ("place", Integer, {"default": 0}),
        ("content_enc", Text, {"default": ""}),
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
