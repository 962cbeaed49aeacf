"""Which visits a service owes and which visit fills what (DOMAIN.md 2.2 "due-date rule"). Pure.

A basis (a norm in its versions, or the need's visits per four weeks) makes windows without a hole; a task owes those
that it covers for at least half of their length; a visit counts for the one window in which it starts. What "equal
length" means where a household can be visited on some weekdays only: docs/decisions/0032.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

from bangfu.catalogue.window_rules import period_span
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.visits.life_rules import DELIVERED

FOUR_WEEKS: Final = "four_weeks"
_MONDAY: Final = date(2024, 1, 1)
"""Two-week and four-week periods are counted from this Monday on [D]."""
GRACE: Final = timedelta(hours=24)
"""How long a record may still be on its way (DOMAIN.md 5.1: offline entries are sent within 24 hours)."""
WINDOW_STATES: Final = ("filled", "planned", "due", "missed", "ahead", "excused", "optional")
"""`optional`: the task covers less than half of the window; a visit may fill it, nobody misses it."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often, from a day on: `times` in each `period` (week, two_weeks, month, quarter, four_weeks)."""

    since: date
    times: int
    period: str
    code: str = "need"
    """What it rests on: the code of a norm, or "need"."""


@dataclass(frozen=True, slots=True)
class Span:
    """A window of a rhythm: from `start` up to but not including `end`; `period_end` is that of its period."""

    start: datetime
    end: datetime
    period_end: datetime
    code: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A visit as the windows read it: `at` is the instant that it counts for, `over` when a planned one is late."""

    id: UUID
    status: str
    at: datetime
    over: datetime


@dataclass(frozen=True, slots=True)
class DueWindow:
    """A window of a task. `visit` fills it, is planned for it, or was missed in it; `basis` a norm's code or "need".

    `state`: one of WINDOW_STATES.
    """

    start: datetime
    end: datetime
    state: str
    basis: str
    visit: UUID | None = None
    optional: bool = False
    period_end: datetime | None = None

    @property
    def filled_by(self) -> UUID | None:
        """The visit that took place in it."""
        return self.visit if self.state == "filled" else None


def period_of(period: str, day: date) -> tuple[date, date]:
    """First and last civil day of the period that a day lies in.

    Raises:
        KeyError: for an unknown period.
    """
    if period == FOUR_WEEKS:
        first = day - timedelta(days=(day - _MONDAY).days % 28)
        return first, first + timedelta(days=27)
    start, end = period_span(period, day)
    return civil_date(start), civil_date(end) - timedelta(days=1)


def edges(first: date, last: date, times: int, days: frozenset[int], *, one_a_day: bool = False) -> list[datetime]:
    """Where the windows of one period begin, and its end: they fill it without a hole.

    Windows of equal length, counted in days on which the household can be visited (`days`, weekdays; empty: all), so
    that each has at least one. More windows than such days: equal lengths by the clock, unless two visits on one day
    fill only one window (`one_a_day`).

    Raises:
        ValueError: for no windows or an empty period.
    """
    if times < 1 or last < first:
        raise ValueError("a rhythm needs at least one window in a period that is not empty")
    begin, end = day_span(first)[0], day_span(last)[1]
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    able = [day for day in every if not days or day.weekday() in days] or every
    if one_a_day:
        times = min(times, len(able))
    if times > len(able):
        return [*(begin + (end - begin) * n / times for n in range(times)), end]
    starts = [day_span(able[len(able) * n // times])[0] for n in range(times)]
    return [begin, *starts[1:], end]


def spans(
    rhythms: Sequence[Rhythm], first: date, last: date, days: frozenset[int] = frozenset(), *, one_a_day: bool = False
) -> list[Span]:
    """Every window that touches the days from `first` to `last`, in order, without a hole.

    Args:
        rhythms: in order of `since`; the first one counts for the time before it too. A new one counts from the
            first period that begins on or after its day: a period keeps the rhythm that it began with.

    Raises:
        ValueError: without a rhythm.
    """
    if not rhythms:
        raise ValueError("windows need a rhythm")
    found: list[Span] = []
    day = _first_day(rhythms, first)
    while day <= last:
        rhythm = _at(rhythms, day)
        begins, ends = period_of(rhythm.period, day)
        close = day_span(ends)[1]
        opened = day_span(day)[0]
        whole = pairwise(edges(begins, ends, rhythm.times, days, one_a_day=one_a_day))
        found += [Span(max(left, opened), right, close, rhythm.code) for left, right in whole if right > opened]
        day = ends + timedelta(days=1)
    start, end = day_span(first)[0], day_span(last)[1]
    return [span for span in found if span.end > start and span.start < end]


def _at(rhythms: Sequence[Rhythm], day: date) -> Rhythm:
    return max((each for each in rhythms if each.since <= day), key=lambda each: each.since, default=rhythms[0])


def _first_day(rhythms: Sequence[Rhythm], first: date) -> date:
    """The beginning of the period that `first` lies in, every change of rhythm before it being gone through."""
    day = before = period_of(rhythms[0].period, min(first, rhythms[0].since))[0]
    for rhythm in (each for each in rhythms[1:] if each.since <= first):
        while day < rhythm.since:
            day, before = period_of(_at(rhythms, day).period, day)[1] + timedelta(days=1), day
    return before if day > first else max(day, period_of(_at(rhythms, first).period, first)[0])


def cut(
    whole: Iterable[Span], begins: datetime, ends: datetime | None,
    pauses: Sequence[tuple[datetime, datetime | None]] = (),
) -> list[tuple[Span, bool]]:  # fmt: skip
    """The windows of a task's own time, and whether each is optional: they begin with the task and end with it; a
    window in which the service rests throughout is none; one that it covers for less than half is optional."""
    found: list[tuple[Span, bool]] = []
    for span in whole:
        start, end = max(span.start, begins), min(span.end, ends or span.end)
        rest = sum((_overlap(start, end, pause) for pause in pauses), timedelta())
        if end > start and end - start > rest:
            served = end - start - rest
            found.append((Span(start, end, span.period_end, span.code), served * 2 < span.end - span.start))
    return found


def _overlap(start: datetime, end: datetime, pause: tuple[datetime, datetime | None]) -> timedelta:
    return max(timedelta(), min(end, pause[1] or end) - max(start, pause[0]))


def standing(
    owed: Iterable[tuple[Span, bool]], visits: Iterable[Counted], excused: Iterable[datetime], at: datetime
) -> list[DueWindow]:
    """Each window with the visit that it has and its state at an instant. `excused`: instants of confirmed reasons."""
    known = sorted((visit for visit in visits if visit.status in _ORDER), key=_best)
    reasons = list(excused)
    shown = []
    for span, optional in owed:
        visit = next((each for each in known if span.start <= each.at < span.end), None)
        free = any(span.start <= each < span.end for each in reasons)
        state = state_of(span.start, span.end, visit, excused=free, optional=optional, at=at)
        shown.append(
            DueWindow(span.start, span.end, state, span.code, visit.id if visit else None, optional, span.period_end)
        )
    return shown


_ORDER: Final = {**dict.fromkeys(DELIVERED, 0), "in_progress": 1, "planned": 2, "excused": 3, "missed": 4}
"""Of several visits in one window the one furthest along; what is not here (rejected, cancelled) fills nothing."""


def _best(visit: Counted) -> tuple[int, datetime, str]:
    return _ORDER[visit.status], visit.at, str(visit.id)


def state_of(
    start: datetime, end: datetime, visit: Counted | None, *, excused: bool, optional: bool, at: datetime
) -> str:
    """What a window is at an instant; a planned visit counts while the window runs, and a day beyond its own end."""
    status = visit.status if visit is not None else ""
    if status in DELIVERED:
        return "filled"
    if visit is not None and status == "planned" and max(end, visit.over + GRACE) > at:
        return "planned"
    if status == "in_progress":
        return "planned"
    if excused or status == "excused":
        return "excused"
    if optional:
        return "optional"
    if end <= at:
        return "missed"
    return "due" if start <= at else "ahead"
