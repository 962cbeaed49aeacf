"""Whether an item can stand at a day and start among the visits there: 0, or 1 + the number in RULES of what it breaks.

Due window, both sides' times, holidays and leave are in the start ranges already; here are the rules between visits.
"""

from __future__ import annotations

from matching.assign.compiled import compiled
from matching.schedule.plan import RULES
from matching.schedule.search.model import Model, State
from matching.values import DAY_MINUTES

SPACING, OVERLAP, TRAVEL, HOUSEHOLD, BREAK, DAILY, VISITS, WEEKLY = (
    1 + RULES.index(rule)
    for rule in (
        "spacing",
        "overlap",
        "travel",
        "household",
        "break",
        "daily_limit",
        "daily_visits",
        "weekly_limit",
    )
)


@compiled
def way(model: Model, carer: int, start: int, end: int) -> int:
    """Minutes of a carer from item `start` to item `end`; a negative number stands for home."""
    a = b = 0
    if start >= 0:
        a = model.i_place1[start] if model.i_c1[start] == carer else model.i_place2[start]
    if end >= 0:
        b = model.i_place1[end] if model.i_c1[end] == carer else model.i_place2[end]
    return int(model.way[model.way_ptr[carer] + a * model.way_n[carer] + b])


@compiled
def position(state: State, carer: int, day: int, item: int, start: int) -> int:
    """Where an item would stand in a carer's day."""
    at = state.held[carer, day]
    while at > 0:
        other = state.route[carer, day, at - 1]
        if state.start[other] < start or (state.start[other] == start and other < item):
            break
        at -= 1
    return int(at)


@compiled
def added_way(model: Model, state: State, carer: int, day: int, item: int, at: int) -> int:
    """Travel minutes that an item at place `at` of a day adds."""
    count = state.held[carer, day]
    before = state.route[carer, day, at - 1] if at > 0 else -1
    after = state.route[carer, day, at] if at < count else -1
    added, saved = way(model, carer, before, item), 0
    if after >= 0:
        added += way(model, carer, item, after)
        saved = way(model, carer, before, after)
    elif model.way_back == 1:
        added += way(model, carer, item, -1)
        saved = way(model, carer, before, -1) if before >= 0 else 0
    return added - saved


@compiled
def fits_pause(model: Model, state: State, carer: int, day: int, item: int, start: int, at: int) -> bool:
    """The break rule of a carer's day with the item at place `at` (checks/days.py says the rule)."""
    pause, work = model.c_pause[carer], model.c_work[carer]
    count = state.held[carer, day] + 1
    if pause == 0 or count == 1:
        return True
    earliest, latest = model.c_from[carer], model.c_to[carer]
    paused_inside = earliest < 0
    begin = first = end = 0
    number, last = 0, -1
    for k in range(count):
        now = item if k == at else state.route[carer, day, k if k < at else k - 1]
        when = start if k == at else state.start[now]
        if k == 0:
            begin = first = when
        elif when - end >= way(model, carer, last, now) + pause:
            begin, number = when, 0
            if min(when, latest) - max(end, earliest) >= pause:
                paused_inside = True
        number += 1
        last, end = now, when + model.t_min[model.i_task[now]]
        if number > 1 and end - begin > work:
            return False
    return bool(paused_inside or end - first <= work or first >= earliest or end <= latest)


@compiled
def fits_carer(model: Model, state: State, carer: int, day: int, item: int, start: int) -> int:
    """The first rule that the item breaks in a carer's day and week."""
    minutes = model.t_min[model.i_task[item]]
    end, count = start + minutes, state.held[carer, day]
    worst = 0
    for k in range(count):
        other = state.route[carer, day, k]
        begin = state.start[other]
        stop = begin + model.t_min[model.i_task[other]]
        if start < stop and begin < end:
            return OVERLAP
        if stop <= start:
            if stop + way(model, carer, other, item) > start:
                worst = TRAVEL
        elif end + way(model, carer, item, other) > begin:
            worst = TRAVEL
    if worst:
        return worst
    at = position(state, carer, day, item, start)
    if not fits_pause(model, state, carer, day, item, start, at):
        return BREAK
    added = minutes + added_way(model, state, carer, day, item, at)
    if count + 1 > model.c_visits[carer]:
        return VISITS
    if state.minutes[carer, day] + added > model.c_day[carer]:
        return DAILY
    week = (model.weekday + day) // 7
    if state.week[carer, week] + added > model.c_week[carer]:
        return WEEKLY
    return 0


@compiled
def fits_spacing(model: Model, state: State, day: int, item: int, start: int) -> bool:
    """Whether the item is far enough from its task's other visits and from those that took place."""
    task = model.i_task[item]
    minutes, least_days, least = model.t_min[task], model.t_space_days[task], model.t_space_minutes[task]
    at = day * DAY_MINUTES + start
    for other in range(model.t_lo[task], model.t_hi[task]):
        if other != item and state.day[other] >= 0:
            apart = abs(state.day[other] * DAY_MINUTES + state.start[other] - at) - minutes
            if abs(state.day[other] - day) < least_days or apart < least:
                return False
    for k in range(model.done_ptr[task], model.done_ptr[task + 1]):
        apart = abs(model.done_day[k] * DAY_MINUTES + model.done_start[k] - at) - minutes
        if abs(model.done_day[k] - day) < least_days or apart < least:
            return False
    return True


@compiled
def fits_household(model: Model, state: State, day: int, item: int, start: int) -> bool:
    """Whether the household has no other visit at that time that must not stand beside it."""
    house = model.i_house[item]
    if house < 0:
        return True
    task = model.i_task[item]
    end = start + model.t_min[task]
    for k in range(model.h_ptr[house], model.h_ptr[house + 1]):
        other = model.h_items[k]
        if state.day[other] == day and model.i_task[other] != task:
            begin = state.start[other]
            if begin < end and start < begin + model.t_min[model.i_task[other]]:
                return False
    return True


@compiled
def may_start(model: Model, item: int, day: int, start: int) -> bool:
    """Whether the item's due window and both sides' times hold a start."""
    at, cell = day * DAY_MINUTES + start, model.i_task[item] * model.days + day
    if start % model.slot != 0 or not model.i_first[item] <= at < model.i_end[item]:
        return False
    for k in range(model.range_ptr[cell], model.range_ptr[cell + 1]):
        if model.range_lo[k] <= start <= model.range_hi[k]:
            return True
    return False


@compiled
def fits(model: Model, state: State, day: int, item: int, start: int) -> int:
    """0 where the item can stand there, else 1 + the number in RULES of the first rule it breaks."""
    if not fits_spacing(model, state, day, item, start):
        return SPACING
    found = fits_carer(model, state, model.i_c1[item], day, item, start)
    if found and found < HOUSEHOLD:
        return found
    if model.i_c2[item] >= 0:
        second = fits_carer(model, state, model.i_c2[item], day, item, start)
        if second and (found == 0 or second < found):
            found = second
    if found and found < HOUSEHOLD:
        return found
    if not fits_household(model, state, day, item, start):
        return HOUSEHOLD
    return found
