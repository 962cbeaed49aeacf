"""The ledger of a contract line and what it leaves (DOMAIN.md 4.3 line control, MATCHING.md "How planning fills it").
Pure.

The ledger is a list of signed entries. `reserved` (+) and `released` (-) come with assignments; `delivered` (+) with
visits, together with a release of the same visits, so that a visit moves from reserved to delivered; `verified` (+)
says how much of what was delivered counts; `held` (+) and `freed` (-) is delivered money that is disputed, and
`settled` (+) delivered money that was paid. What a line has left is its ceiling less what is committed (reserved and
not yet delivered or released) and less what was delivered; verified, held and settled only say what became of it.

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
KINDS: Final = ("reserved", "released", "delivered", "verified", "held", "freed", "settled")
COUNTED: Final = frozenset({"reserved", "released", "delivered"})
GIVEN_BACK: Final = frozenset({"released", "freed"})
"""Kinds whose entries are negative."""
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
class Sum:
    """Visits (or cases, items) and CNY."""

    units: int = 0
    amount: Decimal = Decimal(0)

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.units + other.units, self.amount + other.amount)

    def __sub__(self, other: "Sum") -> "Sum":
        return Sum(self.units - other.units, self.amount - other.amount)

    def __neg__(self) -> "Sum":
        return Sum(-self.units, -self.amount)

    def within(self, other: "Sum") -> bool:
        """Whether neither visits nor money are more than the other's."""
        return self.units <= other.units and self.amount <= other.amount


NOTHING: Final = Sum()


@dataclass(frozen=True, slots=True)
class Burn:
    """What became of a line: its ceiling, what is committed (reserved, not yet delivered), delivered, verified, held
    and settled; visits and CNY."""

    ceiling: Sum
    committed: Sum = NOTHING
    delivered: Sum = NOTHING
    verified: Sum = NOTHING
    held: Sum = NOTHING
    settled: Sum = NOTHING

    @property
    def used(self) -> Sum:
        return self.committed + self.delivered

    @property
    def left(self) -> Sum:
        return self.ceiling - self.used

    @property
    def share(self) -> Decimal:
        """The larger used share of the two ceilings, 0 to 1; a ceiling of zero does not count."""
        shares = [Decimal(self.used.units) / self.ceiling.units] if self.ceiling.units else []
        shares += [self.used.amount / self.ceiling.amount] if self.ceiling.amount else []
        return max(shares, default=Decimal(0))

    @property
    def warning(self) -> Alarm:
        """`near` from 80 %, `nearly_used` from 95 % (DOMAIN.md 4.3)."""
        return "nearly_used" if self.share >= NEARLY_USED else "near" if self.share >= NEAR else ""

    @property
    def used_up(self) -> bool:
        """Whether the line takes no further match: no visit, or no money for one, is left."""
        return self.left.units <= 0 or (self.ceiling.amount > 0 and self.left.amount <= 0)


def burn_of_entries(ceiling: Sum, movements: Iterable[Entry]) -> Burn:
    """What became of a line with this ceiling after its movements."""
    sums = dict.fromkeys(KINDS, NOTHING)
    for entry in movements:
        sums[entry.kind] += Sum(entry.units, entry.amount)
    return Burn(
        ceiling, sums["reserved"] + sums["released"], sums["delivered"], sums["verified"],
        sums["held"] + sums["freed"], sums["settled"],
    )  # fmt: skip


def fault_of(before: Burn, entry: Entry) -> str:
    """Which rule an entry would break, "" for none (DOMAIN.md 4.3):

    sign: a reservation, or what is held back, is more than nothing; what is given back less.
    over_line: committed and delivered stay within the ceiling; over_committed: nothing is released twice.
    over_delivered: what is verified, and what is settled or held, was delivered.
    over_ceiling: settled and held together stay within the ceiling; over_held: nothing is freed that is not held.
    below_zero: a correction takes back at most what there is.

    An entry is judged only by the rules of its own kind: a line whose ceiling was cut still takes releases.
    """
    moved = Sum(entry.units, entry.amount)
    after = burn_of_entries(before.ceiling, [*_as_entries(before), entry])
    if not _signed(entry.kind, moved):
        return "sign"
    if entry.kind in {"reserved", "delivered"} and not NOTHING.within(after.left) and not moved.within(NOTHING):
        return "over_line"
    if not NOTHING.within(after.committed):
        return "over_committed"
    if not NOTHING.within(after.held):
        return "over_held"
    if not all(NOTHING.within(each) for each in (after.delivered, after.verified, after.settled)):
        return "below_zero"
    if entry.kind in {"reserved", "released", "freed"}:
        return ""
    paid = after.settled + after.held
    if not after.verified.within(after.delivered) or not paid.within(after.delivered):
        return "over_delivered"
    return "over_ceiling" if entry.kind in {"held", "settled"} and not paid.within(before.ceiling) else ""


def _signed(kind: str, moved: Sum) -> bool:
    if kind in GIVEN_BACK:
        return moved.within(NOTHING) and moved != NOTHING
    if kind in {"reserved", "held"}:
        return NOTHING.within(moved) and moved != NOTHING
    return moved != NOTHING and (NOTHING.within(moved) or moved.within(NOTHING))


def _as_entries(burn: Burn) -> list["Posted"]:
    parts = {
        "reserved": burn.committed, "delivered": burn.delivered, "verified": burn.verified, "held": burn.held,
        "settled": burn.settled,
    }  # fmt: skip
    return [Posted(kind, part.units, part.amount) for kind, part in parts.items()]


def moved_by_delivery(open_reservation: Sum, delivered: Sum) -> Sum:
    """What a delivery takes off its reservation: as much as was delivered, at most what is still reserved; with the
    last visit the money that is left over goes back, too."""
    if delivered.units >= open_reservation.units:
        return open_reservation
    return Sum(delivered.units, min(delivered.amount, open_reservation.amount))


@dataclass(frozen=True, slots=True)
class Balance:
    """A line's ceiling, what is used of it (reserved or delivered), and what is left; visits and CNY."""

    units: int
    amount: Decimal
    used_units: int
    used_amount: Decimal

    @property
    def _burn(self) -> Burn:
        return Burn(Sum(self.units, self.amount), Sum(self.used_units, self.used_amount))

    @property
    def left_units(self) -> int:
        return self._burn.left.units

    @property
    def left_amount(self) -> Decimal:
        return self._burn.left.amount

    @property
    def used_share(self) -> Decimal:
        return self._burn.share

    @property
    def warning(self) -> Alarm:
        return self._burn.warning

    def covers(self, units: int, amount: Decimal) -> bool:
        """Whether so many visits for so much money still fit under both ceilings."""
        return Sum(units, amount).within(self._burn.left)


def balance_of(line: Line, movements: Iterable[Entry]) -> Balance:
    """The line's balance after its movements."""
    counted = [entry for entry in movements if entry.kind in COUNTED]
    return Balance(
        line.max_units, line.max_amount, sum(e.units for e in counted), sum((e.amount for e in counted), Decimal(0))
    )


def per_period(total: int, days: int) -> int:
    """Of what is left for so many days, the part of one planning period: times 4 / weeks left, rounded down, at most
    all of it (MATCHING.md)."""
    return max(0, min(total, total * PERIOD_DAYS // days)) if days > 0 else 0


def left_for_period(line: Line, movements: Iterable[Entry], today: date) -> tuple[int, int]:
    """Visits and fen that one planning period (4 weeks) may use of a line: what is left times 4 / weeks left, rounded
    down, at most what is left (MATCHING.md); nothing of a line that is not open today or is overdrawn."""
    left = balance_of(line, movements)
    if not line.open_on(today) or not left.covers(0, Decimal(0)):
        return 0, 0
    visits, fen = max(0, left.left_units), max(0, int(left.left_amount * 100))
    return per_period(visits, days_left(line, today)), per_period(fen, days_left(line, today))


def days_left(line: Line, today: date) -> int:
    """Days until the line ends, today and the last day included; 0 after its end."""
    return max(0, (line.ends_on - today).days + 1)


def reserved_visits(line: Line, visits: int, today: date, *, once: bool = False) -> int:
    """How many visits an assignment of `visits` per four weeks reserves, at least one: those until the line's end,
    rounded down (so that a plan inside `left_for_period` always fits); for what is delivered once those of one period.
    """
    days = min(PERIOD_DAYS, days_left(line, today)) if once else days_left(line, today)
    return max(1, visits * days // PERIOD_DAYS)
