"""What may be entered afterwards (补录) and how much of it is paid without a spot check (DOMAIN.md 6.6). Pure.

Of the visits that one carer delivered in a quarter under one contract, at most the contract's share (default a tenth,
rounded down) is payable although it was entered afterwards and nobody checked it on the spot. Those of the earliest
start come first; the rest is held back until a spot check confirms it. Nothing of this is frozen with the visit: it
follows from the quarter as it stands when it is read.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from math import floor
from typing import Any, Final
from uuid import UUID

from bangfu.errors import N_
from bangfu.shared.civil_time import civil_date

DEFAULT_SHARE: Final = Decimal("0.10")
REASON: Final = "afterwards_share"
LATEST: Final = timedelta(days=15)
"""How long after its planned end a visit may be entered afterwards [D]."""
LONGEST: Final = timedelta(hours=12)
REASONS: Final = ("phone_broken", "no_network", "no_smartphone", "emergency", "forgot", "system", "other")
ATTEST_REASONS: Final = ("present", "called", "called_carer", "other")
REFUSE_REASONS: Final = (
    "not_delivered", "shorter", "wrong_person", "items_missing", "no_evidence", "forged", "other",
)  # fmt: skip
APPROVAL_WORKING_DAYS: Final = 5
APPROVERS: Final = frozenset({"township_officer"})

Fault = tuple[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Claim:
    """The times that somebody claims for a visit; `begun`: when its arrival was proved, if it was."""

    start: datetime
    end: datetime
    begun: datetime | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """What the visit itself says: when it was planned, and the window that it fills."""

    planned_start: datetime
    planned_end: datetime
    due_from: datetime
    due_until: datetime


def time_faults(claim: Claim, span: Span, at: datetime, *, attested: bool = False) -> dict[str, Fault]:
    """Field -> what is wrong with the claimed times.

    The start lies inside of the window that the visit fills and is the proved arrival where there is one; the end
    follows within twelve hours and is over. Entered afterwards: within 15 days; attested: on the planned day only.
    """
    found: dict[str, Fault] = {}
    if claim.begun is not None and claim.start != claim.begun:
        found["start"] = (N_("The arrival was proved on the spot: its time stays."), {})
    elif not span.due_from <= claim.start < span.due_until:
        found["start"] = (N_("The start has to lie inside the time in which the visit was due."), {})
    if claim.end <= claim.start:
        found["end"] = (N_("The end comes after the start."), {})
    elif claim.end - claim.start > LONGEST:
        found["end"] = (N_("A visit lasts at most 12 hours."), {})
    elif claim.end > at:
        found["end"] = (N_("This is in the future."), {})
    if attested and civil_date(at) != civil_date(span.planned_start):
        found.setdefault("start", (N_("A visit is attested on its own day; later it is entered afterwards."), {}))
    if not attested and at > span.planned_end + LATEST:
        found.setdefault("start", (N_("More than 15 days have passed: this visit cannot be entered any more."), {}))
    return found


@dataclass(frozen=True, slots=True)
class Delivered:
    """A visit that a carer delivered in the quarter. `checked`: a spot check has confirmed it."""

    id: UUID
    start: datetime
    afterwards: bool
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Weighed:
    """What of a carer's quarter under one contract is paid.

    Attributes:
        delivered: all visits; afterwards: those entered afterwards; allowed: how many of these may be paid unchecked.
        held: the ids that are not payable (reason `afterwards_share`), in the order of their start.
    """

    delivered: int
    afterwards: int
    allowed: int
    held: tuple[UUID, ...]


def weigh(visits: Collection[Delivered], share: Decimal = DEFAULT_SHARE) -> Weighed:
    """Which of the visits entered afterwards are held back: see the module. A checked one is paid and uses nothing up.

    Args:
        share: 0 to 1, the contract's term.
    """
    allowed = floor(len(visits) * share)
    late = sorted((each for each in visits if each.afterwards), key=lambda each: (each.start, each.id))
    unchecked = [each.id for each in late if not each.checked]
    return Weighed(len(visits), len(late), allowed, tuple(unchecked[allowed:]))


def share_of(terms: Any) -> Decimal:
    """The contract's term `afterwards_share` (a fraction as text); the default where it is missing or no share."""
    try:
        found = Decimal(str(terms.get("afterwards_share", DEFAULT_SHARE)))
    except (AttributeError, InvalidOperation):
        return DEFAULT_SHARE
    return found if found.is_finite() and 0 <= found <= 1 else DEFAULT_SHARE


CLASSES: Final = ("on_spot", "call", "attested", "afterwards")


def percent(part: int, whole: int) -> str:
    """A share with one digit, half away from zero; "—" of nothing."""
    if whole == 0:
        return "—"
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10} %"


def months_back(today: date, number: int) -> Sequence[str]:
    """The last months as 2026-11, the present one first."""
    found, year, month = [], today.year, today.month
    for _ in range(number):
        found.append(f"{year:04d}-{month:02d}")
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return found
