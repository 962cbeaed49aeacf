"""Simulated annealing in a penalised space: limits may be broken at a price that rises until nothing breaks them.

Penalties are proportional to the dual prices, so that early on the search trades limits at their true worth. What is
left of a dear limit is rewarded where it lies together: room for one more need is worth more than crumbs of it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial

import numpy as np

from matching.assign import moves
from matching.assign.dual import Prices, units
from matching.assign.model import NONE, Model
from matching.assign.moves import Field, Plan, Scope
from matching.limits import Watch
from matching.tables import Floats, Ints

CHUNKS = 100
# A limit without a price still needs a penalty: so many second choices for what a need typically draws.
FLOOR = 4.0
# In the end breaking a limit by what a need draws costs this many times what the need is worth.
LAST_WORTH = 2.0
# Room for what a need typically draws is rewarded with this share of its price; the reward fades to nothing.
REWARD, FADE = 2.0, 0.5
GOLDEN_ANGLE = 2.399963
SPREAD_OF_CUTS = 0.16
MIXERS = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


@dataclass(frozen=True, slots=True)
class Schedule:
    """How hard to search: moves in all, heat from `hot` to `cold` times what needs pay for their second choice,
    penalties from `soft` to `hard` times the price (and at least to what a need is worth)."""

    moves: int
    hot: float = 4.0
    cold: float = 0.04
    soft: float = 0.2
    hard: float = 300.0


class Landscape:
    """What all searches of one model share: the short list of arcs and what limits are worth."""

    def __init__(self, model: Model, prices: Prices, chosen: Ints, shortest: int) -> None:
        """The `shortest` most promising arcs of each need, and those of a plan in any case."""
        self.model, self.arcs = model, short_list(model, prices, chosen, shortest)
        self.field = _field(model, self.arcs)
        self.spread = second_choice(model, prices)
        typical = _typical(model)
        self.penalty = np.concatenate([prices.resource, prices.homes]) + _floor(model, FLOOR * self.spread)
        self.worth = LAST_WORTH * units(model)
        self.width = typical
        self.reward = REWARD * prices.resource / (2 * typical)
        self.reward[model.carers :] = 0.0

    def places(self, chosen: Ints) -> Ints:
        """A plan in the model's arcs as one in the short list's; arcs that are not in it are left out."""
        at = np.full(self.model.arcs + 1, NONE, dtype=np.int64)
        at[self.arcs] = np.arange(len(self.arcs))
        return at[chosen]

    def sides(self, at: int, parts: int) -> Ints:
        """The part of each carer in chunk `at`: cut across the map, each time in another direction."""
        if parts == 1:
            return np.zeros(self.model.carers, dtype=np.int64)
        where = self._across(at)
        first = self.field.first[:-1][np.diff(self.field.first) > 0]
        weight = np.bincount(self.field.link[first, moves.CARER], minlength=self.model.carers) + 1e-3
        order = np.argsort(where, kind="stable")
        share = np.empty(self.model.carers)
        share[order] = np.cumsum(weight[order]) / weight.sum()
        cuts = np.arange(1, parts) / parts + SPREAD_OF_CUTS * ((at * 0.618034) % 1.0 - 0.5)
        return np.searchsorted(cuts, share).astype(np.int64)

    def _across(self, at: int) -> Floats:
        """Where carers stand across the border of chunk `at`; at random where there is no map."""
        place = self.model.place
        if not np.ptp(place, axis=0).any():
            return np.random.default_rng(at).random(len(place))
        angle = at * GOLDEN_ANGLE
        where: Floats = place @ np.array([np.cos(angle), np.sin(angle)])
        return where


class Search:
    """One run of the search; `chosen` is its present plan, which may break limits."""

    def __init__(self, land: Landscape, chosen: Ints, seed: int) -> None:
        """Start from a plan in the model's arcs."""
        self.land, self.seed, model = land, seed, land.model
        self.present = land.places(chosen)
        needs, shelves = model.needs, len(land.field.shelf)
        self._plan = Plan(
            chosen=np.full(needs, NONE, dtype=np.int64),
            slots=np.zeros((len(model.slot_carer), 2), dtype=np.int64),
            homes=np.zeros((model.carers, 2)),
            member=np.zeros(int(land.field.shelf[-1]) + needs, dtype=np.int64),
            held=np.zeros(shelves, dtype=np.int64),
            place=np.zeros(needs, dtype=np.int64),
        )

    def chunk(self, schedule: Schedule, at: int, pool: ThreadPoolExecutor | None, parts: int) -> None:
        """One of CHUNKS equal parts of the schedule, at one heat and one hardness, split over the map."""
        jobs = self._jobs(schedule, at, parts)
        if pool is None or len(jobs) < 2:
            for job in jobs:
                job()
        else:
            wait([pool.submit(job) for job in jobs])
        self.present = self._plan.chosen.copy()

    def _jobs(self, schedule: Schedule, at: int, parts: int) -> list[Callable[[], None]]:
        land, share = self.land, at / (CHUNKS - 1)
        softest = schedule.soft * land.penalty
        penalty = softest * (np.maximum(schedule.hard * land.penalty, land.worth) / softest) ** share
        heat = land.spread * schedule.hot * (schedule.cold / schedule.hot) ** share
        reward = land.reward * (1 - share) ** FADE
        count = -(-schedule.moves // CHUNKS)
        option, options, owner = self._share_out(at, parts)
        room = self._fill(penalty, reward, owner)
        rooms = [room] if parts == 1 else [self._part_of(room, parts) for _ in range(parts)]
        jobs: list[Callable[[], None]] = []
        for part, own in enumerate(rooms):
            needs = np.flatnonzero((owner == part) & (options > 0))
            if len(needs):
                scope = Scope(needs, option, options, land.model.carers + part)
                state = np.array([_mixed(self.seed, at, part)])
                mine = int(count * len(needs) / max(1, len(owner)))
                work = (land.field, self._plan, scope, own, heat, mine, state)
                jobs.append(partial(moves.anneal, *work))
        return jobs

    def _part_of(self, room: Floats, parts: int) -> Floats:
        """Limits of several carers are shared out: each part has its share of what is left, or of what is too much."""
        own, carers = room.copy(), self.land.model.carers
        own[carers:, moves.OVER] /= parts
        return own

    def _share_out(self, at: int, parts: int) -> tuple[Ints, Ints, Ints]:
        field = self.land.field
        option, options = np.arange(len(field.link), dtype=np.int64), np.diff(field.first).astype(np.int64)
        owner = np.zeros(len(options), dtype=np.int64)
        if parts > 1:
            moves.share_out(field, self._plan, self.present, self.land.sides(at, parts), option, options, owner)
        return option, options, owner

    def _fill(self, penalty: Floats, reward: Floats, owner: Ints) -> Floats:
        """Set the plan's counts anew; answer the limits' room."""
        model, plan = self.land.model, self._plan
        room = np.zeros((len(model.limit), moves.COLUMNS))
        room[:, moves.OVER] = -model.limit
        limits = len(model.limit)
        room[:, moves.PENALTY], room[:, moves.REWARD], room[:, moves.WIDTH] = penalty[:limits], reward, self.land.width
        room[:, moves.LIMIT] = model.limit
        room[: model.carers, moves.EVEN] = model.even
        plan.homes[:, moves.TOO_MANY], plan.homes[:, moves.PRICE] = -model.homes_limit, penalty[limits:]
        plan.slots[:, moves.NEEDS], plan.slots[:, moves.HOLDER], plan.held[:] = 0, model.slot_carer, 0
        moves.fill(self.land.field, plan, room, self.present, model.carers + owner)
        return room

    @property
    def chosen(self) -> Ints:
        """The present plan in the model's arcs."""
        return np.where(self.present >= 0, self.land.arcs[self.present], NONE)


def run(
    searches: list[Search],
    schedules: list[Schedule],
    watch: Watch,
    share: tuple[float, float],
    until: float = np.inf,
    show: Callable[[list[Search], int], None] | None = None,
) -> None:
    """Anneal one search split over two parts of the map, or several side by side, each by its own schedule, until the
    watch ends it.

    On a machine too slow to end by `until` seconds, chunks are left out. `show` is called after each chunk.
    """
    start, at, parts = watch.seconds, 0, 2 if len(searches) == 1 else 1
    with ThreadPoolExecutor(max_workers=2) as pool:
        while at < CHUNKS and not watch.over():
            _chunks(searches, schedules, at, pool, parts)
            if show is not None:
                show(searches, at)
            watch.tell("search", share[0] + (share[1] - share[0]) * (at + 1) / CHUNKS)
            at += _stride(at + 1, watch.seconds - start, until - start)
        if at < CHUNKS:
            _chunks(searches, schedules, CHUNKS - 1, pool, parts)


def anneal(search: Search, schedule: Schedule, watch: Watch) -> None:
    """One search alone in the thread that calls, until the watch ends it."""
    for at in range(CHUNKS):
        if not watch.over():
            search.chunk(schedule, at, None, 1)


def _chunks(searches: list[Search], schedules: list[Schedule], at: int, pool: ThreadPoolExecutor, parts: int) -> None:
    if len(searches) == 1:
        searches[0].chunk(schedules[0], at, pool, parts if searches[0].land.model.carers > 1 else 1)
    else:
        list(pool.map(lambda search, schedule: search.chunk(schedule, at, None, 1), searches, schedules))


def _stride(done: int, spent: float, allowed: float) -> int:
    """How many chunks to go on: 1, or more where `done` chunks show that not all fit into the seconds allowed."""
    ahead = (CHUNKS - done) * spent / done
    left = max(allowed - spent, 1e-9)
    return 1 if ahead <= left else min(CHUNKS, 1 + int(ahead / left))


def _mixed(seed: int, at: int, part: int) -> int:
    """A well-mixed state of the generator, never 0."""
    x = seed * 1_000_003 + at * 101 + part + 1
    for turn, factor in enumerate(MIXERS):
        x = (x ^ (x >> (30 - turn))) * factor % 2**64
    return (x ^ x >> 31) % (2**63 - 1) + 1


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


def _typical(model: Model) -> Floats:
    """What an arc typically draws of each limit: the median; 1 where none does."""
    typical = np.ones(len(model.limit))
    for k in range(model.resource.shape[1]):
        drawn = np.flatnonzero((model.resource[:, k] >= 0) & (model.amount[:, k] > 0))
        order = drawn[np.lexsort((model.amount[drawn, k], model.resource[drawn, k]))]
        which, start, count = np.unique(model.resource[order, k], return_index=True, return_counts=True)
        typical[which] = model.amount[order[start + count // 2], k] if len(which) else 1.0
    return typical


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
        link=np.column_stack([model.carer[arcs], model.slot[arcs], model.second_slot[arcs], model.resource[arcs]]),
        draw=np.column_stack([model.cost[arcs], model.amount[arcs]]).astype(np.float64),
        unserved=model.unserved.astype(np.float64),
        shelf=np.concatenate([[0], np.cumsum(held_at_most), [int(held_at_most.sum()) + model.needs]]).astype(np.int64),
        least=_least(model, arcs),
    )


def _least(model: Model, arcs: Ints) -> Floats:
    """Of each need the cost of the cheapest arc, of the cheapest one with another carer, and the first one's carer."""
    need, carer, cost = model.need[arcs], model.carer[arcs], model.cost[arcs]
    least = np.repeat(model.unserved[:, None].astype(np.float64), 3, axis=1)
    order = np.lexsort((cost, need))
    cheapest = order[np.unique(need[order], return_index=True)[1]]
    least[:, moves.WHOSE] = NONE
    least[need[cheapest], moves.WHOSE] = carer[cheapest]
    np.minimum.at(least[:, moves.FIRST], need, cost)
    other = carer != least[need, moves.WHOSE]
    np.minimum.at(least[:, moves.OTHER], need[other], cost[other])
    return least
