"""Reads of funds, items and the ledger of commitments, always by county."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from bangfu.budgets import rules
from bangfu.budgets.rules import FundState, county_of
from bangfu.budgets.tables import BudgetItem, Fund


@dataclass(frozen=True, slots=True)
class ItemMeter:
    """A budget item with what is committed from it and what is free (CNY)."""

    id: UUID
    fund: UUID
    code: str
    name: str
    purpose: str
    amount: Decimal
    committed: Decimal
    active: bool
    version: int

    @property
    def free(self) -> Decimal:
        return self.amount - self.committed


@dataclass(frozen=True, slots=True)
class FundMeter:
    """A fund: its confirmed total, cap, committed, free (CNY; None without a total) and its items."""

    id: UUID
    division: str
    state: FundState
    basis: str
    proposal: UUID | None
    items: list[ItemMeter] = field(default_factory=list)

    @property
    def year(self) -> int:
        return self.state.year

    @property
    def source(self) -> str:
        return self.state.source

    @property
    def total(self) -> Decimal | None:
        return self.state.total

    @property
    def cap(self) -> Decimal | None:
        return self.state.cap

    @property
    def committed(self) -> Decimal:
        return self.state.committed

    @property
    def free(self) -> Decimal | None:
        return self.state.free

    @property
    def planned(self) -> Decimal:
        """The sum of its items."""
        return sum((item.amount for item in self.items), Decimal(0))


async def meter(division: str, year: int) -> list[FundMeter]:
    """The funds of a division's county in a year, in the order of the sources (the capped one first)."""
    return await _meters("f.division = {} AND f.year = {}", county_of(division), year)


async def meter_of(fund: UUID) -> FundMeter | None:
    """One fund."""
    return next(iter(await _meters("f.id = {}", fund)), None)


async def short_of_money(scope: str, year: int) -> list[FundMeter]:
    """The funds of a year, in the divisions below a prefix, that are near or over what they may spend."""
    funds = await _meters("f.division LIKE {} AND f.year = {}", f"{scope}%" if scope else "", year)
    return [fund for fund in funds if fund.state.standing in ("near", "over")]


async def _meters(condition: str, *values: Any) -> list[FundMeter]:
    rows = await Fund.raw(
        "SELECT f.*, coalesce((SELECT sum(c.amount) FROM commitment c WHERE c.fund = f.id), 0) AS committed"  # noqa: S608
        " FROM fund f WHERE " + condition,
        *values,
    )
    found = [
        FundMeter(
            row["id"], row["division"],
            FundState(row["year"], row["source"], row["total"], row["cap_share"], row["committed"]),
            row["basis"], row["proposal"],
        )
        for row in rows
    ]  # fmt: skip
    for item in await _items([each.id for each in found]):
        next(each for each in found if each.id == item.fund).items.append(item)
    return sorted(found, key=lambda each: (each.division, each.year, rules.SOURCES.index(each.source)))


async def _items(funds: Collection[UUID]) -> list[ItemMeter]:
    rows = await BudgetItem.raw(
        "SELECT i.id, i.fund, i.code, i.name, i.purpose, i.amount, i.active, i.version,"
        " coalesce((SELECT sum(c.amount) FROM commitment c WHERE c.item = i.id), 0) AS committed"
        " FROM budget_item i WHERE i.fund = ANY({}::uuid[]) ORDER BY i.code",
        list(funds),
    )
    return [ItemMeter(**row) for row in rows]


async def items_for(
    division: str, year: int | None = None, *, active: bool = True
) -> list[tuple[FundMeter, ItemMeter]]:
    """The items of a division's county that a contract may name, of one year or of all, with their funds."""
    funds = await _meters("f.division = {} AND ({}::int IS NULL OR f.year = {}::int)", county_of(division), year, year)
    return [(fund, item) for fund in funds for item in fund.items if item.active or not active]


async def cap_free(divisions: Collection[str], day: date) -> dict[str, int | None]:
    """County (12 digits) of each division -> fen that purchases may still take of its special assistance fund in the
    day's year, 0 at least; None where that fund has no confirmed total."""
    counties = sorted({county_of(division) for division in divisions})
    rows = await Fund.raw("SELECT id, division FROM fund WHERE division = ANY({}) AND year = {} AND source = {}",
                          counties, day.year, rules.CAPPED)  # fmt: skip
    found: dict[str, int | None] = dict.fromkeys(counties)
    for each in await _meters("f.id = ANY({}::uuid[])", [row["id"] for row in rows]):
        found[each.division] = None if each.free is None else max(0, int(each.free * 100))
    return found
