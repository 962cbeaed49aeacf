"""Which part of a calendar an exact answer is asked for: free items, items that stand, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.schedule.problem import CalendarProblem
from matching.schedule.search.model import Model, State
from matching.schedule.search.ranges import Ranges, Spans, home_weekdays
from matching.schedule.search.tables import Item
from matching.tables import Ints
from matching.values import DAY_MINUTES


@dataclass(frozen=True, slots=True)
class Scope:
    """Items to place (`free`), items that keep the place they have (`kept`); carers and weeks that it is about.

    `strict`: what is placed outside counts too; without it the scope is looked at by itself.
    """

    free: tuple[int, ...]
    kept: tuple[int, ...]
    carers: frozenset[int]
    weeks: frozenset[int]
    strict: bool = True


def weeks_of(problem: CalendarProblem, model: Model, item: int) -> frozenset[int]:
    """The calendar weeks an item's due window touches inside the horizon."""
    first = max(0, int(model.i_first[item]) // DAY_MINUTES)
    last = min(model.days - 1, (int(model.i_end[item]) - 1) // DAY_MINUTES)
    return frozenset(problem.horizon.week(day) for day in range(first, last + 1))


def carers_of(model: Model, item: int) -> frozenset[int]:
    """The carers of an item."""
    second = int(model.i_c2[item])
    return frozenset({int(model.i_c1[item])} | ({second} if second >= 0 else set()))


def around(
    problem: CalendarProblem, model: Model, state: State, items: Ints, carers: frozenset[int], weeks: frozenset[int]
) -> Scope:
    """Everything of these carers that is due within the weeks is free; what is placed beside it stands."""
    free, kept = [], []
    for item in items:
        number = int(item)
        inside = weeks_of(problem, model, number) <= weeks and model.i_fixed[number] == 0
        if inside and carers_of(model, number) <= carers:
            free.append(number)
        elif carers_of(model, number) & carers and state.day[number] >= 0:
            kept.append(number)
    return Scope(tuple(free), tuple(kept), carers, weeks)


def alone(problem: CalendarProblem, model: Model, scope: Scope) -> Scope:
    """The scope without anything that could be elsewhere: if this has no calendar, neither has the whole."""
    kept = tuple(item for item in scope.kept if model.i_fixed[item] == 1)
    return Scope(scope.free, kept, scope.carers, scope.weeks, strict=False)


def day_starts(
    problem: CalendarProblem, model: Model, items: list[Item], ranges: Ranges, item: int
) -> dict[int, Spans]:
    """Start ranges of an item by day, inside its due window."""
    task, slot, found = problem.tasks[items[item].task], model.slot, {}
    home = home_weekdays(task)
    first_minute, end_minute = int(model.i_first[item]), int(model.i_end[item])
    first, last = max(0, first_minute // DAY_MINUTES), min(model.days - 1, (end_minute - 1) // DAY_MINUTES)
    for day in range(first, last + 1):
        low = -(-(first_minute - day * DAY_MINUTES) // slot) * slot
        high = (end_minute - 1 - day * DAY_MINUTES) // slot * slot
        spans = tuple(
            (max(a, low), min(b, high)) for a, b in ranges.of_day(task, home, day) if max(a, low) <= min(b, high)
        )
        if spans:
            found[day] = spans
    return found


def standing_in_homes(model: Model, state: State, scope: Scope) -> list[int]:
    """Placed items of the free items' households that are not in the scope."""
    inside, found = set(scope.free) | set(scope.kept), set()
    for house in {int(model.i_house[item]) for item in scope.free} - {-1}:
        for other in model.h_items[model.h_ptr[house] : model.h_ptr[house + 1]]:
            if int(other) not in inside and state.day[other] >= 0:
                found.add(int(other))
    return sorted(found)


def unplaced(model: Model, state: State) -> list[int]:
    """Items without a day, the dearest first."""
    gone = np.flatnonzero(state.day < 0)
    return [int(item) for item in gone[np.argsort(-model.i_price[gone], kind="stable")]]
