"""Sums of the movements of contract lines: the compacted ones and what was posted since."""

from decimal import Decimal

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID, BigInt, BigSerial, Column, Numeric, Varchar
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T04:02:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "sums of movements"

TABLES = {"MovementSum": "contract_movement_sum", "MovementDelta": "contract_movement_delta"}
COLUMNS: tuple[tuple[str, type[Column], dict[str, object]], ...] = (
    ("id", BigSerial, {"primary_key": True}),
    ("line", UUID, {"default": None}),
    ("kind", Varchar, {"length": 12, "default": ""}),
    ("units", BigInt, {"default": 0}),
    ("amount", Numeric, {"digits": (16, 2), "default": Decimal("0.00")}),
)
USUAL = {
    "null": False, "primary_key": False, "unique": False, "index": False, "index_method": IndexMethod.btree,
    "choices": None, "db_column_name": None, "secret": False,
}  # fmt: skip


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="bangfu", description=DESCRIPTION)
    for class_name, table in TABLES.items():
        manager.add_table(class_name=class_name, tablename=table, schema=None, columns=None)
        for name, kind, params in COLUMNS:
            manager.add_column(
                table_class_name=class_name, tablename=table, column_name=name, db_column_name=name,
                column_class_name=kind.__name__, column_class=kind, params={**USUAL, **params}, schema=None,
            )  # fmt: skip
    return manager
