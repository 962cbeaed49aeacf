"""Simulated annealing in a penalised space: limits may be broken at a price that rises until nothing breaks them.

Penalties are proportional to the dual prices, so that early on the search trades limits at their true worth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.assign.dual import Prices, units
from matching.assign.model import NONE, Model
from matching.assign.moves import Field, Plan, anneal, fill
from matching.limits import Watch
from matching.tables import Floats, Ints

CHUNKS = 100
# The search ends by this share of the time limit, whatever the machine.
SEARCH_ENDS = 0.85
# A limit without a price still needs a penalty: so many second choices for what a need typically draws.
FLOOR = 4.0
# In the end breaking a limit by what a need draws costs this many times what the need is worth.
LAST_WORTH = 2.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """How hard to search: moves in all, heat from `hot` to `cold` times what needs pay for their second choice,
    penalties from `soft` to `hard` times the price (and at least to what a need is worth)."""

    moves: int
    hot: float = 4.0
    cold: float = 0.04
    soft: float = 0.2
    hard: float = 100.0


class Search:
    """One run of the search over one model; `chosen` is its present plan, which may break limits."""

    def __init__(self, model: Model, prices: Prices, chosen: Ints, shortest: int) -> None:
        """Start from a plan, with the `shortest` most promising arcs of each need."""
        self.model = model
        self.arcs = short_list(model, prices, chosen, shortest)
        self.field = _field(model, self.arcs)
        self.plan = _plan(self.field, _places(self.arcs, chosen, model.arcs))
        self.spread = second_choice(model, prices)
        self.penalty = np.concatenate([prices.resource, prices.homes]) + _floor(model, FLOOR * self.spread)
        self.worth = LAST_WORTH * units(model)

    def run(self, schedule: Schedule, watch: Watch, share: tuple[float, float]) -> None:
        """Anneal over the whole schedule; on a machine too slow for it, over fewer moves; until the watch ends it."""
        start, at = watch.seconds, 0
        while at < CHUNKS and not watch.over():
            self._chunk(schedule, at, watch.limits.seed)
            watch.tell("search", share[0] + (share[1] - share[0]) * (at + 1) / CHUNKS)
            at += _stride(at + 1, watch.seconds - start, SEARCH_ENDS * watch.limits.seconds - start)
        if at < CHUNKS:
            self._chunk(schedule, CHUNKS - 1, watch.limits.seed)

    def _chunk(self, schedule: Schedule, at: int, seed: int) -> None:
        """One of CHUNKS equal parts of the schedule, each at one heat and one hardness."""
        part, moves = at / (CHUNKS - 1), -(-schedule.moves // CHUNKS)
        softest = schedule.soft * self.penalty
        penalty = softest * (np.maximum(schedule.hard * self.penalty, self.worth) / softest) ** part
        heat = self.spread * schedule.hot * (schedule.cold / schedule.hot) ** part
        mixed = (seed * 7919 + at * 104729) % (2**31)
        resources = len(self.field.limit)
        anneal(self.field, self.plan, penalty[:resources], penalty[resources:], heat, moves, mixed)

    @property
    def chosen(self) -> Ints:
        """The present plan in the model's arcs."""
        return np.where(self.plan.chosen >= 0, self.arcs[self.plan.chosen], NONE)


def _stride(done: int, spent: float, allowed: float) -> int:
    """How many chunks to go on: 1, or more where `done` chunks show that not all fit into the seconds allowed."""
    ahead = (CHUNKS - done) * spent / done
    left = max(allowed - spent, 1e-9)
    return 1 if ahead <= left else min(CHUNKS, 1 + int(ahead / left))


def short_list(model: Model, prices: Prices, chosen: Ints, shortest: int) -> Ints:
    """Arcs by need, cheapest at the prices first, at most `shortest` each and the present plan's in any case."""
    reduced = reduced_costs(model, prices)
    order = np.lexsort((np.arange(model.arcs), reduced, model.need))
    rank = np.arange(model.arcs) - model.first[model.need[order]]
    kept = rank < shortest
    kept |= chosen[model.need[order]] == order
    return order[kept]


def second_choice(model: Model, prices: Prices) -> float:
    """What a need typically pays, at the prices, for its third best carer instead of the best: the heat's unit."""
    reduced = reduced_costs(model, prices)
    by_need = reduced[np.lexsort((reduced, model.need))]
    several = np.flatnonzero(np.diff(model.first) > 1)
    third = np.minimum(model.first[several] + 2, model.first[several + 1] - 1)
    spread = float(np.median(by_need[third] - by_need[model.first[several]])) if len(several) else 0.0
    return max(spread, 1.0)


def _floor(model: Model, cost: float) -> Floats:
    """The least penalty of each limit per unit: a cost for what a need typically draws; for a household all of it."""
    floor = np.full(len(model.limit) + model.carers, cost)
    for k in range(model.resource.shape[1]):
        drawn = (model.resource[:, k] >= 0) & (model.amount[:, k] > 0)
        if drawn.any():
            floor[np.unique(model.resource[drawn, k])] = cost / np.median(model.amount[drawn, k])
    return floor


def reduced_costs(model: Model, prices: Prices) -> Floats:
    """Cost of each arc plus what it draws at the prices."""
    price = np.append(prices.resource, 0.0)
    drawn = (price[model.resource] * model.amount).sum(axis=1)
    reduced: Floats = model.cost + drawn + prices.homes[model.carer]
    return reduced


def _field(model: Model, arcs: Ints) -> Field:
    held_at_most = np.bincount(model.carer[arcs], minlength=model.carers)
    return Field(
        first=np.searchsorted(model.need[arcs], np.arange(model.needs + 1)),
        need=model.need[arcs],
        carer=model.carer[arcs],
        cost=model.cost[arcs].astype(np.float64),
        resource=model.resource[arcs],
        amount=model.amount[arcs].astype(np.float64),
        slot=model.slot[arcs],
        unserved=model.unserved.astype(np.float64),
        limit=model.limit.astype(np.float64),
        homes_limit=model.homes_limit,
        shelf=np.concatenate([[0], np.cumsum(held_at_most)]).astype(np.int64),
    )


def _places(arcs: Ints, chosen: Ints, count: int) -> Ints:
    """A plan in the model's arcs as one in the short list's."""
    at = np.full(count + 1, NONE, dtype=np.int64)
    at[arcs] = np.arange(len(arcs))
    return at[chosen]


def _plan(field: Field, chosen: Ints) -> Plan:
    """The state of a plan: everything unserved at first, then each need joins its arc."""
    needs, carers = len(chosen), len(field.homes_limit)
    plan = Plan(
        chosen=np.full(needs, NONE, dtype=np.int64),
        used=np.zeros(len(field.limit)),
        homes=np.zeros(carers, dtype=np.int64),
        slot_needs=np.zeros(int(field.slot.max()) + 1 if len(field.slot) else 1, dtype=np.int64),
        member=np.zeros(int(field.shelf[-1]) + needs, dtype=np.int64),
        held=np.zeros(carers + 1, dtype=np.int64),
        place=field.shelf[-1] + np.arange(needs),
    )
    plan.member[field.shelf[-1] :] = np.arange(needs)
    plan.held[carers] = needs
    fill(field, plan, chosen)
    return plan
