"""A proven lower bound: the linear relaxation by column generation (HiGHS through scipy solves the small programs).

Every round prices all arcs at the duals of the arcs chosen so far; any prices give a bound (Lagrange), so that stopping
early costs sharpness, never truth.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from tests.benchmarks.whole import Floats, Ints, Whole

FIRST_ARCS = 12  # cheapest arcs of each need to start with
NEW_ARCS = 4  # most arcs of one need added in one round
CLOSE = 1e-4  # stop once the relaxation and the bound are this near, in parts of what is avoidable
ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Duals:
    """Prices of the limits, of a carer's households, of a need's one carer, and of each arc's share in its slot."""

    limit: Floats
    home: Floats
    need: Floats
    tie: Floats
    value: float


def lp_bound(whole: Whole, seconds: float = np.inf, tell: Callable[[str], None] | None = None) -> float:
    """No plan costs less; within CLOSE of the relaxation unless the seconds ran out."""
    start, best = time.monotonic(), -np.inf
    active = _cheapest(whole.need, whole.cost.astype(float), FIRST_ARCS)
    for turn in range(ROUNDS):
        duals = _solve(whole, np.flatnonzero(active))
        gain = _gains(whole, duals)
        bound, gain = _completed(whole, duals, gain, active)
        best = max(best, bound)
        fresh = _most_wanted(whole.need, gain, ~active)
        if tell:
            tell(f"round {turn}: {active.sum()} arcs, {duals.value:.1f}, bound {best:.1f}, {fresh.sum()} to add")
        near = duals.value - best <= CLOSE * max(1.0, best - whole.hopeless)
        if near or not fresh.any() or time.monotonic() - start > seconds:
            break
        active |= fresh
    return float(best)


def _cheapest(need: Ints, value: Floats, most: int) -> np.ndarray:
    """Flags of the `most` lowest arcs of each need."""
    order = np.lexsort((value, need))
    first = np.searchsorted(need[order], need[order])
    flags = np.zeros(len(need), dtype=np.bool_)
    flags[order[np.arange(len(need)) - first < most]] = True
    return flags


def _most_wanted(need: Ints, gain: Floats, pool: np.ndarray) -> np.ndarray:
    """Flags of the arcs in the pool that would lower the relaxation, the best few of each need."""
    wanted = np.flatnonzero(pool & (gain < -1e-6))
    flags = np.zeros(len(need), dtype=np.bool_)
    flags[wanted[_cheapest(need[wanted], gain[wanted], NEW_ARCS)]] = True
    return flags


def _solve(whole: Whole, arcs: Ints) -> Duals:
    """The relaxation over some arcs: x of arcs, then y of the slots that several of them share.

    Interior points took 2 s where the dual simplex took 38 s (10,000 needs, 26,000 arcs).
    """
    count = len(arcs)
    slots, slot, sharing = np.unique(whole.slot[arcs], return_inverse=True, return_counts=True)
    shared = np.flatnonzero(sharing > 1)
    y_of = np.full(len(slots), -1)
    y_of[shared] = np.arange(len(shared))
    tied = np.flatnonzero(y_of[slot] >= 0)
    alone = np.flatnonzero(y_of[slot] < 0)
    scale = np.maximum(whole.room, 1).astype(float)
    limits = sparse.hstack(
        [sparse.diags(1 / scale) @ whole.draws[:, arcs], sparse.csc_matrix((len(scale), len(shared)))]
    )
    holders = np.concatenate([whole.carer[arcs[alone]], whole.slot_carer[slots[shared]]])
    columns, width = np.concatenate([alone, count + np.arange(len(shared))]), count + len(shared)
    homes = sparse.csr_matrix((np.ones(len(columns)), (holders, columns)), shape=(len(whole.homes_room), width))
    one = sparse.csr_matrix((np.ones(count), (whole.need[arcs], np.arange(count))), shape=(len(whole.unserved), width))
    ties = sparse.csr_matrix(
        (
            np.concatenate([np.ones(len(tied)), -np.ones(len(tied))]),
            (np.tile(np.arange(len(tied)), 2), np.concatenate([tied, count + y_of[slot[tied]]])),
        ),
        shape=(len(tied), width),
    )
    high = [np.where(whole.room > 0, whole.room / scale, 0.0), whole.homes_room.astype(float)]
    high += [np.ones(len(whole.unserved)), np.zeros(len(tied))]
    gains = np.concatenate([(whole.cost - whole.unserved[whole.need])[arcs].astype(float), np.zeros(len(shared))])
    rows = sparse.vstack([limits, homes, one, ties]).tocsc()
    result = linprog(gains, A_ub=rows, b_ub=np.concatenate(high), bounds=(0, None), method="highs-ipm")
    if result.x is None or result.fun is None:
        raise RuntimeError(f"HiGHS solved no relaxation: {result.message}")
    price = np.maximum(0.0, -result.ineqlin.marginals)
    limit, home, need, tie = np.split(price, np.cumsum([len(scale), len(whole.homes_room), len(whole.unserved)]))
    full = np.zeros(len(whole.need))
    full[arcs[alone]] = home[whole.carer[arcs[alone]]]
    full[arcs[tied]] = tie
    return Duals(limit / scale, home, need, full, whole.everybody + float(result.fun))


def _gains(whole: Whole, duals: Duals) -> Floats:
    """What one unit of each arc would add to the relaxation: below 0 it is worth taking."""
    gains: Floats = (
        whole.cost - whole.unserved[whole.need] + whole.draws.T @ duals.limit + duals.tie + duals.need[whole.need]
    )
    return gains


def _completed(whole: Whole, duals: Duals, gain: Floats, active: np.ndarray) -> tuple[float, Floats]:
    """The bound at these prices, and the gains once arcs outside bear what their slot's price has left."""
    paid = np.bincount(whole.slot, weights=duals.tie, minlength=len(whole.slot_carer))
    left = np.maximum(0.0, duals.home[whole.slot_carer] - paid)
    outside = np.flatnonzero(~active & (gain < 0))
    outside = outside[np.argsort(whole.slot[outside], kind="stable")]
    wish = -gain[outside]
    before = np.cumsum(wish) - wish
    if len(outside):
        before -= before[np.searchsorted(whole.slot[outside], whole.slot[outside])]
    borne = np.clip(left[whole.slot[outside]] - before, 0.0, wish)
    gain = gain.copy()
    gain[outside] += borne
    paid += np.bincount(whole.slot[outside], weights=borne, minlength=len(paid))
    over = np.minimum(0.0, duals.home[whole.slot_carer] - paid).sum()
    least = np.zeros(len(whole.unserved))
    np.minimum.at(least, whole.need, gain - duals.need[whole.need])
    fixed = duals.limit @ whole.room + duals.home @ whole.homes_room
    return whole.everybody - float(fixed) + float(least.sum()) + float(over), gain
