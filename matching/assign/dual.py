"""The Lagrangian bound: prices on every limit, each household solved exactly at those prices.

For any prices >= 0 the value is a lower bound of the objective; Adam-like steps, sized per kind of limit, raise it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from matching.assign.compiled import compiled
from matching.assign.model import NONE, Model
from matching.limits import Watch
from matching.tables import Bools, Floats, Ints

# A household of up to this many needs is priced exactly (subsets of needs per carer); larger ones are split, which
# keeps the bound valid but a little lower.
EXACT_NEEDS = 6
FIRST_STEP, LAST_STEP = 0.1, 0.0005
SMOOTH, SPREAD = 0.8, 0.98
CHUNKS = 20
FACTORS = (1.0, 0.1, 0.01, 0.001, 0.0001)
TRIAL_SHARE = 25
# From so many arcs on a step is long enough to be shared by threads.
THREADS, SHARED_FROM = 2, 100_000


class Field(NamedTuple):
    """The arrays that the inner loop reads: arcs ordered by slot, slots and needs ordered by household."""

    home_needs: Ints
    home_slots: Ints
    need: Ints
    slot_arcs: Ints
    slot_carer: Ints
    arc_bit: Ints
    cost: Floats
    resource: Ints
    amount: Floats
    unserved: Floats
    whole: Bools


class Part(NamedTuple):
    """A run of households and of their arcs, and how many limits stand before the households of carers."""

    first_home: int
    last_home: int
    first_arc: int
    last_arc: int
    resources: int


class State(NamedTuple):
    """Where an ascent stands: the arrays hold the limits, then the households of carers."""

    limit: Floats
    unit: Floats
    price: Floats
    best_price: Floats
    momentum: Floats
    spread: Floats


@dataclass(frozen=True, slots=True)
class Prices:
    """The best prices found: per unit of each resource, per household of each carer, and the bound they prove."""

    resource: Floats
    homes: Floats
    bound: float


def _field(model: Model) -> Field:
    homes = int(model.home.max()) + 1 if model.needs else 0
    by_home = np.argsort(model.home, kind="stable")
    home_needs = np.searchsorted(model.home[by_home], np.arange(homes + 1))
    position = np.empty(model.needs, dtype=np.int64)
    position[by_home] = np.arange(model.needs) - home_needs[model.home[by_home]]
    by_slot = np.lexsort((model.need, model.slot))
    # Teams: several arcs of one need in one slot, more than subsets can be tried of. Their second carers' households
    # are not priced, which leaves the bound valid.
    whole = np.bincount(model.home, minlength=homes) <= EXACT_NEEDS
    whole[model.home[model.need[model.second_slot != NONE]]] = False
    return Field(
        home_needs=home_needs,
        home_slots=np.searchsorted(model.slot_home, np.arange(homes + 1)),
        need=by_home,
        slot_arcs=np.searchsorted(model.slot[by_slot], np.arange(len(model.slot_carer) + 1)),
        slot_carer=model.slot_carer,
        arc_bit=position[model.need[by_slot]],
        cost=model.cost[by_slot].astype(np.float64),
        resource=model.resource[by_slot],
        amount=model.amount[by_slot].astype(np.float64),
        unserved=model.unserved.astype(np.float64),
        whole=whole,
    )


@compiled
def _price_arcs(field: Field, first: int, last: int, price: Floats, reduced: Floats) -> None:
    for arc in range(first, last):
        total = field.cost[arc]
        for k in range(field.resource.shape[1]):
            r = field.resource[arc, k]
            if r >= 0:
                total += price[r] * field.amount[arc, k]
        reduced[arc] = total


@compiled
def _draw(field: Field, arc: int, used: Floats) -> None:
    for k in range(field.resource.shape[1]):
        r = field.resource[arc, k]
        if r >= 0:
            used[r] += field.amount[arc, k]


@compiled
def _split_home(field: Field, home: int, reduced: Floats, homes_price: Floats, used: Floats, homes: Floats) -> float:
    """Each need on its own, a household's price shared by its needs: a bound for households of any size."""
    start, size = field.home_needs[home], field.home_needs[home + 1] - field.home_needs[home]
    best = np.empty(size)
    best_arc = np.full(size, -1)
    best_carer = np.zeros(size, np.int64)
    for i in range(size):
        best[i] = field.unserved[field.need[start + i]]
    for slot in range(field.home_slots[home], field.home_slots[home + 1]):
        carer = field.slot_carer[slot]
        first, last = field.slot_arcs[slot], field.slot_arcs[slot + 1]
        if first == last:  # only as somebody's second carer
            continue
        share = homes_price[carer] / (last - first)
        for arc in range(first, last):
            i = field.arc_bit[arc]
            if reduced[arc] + share < best[i]:
                best[i], best_arc[i], best_carer[i] = reduced[arc] + share, arc, slot
    total = 0.0
    for i in range(size):
        total += best[i]
        if best_arc[i] >= 0:
            _draw(field, best_arc[i], used)
            slot = best_carer[i]
            homes[field.slot_carer[slot]] += 1.0 / (field.slot_arcs[slot + 1] - field.slot_arcs[slot])
    return total


@compiled
def _exact_home(
    field: Field,
    home: int,
    reduced: Floats,
    homes_price: Floats,
    used: Floats,
    homes: Floats,
    group: Floats,
    group_slot: Ints,
    best: Floats,
    best_part: Ints,
) -> float:
    """The cheapest way to serve or leave each need of a household: cheapest carer of each subset, then partitions."""
    start, size = field.home_needs[home], field.home_needs[home + 1] - field.home_needs[home]
    full = 1 << size
    for subset in range(full):
        group[subset], group_slot[subset] = np.inf, -1
    for slot in range(field.home_slots[home], field.home_slots[home + 1]):
        first, last = field.slot_arcs[slot], field.slot_arcs[slot + 1]
        opening = homes_price[field.slot_carer[slot]]
        for picks in range(1, 1 << (last - first)):
            subset, total = 0, opening
            for i in range(last - first):
                if picks >> i & 1:
                    subset |= 1 << field.arc_bit[first + i]
                    total += reduced[first + i]
            if total < group[subset]:
                group[subset], group_slot[subset] = total, slot
    best[0] = 0.0
    for subset in range(1, full):
        low = 0
        while not subset >> low & 1:
            low += 1
        rest = subset ^ (1 << low)
        best[subset] = field.unserved[field.need[start + low]] + best[rest]
        best_part[subset] = 0
        other = rest
        while True:
            part = other | (1 << low)
            value = group[part] + best[subset ^ part]
            if value < best[subset]:
                best[subset], best_part[subset] = value, part
            if other == 0:
                break
            other = (other - 1) & rest
    left = full - 1
    while left:
        part = best_part[left]
        if part == 0:
            low = 0
            while not left >> low & 1:
                low += 1
            left ^= 1 << low
            continue
        slot = group_slot[part]
        homes[field.slot_carer[slot]] += 1.0
        for arc in range(field.slot_arcs[slot], field.slot_arcs[slot + 1]):
            if part >> field.arc_bit[arc] & 1:
                _draw(field, arc, used)
        left ^= part
    return float(best[full - 1])


@compiled
def _value(field: Field, part: Part, price: Floats, reduced: Floats, used: Floats) -> float:
    """Cheapest plan of every household of a part at the prices; `used` becomes what it draws.

    `price` and `used` hold the limits, then the households of carers.
    """
    homes_price, homes = price[part.resources :], used[part.resources :]
    _price_arcs(field, part.first_arc, part.last_arc, price, reduced)
    used[:] = 0.0
    size = 1 << EXACT_NEEDS
    group, group_slot = np.empty(size), np.empty(size, np.int64)
    best, best_part = np.empty(size), np.empty(size, np.int64)
    total = 0.0
    for home in range(part.first_home, part.last_home):
        if field.whole[home]:
            total += _exact_home(field, home, reduced, homes_price, used, homes, group, group_slot, best, best_part)
        else:
            total += _split_home(field, home, reduced, homes_price, used, homes)
    return total


@compiled
def _step(state: State, used: Floats, value: float, best: float, rate: float, step: int) -> float:
    """One step upwards from what households would draw at the prices; the better of the bounds."""
    for r in range(len(used)):
        value -= state.price[r] * state.limit[r]
    if value > best:
        best = value
        state.best_price[:] = state.price
    for r in range(len(used)):
        slope = (used[r] - state.limit[r]) / (state.limit[r] + 1.0)
        state.momentum[r] = SMOOTH * state.momentum[r] + (1 - SMOOTH) * slope
        state.spread[r] = SPREAD * state.spread[r] + (1 - SPREAD) * slope * slope
        size = np.sqrt(state.spread[r] / (1 - SPREAD**step)) + 1e-12
        move = rate * state.unit[r] * state.momentum[r] / (1 - SMOOTH**step) / size
        state.price[r] = max(0.0, state.price[r] + move)
    return best


def units(model: Model) -> Floats:
    """A step that means something, per limit: what a need is worth per unit it draws, by kind of resource."""
    unit = np.ones(len(model.limit) + model.carers)
    worth = (model.unserved[model.need] - model.cost).astype(np.float64)
    for k in range(model.resource.shape[1]):
        drawn = (model.resource[:, k] >= 0) & (model.amount[:, k] > 0)
        if drawn.any():
            unit[np.unique(model.resource[drawn, k])] = np.median(worth[drawn] / model.amount[drawn, k])
    unit[len(model.limit) :] = np.median(worth) if len(worth) else 1.0
    return np.maximum(unit, 1e-9)


def climb(model: Model, steps: int, watch: Watch) -> Prices:
    """Raise the bound for `steps` steps (fewer where the watch ends the run) from prices of zero.

    Short trials first find the size of step that suits the problem's prices: they may lie far below what leaving a
    need costs.
    """
    with Ascent(model) as ascent:
        trial = max(10, steps // TRIAL_SHARE)
        tried = [ascent.run(np.zeros(ascent.count), factor, trial, watch, "bound", 0.05) for factor in FACTORS]
        best = max(range(len(FACTORS)), key=lambda at: tried[at][0])
        bound, price = ascent.run(tried[best][1], FACTORS[best], steps, watch, "bound", 0.2)
    if tried[best][0] > bound:
        bound, price = tried[best]
    return Prices(price[: ascent.resources], price[ascent.resources :], bound)


class Ascent:
    """The arrays of one model's ascent; of a large model two threads price half of the households each.

    Halves are added in their order, so the prices do not depend on which thread was first.
    """

    def __init__(self, model: Model, threads: int | None = None) -> None:
        """`threads` price the households: by default as many as the size of the model is worth."""
        self.field, self.unit = _field(model), units(model)
        self.resources, self.count = len(model.limit), len(model.limit) + model.carers
        self.limit = np.concatenate([model.limit, model.homes_limit]).astype(np.float64)
        self.reduced = np.empty(model.arcs)
        self.parts = self._parts(threads or (THREADS if model.arcs >= SHARED_FROM else 1))
        self.used = np.empty((len(self.parts), self.count))
        self.pool = ThreadPoolExecutor(len(self.parts)) if len(self.parts) > 1 else None

    def __enter__(self) -> Ascent:
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool is not None:
            self.pool.shutdown()

    def _parts(self, count: int) -> list[Part]:
        """Runs of households with about as many arcs each."""
        homes = len(self.field.home_slots) - 1
        arcs = self.field.slot_arcs[self.field.home_slots]
        cuts = np.searchsorted(arcs, np.arange(count + 1) * arcs[-1] / count)
        cuts[0], cuts[-1] = 0, homes
        return [Part(int(a), int(b), int(arcs[a]), int(arcs[b]), self.resources) for a, b in pairwise(cuts)]

    def _value(self, price: Floats) -> float:
        """What the cheapest plans cost at the prices; the first row of `used` becomes what they draw."""
        work = [(self.field, part, price, self.reduced, used) for part, used in zip(self.parts, self.used, strict=True)]
        if self.pool is None:
            return sum(_value(*of) for of in work)
        value = sum([done.result() for done in [self.pool.submit(_value, *of) for of in work]])
        self.used[0] = self.used.sum(axis=0)
        return value

    def run(
        self, start: Floats, factor: float, steps: int, watch: Watch, stage: str, share: float
    ) -> tuple[float, Floats]:
        """The best bound of some steps from given prices, and the prices that prove it."""
        zeros = np.zeros(self.count)
        state = State(self.limit, factor * self.unit, start.copy(), start.copy(), zeros, zeros.copy())
        best, per_chunk = -np.inf, -(-steps // CHUNKS)
        for step in range(1, steps + 1):
            value = self._value(state.price)
            rate = FIRST_STEP * (LAST_STEP / FIRST_STEP) ** (step / steps)
            best = _step(state, self.used[0], value, best, rate, step)
            if step % per_chunk == 0 or step == steps:
                watch.bound = best if watch.bound is None else max(best, watch.bound)
                watch.tell(stage, share)
                if watch.over():
                    break
        return float(best), state.best_price
