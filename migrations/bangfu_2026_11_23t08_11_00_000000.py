"""Tables of webhooks: endpoints that are told of changes, and the messages to them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID, Array, BigInt, Column, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T08:11:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "webhooks"

Wanted = tuple[str, type[Column], dict[str, object]]
KEY: Wanted = ("id", UUID, {"primary_key": True, "default": UUID4()})
NOW: dict[str, object] = {"default": TimestamptzNow()}
NULL: dict[str, object] = {"default": None, "null": True}


def _text(name: str, length: int, default: str = "") -> Wanted:
    return name, Varchar, {"length": length, "default": default}


TABLES: dict[tuple[str, str], tuple[Wanted, ...]] = {
    ("WebhookEndpoint", "webhook_endpoint"): (
        KEY, _text("name", 60), _text("host", 255), ("url_enc", Text, {"default": ""}),
        ("secret_enc", Text, {"default": ""}), ("old_secret_enc", Text, {"default": ""}),
        ("old_until", Timestamptz, NULL), ("scopes", Array, {"base_column": Varchar(24), "default": list}),
        _text("division", 12), ("organization", UUID, NULL), _text("status", 12, "active"), _text("paused_for", 12),
        ("place", BigInt, {"default": 0}), ("failures", Integer, {"default": 0}), ("next_at", Timestamptz, NOW),
        ("held_until", Timestamptz, NULL), ("created_by", UUID, NULL), ("created_at", Timestamptz, NOW),
        ("delivered_at", Timestamptz, NULL), ("ended_by", UUID, NULL), ("ended_at", Timestamptz, NULL),
    ),
    ("WebhookDelivery", "webhook_delivery"): (
        KEY, ("endpoint", UUID, {"default": UUID4(), "index": True}), _text("kind", 8),
        ("place", BigInt, {"default": 0}), ("items", Integer, {"default": 0}), ("body", Text, {"default": ""}),
        _text("status", 12, "waiting"), ("attempts", Integer, {"default": 0}), _text("code", 24),
        ("created_at", Timestamptz, NOW), ("tried_at", Timestamptz, NULL), ("delivered_at", Timestamptz, NULL),
    ),
}  # fmt: skip
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
