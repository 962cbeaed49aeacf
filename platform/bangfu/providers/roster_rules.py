"""When a carer is there: weekly windows, leave, and what differs on single days (DOMAIN.md 2.4). Pure.

A day counts in this order: on leave nobody is there; else what was said of that very day counts; else the weekly
windows do.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from math import ceil
from typing import Final

from bangfu.errors import N_
from bangfu.shared.states import Machine

Window = tuple[int, int, int]
"""Weekday (0 is Monday), first minute of the day, minute at which it ends."""
Span = tuple[int, int]
Days = Mapping[date, Collection[Span]]
"""What differs on a day: the spans in which the carer is there instead; none: not there."""

LEAVE_KINDS: Final = ("annual", "sick", "training", "other")
LEAVE_STATES: Final = ("requested", "approved", "refused", "withdrawn")
COUNTING: Final = "approved"
"""Only leave in this state takes anybody off the roster."""
LONGEST_LEAVE_DAYS: Final = 366
FURTHEST_DAYS: Final = 400
"""How far ahead leave and single days may be entered [D]."""
SPANS_A_DAY: Final = 4

_KEEPER: Final = frozenset({"provider_manager", "station_dispatcher"})
_ANYBODY: Final = _KEEPER | {"social_worker", "volunteer"}


@dataclass(frozen=True, slots=True)
class Move:
    """One move of a leave: who may make it, and how its event is called."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str


LEAVE_MACHINE: Final = Machine(
    [
        Move("requested", "approve", "approved", _KEEPER, "approved"),
        Move("requested", "refuse", "refused", _KEEPER, "refused"),
        Move("requested", "withdraw", "withdrawn", _ANYBODY, "withdrawn"),
        Move("approved", "withdraw", "withdrawn", _ANYBODY, "withdrawn"),
    ],
    N_("Leave in the state {state} allows no {action}."),
    "leave_status",
    "leave_action",
)


@dataclass(frozen=True, slots=True)
class Away:
    """Of the days with windows: how many are lost, and the share that is left (0 to 1)."""

    days_off: int
    share: Decimal


@dataclass(frozen=True, slots=True)
class Leave:
    """From the first to the last day of a leave, both off."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


def span_of_days(first: date, days: int) -> Iterator[date]:
    """The days of a period."""
    return (first + timedelta(days=step) for step in range(days))


def spans_on(day: date, windows: Iterable[Window], leaves: Iterable[Leave], differing: Days) -> list[Span]:
    """When the carer is there on a day, by the clock."""
    if any(leave.covers(day) for leave in leaves):
        return []
    if day in differing:
        return sorted(differing[day])
    return sorted((start, end) for weekday, start, end in windows if weekday == day.weekday())


def holds_on(day: date, window: Window, leaves: Iterable[Leave], differing: Days) -> bool:
    """Whether the carer is there during a whole window on one of its dates."""
    spans = spans_on(day, [window], leaves, differing)
    return any(start <= window[1] and window[2] <= end for start, end in spans)


def holding(
    windows: Sequence[Window], first: date, days: int, leaves: Collection[Leave], differing: Days
) -> list[Window]:
    """The weekly windows that hold in a period: those with the carer there on at least half of their dates, rounded
    up [D]. Who is away on every day has none."""
    if not leaves and not differing:
        return list(windows)
    if away(windows, first, days, leaves, differing).share == 0:
        return []
    kept = []
    for window in windows:
        dates = [day for day in span_of_days(first, days) if day.weekday() == window[0]]
        if sum(holds_on(day, window, leaves, differing) for day in dates) >= ceil(len(dates) / 2):
            kept.append(window)
    return kept


def away(windows: Sequence[Window], first: date, days: int, leaves: Collection[Leave], differing: Days) -> Away:
    """How much of a period the carer is away: days there of the days on which there are windows; of all days where
    no window is known."""
    weekdays = {window[0] for window in windows} or set(range(7))
    dates = [day for day in span_of_days(first, days) if day.weekday() in weekdays]
    lost = sum(1 for day in dates if _lost(day, leaves, differing))
    if not dates:
        return Away(0, Decimal(1))
    share = (Decimal(len(dates) - lost) / Decimal(len(dates))).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return Away(lost, share)


def _lost(day: date, leaves: Iterable[Leave], differing: Days) -> bool:
    return any(leave.covers(day) for leave in leaves) or (day in differing and not differing[day])


def spans_fault(spans: Sequence[Span]) -> str:
    """What is wrong with the spans of one day, as a sentence with {weekday}; "" if nothing is."""
    if any(not 0 <= start < 1440 or not 0 < end <= 1440 for start, end in spans):
        return N_("{weekday}: please enter times from 00:00 to 24:00.")
    if any(end <= start for start, end in spans):
        return N_("{weekday}: a span ends before it begins.")
    if len(spans) > SPANS_A_DAY:
        return N_("{weekday}: at most four spans.")
    ordered = sorted(spans)
    if any(later[0] < earlier[1] for earlier, later in pairwise(ordered)):
        return N_("{weekday}: two spans overlap.")
    return ""


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
