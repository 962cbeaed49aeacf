"""Re-optimise a plan near some needs: what they compete for is solved again exactly, the rest of the plan stays.

    near = Surroundings(model, prices)                       # once per model; prices make the choice of needs sharper
    found = reoptimise(near, chosen, around=needs, forced=arcs, forbidden=arcs, locked=needs)

`found` is None where the forced arcs fit into no plan that keeps the locked needs. Deterministic: no random choice, and
work is measured in CP-SAT's deterministic seconds. docs/decisions/0049 says how good it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

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

    `rounds` more neighbourhoods follow around needs that the plan found no longer serves, as long as that helps.
    `seconds` of the clock only guard against a machine far slower than expected.
    """

    arcs: int = 240
    work: float = 0.05
    rounds: int = 3
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
    """What is worked out once for a model: arcs by carer and resource, and their cost at the prices (else plain)."""

    def __init__(self, model: Model, prices: Prices | None = None) -> None:
        """O(arcs log arcs); keep it for many calls."""
        self.model, shared = model, model.resource[:, 1:] != NONE
        rows, columns = np.nonzero(shared)
        keys = np.concatenate([model.carer, model.resource[:, 1:][shared]])
        drawing = np.concatenate([np.arange(model.arcs), rows])
        order = np.argsort(keys, kind="stable")
        self._arcs, count = drawing[order], max(model.carers, len(model.limit))
        self._first = np.searchsorted(keys[order], np.arange(count + 1))
        self.largest = np.zeros(count, dtype=np.int64)
        np.maximum.at(self.largest, model.resource[rows, columns + 1], model.amount[rows, columns + 1])
        self.reduced = reduced_costs(model, prices)
        self.price = np.zeros(count) if prices is None else np.append(prices.resource, np.zeros(count))[:count]

    def arcs_of(self, number: int) -> Ints:
        """All arcs to a carer, or that draw on another resource."""
        return self._arcs[self._first[number] : self._first[number + 1]]

    def under(self, model: Model) -> Surroundings:
        """The same arcs under other limits or costs of leaving a need; nothing is worked out again."""
        other = copy(self)
        other.model = model
        return other


def reduced_costs(model: Model, prices: Prices | None) -> Floats:
    """The cost of each arc with what it draws at the prices."""
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
    offered: Iterable[int] = (),
    eased: Iterable[int] = (),
    effort: NearEffort | None = None,
) -> Nearby | None:
    """The best plan that differs from `chosen` only near the needs `around` and the needs of the `forced` arcs.

    `chosen` is the arc of each need (NONE = unserved); it may break limits where the needs around can mend that (a
    carer's hours were cut). Forced arcs are in the plan found, forbidden ones are not (also where chosen has them),
    locked needs keep what they have, `offered` arcs may be used however dear they are, and `eased` carers (by number)
    or other resources are those that have just got more room. None where no such plan keeps the limits.
    """
    model, work = near.model, effort or NearEffort()
    arcs, fixed = np.array(sorted(forced), dtype=np.int64), _mask(model.needs, locked)
    start, barred = chosen.copy(), _mask(model.arcs, forbidden)
    served = np.flatnonzero(chosen != NONE)
    gone = served[barred[chosen[served]]]
    start[model.need[arcs]] = arcs
    fixed[model.need[arcs]] = True
    growth = Growth(near, chosen, start, fixed, barred)
    growth.begin([*around, *gone.tolist()], arcs.tolist(), offered, eased)
    growth.grow(work.arcs)
    if not growth.mend():
        return None
    found = _solve(near, chosen, start, growth, work)
    return found if found.whole else _more_rounds(near, chosen, found, (fixed, barred), work)


def _more_rounds(
    near: Surroundings, chosen: Ints, found: Nearby, ties: tuple[Bools, Bools], work: NearEffort
) -> Nearby:
    """Solve again around needs that lost their carer, as long as that makes the plan better."""
    for _ in range(work.rounds):
        lost = np.flatnonzero((chosen != NONE) & (found.chosen == NONE))
        if not len(lost):
            break
        growth = Growth(near, found.chosen, found.chosen, *ties)
        growth.begin(lost.tolist())
        growth.grow(work.arcs)
        again = _solve(near, chosen, found.chosen, growth, work)
        if again.objective >= found.objective:
            break
        found = replace(again, free=np.union1d(found.free, again.free), proven=False, whole=False)
    return found


def _mask(size: int, marked: Iterable[int]) -> Bools:
    flags = np.zeros(size, dtype=np.bool_)
    flags[np.array(list(marked), dtype=np.int64)] = True
    return flags


def _solve(near: Surroundings, chosen: Ints, start: Ints, growth: Growth, work: NearEffort) -> Nearby:
    """The free needs exactly; among equal plans the one that moves the fewest needs."""
    from matching.assign.exact import Effort, Part  # the solver is loaded by those who solve, not by every page

    model, free, arcs = near.model, growth.free, growth.allowed
    before = _refilled(model, start, free, arcs)
    changed = np.ones(model.arcs, dtype=np.int64)
    changed[chosen[chosen != NONE]] = 0
    weighed = replace(
        model,
        cost=model.cost * COST_OVER_CHANGE + changed,
        unserved=model.unserved * COST_OVER_CHANGE + (chosen != NONE),
        even=model.even * COST_OVER_CHANGE,
    )
    found, proven = before, True
    if len(arcs):
        outcome = Part(weighed, before, free, arcs).solve(Effort(work.work, work.seconds, work.seed))
        found, proven = outcome.chosen, outcome.proven
    moved = np.flatnonzero(found != chosen)
    return Nearby(found, model.objective(found), moved, free, proven, proven and growth.whole)


def _refilled(model: Model, start: Ints, free: Ints, arcs: Ints) -> Ints:
    """A first plan: the free needs keep their arcs as far as they fit, the weightiest first, else take the cheapest."""
    rest = start.copy()
    rest[free] = NONE
    room = Room.after(model, rest)
    options: dict[int, list[int]] = {}
    for arc in arcs[np.lexsort((model.cost[arcs], model.need[arcs]))].tolist():
        options.setdefault(int(model.need[arc]), []).append(arc)
    for need in free[np.lexsort((free, -model.unserved[free]))].tolist():
        mine = options.get(need, [])
        for arc in sorted(mine, key=lambda arc: arc != start[need]):
            if room.fits(arc):
                room.take(arc)
                rest[need] = arc
                break
    return rest
