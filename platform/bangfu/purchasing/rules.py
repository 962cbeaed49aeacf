"""The states of a purchase list, its sums, and how many of the waiting needs it would serve. Pure; CNY."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Protocol

from bangfu.errors import N_
from bangfu.shared.states import Machine

OFFICER: Final = frozenset({"bureau_officer"})
LEAD: Final = frozenset({"bureau_lead"})
STATES: Final = ("draft", "submitted", "approved", "closed")
ELEMENTS: Final = ("provider", "scope", "content", "mechanism", "safeguards")
"""供给主体、对象范围、服务内容、运行机制、保障措施 (PRODUCT.md row D)."""
PERIODS: Final = 13
"""Periods of four weeks in a year; a need's visits are counted per period."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()


MACHINE: Final = Machine(
    [
        Step("draft", "submit", "submitted", OFFICER, "submitted", ("items", "complete")),
        Step("submitted", "approve", "approved", LEAD, "approved", ("two_people",)),
        Step("submitted", "return", "draft", LEAD, "returned", ("reason",)),
        Step("approved", "close", "closed", OFFICER, "closed", ("year_over",)),
    ],
    N_("The purchase list is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "purchase_plan_status",
    "purchase_plan_action",
)


class Priced(Protocol):
    """What sums look at."""

    @property
    def units(self) -> int: ...
    @property
    def price_low(self) -> Decimal: ...
    @property
    def price_high(self) -> Decimal: ...


def band(item: Priced) -> tuple[Decimal, Decimal]:
    """What an item costs at least and at most."""
    return item.units * item.price_low, item.units * item.price_high


def total_band(items: Iterable[Priced]) -> tuple[Decimal, Decimal]:
    """What a list costs at least and at most."""
    low, high = Decimal(0), Decimal(0)
    for item in items:
        least, most = band(item)
        low, high = low + least, high + most
    return low, high


def served(units: int, needs: int, visits: int) -> int:
    """How many of `needs` that wait a year's `units` serve; together they need `visits` per four weeks."""
    yearly = visits * PERIODS
    return needs if yearly <= units else needs * max(0, units) // yearly


def per_10000(needs: int, cost: Decimal) -> Decimal | None:
    """Needs served for 10,000 yuan, to one decimal (PRODUCT.md N10); None where it costs nothing."""
    if cost <= 0:
        return None
    return (Decimal(needs) * 10_000 / cost).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Outcome:
    """An item at the year's end: planned (units and the most it may cost), contracted, used, and needs that remain."""

    planned_units: int
    planned_amount: Decimal
    contracted_units: int
    contracted_amount: Decimal
    used_units: int
    used_amount: Decimal
    unserved: int

    @property
    def not_contracted(self) -> int:
        """Units that were planned and never contracted."""
        return max(0, self.planned_units - self.contracted_units)

    @property
    def not_used(self) -> int:
        """Units that were contracted and not used."""
        return max(0, self.contracted_units - self.used_units)

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


NOTHING: Final = Outcome(0, Decimal(0), 0, Decimal(0), 0, Decimal(0), 0)
