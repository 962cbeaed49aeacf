"""Construction and improvement of one unit (carers linked by two-carer tasks): take some visits out, put them back."""

from __future__ import annotations

import math

import numpy as np

from matching.assign.compiled import compiled
from matching.schedule.search.model import Model, State
from matching.schedule.search.place import best_place, draw
from matching.schedule.search.steps import put, take
from matching.tables import Ints

MOST_OUT = 8
MOST_TRIED = 3


@compiled
def construct(model: Model, state: State, items: Ints, dice: Ints) -> int:
    """Place the items one after the other, each at its best place; the change of the objective."""
    best, cost = np.zeros(3 + model.days, dtype=np.int64), 0
    for item in items:
        if state.day[item] < 0 and best_place(model, state, item, best, dice):
            cost += put(model, state, item, best[1], best[2])
    return cost


@compiled
def _choose(model: Model, state: State, items: Ints, out: Ints, dice: Ints) -> int:
    """Fill `out` with placed items to take out: a task, a carer's day, or some of a carer's week; how many."""
    seed = items[draw(dice, len(items))]
    kind, found, limit = draw(dice, 4), 0, 2 + draw(dice, MOST_OUT - 1)
    day = state.day[seed]
    if day < 0:
        day, kind = min(model.days - 1, max(0, model.i_first[seed] // 1440)), 2 + draw(dice, 2)
    carer = model.i_c2[seed] if model.i_c2[seed] >= 0 and draw(dice, 2) == 0 else model.i_c1[seed]
    begin = draw(dice, len(items))
    for step in range(len(items)):
        item = items[(begin + step) % len(items)]
        if found == limit:
            break
        if state.day[item] < 0:
            continue
        mine = model.i_c1[item] == carer or model.i_c2[item] == carer
        same_week = (model.weekday + state.day[item]) // 7 == (model.weekday + day) // 7
        if (
            (kind == 0 and model.i_task[item] == model.i_task[seed])
            or (kind == 1 and mine and state.day[item] == day)
            or (kind == 2 and mine and same_week and draw(dice, 2) == 0)
            or (kind == 3 and mine and abs(state.day[item] - day) <= 2)
        ):
            out[found] = item
            found += 1
    return found


@compiled
def _shuffle(model: Model, tried: Ints, count: int, dice: Ints) -> None:
    """Random order; every other time the long visits first."""
    for k in range(count - 1, 0, -1):
        other = draw(dice, k + 1)
        tried[k], tried[other] = tried[other], tried[k]
    if draw(dice, 2) == 0:
        for k in range(1, count):
            item, at = tried[k], k
            minutes = model.t_min[model.i_task[item]]
            while at > 0 and model.t_min[model.i_task[tried[at - 1]]] < minutes:
                tried[at] = tried[at - 1]
                at -= 1
            tried[at] = item


@compiled
def _restore(model: Model, state: State, items: Ints, days: Ints, starts: Ints, count: int) -> None:
    for k in range(count):
        if state.day[items[k]] >= 0:
            take(model, state, items[k])
    for k in range(count):
        if days[k] >= 0:
            put(model, state, items[k], days[k], starts[k])


@compiled
def improve(
    model: Model, state: State, items: Ints, rounds: int, hot: float, cold: float, dice: Ints, patience: int
) -> int:
    """Simulated annealing by ruin and recreate over movable items; the change of the objective (never above 0).

    Ends early after `patience` rounds without a better calendar.
    """
    if len(items) == 0:
        return 0
    out, tried = np.zeros(MOST_OUT + 2, dtype=np.int64), np.zeros(MOST_OUT + 2 + MOST_TRIED, dtype=np.int64)
    days, starts = np.zeros_like(tried), np.zeros_like(tried)
    best, best_day, best_start = (
        np.zeros(3 + model.days, dtype=np.int64),
        state.day[items].copy(),
        state.start[items].copy(),
    )
    now, least, still = 0, 0, 0
    for step in range(rounds):
        count = _choose(model, state, items, out, dice)
        for k in range(count):
            tried[k] = out[k]
        total, begin = count, draw(dice, len(items))
        for k in range(len(items)):
            item = items[(begin + k) % len(items)]
            if state.day[item] < 0 and total < count + MOST_TRIED:
                tried[total] = item
                total += 1
        _shuffle(model, tried, total, dice)
        cost = 0
        for k in range(total):
            days[k], starts[k] = state.day[tried[k]], state.start[tried[k]]
        for k in range(total):
            if days[k] >= 0:
                cost += take(model, state, tried[k])
        for k in range(total):
            if best_place(model, state, tried[k], best, dice):
                cost += put(model, state, tried[k], best[1], best[2])
        heat = hot * (cold / hot) ** (step / rounds)
        still += 1
        if cost <= 0 or draw(dice, 1 << 20) < math.exp(-cost / heat) * (1 << 20):
            now += cost
            if now < least:
                least, still = now, 0
                for k in range(len(items)):
                    best_day[k], best_start[k] = state.day[items[k]], state.start[items[k]]
        else:
            _restore(model, state, tried, days, starts, total)
        if still > patience:
            break
    _restore(model, state, items, best_day, best_start, len(items))
    return least
