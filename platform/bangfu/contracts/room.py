"""What bounds several uses of lines at once: a township's quota of a line, and the cap of the fund that pays. Pure.

Contracts are approved within the cap (DOMAIN.md 4.3), so their lines can pass it only where the fund's total was
corrected downwards afterwards, or where contracts were taken over by a list. Then what is reserved and delivered on
these lines, taken together, still stays within the cap. A line that several years' funds pay counts for each of them
in proportion to what each committed to it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from bangfu.contracts.rules import Line, days_left, per_period

FEN: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Quota:
    """How many visits of a line a part of the area may use, and how many are used (reserved or delivered)."""

    id: UUID
    line: UUID
    division: str
    """A prefix."""
    max_units: int
    used_units: int

    @property
    def left(self) -> int:
        return self.max_units - self.used_units

    def covers(self, division: str) -> bool:
        """Whether it bounds what is served in a division."""
        return division.startswith(self.division)

    def for_period(self, line: Line, today: date) -> int:
        """Visits that one planning period may use of it, as of a line (`rules.left_for_period`)."""
        return per_period(max(0, self.left), days_left(line, today))


@dataclass(frozen=True, slots=True)
class Cap:
    """What may be spent of one fund on purchases (CNY), which share of each line counts for it, and what is used."""

    fund: UUID
    division: str
    year: int
    cap: Decimal
    shares: Mapping[UUID, Fraction] = field(default_factory=dict)
    used: Mapping[UUID, Decimal] = field(default_factory=dict)
    """Line -> CNY reserved or delivered in all."""
    ceilings: Mapping[UUID, Decimal] = field(default_factory=dict)
    """Line -> CNY that it allows at most."""

    @property
    def tight(self) -> bool:
        """Whether the lines together could use more than the cap; else the lines' own ceilings are enough."""
        most = (share * Fraction(self.ceilings.get(line, Decimal(0))) for line, share in self.shares.items())
        return sum(most, Fraction()) > Fraction(self.cap)

    @property
    def room(self) -> Decimal:
        """What may still be used of lines that count in full; below zero where more is used already."""
        spent = sum(
            (share * Fraction(self.used.get(line, Decimal(0))) for line, share in self.shares.items()), Fraction()
        )
        return _floor(Fraction(self.cap) - spent)

    def takes(self, line: UUID, amount: Decimal) -> bool:
        """Whether so much more of a line stays within the cap."""
        return self.shares.get(line, Fraction()) * Fraction(amount) <= Fraction(self.room)

    def for_period(self, lines: Iterable[Line], today: date) -> int:
        """Fen that one planning period may use of some of its lines together: a plan within it, reserved until each
        line's end, stays within the cap."""
        counted = [line for line in lines if self.shares.get(line.id)]
        if not counted or self.room <= 0:
            return 0
        whole = int(Fraction(self.room) * 100 / max(self.shares[line.id] for line in counted))
        longest = max(days_left(line, today) for line in counted)
        return per_period(whole, longest)


def shares_of(committed: Mapping[UUID, Decimal]) -> dict[UUID, Fraction]:
    """Fund -> the share of a line's use that counts for it, from what each has committed to the line."""
    total = sum((Fraction(amount) for amount in committed.values()), Fraction())
    return {fund: Fraction(amount) / total for fund, amount in committed.items() if amount > 0} if total else {}


def year_days(starts_on: date, ends_on: date) -> dict[int, int]:
    """Calendar year -> days of a term in it: how a line is shared out that no item pays yet."""
    return {
        year: (min(ends_on, date(year, 12, 31)) - max(starts_on, date(year, 1, 1))).days + 1
        for year in range(starts_on.year, ends_on.year + 1)
    }


def _floor(value: Fraction) -> Decimal:
    fen = value * 100
    return (Decimal(fen.numerator // fen.denominator) * FEN).quantize(FEN, ROUND_FLOOR)
