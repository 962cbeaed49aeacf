"""The best place of an item: a few telling starts a day, priced, the cheap ones tried first."""

from __future__ import annotations

from matching.assign.compiled import compiled
from matching.schedule.search.fits import added_way, fits, position, way
from matching.schedule.search.model import FAR, Model, State
from matching.schedule.search.steps import own_cost
from matching.tables import Ints
from matching.values import DAY_MINUTES

BLINK = 64  # one start in so many is overlooked, so that the search does not always do the same


@compiled
def draw(dice: Ints, sides: int) -> int:
    """A whole number from 0 below `sides`; xorshift, so that a seed gives the same calendar everywhere."""
    x = dice[0]
    x ^= (x << 13) & 0x7FFFFFFFFFFFFFFF
    x ^= x >> 7
    x ^= (x << 17) & 0x7FFFFFFFFFFFFFFF
    dice[0] = x
    return int((x >> 8) % sides)


@compiled
def _try(model: Model, state: State, item: int, day: int, start: int, best: Ints) -> None:
    """Keep the start in best (cost, day, start) if it is cheaper than what is there and breaks nothing."""
    cost = own_cost(model, state, item, day, start, 1)
    if cost >= best[0]:
        return
    carer = model.i_c1[item]
    cost += model.w_travel * added_way(model, state, carer, day, item, position(state, carer, day, item, start))
    if cost >= best[0]:
        return
    carer = model.i_c2[item]
    if carer >= 0:
        cost += model.w_travel * added_way(model, state, carer, day, item, position(state, carer, day, item, start))
    if cost < best[0] and fits(model, state, day, item, start) == 0:
        best[0], best[1], best[2] = cost, day, start


@compiled
def _try_near(
    model: Model, state: State, item: int, day: int, wanted: int, up: bool, low: int, high: int, best: Ints
) -> None:
    """Try the grid's start at, or next above or below, the wanted minute if the range holds it."""
    slot = model.slot
    start = (wanted + slot - 1) // slot * slot if up else wanted // slot * slot
    if low <= start <= high:
        _try(model, state, item, day, start, best)


@compiled
def _try_beside(model: Model, state: State, carer: int, item: int, day: int, low: int, high: int, best: Ints) -> None:
    """Right after and right before each visit of a carer's day, with and without a pause."""
    minutes, pause = model.t_min[model.i_task[item]], model.c_pause[carer]
    for k in range(state.held[carer, day]):
        other = state.route[carer, day, k]
        after = state.start[other] + model.t_min[model.i_task[other]] + way(model, carer, other, item)
        before = state.start[other] - minutes - way(model, carer, item, other)
        _try_near(model, state, item, day, after, True, low, high, best)
        _try_near(model, state, item, day, before, False, low, high, best)
        if pause > 0:
            _try_near(model, state, item, day, after + pause, True, low, high, best)
            _try_near(model, state, item, day, before - pause, False, low, high, best)
    if pause > 0 and model.c_from[carer] >= 0:
        _try_near(model, state, item, day, model.c_from[carer] + pause, True, low, high, best)
        _try_near(model, state, item, day, model.c_to[carer] - pause - minutes, False, low, high, best)


@compiled
def _try_usual(model: Model, state: State, item: int, day: int, low: int, high: int, best: Ints) -> None:
    """The times that are wished, or were kept before, or are kept a week before or after, as near as can be."""
    task = model.i_task[item]
    for k in range(model.wish_ptr[task], model.wish_ptr[task + 1]):
        if model.wish_minute[k] >= 0:
            _try_near(model, state, item, day, min(high, max(low, model.wish_minute[k])), True, low, high, best)
    if model.i_was_day[item] >= 0:
        _try_near(model, state, item, day, model.i_was_start[item], True, low, high, best)
    partner = model.i_partner[item]
    if partner >= 0 and state.day[partner] >= 0:
        _try_near(model, state, item, day, min(high, max(low, state.start[partner])), True, low, high, best)
    elif partner < -1:
        _try_near(model, state, item, day, min(high, max(low, model.i_start0[item])), True, low, high, best)
    for k in range(model.heir_ptr[item], model.heir_ptr[item + 1]):
        heir = model.heirs[k]
        if state.day[heir] >= 0:
            _try_near(model, state, item, day, min(high, max(low, state.start[heir])), True, low, high, best)


@compiled
def _try_around_home(model: Model, state: State, item: int, day: int, low: int, high: int, best: Ints) -> None:
    """Right after and right before the household's other visits."""
    house, minutes = model.i_house[item], model.t_min[model.i_task[item]]
    if house < 0:
        return
    for k in range(model.h_ptr[house], model.h_ptr[house + 1]):
        other = model.h_items[k]
        if state.day[other] == day and model.i_task[other] != model.i_task[item]:
            after = state.start[other] + model.t_min[model.i_task[other]]
            _try_near(model, state, item, day, after, True, low, high, best)
            _try_near(model, state, item, day, state.start[other] - minutes, False, low, high, best)


@compiled
def _try_day(model: Model, state: State, item: int, day: int, best: Ints) -> None:
    """The telling starts of one day."""
    slot, cell = model.slot, model.i_task[item] * model.days + day
    for k in range(model.range_ptr[cell], model.range_ptr[cell + 1]):
        first = (model.i_first[item] - day * DAY_MINUTES + slot - 1) // slot * slot
        last = (model.i_end[item] - 1 - day * DAY_MINUTES) // slot * slot
        low, high = max(model.range_lo[k], first), min(model.range_hi[k], last)
        if low > high:
            continue
        _try_usual(model, state, item, day, low, high, best)
        _try_beside(model, state, model.i_c1[item], item, day, low, high, best)
        if model.i_c2[item] >= 0:
            _try_beside(model, state, model.i_c2[item], item, day, low, high, best)
        _try_around_home(model, state, item, day, low, high, best)
        _try(model, state, item, day, low, best)
        _try(model, state, item, day, high, best)


@compiled
def _floor(model: Model, state: State, item: int, day: int) -> int:
    """What any start of the day costs at least, FAR where the day holds none."""
    task = model.i_task[item]
    cell = task * model.days + day
    if model.range_ptr[cell] == model.range_ptr[cell + 1]:
        return FAR
    low = max(model.range_lo[model.range_ptr[cell]], model.i_first[item] - day * DAY_MINUTES)
    return own_cost(model, state, item, day, low, 0)


@compiled
def best_place(model: Model, state: State, item: int, best: Ints, dice: Ints) -> bool:
    """Fill best (cost without the price of leaving it, day, start); False where the item has no place.

    `best` has room for a number a day behind these three. Days that promise most are tried first, those that cannot
    beat what is found not at all.
    """
    best[0], best[1] = FAR, -1
    low_day = max(0, model.i_first[item] // DAY_MINUTES)
    high_day = min(model.days - 1, (model.i_end[item] - 1) // DAY_MINUTES)
    for day in range(low_day, high_day + 1):
        best[3 + day] = FAR if draw(dice, BLINK) == 0 else _floor(model, state, item, day)
    while low_day <= high_day:
        chosen = low_day
        for day in range(low_day, high_day + 1):
            if best[3 + day] < best[3 + chosen]:
                chosen = day
        if best[3 + chosen] >= best[0]:
            break
        best[3 + chosen] = FAR
        _try_day(model, state, item, chosen, best)
    return bool(best[1] >= 0)
