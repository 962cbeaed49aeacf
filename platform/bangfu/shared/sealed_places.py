"""Where ciphertext stands in the database: every text column named `*_enc`, and the few places that features name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import asyncpg

Again = Callable[[str, str], str]
"""(place, ciphertext) -> ciphertext under the current key."""


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table with `*_enc` columns; the place of a value is `table:column:row id`."""

    name: str
    key: str
    key_type: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """Ciphertext inside another kind of column. `read` gives the column as text, `write` has a gap for the new text;
    `reseal` (row id, text, again) gives the text with every ciphertext made anew."""

    table: str
    column: str
    read: str
    write: str
    reseal: Callable[[str, str, Again], str]


_holders: dict[tuple[str, str], Holder] = {}


def add_holder(holder: Holder) -> None:
    """Register ciphertext that stands in no `*_enc` column; repeating it changes nothing."""
    _holders[(holder.table, holder.column)] = holder


def holders() -> Sequence[Holder]:
    """All registered ones."""
    return tuple(_holders.values())


_COLUMNS = """
SELECT c.relname AS name, a.attname AS column,
       k.attname AS key, format_type(k.atttypid, k.atttypmod) AS key_type, format_type(a.atttypid, NULL) AS type
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname LIKE '%\\_enc'
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
LEFT JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = i.indkey[0]
WHERE c.relkind = 'r' ORDER BY c.relname, a.attnum
"""


async def sealed_tables(connection: "asyncpg.Connection[asyncpg.Record]") -> list[SealedTable]:
    """Every table with such columns, as the database itself describes them.

    Raises:
        RuntimeError: for a column that is not text, or a table without a key: a fault of the program.
    """
    found: dict[str, SealedTable] = {}
    for row in await connection.fetch(_COLUMNS):
        if row["type"] not in {"text", "character varying"} or row["key"] is None:
            raise RuntimeError(f"{row['name']}.{row['column']} cannot hold sealed values.")
        columns = found[row["name"]].columns if row["name"] in found else ()
        found[row["name"]] = SealedTable(row["name"], row["key"], row["key_type"], (*columns, row["column"]))
    return list(found.values())
