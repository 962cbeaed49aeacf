"""The figures that speak for an item: needs that nobody could serve, by reason and town; needs that wait; units used.

Numbers only, no households. They are computed when an item is saved and stay with it, so that an approval rests on
what its authors saw.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from bangfu.contracts.tables import ContractLine, Movement
from bangfu.needs.tables import Need
from bangfu.planning.tables import Proposal
from bangfu.shared.civil_time import SHANGHAI, add_months, day_span

MONTHS: Final = 12
WAITING: Final = ("confirmed", "matching")
"""A need that is confirmed and has nobody."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: so many needs of a town (9 digits) with a reason."""

    town: str
    town_name: str
    reason: str
    needs: int
    visits: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """The figures of one service in one county. `unserved`: needs whose last match run of the past 12 months found
    nobody; `waiting`: needs without anybody today; visits are per four weeks. Units are those of the calendar year."""

    since: str = ""
    until: str = ""
    service: str = ""
    unserved: list[Row] = field(default_factory=list)
    waiting: list[Row] = field(default_factory=list)
    delivered: int = 0
    reserved: int = 0
    price_low: str = ""
    price_high: str = ""

    @property
    def unserved_needs(self) -> int:
        return sum(row.needs for row in self.unserved)

    @property
    def waiting_needs(self) -> int:
        return sum(row.needs for row in self.waiting)

    @property
    def waiting_visits(self) -> int:
        return sum(row.visits for row in self.waiting)


def as_json(evidence: Evidence) -> str:
    """As it is kept with an item."""
    rows = ("unserved", "waiting")
    plain = {name: getattr(evidence, name) for name in Evidence.__slots__ if name not in rows}
    for name in rows:
        plain[name] = [{key: getattr(row, key) for key in Row.__slots__} for row in getattr(evidence, name)]
    return json.dumps(plain, ensure_ascii=False)


def from_json(kept: str | Mapping[str, Any]) -> Evidence:
    """As a page shows it; nothing where nothing was kept."""
    plain = dict(json.loads(kept) if isinstance(kept, str) else kept)
    for name in ("unserved", "waiting"):
        plain[name] = [Row(**row) for row in plain.get(name, [])]
    return Evidence(**plain)


async def evidence_of(county: str, service: str, today: date) -> Evidence:
    """The figures of a service in a county (12 digits) as of today."""
    since, prefix = add_months(today, -MONTHS), f"{county[:6]}%"
    delivered, reserved = await units_of(county, service, today.year)
    low, high = [f"{price:.2f}" if price else "" for price in await prices_of(county, service)]
    return Evidence(
        since.isoformat(), today.isoformat(), service, await _unserved(prefix, service, day_span(since)[0]),
        await _waiting(prefix, service), delivered, reserved, low, high,
    )  # fmt: skip


async def _unserved(prefix: str, service: str, since: datetime) -> list[Row]:
    rows = await Proposal.raw(
        "SELECT left(t.division, 9) AS town, coalesce(d.name, '') AS town_name, t.reason, count(*) AS needs,"
        " coalesce(sum(t.visits), 0)::int AS visits FROM"
        " (SELECT DISTINCT ON (p.need) p.division, p.reason, p.carer, n.visits FROM proposal p"
        " JOIN match_run r ON r.id = p.run JOIN need n ON n.id = p.need WHERE p.division LIKE {} AND p.service = {}"
        " AND r.finished_at >= {} ORDER BY p.need, r.finished_at DESC) t"
        " LEFT JOIN division d ON d.code = rpad(left(t.division, 9), 12, '0')"
        " WHERE t.carer IS NULL AND t.reason <> '' GROUP BY 1, 2, 3 ORDER BY needs DESC, town, reason",
        prefix, service, since,
    )  # fmt: skip
    return [Row(**row) for row in rows]


async def _waiting(prefix: str, service: str) -> list[Row]:
    rows = await Need.raw(
        "SELECT left(n.division, 9) AS town, coalesce(d.name, '') AS town_name, '' AS reason, count(*) AS needs,"
        " coalesce(sum(n.visits), 0)::int AS visits FROM need n"
        " LEFT JOIN division d ON d.code = rpad(left(n.division, 9), 12, '0')"
        " WHERE n.division LIKE {} AND n.service = {} AND n.status = ANY({}) GROUP BY 1, 2 ORDER BY needs DESC, town",
        prefix, service, list(WAITING),
    )  # fmt: skip
    return [Row(**row) for row in rows]


async def units_of(county: str, service: str, year: int) -> tuple[int, int]:
    """Units of a county's contract lines delivered in a year, and those reserved for assignments now."""
    first, after = (datetime(each, 1, 1, tzinfo=SHANGHAI) for each in (year, year + 1))
    rows = await Movement.raw(
        "SELECT coalesce(sum(m.units) FILTER (WHERE m.kind = 'delivered' AND m.at >= {} AND m.at < {}), 0)::int"
        " AS used,"
        " coalesce(sum(m.units) FILTER (WHERE m.kind IN ('reserved', 'released')), 0)::int AS reserved"
        " FROM contract_movement m JOIN contract_line l ON l.id = m.line JOIN contract c ON c.id = l.contract"
        " WHERE c.division LIKE {} AND l.service = {}",
        first, after, f"{county[:6]}%", service,
    )  # fmt: skip
    return rows[0]["used"], rows[0]["reserved"]


async def prices_of(county: str, service: str) -> tuple[Decimal | None, Decimal | None]:
    """The lowest and highest unit price of a service in the county's contracts; elsewhere where it has none."""
    rows = await ContractLine.raw(
        "SELECT min(l.unit_price) FILTER (WHERE c.division LIKE {}) AS low,"
        " max(l.unit_price) FILTER (WHERE c.division LIKE {}) AS high, min(l.unit_price) AS any_low,"
        " max(l.unit_price) AS any_high FROM contract_line l JOIN contract c ON c.id = l.contract"
        " WHERE l.service = {} AND l.unit_price > 0 AND c.status NOT IN ('draft', 'returned', 'void')",
        f"{county[:6]}%", f"{county[:6]}%", service,
    )  # fmt: skip
    row = rows[0]
    return (row["low"], row["high"]) if row["low"] is not None else (row["any_low"], row["any_high"])
