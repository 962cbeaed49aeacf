"""Construction and improvement of a whole region in rounds, one thread a part."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from matching.schedule.search.fits import fits, may_start
from matching.schedule.search.improve import construct, improve
from matching.schedule.search.model import Model, State
from matching.schedule.search.steps import put
from matching.schedule.search.units import Units
from matching.tables import Ints

TURNS = 4
SLICE = 4000  # steps between two looks at the clock
# About half of what one core of a small server does, so that the clock hardly ever has to stop a run.
STEPS_PER_SECOND = 2500
MOST_STEPS_PER_ITEM, LEAST_STEPS_PER_ITEM = 400, 3
HOT, COLD = 40.0, 1.0


def put_fixed(model: Model, state: State) -> None:
    """Place what is agreed, whatever it breaks."""
    for item in np.flatnonzero(model.i_fixed == 1):
        put(model, state, int(item), int(model.i_fixed_day[item]), int(model.i_fixed_start[item]))


def put_previous(model: Model, state: State) -> None:
    """Begin with the published calendar as far as it still fits."""
    for item in np.flatnonzero((model.i_fixed == 0) & (model.i_was_day >= 0) & (model.i_was_day < model.days)):
        day, start = int(model.i_was_day[item]), int(model.i_was_start[item])
        if may_start(model, int(item), day, start) and fits(model, state, day, int(item), start) == 0:
            put(model, state, int(item), day, start)


def steps_of(model: Model, seconds: float, workers: int) -> float:
    """Steps an item for a time limit; from the size and the limit, never from the clock."""
    free = 0.7 * seconds * workers * STEPS_PER_SECOND / max(1, len(model.i_task))
    return min(MOST_STEPS_PER_ITEM, max(LEAST_STEPS_PER_ITEM, free))


def _dice(*numbers: int) -> Ints:
    mixed = np.random.SeedSequence(numbers).generate_state(1, dtype=np.uint64)[0]
    return np.array([int(mixed >> np.uint64(2)) | 1], dtype=np.int64)


def _order(model: Model, items: Ints) -> Ints:
    """Dear visits first, then tasks with the narrowest due windows and the longest visits, each in order of time."""
    narrow = model.i_end[items] - model.i_first[items]
    task = model.i_task[items]
    keys = (model.i_first[items], task, -model.t_min[task], narrow, -model.i_price[items])
    ordered: Ints = items[np.lexsort(keys)]
    return ordered


def movable(model: Model, units: Units, unit: int, turn: int) -> Ints:
    """The items of a unit that its part may move in this turn."""
    of_unit = units.items[unit]
    items: Ints = of_unit[model.i_fixed[of_unit] == 0]
    if not units.shared or not len(items):
        return items
    mine = [_has_turn(units, int(model.i_house[item]), units.part[unit], turn) for item in items]
    mine_only: Ints = items[np.array(mine, dtype=np.bool_)]
    return mine_only


def _has_turn(units: Units, house: int, part: int, turn: int) -> bool:
    among = units.shared.get(house)
    return among is None or among[turn % len(among)] == part


def _run_part(
    model: Model,
    state: State,
    units: Units,
    part: int,
    turn: int,
    rounds: float,
    heat: tuple[float, float],
    seed: int,
    deadline: float,
) -> None:
    for unit in range(len(units.items)):
        if units.part[unit] != part:
            continue
        items, dice = movable(model, units, unit, turn), _dice(seed, unit, turn)
        construct(model, state, _order(model, items), dice)
        slices = 1 + int(rounds * len(items)) // SLICE
        for number in range(slices):
            count = int(rounds * len(items)) // slices
            if count and time.perf_counter() < deadline:
                warm, cool = (heat[0] * (heat[1] / heat[0]) ** (k / slices) for k in (number, number + 1))
                improve(model, state, items, count, warm, cool, dice, max(200, count // 2))


def _turn(
    model: Model,
    state: State,
    units: Units,
    turn: int,
    rounds: float,
    heat: tuple[float, float],
    seed: int,
    deadline: float,
) -> None:
    parts = 1 + max(units.part, default=0)
    with ThreadPoolExecutor(parts) as pool:
        jobs = [
            pool.submit(_run_part, model, state, units, part, turn, rounds, heat, seed, deadline)
            for part in range(parts)
        ]
        for job in jobs:
            job.result()


def search(model: Model, state: State, units: Units, seed: int, steps: float, deadline: float) -> None:
    """Fill and improve the calendar; `deadline` (perf_counter) only stops a machine that is far too slow."""
    for turn in range(TURNS):
        heat = (_heat(turn), _heat(turn + 1))
        _turn(model, state, units, turn, steps / (TURNS + 1), heat, seed, deadline)


def finish(model: Model, state: State, units: Units, seed: int, steps: float, deadline: float) -> None:
    """A last, cold improvement."""
    _turn(model, state, units, TURNS, steps / (TURNS + 1), (2 * COLD, COLD), seed, deadline)


def _heat(turn: int) -> float:
    return float(HOT * (COLD / HOT) ** (turn / TURNS))
