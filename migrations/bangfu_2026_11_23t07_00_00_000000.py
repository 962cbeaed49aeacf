"""Tables of the interface for reading: tokens, and the line of changes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import (
    UUID,
    Array,
    BigInt,
    BigSerial,
    Column,
    Date,
    DoublePrecision,
    Integer,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T07:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "reading by other systems"

KEY = ("id", UUID, {"primary_key": True, "default": UUID4()})
SERIAL = ("id", BigSerial, {"primary_key": True})
WHAT: tuple[tuple[str, type[Column], dict[str, object]], ...] = (
    ("resource", Varchar, {"length": 24, "default": ""}),
    ("subject", Varchar, {"length": 36, "default": ""}),
    ("division", Varchar, {"length": 12, "default": ""}),
    ("organization", Varchar, {"length": 36, "default": ""}),
)
TABLES: dict[tuple[str, str], tuple[tuple[str, type[Column], dict[str, object]], ...]] = {
    ("ApiToken", "api_token"): (
        KEY,
        ("name", Varchar, {"length": 60, "default": ""}),
        ("token_sha256", Varchar, {"length": 64, "default": "", "unique": True}),
        ("scopes", Array, {"base_column": Varchar(24), "default": list}),
        ("division", Varchar, {"length": 12, "default": ""}),
        ("organization", UUID, {"default": None, "null": True}),
        ("status", Varchar, {"length": 12, "default": "active"}),
        ("expires_on", Date, {}),
        ("per_minute", Integer, {"default": 60}),
        ("tokens", DoublePrecision, {"default": 0.0}),
        ("refilled_at", Timestamptz, {"default": TimestamptzNow()}),
        ("answered", Integer, {"default": 0}),
        ("refused", Integer, {"default": 0}),
        ("last_used_at", Timestamptz, {"default": None, "null": True}),
        ("created_by", UUID, {"default": None, "null": True}),
        ("created_at", Timestamptz, {"default": TimestamptzNow()}),
        ("disabled_by", UUID, {"default": None, "null": True}),
        ("disabled_at", Timestamptz, {"default": None, "null": True}),
    ),
    ("ApiChangeNew", "api_change_new"): (SERIAL, *WHAT),
    ("ApiChange", "api_change"): (
        SERIAL,
        ("place", BigInt, {"default": 0, "unique": True}),
        *WHAT,
        ("at", Timestamptz, {"default": TimestamptzNow()}),
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
