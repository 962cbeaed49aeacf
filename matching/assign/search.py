"""Simulated annealing in a penalised space: limits may be broken at a price that rises until nothing breaks them.

Penalties are proportional to the dual prices, so that early on the search trades limits at their true worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from matching.assign.compiled import compiled
from matching.assign.dual import Prices, units
from matching.assign.model import NONE, Model
from matching.limits import Watch
from matching.tables import Floats, Ints

CHUNKS = 100
# The search ends by this share of the time limit, whatever the machine.
SEARCH_ENDS = 0.85
# Shares of the moves: give up a need; take a need that nobody serves; else move one need, or move two at once.
GIVE_UP, TAKE_UNSERVED, MOVE_ONE = 0.02, 0.10, 0.5
# A limit without a price still needs a penalty: so many second choices for what a need typically draws.
FLOOR = 4.0
# In the end breaking a limit by what a need draws costs this many times what the need is worth.
LAST_WORTH = 2.0


class Field(NamedTuple):
    """What the inner loop reads: the short list of arcs of each need, most promising first, and the limits."""

    first: Ints
    need: Ints
    carer: Ints
    cost: Floats
    resource: Ints
    amount: Floats
    slot: Ints
    unserved: Floats
    limit: Floats
    homes_limit: Ints
    shelf: Ints


class Plan(NamedTuple):
    """What the inner loop changes: the arc of each need, what is drawn, and who holds which needs.

    Carer c holds the needs member[shelf[c] : shelf[c] + held[c]], need n at place[n]; the last shelf is for needs
    that nobody serves.
    """

    chosen: Ints
    used: Floats
    homes: Ints
    slot_needs: Ints
    member: Ints
    held: Ints
    place: Ints


@compiled
def _leave(field: Field, plan: Plan, need: int, penalty: Floats, homes_penalty: Floats) -> float:
    """Take a need away from its arc; the change of the penalised cost without the need's own unserved cost."""
    arc = plan.chosen[need]
    if arc < 0:
        return -float(field.unserved[need])
    change = -float(field.cost[arc])
    for k in range(field.resource.shape[1]):
        r = field.resource[arc, k]
        if r >= 0:
            amount, over = field.amount[arc, k], plan.used[r] - field.limit[r]
            if over > 0:
                change -= penalty[r] * min(over, amount)
            plan.used[r] -= amount
    slot, carer = field.slot[arc], field.carer[arc]
    plan.slot_needs[slot] -= 1
    if plan.slot_needs[slot] == 0:
        if plan.homes[carer] > field.homes_limit[carer]:
            change -= homes_penalty[carer]
        plan.homes[carer] -= 1
    return change


@compiled
def _join(field: Field, plan: Plan, need: int, arc: int, penalty: Floats, homes_penalty: Floats) -> float:
    """Put a need on an arc (below 0: leave it unserved); the change of the penalised cost."""
    if arc < 0:
        return float(field.unserved[need])
    change = float(field.cost[arc])
    for k in range(field.resource.shape[1]):
        r = field.resource[arc, k]
        if r >= 0:
            amount = field.amount[arc, k]
            plan.used[r] += amount
            over = plan.used[r] - field.limit[r]
            if over > 0:
                change += penalty[r] * min(over, amount)
    slot, carer = field.slot[arc], field.carer[arc]
    plan.slot_needs[slot] += 1
    if plan.slot_needs[slot] == 1:
        plan.homes[carer] += 1
        if plan.homes[carer] > field.homes_limit[carer]:
            change += homes_penalty[carer]
    return change


@compiled
def _price(field: Field, plan: Plan, arc: int, penalty: Floats, homes_penalty: Floats) -> float:
    """What _join would answer for an arc, changing nothing."""
    change = float(field.cost[arc])
    for k in range(field.resource.shape[1]):
        r = field.resource[arc, k]
        if r >= 0:
            amount = field.amount[arc, k]
            over = plan.used[r] + amount - field.limit[r]
            if over > 0:
                change += penalty[r] * min(over, amount)
    carer = field.carer[arc]
    if plan.slot_needs[field.slot[arc]] == 0 and plan.homes[carer] >= field.homes_limit[carer]:
        change += homes_penalty[carer]
    return change


@compiled
def _shift(field: Field, plan: Plan, need: int, arc: int, penalty: Floats, homes_penalty: Floats) -> float:
    """What _leave and _join to `arc` would answer together, changing nothing.

    Column k of the resources is one kind, so an old and a new draw on the same limit stand in the same column.
    """
    old = plan.chosen[need]
    change = float(field.unserved[need] if arc < 0 else field.cost[arc])
    change -= float(field.unserved[need] if old < 0 else field.cost[old])
    for k in range(field.resource.shape[1]):
        before = field.resource[old, k] if old >= 0 else -1
        after = field.resource[arc, k] if arc >= 0 else -1
        if after == before:
            if after >= 0:
                over = plan.used[after] - field.limit[after]
                then = over + field.amount[arc, k] - field.amount[old, k]
                change += penalty[after] * (max(0.0, then) - max(0.0, over))
            continue
        if before >= 0:
            over = plan.used[before] - field.limit[before]
            if over > 0:
                change -= penalty[before] * min(over, field.amount[old, k])
        if after >= 0:
            over = plan.used[after] + field.amount[arc, k] - field.limit[after]
            if over > 0:
                change += penalty[after] * min(over, field.amount[arc, k])
    if old >= 0:
        carer = field.carer[old]
        if plan.slot_needs[field.slot[old]] == 1 and plan.homes[carer] > field.homes_limit[carer]:
            change -= homes_penalty[carer]
    if arc >= 0:
        carer = field.carer[arc]
        if plan.slot_needs[field.slot[arc]] == 0 and plan.homes[carer] >= field.homes_limit[carer]:
            change += homes_penalty[carer]
    return float(change)


@compiled
def _settle(field: Field, plan: Plan, need: int, arc: int) -> None:
    """Move a need from the shelf of its old arc to that of its new one, and note the new arc."""
    nobody = len(field.homes_limit)
    old = plan.chosen[need]
    shelf = field.carer[old] if old >= 0 else nobody
    last = field.shelf[shelf] + plan.held[shelf] - 1
    moved = plan.member[last]
    plan.member[plan.place[need]], plan.place[moved] = moved, plan.place[need]
    plan.held[shelf] -= 1
    shelf = field.carer[arc] if arc >= 0 else nobody
    at = field.shelf[shelf] + plan.held[shelf]
    plan.member[at], plan.place[need] = need, at
    plan.held[shelf] += 1
    plan.chosen[need] = arc


@compiled
def _best_arc(field: Field, plan: Plan, need: int, avoid: int, penalty: Floats, homes_penalty: Floats) -> int:
    """The need's cheapest arc in the penalised space, other than with the carer to avoid; NONE = leave it."""
    best, cheapest = -1, field.unserved[need]
    for arc in range(field.first[need], field.first[need + 1]):
        if field.carer[arc] != avoid:
            price = _price(field, plan, arc, penalty, homes_penalty)
            if price < cheapest:
                best, cheapest = arc, price
    return best


@compiled
def _anneal(
    field: Field, plan: Plan, penalty: Floats, homes_penalty: Floats, heat: float, moves: int, seed: int
) -> float:
    """Try `moves` moves at one temperature; the change of the penalised cost."""
    np.random.seed(seed)
    nobody, total = len(field.homes_limit), 0.0
    for _ in range(moves):
        if plan.held[nobody] and np.random.random() < TAKE_UNSERVED:
            need = plan.member[field.shelf[nobody] + int(np.random.random() * plan.held[nobody])]
        else:
            need = int(np.random.random() * len(plan.chosen))
        options, old = field.first[need + 1] - field.first[need], plan.chosen[need]
        if options == 0:
            continue
        draw = np.random.random()
        arc = field.first[need] + int(draw * draw * options)
        if old >= 0 and np.random.random() < GIVE_UP:
            arc = -1
        if arc == old:
            continue
        change = _shift(field, plan, need, arc, penalty, homes_penalty)
        if change <= 0 or np.random.random() < np.exp(-change / heat):
            _leave(field, plan, need, penalty, homes_penalty)
            _join(field, plan, need, arc, penalty, homes_penalty)
            _settle(field, plan, need, arc)
            total += change
            continue
        if arc < 0 or np.random.random() < MOVE_ONE:
            continue
        carer = field.carer[arc]
        if plan.held[carer] == 0:
            continue
        other = plan.member[field.shelf[carer] + int(np.random.random() * plan.held[carer])]
        old_other = plan.chosen[other]
        _leave(field, plan, need, penalty, homes_penalty)
        _join(field, plan, need, arc, penalty, homes_penalty)
        change += _leave(field, plan, other, penalty, homes_penalty)
        new_other = _best_arc(field, plan, other, carer, penalty, homes_penalty)
        change += _join(field, plan, other, new_other, penalty, homes_penalty)
        if change <= 0 or np.random.random() < np.exp(-change / heat):
            _settle(field, plan, need, arc)
            _settle(field, plan, other, new_other)
            total += change
            continue
        plan.chosen[other] = new_other
        _leave(field, plan, other, penalty, homes_penalty)
        _join(field, plan, other, old_other, penalty, homes_penalty)
        plan.chosen[other] = old_other
        plan.chosen[need] = arc
        _leave(field, plan, need, penalty, homes_penalty)
        _join(field, plan, need, old, penalty, homes_penalty)
        plan.chosen[need] = old
    return total


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
        _anneal(self.field, self.plan, penalty[:resources], penalty[resources:], heat, moves, mixed)

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
    _fill(field, plan, chosen)
    return plan


@compiled
def _fill(field: Field, plan: Plan, chosen: Ints) -> None:
    """Put every need of a plan on its arc."""
    free, homes_free = np.zeros(len(field.limit)), np.zeros(len(field.homes_limit))
    for need in range(len(chosen)):
        if chosen[need] >= 0:
            _join(field, plan, need, chosen[need], free, homes_free)
            _settle(field, plan, need, chosen[need])
