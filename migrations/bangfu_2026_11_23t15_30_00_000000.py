"""Second factors, forgotten passwords, tries that all processes count together (0065)."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID, BigInt, Boolean, Column, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T15:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "second factors, forgotten passwords, counted tries"

USUAL = {
    "null": False, "primary_key": False, "unique": False, "index": False, "index_method": IndexMethod.btree,
    "choices": None, "db_column_name": None, "secret": False,
}  # fmt: skip
Columns = tuple[tuple[str, type[Column], dict[str, object]], ...]
KEY: tuple[str, type[Column], dict[str, object]] = ("id", UUID, {"default": UUID4(), "primary_key": True})
NOW: dict[str, object] = {"default": TimestamptzNow()}
TABLES: dict[tuple[str, str], Columns] = {
    ("TryCount", "try_count"): (
        ("mark", Varchar, {"length": 64, "default": "", "primary_key": True}),
        ("tries", Integer, {"default": 0}),
        ("since", Timestamptz, NOW),
        ("ends_at", Timestamptz, {**NOW, "index": True}),
    ),
    ("SecondFactor", "app_second_factor"): (
        ("user", UUID, {"default": UUID4(), "primary_key": True}),
        ("secret_enc", Text, {"default": ""}),
        ("last_step", BigInt, {"default": 0}),
        ("begun_at", Timestamptz, NOW),
        ("confirmed_at", Timestamptz, {"default": None, "null": True}),
    ),
    ("RecoveryCode", "app_recovery_code"): (
        KEY,
        ("user", UUID, {"default": UUID4(), "index": True}),
        ("code_hash", Varchar, {"length": 64, "default": ""}),
        ("used_at", Timestamptz, {"default": None, "null": True}),
    ),
    ("PasswordCode", "app_password_code"): (
        KEY,
        ("username", Varchar, {"length": 64, "default": ""}),
        ("address", Varchar, {"length": 64, "default": ""}),
        ("asked_at", Timestamptz, {**NOW, "index": True}),
        ("handled_at", Timestamptz, {"default": None, "null": True}),
        ("user", UUID, {"default": None, "null": True, "index": True}),
        ("code_hash", Varchar, {"length": 64, "default": ""}),
        ("expires_at", Timestamptz, {"default": None, "null": True}),
        ("used_at", Timestamptz, {"default": None, "null": True}),
    ),
}
MORE: tuple[tuple[str, str, str, type[Column], dict[str, object]], ...] = (
    ("User", "app_user", "password_given", Boolean, {"default": False}),
    ("Session", "app_session", "proved_at", Timestamptz, NOW),
    ("Session", "app_session", "pending", Boolean, {"default": False}),
)
GONE = (("User", "app_user", "failures"), ("User", "app_user", "locked_until"))
DROPPED = (("FamilyTry", "family_try"), ("LedgerTry", "ledger_try"))


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="bangfu", description=DESCRIPTION)
    columns = list(MORE)
    for (class_name, table), own in TABLES.items():
        manager.add_table(class_name=class_name, tablename=table, schema=None, columns=None)
        columns += [(class_name, table, *column) for column in own]
    for class_name, table, name, kind, params in columns:
        manager.add_column(
            table_class_name=class_name, tablename=table, column_name=name, db_column_name=name,
            column_class_name=kind.__name__, column_class=kind, params={**USUAL, **params}, schema=None,
        )  # fmt: skip
    for class_name, table, name in GONE:
        manager.drop_column(
            table_class_name=class_name, tablename=table, column_name=name, db_column_name=name, schema=None
        )
    for class_name, table in DROPPED:
        manager.drop_table(class_name=class_name, tablename=table, schema=None)
    return manager
