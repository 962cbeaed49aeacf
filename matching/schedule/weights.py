"""The prices of a calendar's objective."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from matching import values
from matching.records import MOST_WEIGHT, PRIORITIES
from matching.schedule.records import settle
from matching.values import DAY_MINUTES, ProblemError


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Prices of the objective, all whole numbers.

    unplaced: a visit without a day, by the task's priority; travel: a minute on the way; late: a begun hour after
    `Due.by`; weekday, time: a visit on another weekday, or more than `steady_minutes` off the time of day, than wished
    or than a week before; moved_day, moved_time: a visit of the previous plan put on another day, or at another time
    of the same day.
    """

    unplaced: Mapping[str, int] = field(
        default_factory=lambda: {"urgent": 100_000, "key": 50_000, "edge": 20_000, "general": 10_000}
    )
    travel: int = 2
    late: int = 1
    weekday: int = 30
    time: int = 15
    steady_minutes: int = 30
    moved_day: int = 60
    moved_time: int = 30

    def __post_init__(self) -> None:
        given = values.mapping("weights", "unplaced", self.unplaced)
        for priority in PRIORITIES:
            if priority not in given:
                raise ProblemError("weights", f"unplaced.{priority}", "is missing")
        settle(
            self,
            unplaced={p: values.whole("weights", f"unplaced.{p}", given[p], MOST_WEIGHT) for p in PRIORITIES},
        )
        for name in ("travel", "late", "weekday", "time", "moved_day", "moved_time"):
            values.whole("weights", name, getattr(self, name), 10_000)
        values.whole("weights", "steady_minutes", self.steady_minutes, DAY_MINUTES)
