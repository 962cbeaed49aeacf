"""A calendar: dated visits, what has no day and why; no problem fails: an empty calendar is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from matching import values
from matching.schedule.records import MOST_DAYS
from matching.values import DAY_MINUTES

# The rules of a calendar, as codes, in the order in which a visit without a day is explained; checks/ say them exactly.
RULES = (
    "due",  # starts inside its due window
    "holiday",  # not on a holiday unless the task is served then
    "leave",  # not on a day of leave
    "carer_windows",  # inside one of the carer's windows of that day
    "household_windows",  # inside one of the household's weekly windows
    "two_carers",  # as many carers as the task asks for, at the same time
    "fixed",  # agreed visits stay as they are
    "spacing",  # far enough from the task's other visits
    "overlap",  # a carer is at one visit at a time
    "travel",  # a carer has the time for the way to the next visit
    "household",  # a household has one visit at a time unless marked
    "break",  # the carer's pause
    "daily_visits",  # visits a day
    "daily_limit",  # minutes a day
    "weekly_limit",  # minutes a week
)
# What a list of visits can state wrongly beyond the rules.
MISTAKES = ("unknown_task", "unknown_carer", "unknown_window", "horizon", "twice", "missing", "length", "grid")
CODES = RULES + MISTAKES
STATUSES = ("complete", "incomplete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A dated visit that fills the due window number `window` of a task; minutes of the day `day`."""

    task: str
    window: int
    day: int
    start: int
    end: int
    carers: tuple[str, ...]

    def __post_init__(self) -> None:
        values.text("a visit", "task", self.task)
        record = f"visit of {self.task}"
        values.whole(record, "window", self.window)
        values.whole(record, "day", self.day, MOST_DAYS)
        values.whole(record, "start", self.start, DAY_MINUTES)
        values.whole(record, "end", self.end, 2 * DAY_MINUTES)
        object.__setattr__(self, "carers", values.texts(record, "carers", self.carers))

    @property
    def key(self) -> tuple[str, int]:
        """What the visit is for: (task id, number of the due window)."""
        return self.task, self.window


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A broken rule (one of CODES) of a list of visits; `params` are numbers and ids for the sentence.

    `task` is None for a rule of a whole day or week of a carer, `day` None where no single day is concerned.
    """

    code: str
    task: str | None = None
    day: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """A due window without a visit; `reason` is the first rule (of RULES) at which no day is left.

    "due" says that the due window lies outside what is left of the horizon.
    """

    task: str
    window: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Why a carer, or a linked group, has no complete calendar: rules that cannot all be kept.

    With `proven` these rules were proven to leave no place for all due visits of these tasks on these days; otherwise
    they are where the search ended.
    """

    carers: tuple[str, ...]
    rules: tuple[str, ...]
    tasks: tuple[str, ...]
    days: tuple[int, ...]
    proven: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The numbers of a calendar (measure.py): minutes, hours and counts, and the objective they make."""

    travel_minutes: int
    late_hours: int
    weekday_changes: int
    time_changes: int
    moved_days: int
    moved_times: int
    unplaced: int
    objective: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPlan:
    """Visits (fixed ones included) by day and start, what is unplaced, conflicts, and how it was made.

    `status` is complete where every due window of the horizon is filled.
    """

    status: str
    visits: tuple[Visit, ...]
    unplaced: tuple[Unplaced, ...]
    conflicts: tuple[Conflict, ...]
    measures: Measures
    seconds: float
    seed: int
