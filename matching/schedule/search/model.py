"""A calendar problem as arrays: items (one a due window that is not done), tasks, carers; what compiled loops read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.tables import Ints

NONE, DONE = -1, -2
FAR = 2**40  # later than any minute


class Model(NamedTuple):
    """Items i_* are ordered by task; items of task t are t_lo[t] .. t_hi[t] - 1.

    * i_first, i_end, i_by: due window in absolute minutes; i_price: cost of leaving it; i_c1, i_c2: carers (NONE).
    * i_partner: the item a week before, NONE, or DONE with i_day0, i_start0; the items that look back at item i are
    heirs[heir_ptr[i] : heir_ptr[i + 1]]. i_was_day, i_was_start: the previous calendar (NONE).
    * start ranges of task t on day d: range_lo/hi[range_ptr[t * days + d] : ...], both ends possible, on the grid.
    * way[way_ptr[c] + a * way_n[c] + b]: minutes of carer c from place a to b; place 0 is home, i_place1/2 an item's.
    * h_items[h_ptr[h] : h_ptr[h + 1]]: items of household h that must not stand beside each other, empty where one
    carer serves them all; i_house: NONE where it need not be looked at.
    """

    days: int
    slot: int
    weekday: int
    way_back: int
    w_travel: int
    w_late: int
    w_weekday: int
    w_time: int
    steady: int
    w_moved_day: int
    w_moved_time: int
    i_task: Ints
    i_window: Ints
    i_first: Ints
    i_end: Ints
    i_by: Ints
    i_price: Ints
    i_fixed: Ints
    i_fixed_day: Ints
    i_fixed_start: Ints
    i_c1: Ints
    i_c2: Ints
    i_place1: Ints
    i_place2: Ints
    i_partner: Ints
    i_day0: Ints
    i_start0: Ints
    heir_ptr: Ints
    heirs: Ints
    i_was_day: Ints
    i_was_start: Ints
    i_house: Ints
    t_lo: Ints
    t_hi: Ints
    t_min: Ints
    t_space_days: Ints
    t_space_minutes: Ints
    done_ptr: Ints
    done_day: Ints
    done_start: Ints
    wish_ptr: Ints
    wish_day: Ints
    wish_minute: Ints
    range_ptr: Ints
    range_lo: Ints
    range_hi: Ints
    h_ptr: Ints
    h_items: Ints
    c_day: Ints
    c_week: Ints
    c_visits: Ints
    c_pause: Ints
    c_work: Ints
    c_from: Ints
    c_to: Ints
    way_ptr: Ints
    way_n: Ints
    way: Ints


class State(NamedTuple):
    """The calendar being made: day (NONE) and start of each item; each carer's days in order, minutes, and weeks."""

    day: Ints
    start: Ints
    held: Ints
    route: Ints
    minutes: Ints
    week: Ints


def empty_state(model: Model, used: Ints) -> State:
    """Nobody has a visit; `used` [carer, week] are minutes worked outside."""
    carers, items = len(model.c_day), len(model.i_task)
    most = int(model.c_visits.max(initial=0))
    fixed = model.i_fixed == 1
    for column in (model.i_c1, model.i_c2):
        cells = column[fixed & (column >= 0)] * model.days + model.i_fixed_day[fixed & (column >= 0)]
        most += int(np.bincount(cells).max(initial=0)) if len(cells) else 0
    most = min(most, items)
    return State(
        day=np.full(items, NONE, dtype=np.int64),
        start=np.zeros(items, dtype=np.int64),
        held=np.zeros((carers, model.days), dtype=np.int64),
        route=np.zeros((carers, model.days, most + 1), dtype=np.int64),
        minutes=np.zeros((carers, model.days), dtype=np.int64),
        week=used.copy(),
    )
