"""Windows of visits that a norm makes due (DOMAIN.md 2.2 "due-date rule"). Pure.

A norm "n per period" creates n windows of equal length; a visit counts for the window of its start time; one visit
never fills two windows; two visits on one day fill one window of a `visit_check` norm.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from bangfu.shared.civil_time import civil_date, day_span, month_span, quarter_of, quarter_span

ONE_A_DAY: Final = frozenset({"visit_check"})
"""Services of which two visits on one day count as one."""
_MONDAY: Final = date(2024, 1, 1)
"""Two-week periods are counted from this Monday on [D]."""


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` up to but not including `end`; `visit` is the start of the visit that fills it."""

    start: datetime
    end: datetime
    visit: datetime | None = None

    def state(self, at: datetime) -> str:
        """`filled`, `missed` (over without a visit), `due` (running) or `ahead`."""
        if self.visit is not None:
            return "filled"
        if self.end <= at:
            return "missed"
        return "due" if self.start <= at else "ahead"


def period_span(period: str, day: date) -> tuple[datetime, datetime]:
    """First instant of the civil period that a day lies in, and of the next one; weeks begin on Monday.

    Raises:
        KeyError: for an unknown period.
    """
    first, last = {"week": _weeks, "two_weeks": _two_weeks, "month": _month, "quarter": _quarter}[period](day)
    return day_span(first)[0], day_span(last)[1]


def _weeks(day: date, weeks: int = 1) -> tuple[date, date]:
    first = day - timedelta(days=(day - _MONDAY).days % (7 * weeks))
    return first, first + timedelta(days=7 * weeks - 1)


def _two_weeks(day: date) -> tuple[date, date]:
    return _weeks(day, 2)


def _month(day: date) -> tuple[date, date]:
    return month_span(day.year, day.month)


def _quarter(day: date) -> tuple[date, date]:
    return quarter_span(*quarter_of(day))


def windows(start: datetime, end: datetime, times: int) -> list[Window]:
    """`times` windows of equal length that fill the span without a hole.

    Raises:
        ValueError: for no windows or an empty span.
    """
    if times < 1 or end <= start:
        raise ValueError("a norm needs at least one window in a span that is not empty")
    length = (end - start) / times
    edges = [start + length * place for place in range(times)] + [end]
    return [Window(left, right) for left, right in pairwise(edges)]


def fill(empty: Sequence[Window], visits: Iterable[datetime], *, one_a_day: bool = False) -> list[Window]:
    """The windows with the first visit that starts in each. `one_a_day`: of a civil day only the first visit counts."""
    counted = sorted(visits)
    if one_a_day:
        days: dict[date, datetime] = {}
        for visit in counted:
            days.setdefault(civil_date(visit), visit)
        counted = list(days.values())
    return [
        Window(window.start, window.end, next((v for v in counted if window.start <= v < window.end), None))
        for window in empty
    ]


def due_windows(service: str, times: int, period: str, day: date, visits: Iterable[datetime]) -> list[Window]:
    """The windows of the period that a day lies in, filled with the visits there were."""
    return fill(windows(*period_span(period, day), times), visits, one_a_day=service in ONE_A_DAY)
