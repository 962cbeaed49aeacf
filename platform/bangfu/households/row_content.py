"""Whole rows as they are compared and put back: column -> the value's JSON text, sealed values opened."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from bangfu.households.references import DERIVED, HOUSEHOLD_COLUMNS, PERSON_COLUMNS, tables
from bangfu.households.sealing import seal, unseal
from bangfu.households.tables import Household

Row = dict[str, str]
Snapshot = dict[tuple[str, UUID], Row]
"""(table, id) -> the row."""


async def snapshot(households: Sequence[UUID], persons: Sequence[UUID], extra: Iterable[tuple[str, UUID]]) -> Snapshot:
    """Every row that names one of the households or persons, and the `extra` ones."""
    found: Snapshot = {}
    named = list(extra)
    for table in tables():
        conditions, values = _conditions(table, list(households), list(persons))
        ids = [row for name, row in named if name == table]
        rows = await Household.raw(
            "SELECT t.id, (SELECT json_object_agg(e.key, e.value::text) FROM jsonb_each(to_jsonb(t)) e) AS content"  # noqa: S608 (names of the registry)
            f" FROM {table} t WHERE {' OR '.join((*conditions, 't.id = ANY({})'))}",
            *values, ids,
        )  # fmt: skip
        found |= {(table, row["id"]): _opened(table, row["id"], json.loads(row["content"])) for row in rows}
    return found


def _conditions(table: str, households: list[UUID], persons: list[UUID]) -> tuple[list[str], list[Any]]:
    own = {"household": households, "person": persons}
    conditions, values = (["t.id = ANY({})"], [own[table]]) if table in own else ([], list[Any]())
    for columns, ids in ((HOUSEHOLD_COLUMNS, households), (PERSON_COLUMNS, persons)):
        for (name, column), rule in columns.items():
            if name == table and (rule == "moves" or table == "person"):
                conditions.append(f't."{column}" = ANY({{}})')
                values.append(ids)
    return conditions, values


def _opened(table: str, row: UUID, content: dict[str, str]) -> Row:
    for column in [name for name in content if name.endswith("_enc")]:
        sealed = json.loads(content[column]) or ""
        content[column] = json.dumps(unseal(table, {column: sealed, "id": row}, column))
    return content


def changes(before: Snapshot, after: Snapshot) -> list[tuple[str, str, dict[str, list[str]]]]:
    """(table, id, column -> [before, after]) of every row that is there both times and differs."""
    found = []
    for (table, row), now in after.items():
        was = before.get((table, row))
        differs = {name: [was[name], now[name]] for name in now if was is not None and was[name] != now[name]}
        if differs:
            found.append((table, str(row), differs))
    return found


def print_of(row: Mapping[str, str]) -> str:
    """A short text that is the same for the same content."""
    told = json.dumps({name: value for name, value in sorted(row.items()) if name not in DERIVED})
    return hashlib.sha256(told.encode()).hexdigest()[:32]


async def put_back(table: str, row: UUID, values: Mapping[str, str]) -> None:
    """Set columns of a row to such JSON texts; sealed ones are sealed anew."""
    texts = {name: _sealed(table, row, name, value) for name, value in values.items()}
    document = "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in texts.items()) + "}"
    settings = ", ".join(f'"{name}" = r."{name}"' for name in texts)
    await Household.raw(
        f"UPDATE {table} t SET {settings} FROM jsonb_populate_record(NULL::{table}, {{}}::jsonb) r WHERE t.id = {{}}",  # noqa: S608 (names of the registry)
        document, row,
    )  # fmt: skip


def _sealed(table: str, row: UUID, column: str, value: str) -> str:
    return json.dumps(seal(table, column, row, json.loads(value))) if column.endswith("_enc") else value
