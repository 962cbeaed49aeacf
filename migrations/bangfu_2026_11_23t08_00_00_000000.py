"""The household's page: cards, tries, answers, wishes, pictures of carers; the visit that a score is about."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID, Boolean, Column, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T08:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the household's page"

USUAL = {
    "null": False, "primary_key": False, "unique": False, "index": False, "index_method": IndexMethod.btree,
    "choices": None, "db_column_name": None, "secret": False,
}  # fmt: skip
Wanted = tuple[str, type[Column], dict[str, object]]
KEY: Wanted = ("id", UUID, {"default": UUID4(), "primary_key": True})
NOW, MOMENT = {"default": TimestamptzNow()}, {"default": None}
NULL: dict[str, object] = {"null": True, "default": None}


def _id(name: str, **more: object) -> Wanted:
    return name, UUID, {"default": UUID4(), **more}


def _text(name: str, length: int, **more: object) -> Wanted:
    return name, Varchar, {"length": length, "default": "", **more}


HOME = (_id("household", index=True), _text("division", 12, index=True))
TABLES: dict[tuple[str, str], tuple[Wanted, ...]] = {
    ("FamilyCard", "family_card"): (
        KEY, *HOME, ("serial", Integer, {"default": 1}), _text("code_hash", 64, unique=True), _text("pin_hash", 64),
        _text("status", 12, default="printed"), _id("printed_by"), ("printed_at", Timestamptz, NOW),
        ("expires_at", Timestamptz, MOMENT), ("wrong", Integer, {"default": 0}), ("entered_at", Timestamptz, NULL),
        ("out_before", Timestamptz, NULL), _id("ended_by", **NULL), ("ended_at", Timestamptz, NULL),
        _text("reason", 24), ("version", Integer, {"default": 1}),
    ),
    ("FamilyTry", "family_try"): (
        KEY, _text("mark", 64, unique=True), ("tries", Integer, {"default": 0}),
        ("since", Timestamptz, {**NOW, "index": True}),
    ),
    ("FamilyAnswer", "family_answer"): (
        KEY, HOME[0], _text("division", 12), _id("visit", index=True), _id("card"), _text("answer", 8),
        ("planned_start", Timestamptz, MOMENT), ("at", Timestamptz, NOW), ("replaced", Boolean, {"default": False}),
    ),
    ("FamilyWish", "family_wish"): (
        KEY, *HOME, _id("visit", index=True), _id("card"), _text("wish", 8), ("day", Date, NULL), _text("part", 12),
        ("words_enc", Text, {"default": ""}), ("at", Timestamptz, NOW), ("due_at", Timestamptz, MOMENT),
        _text("status", 8, default="open", index=True), _text("outcome", 16), _id("done_by", **NULL),
        ("done_at", Timestamptz, NULL), ("version", Integer, {"default": 1}),
    ),
    ("CarerPhoto", "carer_photo"): (
        KEY, _id("carer", unique=True), _id("file"), ("consent_on", Date, {}), _id("added_by"),
        ("added_at", Timestamptz, NOW),
    ),
}  # fmt: skip


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="bangfu", description=DESCRIPTION)
    for class_name, table in TABLES:
        manager.add_table(class_name=class_name, tablename=table, schema=None, columns=None)
    added = [(*table, *column) for table, columns in TABLES.items() for column in columns]
    for class_name, table, name, kind, params in [*added, ("Rating", "rating", *_id("visit", **NULL))]:
        manager.add_column(
            table_class_name=class_name, tablename=table, column_name=name, db_column_name=name,
            column_class_name=kind.__name__, column_class=kind, params={**USUAL, **params}, schema=None,
        )  # fmt: skip
    return manager
