"""Row locks of a draw, taken before the first audit event of its transaction.

Whoever moves a visit locks it and then wants the county's audit chain. A draw that held the chain and then wanted the
visit would wait in a circle with it. So every draw locks in one order: the contract's lists of the quarter (which
decide what is drawn next), what will be drawn, then the chain. Whatever is locked here already is only met again later.
"""

import json
from collections.abc import Collection, Iterable
from typing import Final
from uuid import UUID

from bangfu.oversight import draw_script as script
from bangfu.oversight.draw_tables import DrawList, DrawPick, FullCheck

_BY_CARER: Final = (
    "SELECT v.id FROM visit v WHERE v.id IN (SELECT (r ->> 0)::uuid FROM draw_list d, jsonb_array_elements(d.rows) r"
    " WHERE d.contract = {} AND d.year = {} AND d.quarter = {} AND d.kind = 'month' AND d.population = 'visits')"
    " AND (v.carer = ANY({}::uuid[]) OR v.partner = ANY({}::uuid[])) AND NOT EXISTS (SELECT 1 FROM draw_pick p"
    " JOIN draw_list l ON l.id = p.list WHERE p.subject = v.id AND l.contract = {})"
)


def rows_of(one: DrawList) -> list[list[str]]:
    """The closed rows: [id, stratum, marks]."""
    found: list[list[str]] = json.loads(one.rows) if isinstance(one.rows, str) else one.rows
    return found


async def lists(contracts: Collection[UUID], year: int, quarter: int) -> None:
    """Lock the contracts' lists of a quarter: what is drawn from them changes under this lock only."""
    await DrawList.raw(
        "SELECT id FROM draw_list WHERE contract = ANY({}::uuid[]) AND year = {} AND quarter = {} ORDER BY id"
        " FOR NO KEY UPDATE",
        list(contracts), year, quarter,
    )  # fmt: skip


async def list_of(check: UUID) -> DrawList | None:
    """The list that a check was drawn from, with its contract's lists of the quarter locked; None for no draw's."""
    rows = await DrawPick.raw(
        "SELECT l.contract, l.year, l.quarter, l.id FROM draw_pick p JOIN draw_list l ON l.id = p.list"
        ' WHERE p."check" = {}',
        check,
    )
    if not rows:
        return None
    await lists([rows[0]["contract"]], rows[0]["year"], rows[0]["quarter"])
    found: DrawList | None = await DrawList.objects().get(DrawList.id == rows[0]["id"])
    return found


async def next_of(one: DrawList, unreachable: UUID) -> str | None:
    """Who stands in for an unreachable visit or survey of a locked list: found, and locked itself."""
    taken = [str(row["subject"]) for row in await DrawPick.select(DrawPick.subject).where(DrawPick.list == one.id)]
    found = script.next_of(bytes.fromhex(one.seed), rows_of(one), taken, str(unreachable))
    if found is not None:
        await subjects([found], one.population)
    return found


async def of_carers(contract: UUID, year: int, quarter: int, carers: Iterable[UUID] = ()) -> None:
    """Lock what a full check of these carers, and of those who are under one already, adds or may add."""
    rows = await FullCheck.select(FullCheck.carer).where(
        (FullCheck.contract == contract) & (FullCheck.year == year) & (FullCheck.quarter == quarter)
    )
    people = sorted({*(row["carer"] for row in rows), *carers})
    if people:
        found = await DrawList.raw(_BY_CARER, contract, year, quarter, people, people, contract)
        await subjects([str(row["id"]) for row in found])


async def subjects(ids: Collection[str], population: str = "visits") -> None:
    """Lock (shared) visits or surveys, in the order of their ids."""
    table = "assessment" if population == "surveys" else "visit"
    await DrawList.raw(
        f"SELECT id FROM {table} WHERE id = ANY({{}}::uuid[]) ORDER BY id FOR SHARE",  # noqa: S608 (two constants)
        sorted(ids),
    )
