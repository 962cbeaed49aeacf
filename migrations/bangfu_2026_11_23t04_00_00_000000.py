"""Tallies of visits: the compacted sums and what writes changed since."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID, BigInt, BigSerial, Boolean, Column, Date, Integer, Varchar
from piccolo.columns.indexes import IndexMethod

from bangfu.reports.tables import NOBODY

ID = "2026-11-23T04:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "tallies of visits"

TABLES = {"VisitTally": "visit_tally", "VisitTallyDelta": "visit_tally_delta"}
COLUMNS: tuple[tuple[str, type[Column], dict[str, object]], ...] = (
    ("id", BigSerial, {"primary_key": True}),
    ("town", Varchar, {"length": 9, "default": ""}),
    ("month", Date, {"default": None}),
    ("service", Varchar, {"length": 24, "default": ""}),
    ("carer_kind", Varchar, {"length": 16, "default": ""}),
    ("organization", UUID, {"default": NOBODY}),
    ("contract_line", UUID, {"default": NOBODY}),
    ("status", Varchar, {"length": 12, "default": ""}),
    ("evidence", Varchar, {"length": 12, "default": ""}),
    ("approval", Varchar, {"length": 10, "default": ""}),
    ("payable", Boolean, {"default": True}),
    ("visits", Integer, {"default": 0}),
    ("minutes", BigInt, {"default": 0}),
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
