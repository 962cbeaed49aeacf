"""What is left of a contract line (DOMAIN.md 4.3 line control, MATCHING.md "How planning fills it"). Pure.

The ledger of a line is a list of signed entries. `reserved` (+) and `released` (-) come with assignments, `delivered`
(+, together with a release of the same visits) with visits; `settled` only pays what was delivered and is not counted
again. What a line has left is its ceiling less the sum of the counted entries.

A reservation covers the visits until the end of the line [D]: a service that recurs every four weeks uses the line up
until it ends, so that two match runs in one month never promise the same money twice. A case or an item is delivered
once and reserves the visits of one planning period.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, Protocol
from uuid import UUID

PERIOD_DAYS: Final = 28
"""One planning period: four weeks (MATCHING.md)."""
COUNTED: Final = frozenset({"reserved", "released", "delivered"})
ONCE: Final = frozenset({"case", "item"})
"""Units of services that are delivered once and do not recur."""
NEAR, NEARLY_USED = Decimal("0.80"), Decimal("0.95")
Alarm = Literal["", "near", "nearly_used"]


class Entry(Protocol):
    """What the rules read of a movement: `kind`, signed `units` (visits) and signed `amount` (CNY)."""

    @property
    def kind(self) -> str: ...
    @property
    def units(self) -> int: ...
    @property
    def amount(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class Posted:
    """A movement, or the sum of all movements of one kind."""

    kind: str
    units: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One service of one organisation under one contract: price of a visit, ceilings in visits and CNY, term."""

    id: UUID
    organization: UUID
    service: str
    unit_price: Decimal
    max_units: int
    max_amount: Decimal
    starts_on: date
    ends_on: date
    status: str = "active"
    contract_number: str = ""
    fund_source: str = "work_budget"

    def open_on(self, day: date) -> bool:
        """Whether services may be ordered from the line on a day."""
        return self.status == "active" and self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class Balance:
    """A line's ceiling, what is used of it (reserved or delivered), and what is left; visits and CNY."""

    units: int
    amount: Decimal
    used_units: int
    used_amount: Decimal

    @property
    def left_units(self) -> int:
        return self.units - self.used_units

    @property
    def left_amount(self) -> Decimal:
        return self.amount - self.used_amount

    @property
    def used_share(self) -> Decimal:
        """The larger used share of the two ceilings, 0 to 1; a ceiling of zero does not count."""
        shares = [Decimal(self.used_units) / self.units] if self.units else []
        shares += [self.used_amount / self.amount] if self.amount else []
        return max(shares, default=Decimal(0))

    @property
    def warning(self) -> Alarm:
        """`near` from 80 %, `nearly_used` from 95 % (DOMAIN.md 4.3)."""
        return "nearly_used" if self.used_share >= NEARLY_USED else "near" if self.used_share >= NEAR else ""

    def covers(self, units: int, amount: Decimal) -> bool:
        """Whether so many visits for so much money still fit under both ceilings."""
        return units <= self.left_units and amount <= self.left_amount


def balance_of(line: Line, movements: Iterable[Entry]) -> Balance:
    """The line's balance after its movements."""
    counted = [entry for entry in movements if entry.kind in COUNTED]
    return Balance(
        line.max_units, line.max_amount, sum(e.units for e in counted), sum((e.amount for e in counted), Decimal(0))
    )


def left_for_period(line: Line, movements: Iterable[Entry], today: date) -> tuple[int, int]:
    """Visits and fen that one planning period (4 weeks) may use of a line: what is left times 4 / weeks left, rounded
    down, at most what is left (MATCHING.md); nothing of a line that is not open today."""
    if not line.open_on(today):
        return 0, 0
    left = balance_of(line, movements)
    visits, fen = max(0, left.left_units), max(0, int(left.left_amount * 100))
    days = days_left(line, today)
    return min(visits, visits * PERIOD_DAYS // days), min(fen, fen * PERIOD_DAYS // days)


def days_left(line: Line, today: date) -> int:
    """Days until the line ends, today and the last day included; 0 after its end."""
    return max(0, (line.ends_on - today).days + 1)


def reserved_visits(line: Line, visits: int, today: date, *, once: bool = False) -> int:
    """How many visits an assignment of `visits` per four weeks reserves, at least one: those until the line's end,
    rounded down (so that a plan inside `left_for_period` always fits); for what is delivered once those of one period.
    """
    days = min(PERIOD_DAYS, days_left(line, today)) if once else days_left(line, today)
    return max(1, visits * days // PERIOD_DAYS)
