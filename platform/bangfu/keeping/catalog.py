"""What the database says of its own tables, for copying all of them and back."""

from dataclasses import dataclass
from typing import Any

Connection = Any


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table with the columns that can be written, ordered, and its key."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


_TABLES = """
SELECT c.relname AS name,
  array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attgenerated = '' ORDER BY a.attnum) AS columns,
  array(SELECT a.attname::text FROM pg_index i JOIN unnest(i.indkey) WITH ORDINALITY k(attnum, place) ON true
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
        WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY k.place) AS key
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname
"""


async def tables(connection: Connection) -> list[TableShape]:
    """Every table of the portal; the parts of a partitioned one come with it."""
    rows = await connection.fetch(_TABLES)
    return [TableShape(row["name"], tuple(row["columns"]), tuple(row["key"])) for row in rows]


async def references(connection: Connection) -> list[tuple[str, str, str]]:
    """(table, name, definition) of every foreign key."""
    rows = await connection.fetch(
        "SELECT conrelid::regclass::text AS place, conname AS name, pg_get_constraintdef(oid) AS definition"
        " FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conparentid = 0"
        " ORDER BY 1, 2"
    )
    return [(row["place"], row["name"], row["definition"]) for row in rows]


async def sequences(connection: Connection) -> dict[str, int]:
    """Sequence -> the last number that it gave, 0 for none."""
    rows = await connection.fetch(
        "SELECT sequencename AS name, last_value FROM pg_sequences WHERE schemaname = 'public'"
    )
    return {row["name"]: row["last_value"] or 0 for row in rows}


def quoted(name: str) -> str:
    """A name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'
