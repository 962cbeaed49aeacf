"""Writing a plan: COPY for new rows, one UPDATE per table for changed ones, all in the caller's transaction."""

from __future__ import annotations

from typing import Any

from piccolo.table import Table

from bangfu.imports.plan import Plan, Record
from bangfu.shared.database import DB
from bangfu.shared.numbering import fresh_numbers


async def write(plan: Plan) -> None:
    """Raises RuntimeError outside a transaction: a list is taken whole or not at all."""
    await _give_numbers(plan)
    for table, ids in plan.deletes.items():
        await _connection().execute(f"DELETE FROM {table._meta.tablename} WHERE id = ANY($1)", ids)  # noqa: S608
    for table, rows in plan.inserts.items():
        await _copy(table._meta.tablename, rows)
    for table, rows in plan.updates.items():
        await _update(table, rows)


async def _give_numbers(plan: Plan) -> None:
    for table, records in plan.numbered.items():
        for record, number in zip(records, await fresh_numbers(table, len(records)), strict=True):
            record["number"] = number


async def _update(table: type[Table], rows: list[Record]) -> None:
    name, key = table._meta.tablename, table._meta.primary_key._meta.name
    staged = f"staged_{name}"
    columns = [column for column in rows[0] if column != key]
    connection = _connection()
    await connection.execute(
        f"CREATE TEMP TABLE {staged} ON COMMIT DROP AS SELECT {_list([key, *columns])} FROM {name} WITH NO DATA"  # noqa: S608
    )
    await _copy(staged, rows)
    settings = ", ".join(f'"{column}" = s."{column}"' for column in columns)
    await connection.execute(f'UPDATE {name} t SET {settings} FROM {staged} s WHERE t."{key}" = s."{key}"')  # noqa: S608
    await connection.execute(f"DROP TABLE {staged}")


async def _copy(name: str, rows: list[Record]) -> None:
    if not rows:
        return
    columns = list(rows[0])
    records = [tuple(row[column] for column in columns) for row in rows]
    await _connection().copy_records_to_table(name, records=records, columns=columns)


def _list(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _connection() -> Any:
    transaction = DB.current_transaction.get()
    if transaction is None:
        raise RuntimeError("A list is written inside one transaction.")
    return transaction.connection
