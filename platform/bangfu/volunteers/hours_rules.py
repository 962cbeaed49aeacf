"""Counting volunteers' minutes, their stars, and the states of services, awards and certificates (DOMAIN.md 7). Pure.

Only actual service time counts: travel, training and waiting are taken off, paid time and time that another service
already counts are not counted again, and no day has more than its cap.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Final
from uuid import UUID

from bangfu.errors import N_
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.states import Machine

Span = tuple[datetime, datetime]

ORGANISERS: Final = frozenset({"station_dispatcher", "provider_manager"})
BUREAU: Final = frozenset({"bureau_officer"})
SYSTEM: Final = frozenset({"system"})

SERVICE_STATES: Final = ("recorded", "confirmed", "rejected")
STAR_STATES: Final = ("published", "awarded", "stopped")
CERTIFICATE_STATES: Final = ("issued", "revoked")
LONGEST: Final = timedelta(hours=24)
"""A single service is not longer [D]."""
BAR_YEARS: Final = (1, 3)
"""False hours bar from stars for one to three years (DOMAIN.md 7)."""

REJECT_REASONS: Final = ("not_there", "not_service", "paid", "double", "visit_rejected", "other")
CORRECT_REASONS: Final = ("times", "travel", "training", "waiting", "other")
REVOKE_REASONS: Final = ("false_hours", "wrong_person", "wrong_content", "reissued", "other")


@dataclass(frozen=True, slots=True)
class Line:
    """One move and who may cause it."""

    source: str
    action: str
    target: str
    roles: frozenset[str]


SERVICE_MACHINE: Final = Machine(
    [
        Line("recorded", "confirm", "confirmed", ORGANISERS),
        Line("recorded", "reject", "rejected", ORGANISERS | SYSTEM),
        Line("confirmed", "reject", "rejected", ORGANISERS | SYSTEM),
        Line("rejected", "confirm", "confirmed", ORGANISERS),
        Line("recorded", "correct", "recorded", ORGANISERS),
        Line("confirmed", "correct", "confirmed", ORGANISERS),
    ],
    N_("These hours are in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "volunteer_service_status",
    "volunteer_service_action",
)
STAR_MACHINE: Final = Machine(
    [Line("published", "award", "awarded", BUREAU), Line("published", "stop", "stopped", BUREAU)],
    N_("The stars are in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "star_status",
    "star_action",
)
CERTIFICATE_MACHINE: Final = Machine(
    [Line("issued", "revoke", "revoked", ORGANISERS)],
    N_("The certificate is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "volunteer_certificate_status",
    "volunteer_certificate_action",
)


@dataclass(frozen=True, slots=True)
class Work:
    """One service: its span, and the minutes inside of it that do not count (travel, training, waiting)."""

    id: UUID
    start: datetime
    end: datetime
    excluded: int = 0


def minutes_of_day(works: Iterable[Work], paid: Iterable[Span], day: date, cap: int) -> dict[UUID, int]:
    """What each service counts on a civil day, in whole minutes.

    One clock: of overlapping services the one with fewer minutes taken off counts first, then the earlier one; time
    that is paid, or counted already, is not counted again. The day's sum never passes `cap`. Minutes taken off a
    service that passes midnight are taken off its first day first.
    """
    first, last = day_span(day)
    covered = _merged(_clip(span, first, last) for span in paid)
    found: dict[UUID, int] = {}
    left = cap
    for work in sorted(works, key=lambda each: (each.excluded, each.start, each.end, each.id)):
        span = _clip((work.start, work.end), first, last)
        if span[0] >= span[1]:
            continue
        own = int((span[1] - span[0] - _overlap(span, covered)) / timedelta(minutes=1))
        minutes = min(left, max(0, own - _excluded_on(work, first)))
        found[work.id] = minutes
        left -= minutes
        covered = _merged([*covered, span])
    return found


def days_of(start: datetime, end: datetime) -> list[date]:
    """The civil days that a span touches."""
    first, last = civil_date(start), civil_date(end - timedelta(microseconds=1))
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def _excluded_on(work: Work, first: datetime) -> int:
    """What is left to take off on the day that begins at `first`."""
    before = max(timedelta(0), first - work.start)
    return max(0, work.excluded - int(before / timedelta(minutes=1)))


def _clip(span: Span, first: datetime, last: datetime) -> Span:
    return max(span[0], first), min(span[1], last)


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Spans that neither touch nor overlap, in order."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _overlap(span: Span, covered: Sequence[Span]) -> timedelta:
    parts = (min(span[1], end) - max(span[0], start) for start, end in covered)
    return sum((part for part in parts if part > timedelta(0)), timedelta(0))


def hours(minutes: int) -> Decimal:
    """Minutes as hours with one decimal, half up: 90 -> 1.5, 100 -> 1.7."""
    return (Decimal(minutes) / 60).quantize(Decimal("0.1"), ROUND_HALF_UP)


def stars(minutes: int, scale: Sequence[int]) -> int:
    """How many stars confirmed minutes are worth; minutes are compared, not rounded hours."""
    return sum(1 for least in scale if minutes >= least)


def next_star(minutes: int, scale: Sequence[int]) -> int | None:
    """The minutes still missing for the next star, or None where there is none."""
    return next((least - minutes for least in sorted(scale) if minutes < least), None)


def scale_fault(scale: Sequence[int]) -> bool:
    """Whether a scale of stars is none: five rising numbers of minutes."""
    return len(scale) != 5 or scale[0] <= 0 or any(later <= earlier for earlier, later in pairwise(scale))


def changes(before: Mapping[UUID, int], after: Mapping[UUID, int]) -> dict[UUID, int]:
    """What has to be entered so that the ledger says `after`: signed minutes by service, without zeros."""
    keys = before.keys() | after.keys()
    found = {key: after.get(key, 0) - before.get(key, 0) for key in keys}
    return {key: minutes for key, minutes in found.items() if minutes}
