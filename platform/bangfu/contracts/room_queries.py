"""Reads of what bounds several uses of lines at once: quotas of townships and the caps of funds (see room.py)."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from bangfu.budgets.rules import CAPPED, cap_of
from bangfu.contracts.movement_sums import SUMS
from bangfu.contracts.room import Cap, Quota, shares_of, year_days
from bangfu.contracts.rules import Line
from bangfu.contracts.tables import ContractLine, LineQuota
from bangfu.shared.division_codes import division_prefix


async def quotas_of(lines: Collection[UUID]) -> list[Quota]:
    """The quotas of lines with what is used of them, by line and division."""
    rows = await LineQuota.raw(
        "SELECT id, line, division, max_units FROM line_quota WHERE line = ANY({}::uuid[]) ORDER BY line, division, id",
        list(lines),
    )
    return [
        Quota(row["id"], row["line"], prefix, row["max_units"], await _used_in(row["line"], prefix))
        for row in rows
        for prefix in [division_prefix(row["division"])]
    ]


async def _used_in(line: UUID, prefix: str) -> int:
    rows = await LineQuota.raw(
        "SELECT coalesce(sum(units), 0)::int AS units FROM contract_movement WHERE line = {}"
        " AND kind IN ('reserved', 'released', 'delivered') AND division LIKE {}",
        line, f"{prefix}%",
    )  # fmt: skip
    return int(rows[0]["units"])


async def tight_caps_of(lines: Collection[Line], *, lock: bool = False) -> list[Cap]:
    """The caps of the funds that pay lines, where the lines could pass them together; by year and fund.

    `lock`: take the row locks of those funds, in the order of their ids: the first locks of a transaction.
    """
    found = [cap for cap in await _caps_of(lines) if cap.tight]
    if not lock or not found:
        return found
    funds = sorted(cap.fund for cap in found)
    await ContractLine.raw("SELECT id FROM fund WHERE id = ANY({}::uuid[]) ORDER BY id FOR NO KEY UPDATE", funds)
    return [cap for cap in await _caps_of(lines) if cap.fund in funds]


async def _caps_of(lines: Collection[Line]) -> list[Cap]:
    capped = [line.id for line in lines if line.fund_source == CAPPED]
    counties = sorted(set((await _counties(capped)).values())) if capped else []
    funds = [fund for fund in await _funds(counties) if fund["total"] is not None and fund["cap_share"] is not None]
    if not funds:
        return []
    rows = await _lines(counties)
    shares, used = await _shares(rows, await _funds(counties)), await _used([row["id"] for row in rows])
    ceilings = {row["id"]: row["max_amount"] for row in rows}
    found = [
        Cap(
            fund["id"], fund["division"], fund["year"], cap_of(fund["total"], fund["cap_share"]), shares[fund["id"]],
            used, ceilings,
        )
        for fund in funds
        if not shares[fund["id"]].keys().isdisjoint(capped)
    ]  # fmt: skip
    return sorted(found, key=lambda cap: (cap.year, str(cap.fund)))


_COUNTY = "coalesce(c.division, left(o.division, 6) || '000000')"
_FROM = " FROM contract_line l JOIN organization o ON o.id = l.organization LEFT JOIN contract c ON c.id = l.contract"


async def _counties(lines: Collection[UUID]) -> dict[UUID, str]:
    """Line -> the county whose funds pay it: its contract's; of a line without a contract its organisation's."""
    rows = await ContractLine.raw(
        "SELECT l.id, " + _COUNTY + " AS county" + _FROM + " WHERE l.id = ANY({}::uuid[])",
        list(lines),
    )
    return {row["id"]: row["county"] for row in rows}


async def _funds(counties: Collection[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await ContractLine.raw(
        "SELECT id, division, year, total, cap_share FROM fund WHERE source = {} AND division = ANY({}) ORDER BY id",
        CAPPED, list(counties),
    )  # fmt: skip
    return rows


async def _lines(counties: Collection[str]) -> list[dict[str, Any]]:
    """All lines of the counties that the cap concerns."""
    rows: list[dict[str, Any]] = await ContractLine.raw(
        "SELECT l.id, l.starts_on, l.ends_on, l.max_amount, " + _COUNTY + " AS county" + _FROM
        + " WHERE l.fund_source = {} AND " + _COUNTY + " = ANY({})",
        CAPPED, list(counties),
    )  # fmt: skip
    return rows


async def _shares(
    lines: Collection[dict[str, Any]], funds: Collection[dict[str, Any]]
) -> dict[UUID, dict[UUID, Fraction]]:
    """Fund -> line -> the share of the line's use that counts for the fund: as committed, else by days of its term."""
    committed: dict[UUID, dict[UUID, Decimal]] = defaultdict(dict)
    for row in await ContractLine.raw(
        "SELECT line, fund, sum(amount) AS amount FROM commitment WHERE line = ANY({}::uuid[]) GROUP BY line, fund"
        " HAVING sum(amount) > 0",
        [row["id"] for row in lines],
    ):
        committed[row["line"]][row["fund"]] = row["amount"]
    by_year = {(fund["division"], fund["year"]): fund["id"] for fund in funds}
    found: dict[UUID, dict[UUID, Fraction]] = defaultdict(dict)
    for row in lines:
        for fund, share in (shares_of(committed[row["id"]]) or _by_days(row, by_year)).items():
            found[fund][row["id"]] = share
    return found


def _by_days(row: dict[str, Any], funds: dict[tuple[str, int], UUID]) -> dict[UUID, Fraction]:
    days = year_days(row["starts_on"], row["ends_on"])
    whole = sum(days.values())
    return {
        funds[row["county"], year]: Fraction(count, whole)
        for year, count in days.items()
        if (row["county"], year) in funds
    }


async def _used(lines: Collection[UUID]) -> dict[UUID, Decimal]:
    """Line -> CNY reserved or delivered in all."""
    rows = await ContractLine.raw(
        f"SELECT line, sum(amount) AS amount FROM {SUMS} s WHERE line = ANY({{}}::uuid[])"  # noqa: S608 (constants)
        " AND kind IN ('reserved', 'released', 'delivered') GROUP BY line",
        list(lines),
    )
    return {row["line"]: row["amount"] for row in rows}
