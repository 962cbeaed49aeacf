"""Closing the lists of a month: every visit that was submitted, and every survey that was delivered, of each contract.

A visit stands on exactly one list: that of the month in which its record came in, or, where the closing missed it, the
next one. All that decides the draw beside the seed is hashed with the list, so that none of it can be changed once the
secrets are known.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.oversight import draw_script as script
from bangfu.oversight.draw_pool import pool_of
from bangfu.oversight.draw_rounds import end_of_month, name_of
from bangfu.oversight.draw_tables import DrawList
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import add_months, day_span

LOOK_BACK: Final = 2
"""Months before the closed one in which a missed record is still looked for."""

_LISTED: Final = (
    "(SELECT (r ->> 0)::uuid FROM draw_list d, jsonb_array_elements(d.rows) r WHERE d.kind = 'month'"
    " AND d.division = {} AND d.population = {} AND d.closed_at >= {})"
)
_VISITS: Final = (
    "SELECT v.id, c.id AS contract, c.supplier, c.spot_check_share,"  # noqa: S608 (constants)
    " left(v.division, 9) || '/' || v.service AS stratum,"
    " n.priority = 'urgent' OR n.emergency AS urgent, v.evidence = 'afterwards' AS late,"
    " EXISTS (SELECT 1 FROM visit_flag f WHERE f.visit = v.id) AS flagged"
    " FROM visit v JOIN contract_line l ON l.id = v.contract_line JOIN contract c ON c.id = l.contract"
    " JOIN need n ON n.id = v.need WHERE c.division = {} AND v.submitted_at >= {} AND v.submitted_at < {}"
    " AND v.id NOT IN " + _LISTED
)
_SURVEYS: Final = (
    "SELECT a.id, c.id AS contract, c.supplier, c.spot_check_share,"  # noqa: S608 (constants)
    " left(a.division, 9) || '/' || a.form_code AS stratum, false AS urgent, false AS late, false AS flagged"
    " FROM assessment a JOIN contract c ON c.id = a.commission WHERE c.division = {} AND a.completed_at >= {}"
    " AND a.completed_at < {} AND a.id NOT IN " + _LISTED
)


async def close_lists(division: str, year: int, month: int, at: datetime) -> list[DrawList]:
    """Close a county's lists of a month, inside the caller's transaction that holds the month's round; contracts
    without anything have none. Closed ones stay as they are."""
    first, until = await _first_of(division, year, month), end_of_month(year, month)
    made = []
    for population, query in (("visits", _VISITS), ("surveys", _SURVEYS)):
        rows = await DrawList.raw(query, division, first, until, division, population, first)
        by_contract: dict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            by_contract[row["contract"]].append(row)
        for contract in sorted(by_contract):
            made.append(await _closed(by_contract[contract], division, date(year, month, 1), population, at))
    return [one for one in made if one is not None]


async def _first_of(division: str, year: int, month: int) -> datetime:
    """From when on records are looked for: two months back, but never before the county's first round."""
    rows = await DrawList.raw(
        "SELECT min(make_date(year, month, 1)) AS first FROM draw_round WHERE division = {} AND kind = 'month'",
        division,
    )
    first = max(rows[0]["first"] or date(year, month, 1), add_months(date(year, month, 1), -LOOK_BACK))
    return day_span(first)[0]


async def _closed(
    rows: Sequence[Mapping[str, Any]], division: str, month: date, population: str, at: datetime
) -> DrawList | None:
    facts = sorted([str(row["id"]), row["stratum"], _marks(row)] for row in rows)
    share = int(rows[0]["spot_check_share"] * script.FULL)
    key = {"kind": "month", "year": month.year, "month": month.month, "quarter": (month.month + 2) // 3}
    return await keep_list(
        rows[0]["contract"], rows[0]["supplier"], division, facts, share, script.sample_size(len(facts), share), at,
        population=population, **key,
    )  # fmt: skip


def _marks(row: Mapping[str, Any]) -> str:
    found = (("urgent", row["urgent"]), ("flagged", row["flagged"]), ("afterwards", row["late"]))
    return ",".join(mark for mark, holds in found if holds)


async def keep_list(
    contract: UUID, organization: UUID, division: str, facts: list[list[str]], share: int, n: int, at: datetime,
    **key: Any,
) -> DrawList | None:  # fmt: skip
    """Write a closed list with its hashes and the pool as it stands, and say so on the chain; None if it is there."""
    pool = [str(one) for one in await pool_of(division, at)]
    row = DrawList(
        id=uuid4(), contract=contract, organization=organization, division=division, closed_at=at,
        rows=json.dumps(facts), pool=json.dumps(pool), size=len(facts), share=share, n=n,
        list_hash=script.list_hash(one[0] for one in facts), frame_hash=script.frame_hash(facts, share, n, pool), **key,
    )  # fmt: skip
    known = (DrawList.contract == contract) & (DrawList.kind == row.kind) & (DrawList.year == row.year)
    same = known & (DrawList.month == row.month) & (DrawList.quarter == row.quarter)
    if await DrawList.exists().where(same & (DrawList.population == row.population)):
        return None
    await row.save()
    data = {
        "draw": name_of(row), "contract": str(contract), "size": row.size, "n": n, "share": share,
        "list_hash": row.list_hash, "frame_hash": row.frame_hash,
    }  # fmt: skip
    await audit.record(SYSTEM, "draw.list_closed", "draw_list", row.id, division=division, at=at, data=data)
    return row
