"""Which moves could matter: the search of the engine with a price per move, at several prices.

A price per move is a dearer arc, so the engine's own annealing traces the curve roughly; CP-SAT then works on the arcs
that its plans use. Only this module knows the engine's search.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from matching.assign.dual import Prices, climb
from matching.assign.model import NONE, Model
from matching.assign.repair import repair
from matching.assign.search import Landscape, Schedule, Search, anneal, reduced_costs
from matching.limits import Limits, Watch
from matching.replan.near import Near
from matching.tables import Bools, Ints

# Prices of a move, in the smallest weight of an unserved need: dear moves serve somebody, cheap ones save kilometres.
# Where nobody may be dropped, room takes chains of several moves, each of which must be cheaper.
PRICES, CHAIN_PRICES = (2.0, 1.0, 0.5), (1.0, 0.4, 0.15)
STEPS, SHORT_LIST, HOT = 60, 12, 0.2
MOVES_PER_NEED, LEAST_MOVES, MOST_MOVES = 80, 300_000, 1_500_000
MOST_ALL_ARCS, WAITING_ARCS, SINGLE_MOVES = 1500, 6, 50
THREADS = 2


@dataclass(frozen=True, slots=True)
class Prospects:
    """Plans found (arcs of the part's model) and the arcs worth an exact look."""

    plans: tuple[Ints, ...]
    arcs: Ints


def _at_price(model: Model, stay: Ints, counted: Bools, price: float) -> Model:
    """The model in which every move costs the price."""
    moves = counted[model.need] & (stay[model.need] != np.arange(model.arcs))
    extra = round(price)
    return replace(model, cost=model.cost + extra * moves, unserved=model.unserved + extra * counted)


def prospects(
    near: Near,
    stay: Ints,
    counted: Bools,
    locked: Bools,
    seed: int,
    clock: Callable[[], float],
    left: float,
    prices_of_moves: tuple[float, ...] = PRICES,
) -> Prospects:
    """Anneal from the present plan at several prices per move; `stay`, `counted`, `locked` are of the part's needs."""
    model = near.model
    positive = model.unserved[(model.unserved > 0) & ~locked]
    unit = float(positive.min()) if len(positive) else 1.0
    watch = Watch(Limits(seconds=max(0.01, left), seed=seed), clock, None, None)
    prices = climb(_at_price(model, stay, counted, prices_of_moves[1] * unit), STEPS, watch)
    moves = min(MOST_MOVES, max(LEAST_MOVES, MOVES_PER_NEED * model.needs))

    def run(price: float) -> Ints:
        priced = _at_price(model, stay, counted, price * unit)
        search = Search(Landscape(priced, prices, stay, SHORT_LIST), stay, seed)
        anneal(search, Schedule(moves, hot=HOT), watch)
        return repair(priced, search.chosen)

    with ThreadPoolExecutor(max_workers=THREADS) as threads:
        found = list(threads.map(run, prices_of_moves))
    plans = tuple(plan for plan in found if (plan[locked] == stay[locked]).all())
    return Prospects(plans, _arcs(model, prices, plans, stay, counted, locked))


def _arcs(model: Model, prices: Prices, plans: tuple[Ints, ...], stay: Ints, counted: Bools, locked: Bools) -> Ints:
    """What the plans use, the best arcs of needs that wait, and the single moves that look best at the prices."""
    used = [plan[(plan != NONE) & (plan != stay)] for plan in plans]
    dropped = [stay[counted & (plan == NONE)] for plan in plans]
    reduced = reduced_costs(model, prices)
    waiting = np.flatnonzero((~counted & ~locked)[model.need])
    if len(waiting) > MOST_ALL_ARCS:
        order = waiting[np.lexsort((waiting, reduced[waiting], model.need[waiting]))]
        first = np.searchsorted(model.need[order], model.need[order])
        waiting = order[np.arange(len(order)) - first < WAITING_ARCS]
    moves = np.flatnonzero(counted[model.need] & (stay[model.need] != np.arange(model.arcs)))
    saved = reduced[moves] - reduced[stay[model.need[moves]]]
    single = moves[np.argsort(saved, kind="stable")[:SINGLE_MOVES]]
    return np.unique(np.concatenate([*used, *dropped, waiting, single]))
