"""Rows of a ledger, by a cursor of the server in one moment: memory does not grow with their number."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from piccolo.querystring import QueryString

from bangfu.ledgers.asking import Asked
from bangfu.ledgers.canonical import NO_SUM, Row, Tally, canonical
from bangfu.ledgers.tables import LedgerIssue
from bangfu.shared.civil_time import day_span
from bangfu.shared.database import DB, transaction
from bangfu.shared.kept import kept

BATCH: Final = 1_000
_OWN_PLAN: Final = "SET LOCAL plan_cache_mode = force_custom_plan"
_NAMED = re.compile(r"(?<!:):([a-z]+)\b")


def _bound(sql: str, values: dict[str, Any]) -> tuple[str, list[Any]]:
    """Named values as gaps in their order."""
    used: list[Any] = []

    def gap(found: re.Match[str]) -> str:
        used.append(values[found[1]])
        return "{}"

    return _NAMED.sub(gap, sql), used


def _rows(asked: Asked) -> tuple[str, dict[str, Any]]:
    source = asked.definition.source
    first, last = asked.span
    values: dict[str, Any] = {
        "start": day_span(first)[0], "end": day_span(last)[1], "first": first, "last": last,
        "scope": asked.scope, "area": f"{asked.scope}%", "organization": asked.organization,
    }  # fmt: skip
    if asked.organization is not None:
        seen = f"({source.organization} = :organization::uuid)"
    else:
        seen = f"({_within(source.area)})"
    sql = f"SELECT * FROM ({source.sql.replace('{seen}', seen)}) t"  # noqa: S608 (the sources' own constants)
    conditions = []
    for place, (code, value) in enumerate(asked.filters.items()):
        name = f"filter{'abcdefghij'[place]}"
        conditions.append(f"t.{source.column(code).code} = :{name}")
        values[name] = UUID(value) if source.column(code).kind == "id" else value
    if source.needs and source.needs not in asked.filters:
        conditions.append("false")
    return sql + (f" WHERE {' AND '.join(conditions)}" if conditions else ""), values


def _within(area: str) -> str:
    return area if ":" in area else f":scope::text <> '' AND {area} LIKE :area"


async def _read(text: str, used: list[Any]) -> list[dict[str, Any]]:
    """Rows by a plan for these very values: PostgreSQL's plan for any period and area is ten times as slow."""
    async with transaction():
        await LedgerIssue.raw(_OWN_PLAN)
        rows: list[dict[str, Any]] = await LedgerIssue.raw(text, *used)
    return rows


async def summary(asked: Asked) -> tuple[int, dict[str, str]]:
    """How many rows there are, and the sums of what adds up."""
    sql, values = _rows(asked)
    counted = [each for each in asked.definition.columns if each.counted and each.code not in NO_SUM]
    sums = "".join(f", coalesce(sum({each.code}), 0) AS {each.code}" for each in counted)
    text, used = _bound(f"SELECT count(*) AS n{sums} FROM ({sql}) s", values)  # noqa: S608 (constants)
    (row,) = await _read(text, used)
    return int(row["n"]), {
        each.code: f"{Decimal(row[each.code]):.2f}" if each.kind == "money" else str(int(row[each.code]))
        for each in counted
    }


@dataclass(frozen=True, slots=True)
class Preview:
    """What a page shows: some rows, the number and the sums of all, and the minute of which those are where they were
    dear (None: just now)."""

    rows: list[Row]
    total: int
    sums: dict[str, str]
    at: datetime | None


async def preview(asked: Asked, limit: int, offset: int) -> Preview:
    """One page for the eye. Number and sums of many rows are kept for a while (decision 0055): what is made or exported
    counts anew. Of a source whose rows are sums themselves, all rows are kept, and nobody is named in them."""
    key = (
        "ledger", asked.definition.document(), asked.period, asked.scope, asked.organization, sorted(
            asked.filters.items()
        ),
    )  # fmt: skip
    if asked.definition.source.small:
        rows = await kept((*key, "rows"), list[Row], lambda: _all(asked))
        tally = Tally(asked.definition.columns)
        tally.add(rows.value)
        return Preview(rows.value[offset : offset + limit], tally.rows, tally.sums, rows.at)
    told = await kept((*key, "sums"), tuple[int, dict[str, str]], lambda: summary(asked))
    return Preview(await page(asked, limit, offset), *told.value, told.at)


async def _all(asked: Asked) -> list[Row]:
    text, used = _bound(*_ordered(asked))
    return [canonical(asked.definition.columns, row) for row in await _read(text, used)]


async def page(asked: Asked, limit: int, offset: int) -> list[Row]:
    """One page for the eye."""
    text, used = _bound(f"{_ordered(asked)[0]} LIMIT {int(limit)} OFFSET {int(offset)}", _ordered(asked)[1])
    return [canonical(asked.definition.columns, row) for row in await _read(text, used)]


def _ordered(asked: Asked) -> tuple[str, dict[str, Any]]:
    sql, values = _rows(asked)
    by = ", ".join(dict.fromkeys((*asked.definition.sort, "key")))
    return f"{sql} ORDER BY {by}", values


async def batches(asked: Asked) -> AsyncIterator[list[Row]]:
    """All rows, a thousand at a time; inside of the caller's transaction, if there is one."""
    text, used = _bound(*_ordered(asked))
    compiled, values = QueryString(text, *used).compile_string()
    async with transaction():
        running = DB.current_transaction.get()
        if running is None:
            raise RuntimeError("A cursor lives in a transaction.")
        if asked.definition.source.small:
            rows = await _all(asked)
            for first in range(0, len(rows), BATCH):
                yield rows[first : first + BATCH]
            return
        # All rows are wanted, so the plan for the first ones is of no use.
        await running.connection.execute(f"{_OWN_PLAN}; SET LOCAL cursor_tuple_fraction = 1")
        cursor = await running.connection.cursor(compiled, *values)
        while found := await cursor.fetch(BATCH):
            yield [canonical(asked.definition.columns, row) for row in found]
