"""Re-optimise a plan near some needs: what they compete for is solved again exactly, the rest of the plan stays.

    near = Surroundings(model, prices)                       # once per model; prices make the choice of needs sharper
    found = reoptimise(near, chosen, around=needs, forced=arcs, forbidden=arcs, locked=needs)

`found` is None where the forced arcs fit into no plan that keeps the locked needs. Deterministic: no random choice, and
work is measured in CP-SAT's deterministic seconds. docs/decisions/0049 says how good it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from matching.assign.exact import Effort, Part
from matching.assign.greedy import Room
from matching.assign.growth import Growth
from matching.assign.model import NONE, Model
from matching.tables import Bools, Floats, Ints

if TYPE_CHECKING:
    from matching.assign.dual import Prices

# A plan's cost counts this much more than one need that changes its carer: equal plans that move fewer needs win.
COST_OVER_CHANGE = 1024


@dataclass(frozen=True, slots=True)
class NearEffort:
    """`arcs` of one neighbourhood (a model of fewer arcs is solved whole), `work` in CP-SAT's deterministic seconds.

    `seconds` of the clock only guard against a machine far slower than expected.
    """

    arcs: int = 240
    work: float = 0.05
    seconds: float = 20.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Nearby:
    """The plan found: the arc of each need, its objective, and `moved`, the numbers of needs whose arc is another.

    `free` are the needs that were solved again; `proven`: no better plan that changes only those (and `whole`: only
    those could matter, so that it is the best plan of all under the forced arcs).
    """

    chosen: Ints
    objective: int
    moved: Ints
    free: Ints
    proven: bool
    whole: bool


class Surroundings:
    """What is worked out once for a model: its arcs by carer, and their cost at the prices (plain cost without)."""

    def __init__(self, model: Model, prices: Prices | None = None) -> None:
        """O(arcs log arcs); keep it for many calls."""
        self.model = model
        self.by_carer = np.argsort(model.carer, kind="stable")
        self.first_of_carer = np.searchsorted(model.carer[self.by_carer], np.arange(model.carers + 1))
        self.reduced = _reduced(model, prices)

    def arcs_of_carer(self, carer: int) -> Ints:
        """All arcs to a carer."""
        return self.by_carer[self.first_of_carer[carer] : self.first_of_carer[carer + 1]]


def _reduced(model: Model, prices: Prices | None) -> Floats:
    reduced = model.cost.astype(np.float64)
    if prices is not None and len(prices.resource):
        for k in range(model.resource.shape[1]):
            drawn = model.resource[:, k] != NONE
            reduced[drawn] += prices.resource[model.resource[drawn, k]] * model.amount[drawn, k]
    return reduced


def reoptimise(
    near: Surroundings,
    chosen: Ints,
    *,
    around: Iterable[int] = (),
    forced: Iterable[int] = (),
    forbidden: Iterable[int] = (),
    locked: Iterable[int] = (),
    effort: NearEffort | None = None,
) -> Nearby | None:
    """The best plan that differs from `chosen` only near the needs `around` and the needs of the `forced` arcs.

    `chosen` is the arc of each need (NONE = unserved); it may break limits where the needs around can mend that (a
    carer's hours were cut). Forced arcs are in the plan found, forbidden ones are not (also where chosen has them),
    locked needs keep what they have. None where no such plan keeps the limits.
    """
    model, work = near.model, effort or NearEffort()
    arcs, fixed = np.array(sorted(forced), dtype=np.int64), _mask(model.needs, locked)
    start, barred = chosen.copy(), np.array(sorted(forbidden), dtype=np.int64)
    gone = np.flatnonzero(np.isin(chosen, barred) & (chosen != NONE))
    start[model.need[arcs]] = arcs
    fixed[model.need[arcs]] = True
    growth = Growth(near, chosen, start, fixed, _mask(model.arcs, barred))
    growth.begin([*around, *gone.tolist()], arcs.tolist())
    growth.grow(work.arcs)
    return _solve(near, chosen, start, growth, work) if growth.mend() else None


def _mask(size: int, marked: Iterable[int]) -> Bools:
    flags = np.zeros(size, dtype=np.bool_)
    flags[np.array(list(marked), dtype=np.int64)] = True
    return flags


def _solve(near: Surroundings, chosen: Ints, start: Ints, growth: Growth, work: NearEffort) -> Nearby:
    """The free needs exactly; among equal plans the one that moves the fewest needs."""
    model, free, arcs = near.model, growth.free, growth.allowed
    before = _refilled(model, chosen, start, free, arcs)
    changed = np.ones(model.arcs, dtype=np.int64)
    changed[chosen[chosen != NONE]] = 0
    weighed = replace(
        model,
        cost=model.cost * COST_OVER_CHANGE + changed,
        unserved=model.unserved * COST_OVER_CHANGE + (chosen != NONE),
    )
    found, proven = before, True
    if len(arcs):
        outcome = Part(weighed, before, free, arcs).solve(Effort(work.work, work.seconds, work.seed))
        found, proven = outcome.chosen, outcome.proven
    moved = np.flatnonzero(found != chosen)
    return Nearby(found, model.objective(found), moved, free, proven, proven and growth.whole)


def _refilled(model: Model, chosen: Ints, start: Ints, free: Ints, arcs: Ints) -> Ints:
    """A first plan: the free needs keep their arcs as far as they fit, the weightiest first, else take the cheapest."""
    rest = start.copy()
    rest[free] = NONE
    room = Room.after(model, rest)
    options: dict[int, list[int]] = {}
    for arc in arcs[np.lexsort((model.cost[arcs], model.need[arcs]))].tolist():
        options.setdefault(int(model.need[arc]), []).append(arc)
    for need in free[np.lexsort((free, -model.unserved[free]))].tolist():
        mine = options.get(need, [])
        for arc in sorted(mine, key=lambda arc: arc != chosen[need]):
            if room.fits(arc):
                room.take(arc)
                rest[need] = arc
                break
    return rest
