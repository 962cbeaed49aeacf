"""Start ranges: where in each day both sides' times leave room for a task's visit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from matching.schedule.problem import CalendarProblem
from matching.schedule.records import WEEK, Carer, Task
from matching.tables import Ints
from matching.values import DAY_MINUTES

Spans = tuple[tuple[int, int], ...]
WHOLE_DAY: Spans = ((0, DAY_MINUTES),)


def merged(spans: Iterable[tuple[int, int]]) -> Spans:
    """Spans in order, those that touch or overlap as one."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)


def common(first: Spans, second: Spans) -> Spans:
    """What lies in a span of both."""
    return tuple((max(a, c), min(b, d)) for a, b in first for c, d in second if max(a, c) < min(b, d))


def carer_days(carer: Carer, ignore: frozenset[str] = frozenset()) -> dict[int, Spans]:
    """The carer's times by day; without leave. `ignore` holds rules that are not asked for."""
    days: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for day, start, end in carer.windows:
        if day not in carer.leave or "leave" in ignore:
            days[day].append((start, end))
    return {day: merged(spans) for day, spans in days.items()}


def home_weekdays(task: Task) -> list[Spans]:
    """The household's times by weekday."""
    if task.windows is None:
        return [WHOLE_DAY] * WEEK
    return [merged((start, end) for day, start, end in task.windows if day == weekday) for weekday in range(WEEK)]


def starts(spans: Spans, minutes: int, slot: int) -> Spans:
    """The first and last start on the grid in each span that holds the minutes."""
    found = []
    for start, end in spans:
        low, high = -(-start // slot) * slot, (end - minutes) // slot * slot
        if low <= high:
            found.append((low, high))
    return tuple(found)


class Ranges:
    """Start ranges of tasks, remembered by what they depend on."""

    def __init__(self, problem: CalendarProblem, ignore: frozenset[str] = frozenset()) -> None:
        """`ignore` holds rules (of plan.RULES) that are not asked for."""
        self.problem, self.ignore = problem, ignore
        self._days = {carer.id: carer_days(carer, ignore) for carer in problem.carers}
        self._known: dict[tuple[Spans, Spans, Spans, int], Spans] = {}

    def of_day(self, task: Task, home: list[Spans], day: int) -> Spans:
        """The start ranges of a task on a day; `home` are its home_weekdays."""
        horizon, ignore = self.problem.horizon, self.ignore
        if day in horizon.holidays and not task.on_holidays and "holiday" not in ignore:
            return ()
        first = self._of_carer(task.carers[0], day)
        alone = len(task.carers) == 1 or "two_carers" in ignore
        second = WHOLE_DAY if alone else self._of_carer(task.carers[1], day)
        house = WHOLE_DAY if "household_windows" in ignore else home[horizon.weekday(day)]
        if not (first and second and house):
            return ()
        key = (first, second, house, task.minutes)
        if key not in self._known:
            self._known[key] = starts(common(common(first, second), house), task.minutes, horizon.slot)
        return self._known[key]

    def _of_carer(self, carer: str, day: int) -> Spans:
        if "carer_windows" in self.ignore:
            on_leave = day in self.problem.carer_of[carer].leave and "leave" not in self.ignore
            return () if on_leave else WHOLE_DAY
        return self._days[carer].get(day, ())


def range_arrays(problem: CalendarProblem) -> tuple[Ints, Ints, Ints]:
    """(pointers by task * days + day, first starts, last starts) of all tasks."""
    ranges, days = Ranges(problem), range(problem.horizon.days)
    counts, lows, highs = [0], list[int](), list[int]()
    for task in problem.tasks:
        home = home_weekdays(task)
        for day in days:
            found = ranges.of_day(task, home, day)
            counts.append(len(found))
            lows.extend(low for low, _ in found)
            highs.extend(high for _, high in found)
    return np.cumsum(np.array(counts, dtype=np.int64)), np.array(lows, dtype=np.int64), np.array(highs, dtype=np.int64)
