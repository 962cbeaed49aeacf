"""The records of a calendar problem: horizon, carers, tasks, rules; each judges itself when it is made.

Whole numbers throughout: minutes of a day count from midnight, days from the first day of the horizon (0), and an
absolute minute is day * 1440 + minute. Weekday 0 is Monday. Coordinates are WGS-84 degrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from matching import values
from matching.records import PRIORITIES, Window
from matching.values import DAY_MINUTES, ProblemError

WEEK = 7
MOST_DAYS = 366
SLOTS = (5, 10, 15, 30)
MOST_DAY_NUMBER = 100_000

DayWindow = tuple[int, int, int]  # (day of the horizon, start, end)
Wish = tuple[int, int | None]  # (weekday, minute of the day or None for any time)


def settle(record: object, **checked: object) -> None:
    """Put checked values into a frozen record."""
    for name, value in checked.items():
        object.__setattr__(record, name, value)


def _flag(record: str, field_name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ProblemError(record, field_name, f"must be true or false, is {values.shown(value)}")
    return value


def _days(record: str, field_name: str, value: Any) -> frozenset[int]:
    return frozenset(
        values.whole(record, field_name, day, MOST_DAYS) for day in values.items(record, field_name, value)
    )


def _span(record: str, field_name: str, start: Any, end: Any) -> tuple[int, int]:
    begin = values.whole(record, f"start of {field_name}", start, DAY_MINUTES)
    stop = values.whole(record, f"end of {field_name}", end, DAY_MINUTES)
    if stop <= begin:
        raise ProblemError(record, field_name, f"must end after they start, hold {begin} to {stop}")
    return begin, stop


def _day_windows(record: str, value: Any) -> tuple[DayWindow, ...]:
    checked = []
    for entry in values.items(record, "windows", value):
        parts = values.items(record, "windows", entry)
        if len(parts) != 3:
            raise ProblemError(record, "windows", f"must hold [day, start, end], holds {values.shown(entry)}")
        checked.append(
            (values.whole(record, "day of windows", parts[0], MOST_DAYS), *_span(record, "windows", *parts[1:]))
        )
    return tuple(sorted(checked))


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """The days that are planned: the first, how many, the grid of starts in minutes, and the holidays among them."""

    first: date
    days: int = 28
    slot: int = 5
    holidays: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        settle(
            self,
            first=values.day("horizon", "first", self.first),
            days=values.whole("horizon", "days", self.days, MOST_DAYS, 1),
            holidays=_days("horizon", "holidays", self.holidays),
        )
        if self.slot not in SLOTS:
            raise ProblemError("horizon", "slot", f"must be one of {SLOTS}, is {values.shown(self.slot)}")

    def weekday(self, day: int) -> int:
        """0 for Monday to 6 for Sunday."""
        return (self.first.weekday() + day) % WEEK

    def week(self, day: int) -> int:
        """The number of the calendar week (Monday to Sunday) a day lies in; the first day lies in week 0."""
        return (self.first.weekday() + day) // WEEK

    def date_of(self, day: int) -> date:
        """The civil date of a day."""
        return self.first + timedelta(days=day)

    def day_of(self, when: date) -> int:
        """The day's number; negative before the horizon."""
        return (when - self.first).days


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakRule:
    """The carers' break.

    No stretch of visits and ways without a pause of `minutes` lasts longer than `most_work`, and a day that is longer
    than `most_work` and reaches across the whole `window` (None: no such rule) has a pause inside it. A pause is what
    is left between two visits after the way; the way may be walked before, after, or around it.
    """

    minutes: int = 30
    most_work: int = 360
    window: tuple[int, int] | None = (11 * 60, 14 * 60)

    def __post_init__(self) -> None:
        values.whole("break", "minutes", self.minutes, DAY_MINUTES, 1)
        values.whole("break", "most_work", self.most_work, DAY_MINUTES, 1)
        if self.window is not None:
            pair = values.items("break", "window", self.window)
            if len(pair) != 2:
                raise ProblemError("break", "window", "must hold [start, end]")
            start, end = _span("break", "window", *pair)
            if end - start < self.minutes:
                raise ProblemError("break", "window", "must be at least as long as the break")
            settle(self, window=(start, end))


@dataclass(frozen=True, slots=True, kw_only=True)
class Carer:
    """Someone who visits.

    `windows` are the concrete times of each day; days of `leave` have none, whatever the windows say (they only tell
    the reason). `speed_kmh` and the problem's `detour` make travel minutes. Limits count service and travel (from home
    to the first visit, between visits, and home again where the problem says so) in a day and in a calendar week;
    `used` are minutes already worked in a week (by number, Horizon.week) outside this problem. `break_rule` None: none.
    """

    id: str
    lat: float
    lon: float
    speed_kmh: float
    windows: tuple[DayWindow, ...] = ()
    leave: frozenset[int] = frozenset()
    max_minutes_day: int = 600
    max_minutes_week: int = 2400
    max_visits_day: int = 12
    used: Mapping[int, int] = field(default_factory=dict)
    break_rule: BreakRule | None = BreakRule()

    def __post_init__(self) -> None:
        values.text("a carer", "id", self.id)
        record = f"carer {self.id}"
        settle(
            self,
            lat=values.real(record, "lat", self.lat, -90, 90),
            lon=values.real(record, "lon", self.lon, -180, 180),
            speed_kmh=values.real(record, "speed_kmh", self.speed_kmh, 0.1, 10_000),
            windows=_day_windows(record, self.windows),
            leave=_days(record, "leave", self.leave),
            max_minutes_day=values.whole(record, "max_minutes_day", self.max_minutes_day, DAY_MINUTES),
            max_minutes_week=values.whole(record, "max_minutes_week", self.max_minutes_week, WEEK * DAY_MINUTES),
            max_visits_day=values.whole(record, "max_visits_day", self.max_visits_day, 1000),
            used={
                values.whole(record, "used", week, MOST_DAYS): values.whole(record, "used", minutes, WEEK * DAY_MINUTES)
                for week, minutes in values.mapping(record, "used", self.used).items()
            },
        )
        if self.break_rule is not None and not isinstance(self.break_rule, BreakRule):
            raise ProblemError(record, "break_rule", "must be a BreakRule or None")


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A span of absolute minutes [first, end) in which exactly one visit starts (DOMAIN.md 2.2).

    It may begin before the horizon. `by`: the latest start that is not called late; None: no start is late.
    """

    first: int
    end: int
    by: int | None = None

    def __post_init__(self) -> None:
        most = MOST_DAYS * 2 * DAY_MINUTES
        values.whole("a due window", "first", self.first, most, -most)
        values.whole("a due window", "end", self.end, most, -most)
        if self.end <= self.first:
            raise ProblemError("a due window", "end", f"must come after {self.first}, is {self.end}")
        if self.by is not None:
            values.whole("a due window", "by", self.by, most, -most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A visit that is agreed and stays: it fills the due window with this number; `carers` () means the task's own."""

    window: int
    day: int
    start: int
    carers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        values.whole("a fixed visit", "window", self.window)
        values.whole("a fixed visit", "day", self.day, MOST_DAYS)
        values.whole("a fixed visit", "start", self.start, DAY_MINUTES)
        settle(self, carers=values.texts("a fixed visit", "carers", self.carers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A visit that took place: it fills the due window with this number (None: none of them) and counts for spacing.

    `day` may lie before the horizon (negative). It takes nobody's time in this problem.
    """

    day: int
    start: int
    window: int | None = None

    def __post_init__(self) -> None:
        values.whole("a done visit", "day", self.day, MOST_DAY_NUMBER, -MOST_DAY_NUMBER)
        values.whole("a done visit", "start", self.start, DAY_MINUTES)
        if self.window is not None:
            values.whole("a done visit", "window", self.window)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An accepted assignment: one need of one household, served by one carer, or by two at the same time.

    * `due`: one visit each. * `windows`: the household's weekly times (weekday, start, end); None: any time.
    * `spacing_days`: least difference of days between any two visits (1: never twice a day); `spacing_minutes`: least
    time from the end of one to the start of the next. * `wishes`: (weekday, minute or None) that the household is used
    to; without them each visit is compared with the visit a week before. * `beside_others`: it may take place while
    another task of the household does. * `on_holidays`: it is served on holidays too.
    """

    id: str
    household: str
    carers: tuple[str, ...]
    lat: float
    lon: float
    minutes: int
    due: tuple[Due, ...]
    windows: tuple[Window, ...] | None = None
    spacing_days: int = 1
    spacing_minutes: int = 0
    wishes: tuple[Wish, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    done: tuple[Done, ...] = ()
    priority: str = "general"
    on_holidays: bool = False
    beside_others: bool = False

    def __post_init__(self) -> None:
        values.text("a task", "id", self.id)
        record = f"task {self.id}"
        settle(
            self,
            household=values.text(record, "household", self.household),
            carers=values.texts(record, "carers", self.carers),
            lat=values.real(record, "lat", self.lat, -90, 90),
            lon=values.real(record, "lon", self.lon, -180, 180),
            minutes=values.whole(record, "minutes", self.minutes, DAY_MINUTES, 1),
            due=values.items(record, "due", self.due),
            windows=None if self.windows is None else values.windows(record, self.windows),
            spacing_days=values.whole(record, "spacing_days", self.spacing_days, MOST_DAYS),
            spacing_minutes=values.whole(record, "spacing_minutes", self.spacing_minutes, MOST_DAYS * DAY_MINUTES),
            wishes=_wishes(record, self.wishes),
            fixed=values.items(record, "fixed", self.fixed),
            done=values.items(record, "done", self.done),
            priority=values.one_of(record, "priority", self.priority, PRIORITIES),
            on_holidays=_flag(record, "on_holidays", self.on_holidays),
            beside_others=_flag(record, "beside_others", self.beside_others),
        )
        if len(self.carers) not in (1, 2) or len(set(self.carers)) != len(self.carers):
            raise ProblemError(record, "carers", "must name one carer or two different ones")
        self._check_filled(record)

    def _check_filled(self, record: str) -> None:
        for name, kind, entries in (("due", Due, self.due), ("fixed", Fixed, self.fixed), ("done", Done, self.done)):
            if any(not isinstance(entry, kind) for entry in entries):
                raise ProblemError(record, name, f"must hold {kind.__name__} records")
        filled = [kept.window for kept in self.fixed]
        filled += [past.window for past in self.done if past.window is not None]
        for window in filled:
            if window >= len(self.due):
                raise ProblemError(record, "due", f"has no window {window}, which a fixed or done visit fills")
        if len(set(filled)) != len(filled):
            raise ProblemError(record, "due", "holds a window that two fixed or done visits fill")


def _wishes(record: str, value: Any) -> tuple[Wish, ...]:
    checked: list[Wish] = []
    for entry in values.items(record, "wishes", value):
        parts = values.items(record, "wishes", entry)
        if len(parts) != 2:
            raise ProblemError(record, "wishes", f"must hold [weekday, minute or null], holds {values.shown(entry)}")
        minute = None if parts[1] is None else values.whole(record, "minute of wishes", parts[1], DAY_MINUTES)
        checked.append((values.whole(record, "weekday of wishes", parts[0], WEEK - 1), minute))
    return tuple(checked)
