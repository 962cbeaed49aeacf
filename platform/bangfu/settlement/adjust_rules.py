"""What is taken off a payment beyond the quarter's own arithmetic (DOMAIN.md 6.3, 6.4): advances, agreed penalties,
units clawed back, what a new revision shows to be paid too much. Pure; every amount is computed from frozen facts and
confirmed terms, none is typed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from bangfu.quality import standard_rules
from bangfu.quality.snapshot import Snapshot, VisitFact
from bangfu.settlement.statement_rules import LineDraft, fen, product

ADJUST_STATES: Final = ("proposed", "approved", "refused", "taken", "repaid")
CLAUSE_STATES: Final = ("noted", "confirmed", "refused", "replaced")
CODES: Final = ("missed_visit", "late_record", "staff_change", "reporting", "other", "late_interest")
BASES: Final = {
    "missed_visit": ("per_unit", "percent"), "late_record": ("per_unit", "percent"), "staff_change": ("percent",),
    "reporting": ("percent",), "other": ("percent",), "late_interest": ("daily",),
}  # fmt: skip
"""What a penalty is computed by: CNY for each unit that the facts count, or a share of what the quarter earned."""
CLAWBACK_REASONS: Final = ("forged", "uncleared", "after_event", "paid_elsewhere")
PAYING: Final = ("base", "perf")
MOST_PENALTY: Final = Fraction(3, 10)
"""All penalties of a quarter together take at most this share of what it earned [D]."""


@dataclass(frozen=True, slots=True)
class Part:
    """What an adjustment takes off one figure of a statement: (of, line, rate) with units and money, both below 0."""

    of: str
    line: str
    rate: Decimal
    units: int
    amount: Decimal

    def as_data(self) -> dict[str, Any]:
        """For the database and for the detail of a line."""
        return {"of": self.of, "line": self.line, "rate": str(self.rate), "units": self.units,
                "amount": str(self.amount)}  # fmt: skip


def parts_of(raw: Iterable[dict[str, Any]]) -> tuple[Part, ...]:
    """Parts as they are kept."""
    return tuple(
        Part(each["of"], each["line"], Decimal(each["rate"]), int(each["units"]), Decimal(each["amount"]))
        for each in raw
    )


def penalty_units(snapshot: Snapshot, code: str) -> int:
    """How often a penalised thing happened, from the frozen facts: windows missed without an excuse, records sent
    later than the standard of the contract allows (its version is frozen with the facts); 0 for what is not counted."""
    if code == "missed_visit":
        return sum(window.state == "missed" for window in snapshot.windows)
    if code == "late_record":
        hours = standard_rules.of_data(snapshot.standard).sending_hours
        return sum("late_record" in visit.missing or _late(visit, hours) for visit in snapshot.visits)
    return 0


def _late(visit: VisitFact, hours: int) -> bool:
    if not visit.submitted_at or not visit.ended_at:
        return False
    return datetime.fromisoformat(visit.submitted_at) - datetime.fromisoformat(visit.ended_at) > timedelta(hours=hours)


def penalty(basis: str, value: Decimal, units: int, earned: Decimal, taken: Decimal = Decimal("0.00")) -> Decimal:
    """What a clause takes off, as an amount above zero: value x units, or value x what the quarter earned; never more
    than what MOST_PENALTY leaves.

    Args:
        earned: base and performance part of the quarter.
        taken: penalties of the quarter so far.
    """
    wanted = fen(Fraction(value) * units) if basis == "per_unit" else fen(Fraction(value) * Fraction(earned))
    room = fen(Fraction(max(earned, Decimal(0))) * MOST_PENALTY) - taken
    return max(Decimal("0.00"), min(wanted, room))


def clawback(lines: Sequence[LineDraft], back: Iterable[tuple[str, Decimal, int]]) -> tuple[Part, ...]:
    """What units are worth that were paid and must come back: the product for all units less the product for those
    that stay, so that what remains is what the rule gives for them.

    Args:
        lines: the undisputed base and perf lines that count now, one for each (kind, contract line, rate).
        back: (contract line, rate, units) to take back.

    Raises:
        ValueError: for more units than were paid.
    """
    found = []
    for line, rate, units in back:
        for each in (each for each in lines if each.line == line and each.rate == rate and each.kind in PAYING):
            if units > each.units:
                raise ValueError("more units than were paid")
            stays = product(each.units - units, rate, each.share, each.factor)
            found.append(Part(each.kind, line, rate, -units, stays - each.amount))
    return tuple(part for part in found if part.amount or part.units)


def advance_share(earned: Decimal, share: Decimal, left: Decimal) -> Decimal:
    """What a quarter takes off of a paid advance: the advance's share of what was earned, at most what is left."""
    return max(Decimal("0.00"), min(fen(Fraction(earned) * Fraction(share)), left))


def true_up(earned: Decimal, left: Decimal) -> tuple[Decimal, Decimal]:
    """At the end of the year or of the contract the whole rest of an advance is taken off: (taken off now, what the
    organisation owes because the quarter earned less)."""
    now = max(Decimal("0.00"), min(earned, left))
    return now, left - now


def takeable(amounts: Sequence[Decimal], room: Decimal) -> list[int]:
    """Which of the waiting adjustments (amounts below zero, the oldest first) fit into a payment without turning it
    below zero: their places. One that does not fit waits for the next payment; smaller ones behind it may go."""
    found = []
    for place, amount in enumerate(amounts):
        if room + amount >= 0:
            found.append(place)
            room += amount
    return found
