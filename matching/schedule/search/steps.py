"""Putting an item into the calendar and taking it out, and what that costs."""

from __future__ import annotations

from matching.assign.compiled import compiled
from matching.schedule.search.fits import added_way, position
from matching.schedule.search.model import DONE, Model, State
from matching.values import DAY_MINUTES

HOUR = 60


@compiled
def _put_carer(model: Model, state: State, carer: int, day: int, item: int, start: int) -> int:
    at = position(state, carer, day, item, start)
    added = added_way(model, state, carer, day, item, at)
    for k in range(state.held[carer, day], at, -1):
        state.route[carer, day, k] = state.route[carer, day, k - 1]
    state.route[carer, day, at] = item
    state.held[carer, day] += 1
    minutes = model.t_min[model.i_task[item]] + added
    state.minutes[carer, day] += minutes
    state.week[carer, (model.weekday + day) // 7] += minutes
    return added


@compiled
def _take_carer(model: Model, state: State, carer: int, day: int, item: int) -> int:
    at = 0
    while state.route[carer, day, at] != item:
        at += 1
    state.held[carer, day] -= 1
    for k in range(at, state.held[carer, day]):
        state.route[carer, day, k] = state.route[carer, day, k + 1]
    saved = added_way(model, state, carer, day, item, at)
    minutes = model.t_min[model.i_task[item]] + saved
    state.minutes[carer, day] -= minutes
    state.week[carer, (model.weekday + day) // 7] -= minutes
    return saved


@compiled
def _against(model: Model, day: int, start: int, other_day: int, other_start: int, exact: int) -> int:
    """The price of two visits a week apart that differ in weekday or time of day."""
    cost = 0
    if (day - other_day) % 7 != 0:
        cost += model.w_weekday
    if exact and abs(start - other_start) > model.steady:
        cost += model.w_time
    return cost


@compiled
def _against_wishes(model: Model, day: int, start: int, low: int, high: int, exact: int) -> int:
    weekday, today = (model.weekday + day) % 7, False
    for k in range(low, high):
        today = today or model.wish_day[k] == weekday
    cost = 0 if today else model.w_weekday
    for k in range(low, high):
        if not today or model.wish_day[k] == weekday:
            minute = model.wish_minute[k]
            if exact == 0 or minute < 0 or abs(start - minute) <= model.steady:
                return cost
    return cost + model.w_time


@compiled
def own_cost(model: Model, state: State, item: int, day: int, start: int, exact: int) -> int:
    """What a place costs apart from travel: late hours, steadiness, change of the previous calendar.

    With `exact` 0 only what no later start of the day avoids.
    """
    cost, over = 0, day * DAY_MINUTES + start - model.i_by[item]
    if over > 0:
        cost += model.w_late * ((over + HOUR - 1) // HOUR)
    if model.i_was_day[item] >= 0:
        if model.i_was_day[item] != day:
            cost += model.w_moved_day
        elif exact and model.i_was_start[item] != start:
            cost += model.w_moved_time
    task = model.i_task[item]
    low, high = model.wish_ptr[task], model.wish_ptr[task + 1]
    if high > low:
        return cost + _against_wishes(model, day, start, low, high, exact)
    partner = model.i_partner[item]
    if partner == DONE:
        cost += _against(model, day, start, model.i_day0[item], model.i_start0[item], exact)
    elif partner >= 0 and state.day[partner] >= 0:
        cost += _against(model, day, start, state.day[partner], state.start[partner], exact)
    for k in range(model.heir_ptr[item], model.heir_ptr[item + 1]):
        heir = model.heirs[k]
        if state.day[heir] >= 0:
            cost += _against(model, state.day[heir], state.start[heir], day, start, exact)
    return cost


@compiled
def put(model: Model, state: State, item: int, day: int, start: int) -> int:
    """Place an item, whatever it breaks; the change of the objective."""
    cost = own_cost(model, state, item, day, start, 1) - model.i_price[item]
    cost += model.w_travel * _put_carer(model, state, model.i_c1[item], day, item, start)
    if model.i_c2[item] >= 0:
        cost += model.w_travel * _put_carer(model, state, model.i_c2[item], day, item, start)
    state.day[item], state.start[item] = day, start
    return int(cost)


@compiled
def take(model: Model, state: State, item: int) -> int:
    """Take a placed item out; the change of the objective."""
    day, start = state.day[item], state.start[item]
    state.day[item] = -1
    cost = model.i_price[item] - own_cost(model, state, item, day, start, 1)
    cost -= model.w_travel * _take_carer(model, state, model.i_c1[item], day, item)
    if model.i_c2[item] >= 0:
        cost -= model.w_travel * _take_carer(model, state, model.i_c2[item], day, item)
    return int(cost)
