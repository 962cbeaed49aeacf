"""From a calendar problem to its arrays."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np

from matching.schedule.measure import week_before
from matching.schedule.problem import CalendarProblem
from matching.schedule.records import Done, Due, Fixed, Task
from matching.schedule.search.model import DONE, FAR, NONE, Model
from matching.schedule.search.ranges import range_arrays
from matching.schedule.search.ways import way_arrays
from matching.tables import Ints

Row = tuple[int, ...]


class Item(NamedTuple):
    """One due window to fill: numbers of the task, the window and the carers, and the fixed visit if there is one."""

    task: int
    window: int
    carers: tuple[int, ...]
    fixed: Fixed | None


def items_of(problem: CalendarProblem) -> list[Item]:
    """One item a due window that no done visit fills, by task and window."""
    at, found = {carer.id: number for number, carer in enumerate(problem.carers)}, []
    for number, task in enumerate(problem.tasks):
        gone = {past.window for past in task.done}
        kept = {fixed.window: fixed for fixed in task.fixed}
        for window in range(len(task.due)):
            if window not in gone:
                fixed = kept.get(window)
                names = fixed.carers if fixed is not None and fixed.carers else task.carers
                found.append(Item(number, window, tuple(at[name] for name in names), fixed))
    return found


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _pointers(lists: list[list[int]]) -> tuple[Ints, Ints]:
    counts = _ints([0] + [len(entries) for entries in lists])
    return np.cumsum(counts), _ints([entry for entries in lists for entry in entries])


def _partners(problem: CalendarProblem, items: list[Item], lo: list[int]) -> tuple[list[Row], list[list[int]]]:
    """(partner, day, start) of each item, and who looks back at it."""
    rows: list[Row] = []
    heirs: list[list[int]] = [[] for _ in items]
    number_of = {(item.task, item.window): number for number, item in enumerate(items)}
    known: dict[tuple[Due, ...], list[int | None]] = {}
    for number, item in enumerate(items):
        task = problem.tasks[item.task]
        if task.wishes:
            rows.append((NONE, 0, 0))
            continue
        if task.due not in known:
            known[task.due] = week_before(task.due)
        before = known[task.due][item.window]
        partner = number_of.get((item.task, before), NONE) if before is not None else NONE
        if partner >= 0:
            heirs[partner].append(number)
        past = _past(task, before)
        rows.append((partner, 0, 0) if past is None else (DONE, past.day, past.start))
    return rows, heirs


def _past(task: Task, window: int | None) -> Done | None:
    return next((past for past in task.done if window is not None and past.window == window), None)


def _stops(problem: CalendarProblem, items: list[Item]) -> tuple[list[list[int]], list[Row]]:
    """The tasks each carer may serve, and the place numbers of each item for its carers."""
    place: list[dict[int, int]] = [{} for _ in problem.carers]
    rows: list[Row] = []
    for item in items:
        found = [place[carer].setdefault(item.task, 1 + len(place[carer])) for carer in item.carers]
        rows.append((found[0], found[1] if len(found) > 1 else 0))
    return [list(of_carer) for of_carer in place], rows


def _houses(problem: CalendarProblem, items: list[Item]) -> tuple[list[int], Ints, Ints]:
    """Number of the household of each item that must be looked at, and the items of those households."""
    by_house: dict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        if not problem.tasks[item.task].beside_others:
            by_house[problem.tasks[item.task].household].append(number)
    house: list[int] = [NONE] * len(items)
    lists: list[list[int]] = []
    for entries in by_house.values():
        if len({items[entry].task for entry in entries}) > 1 and len({items[entry].carers for entry in entries}) > 1:
            for entry in entries:
                house[entry] = len(lists)
            lists.append(entries)
    return house, *_pointers(lists)


def build(problem: CalendarProblem) -> tuple[Model, list[Item], Ints]:
    """The arrays, what each item is, and the minutes [carer, week] worked outside the problem."""
    items, horizon, weights, tasks = items_of(problem), problem.horizon, problem.weights, problem.tasks
    of_task: list[list[int]] = [[] for _ in tasks]
    for number, item in enumerate(items):
        of_task[item.task].append(number)
    edges = np.concatenate(([0], np.cumsum(_ints([len(entries) for entries in of_task])))).astype(np.int64)
    due = [tasks[item.task].due[item.window] for item in items]
    was = [problem.previous_of.get((tasks[item.task].id, item.window)) for item in items]
    partner, heirs = _partners(problem, items, list(edges))
    heir_ptr, heir_items = _pointers(heirs)
    stops, places = _stops(problem, items)
    house, h_ptr, h_items = _houses(problem, items)
    way_ptr, way_n, way = way_arrays(problem, stops)
    range_ptr, range_lo, range_hi = range_arrays(problem)
    done_ptr, done_day = _pointers([[past.day for past in task.done] for task in tasks])
    wish_ptr, wish_day = _pointers([[weekday for weekday, _ in task.wishes] for task in tasks])
    rules = [carer.break_rule for carer in problem.carers]
    model = Model(
        days=horizon.days,
        slot=horizon.slot,
        weekday=horizon.weekday(0),
        way_back=int(problem.way_back),
        w_travel=weights.travel,
        w_late=weights.late,
        w_weekday=weights.weekday,
        w_time=weights.time,
        steady=weights.steady_minutes,
        w_moved_day=weights.moved_day,
        w_moved_time=weights.moved_time,
        i_task=_ints([item.task for item in items]),
        i_window=_ints([item.window for item in items]),
        i_first=_ints([window.first for window in due]),
        i_end=_ints([window.end for window in due]),
        i_by=_ints([FAR if window.by is None else window.by for window in due]),
        i_price=_ints([weights.unplaced[tasks[item.task].priority] for item in items]),
        i_fixed=_ints([int(item.fixed is not None) for item in items]),
        i_fixed_day=_ints([item.fixed.day if item.fixed else NONE for item in items]),
        i_fixed_start=_ints([item.fixed.start if item.fixed else 0 for item in items]),
        i_c1=_ints([item.carers[0] for item in items]),
        i_c2=_ints([item.carers[1] if len(item.carers) > 1 else NONE for item in items]),
        i_place1=_ints([place[0] for place in places]),
        i_place2=_ints([place[1] for place in places]),
        i_partner=_ints([row[0] for row in partner]),
        i_day0=_ints([row[1] for row in partner]),
        i_start0=_ints([row[2] for row in partner]),
        heir_ptr=heir_ptr,
        heirs=heir_items,
        i_was_day=_ints([NONE if visit is None else visit.day for visit in was]),
        i_was_start=_ints([0 if visit is None else visit.start for visit in was]),
        i_house=_ints(house),
        t_lo=edges[:-1],
        t_hi=edges[1:],
        t_min=_ints([task.minutes for task in tasks]),
        t_space_days=_ints([task.spacing_days for task in tasks]),
        t_space_minutes=_ints([task.spacing_minutes for task in tasks]),
        done_ptr=done_ptr,
        done_day=done_day,
        done_start=_ints([past.start for task in tasks for past in task.done]),
        wish_ptr=wish_ptr,
        wish_day=wish_day,
        wish_minute=_ints([NONE if minute is None else minute for task in tasks for _, minute in task.wishes]),
        range_ptr=range_ptr,
        range_lo=range_lo,
        range_hi=range_hi,
        h_ptr=h_ptr,
        h_items=h_items,
        c_day=_ints([carer.max_minutes_day for carer in problem.carers]),
        c_week=_ints([carer.max_minutes_week for carer in problem.carers]),
        c_visits=_ints([carer.max_visits_day for carer in problem.carers]),
        c_pause=_ints([0 if rule is None else rule.minutes for rule in rules]),
        c_work=_ints([0 if rule is None else rule.most_work for rule in rules]),
        c_from=_ints([NONE if rule is None or rule.window is None else rule.window[0] for rule in rules]),
        c_to=_ints([NONE if rule is None or rule.window is None else rule.window[1] for rule in rules]),
        way_ptr=way_ptr,
        way_n=way_n,
        way=way,
    )
    return model, items, _used(problem)


def _used(problem: CalendarProblem) -> Ints:
    weeks = 1 + problem.horizon.week(problem.horizon.days - 1)
    return _ints([carer.used.get(week, 0) for carer in problem.carers for week in range(weeks)]).reshape(-1, weeks)
