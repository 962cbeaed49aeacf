"""A row in every table of whatever schema a database has: made by its columns' types and its checks, by trying.

Every id is the same one, so that references which a later migration adds find what they refer to.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

TRIES: Final = 120
POOLS: Final[dict[str, tuple[str, ...]]] = {
    "uuid": ("uuid '99000000-0000-4000-8000-000000000001'", "uuid '99000000-0000-4000-8000-000000000002'"),
    "text": ("'x'", "''", "'990101001000'", "'990101'", "'2026-01'", "repeat('a', 64)"),
    "int": ("1", "0", "2", "3", "30", "2026", "480", "1200"),
    "numeric": ("1", "0", "0.5", "-1", "10"),
    "date": ("date '2026-03-05'", "date '2026-03-31'", "date '2026-01-01'"),
    "time": ("timestamptz '2026-03-05 02:00+00'", "timestamptz '2026-03-05 04:00+00'"),
    "bool": ("false", "true"),
    "json": ("'{}'", "'[]'"),
    "bytes": (r"'\x00'", r"decode(repeat('ab', 32), 'hex')"),
    "array": ("'{}'",),
}
KINDS: Final = {
    "uuid": "uuid", "text": "text", "varchar": "text", "bpchar": "text", "int2": "int", "int4": "int", "int8": "int",
    "numeric": "numeric", "float4": "numeric", "float8": "numeric", "date": "date", "timestamptz": "time",
    "timestamp": "time", "bool": "bool", "json": "json", "jsonb": "json", "bytea": "bytes",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the catalogue has it."""

    name: str
    kind: str
    required: bool
    """Neither null nor left to a default."""
    nullable: bool


async def empty_tables(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    """Every table without a row."""
    names = [
        row["name"]
        for row in await connection.fetch(
            "SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
    ]
    if not names:
        return []
    parts = " UNION ALL ".join(f"SELECT '{name}' AS name WHERE NOT EXISTS (SELECT 1 FROM \"{name}\")" for name in names)
    return [row["name"] for row in await connection.fetch(parts)]


Known = dict[str, dict[str, str]]
"""Table -> column -> the value of a row, as text."""


async def rows_of(connection: "asyncpg.Connection[asyncpg.Record]") -> Known:
    """One row of each table that has one."""
    found: Known = {}
    for row in await connection.fetch(
        "SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
        " AND relnamespace = 'public'::regnamespace"
    ):
        columns = [each.name for each in await _columns(connection, row["name"])]
        wanted = ", ".join(f'"{column}"::text' for column in columns) or "1"
        if (one := await connection.fetchrow(f'SELECT {wanted} FROM "{row["name"]}" LIMIT 1')) is not None:
            found[row["name"]] = {
                column: value for column, value in zip(columns, one, strict=False) if value is not None
            }
    return found


async def fill(
    connection: "asyncpg.Connection[asyncpg.Record]", dice: random.Random, known: Known | None = None
) -> list[str]:
    """Put a row into every empty table; those that could not be filled. References and triggers look away.

    Args:
        known: rows to begin with, as far as the table has their columns: what a later check will ask for.
    """
    left = []
    await connection.execute("SET session_replication_role = replica")
    for table in await empty_tables(connection):
        if not await _filled(connection, table, dice, (known or {}).get(table, {})):
            left.append(table)
    await connection.execute("SET session_replication_role = DEFAULT")
    return left


async def _filled(
    connection: "asyncpg.Connection[asyncpg.Record]", table: str, dice: random.Random, known: dict[str, str]
) -> bool:
    columns = await _columns(connection, table)
    checks = await _checks(connection, table)
    values = {each.name: _pool(each, checks)[0] for each in columns if each.required}
    for each in columns:
        if each.name in known:
            values[each.name] = "'" + known[each.name].replace("'", "''") + "'"
    for _ in range(TRIES):
        names = ", ".join(f'"{name}"' for name in values)
        given = f"({names}) VALUES ({', '.join(values.values())})" if values else "DEFAULT VALUES"
        try:
            async with connection.transaction():
                await connection.execute(f'INSERT INTO "{table}" {given}')
        except asyncpg.PostgresError as error:
            wrong = checks.get(getattr(error, "constraint_name", None) or "", ("", ()))[1]
            about = [each for each in columns if each.name in wrong or (not wrong and each.name in values)]
            if not about:
                return False
            each = dice.choice(about)
            values[each.name] = dice.choice(_pool(each, checks))
        else:
            return True
    return False


async def _columns(connection: "asyncpg.Connection[asyncpg.Record]", table: str) -> list[Column]:
    rows = await connection.fetch(
        "SELECT column_name, udt_name, is_nullable = 'YES' AS nullable, column_default, is_identity, is_generated"
        " FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position",
        table,
    )
    found = []
    for row in rows:
        if row["is_identity"] == "YES" or row["is_generated"] == "ALWAYS" or "nextval" in (row["column_default"] or ""):
            continue
        kind = "array" if row["udt_name"].startswith("_") else KINDS.get(row["udt_name"], "text")
        required = not row["nullable"] and (row["column_default"] is None or kind == "uuid")
        found.append(Column(row["column_name"], kind, required, row["nullable"]))
    return found


Checks = dict[str, tuple[str, Sequence[str]]]
"""Name -> (definition, its columns)."""


async def _checks(connection: "asyncpg.Connection[asyncpg.Record]", table: str) -> Checks:
    rows: list[Any] = await connection.fetch(
        "SELECT conname, pg_get_constraintdef(oid) AS text, (SELECT array_agg(attname::text) FROM pg_attribute"
        " WHERE attrelid = conrelid AND attnum = ANY(conkey)) AS columns FROM pg_constraint"
        " WHERE conrelid = $1::regclass AND contype = 'c'",
        f'"{table}"',
    )
    return {row["conname"]: (row["text"], row["columns"] or ()) for row in rows}


def _pool(column: Column, checks: Checks) -> list[str]:
    """Values to try: what the checks of the column name, then those of its type."""
    named: list[str] = []
    for text, columns in checks.values():
        if column.name in columns and column.kind == "text":
            named += [f"'{literal}'" for literal in re.findall(r"'([^'\\^$\[\](){}]*)'::", text)]
    pool = [*dict.fromkeys(named), *POOLS[column.kind]]
    return [*pool, "NULL"] if column.nullable else pool
