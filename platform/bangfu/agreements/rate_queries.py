"""Reads of care rates: what is published, what waits, and the rate of a place on a day with its arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bangfu.agreements.rate_rules import Base, Rate, Reckoned, rate_of
from bangfu.agreements.tables import CareBase, CareRateSheet
from bangfu.errors import NotYours
from bangfu.shared.actor import Actor

_AREA = " LEFT JOIN division d ON d.code = rpad(x.division_prefix, 12, '0')"
_PEOPLE = (
    " LEFT JOIN app_user c ON c.id = x.created_by LEFT JOIN app_user p ON p.id = x.published_by"
    " WHERE (x.division_prefix LIKE {} OR {} LIKE x.division_prefix || '%') AND x.status <> 'withdrawn'"
)
_NAMES = (
    " coalesce(d.name, '') AS area, coalesce(c.display_name, '') AS created_name,"
    " coalesce(p.display_name, '') AS published_name"
)


@dataclass(frozen=True, slots=True)
class SheetView:
    """A version of the rates of an area with its factors, or (without) a base amount."""

    id: UUID
    division_prefix: str
    area: str
    valid_from: date
    source: str
    status: str
    created_by: UUID | None
    created_name: str
    published_name: str
    published_at: datetime | None
    factors: Mapping[tuple[str, str], Decimal]
    kind: str = ""
    amount: Decimal = Decimal(0)


def _scope(actor: Actor) -> list[str]:
    """The areas below and above the actor's own."""
    return [f"{actor.scope}%" if actor.scope else "", actor.scope]


async def sheets(actor: Actor) -> list[SheetView]:
    """The versions of rates of the actor's area: drafts first, then by day."""
    rows = await CareRateSheet.raw(
        "".join(("SELECT x.*,", _NAMES, " FROM care_rate_sheet x", _AREA, _PEOPLE,
                 " ORDER BY x.status <> 'draft', x.valid_from DESC, x.division_prefix LIMIT 200")),
        *_scope(actor),
    )  # fmt: skip
    factors = await _factors([row["id"] for row in rows])
    return [_view(row, factors.get(row["id"], {})) for row in rows]


async def bases(actor: Actor) -> list[SheetView]:
    """The base amounts of the actor's area: drafts first, then by day."""
    rows = await CareBase.raw(
        "".join(("SELECT x.*,", _NAMES, " FROM care_base x", _AREA, _PEOPLE,
                 " ORDER BY x.status <> 'draft', x.valid_from DESC, x.kind, x.division_prefix LIMIT 200")),
        *_scope(actor),
    )  # fmt: skip
    return [_view(row, {}, row["kind"], row["amount"]) for row in rows]


def _view(
    row: Mapping[str, Any], factors: Mapping[tuple[str, str], Decimal], kind: str = "", amount: Decimal = Decimal(0)
) -> SheetView:
    made = ("factors", "kind", "amount")
    return SheetView(
        **{name: row[name] for name in SheetView.__slots__ if name not in made},
        factors=factors, kind=kind, amount=amount,
    )  # fmt: skip


async def _factors(sheets: list[UUID]) -> dict[UUID, dict[tuple[str, str], Decimal]]:
    found: dict[UUID, dict[tuple[str, str], Decimal]] = {}
    for row in await CareRateSheet.raw("SELECT * FROM care_rate WHERE sheet = ANY({}::uuid[])", sheets):
        found.setdefault(row["sheet"], {})[(row["support_mode"], row["selfcare_level"])] = row["factor"]
    return found


async def draft_for(actor: Actor, table: type[CareBase] | type[CareRateSheet], row: UUID) -> Mapping[str, Any]:
    """A sheet or base of the actor's area, whatever its state.

    Raises:
        NotYours: if there is none.
    """
    rows = await table.raw(f"SELECT * FROM {table._meta.tablename} WHERE id = {{}}", row)  # noqa: S608 (a constant)
    if not rows or not actor.sees(rows[0]["division_prefix"]):
        raise NotYours
    found: Mapping[str, Any] = rows[0]
    return found


async def published(division: str) -> tuple[list[Rate], list[Base]]:
    """The published rates and base amounts of a place and of everything above it."""
    rates = await CareRateSheet.raw(
        "SELECT r.id, s.division_prefix, s.valid_from, s.source, r.support_mode, r.selfcare_level, r.basis, r.factor"
        " FROM care_rate r JOIN care_rate_sheet s ON s.id = r.sheet WHERE s.status = 'published'"
        " AND {} LIKE s.division_prefix || '%'",
        division,
    )
    amounts = await CareBase.raw(
        "SELECT id, division_prefix, kind, amount, valid_from, source FROM care_base WHERE status = 'published'"
        " AND {} LIKE division_prefix || '%'",
        division,
    )
    return (
        [Rate(row["id"], row["division_prefix"], row["valid_from"], row["support_mode"], row["selfcare_level"],
              row["basis"], row["factor"], row["source"]) for row in rates],
        [Base(row["id"], row["division_prefix"], row["kind"], row["amount"], row["valid_from"], row["source"])
         for row in amounts],
    )  # fmt: skip


async def rate_for(division: str, mode: str, level: str, day: date) -> Reckoned:
    """The rate of a place on a day.

    Raises:
        Refused: saying what has to be entered, where nothing is published (rate_rules.rate_of).
    """
    rates, amounts = await published(division)
    return rate_of(rates, amounts, division, mode, level, day)
