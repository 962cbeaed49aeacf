"""Trace the curve: for each number of moves the best plan that can be found near the events."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from matching.assign.exact import Effort
from matching.assign.model import NONE
from matching.limits import Watch
from matching.replan.exact import best_within, moved, weighed
from matching.replan.near import Near
from matching.replan.situation import Situation
from matching.tables import Ints

# Up to so many arcs CP-SAT gets them all, and so proves each point; above, those that a search found worth a look.
EXACT_ARCS, EXACT_WORK = 600, 6.0
WORK, WORK_PER_ARC, MOST_WORK = 0.05, 1e-4, 0.6
EVERY_UP_TO = 6
THREADS = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """The arc of each need, how many needs moved that could stay, the objective, and whether it is proven best."""

    chosen: Ints
    moved: int
    objective: int
    proven: bool


def steps(budget: int) -> list[int]:
    """The numbers of moves to look at: each up to a few, then ever wider steps up to the budget."""
    found = list(range(min(budget, EVERY_UP_TO) + 1))
    while found[-1] < budget:
        found.append(min(budget, max(found[-1] + 1, found[-1] * 4 // 3)))
    return found


def trace(case: Situation, near: Near, budget: int, watch: Watch) -> list[Plan]:
    """Plans of rising moves and falling objective; the first moves only who is forced to."""
    return _Trace(case, near, watch).run(budget)


class _Trace:
    """One curve in the making: plans known so far serve as first plans for each number of moves."""

    def __init__(self, case: Situation, near: Near, watch: Watch) -> None:
        self.case, self.near, self.watch = case, near, watch
        self.counted = case.counted
        self.costs = weighed(case.model, case.stay, self.counted)
        self.exact = near.model.arcs <= EXACT_ARCS
        self.open = near.arcs[~case.fixed[case.model.need[near.arcs]]]
        self.arcs = self.open
        self.known = [self.plan(case.start)]

    def plan(self, chosen: Ints, *, proven: bool = False) -> Plan:
        """A plan with its numbers."""
        return Plan(chosen, moved(chosen, self.case.stay, self.counted), self.case.model.objective(chosen), proven)

    def run(self, budget: int) -> list[Plan]:
        """No moves first, then the search, then each number of moves from what both found."""
        self.known.append(self.first())
        if budget or self.case.forced:
            if not self.exact and not self.watch.over():
                self.search()
            wanted = steps(budget) if self.case.forced else steps(budget)[1:]
            self.known += self.each(wanted, self.arcs)
            if not self.exact:
                self.known += self.each(wanted, self.used())
        return self.improving(budget)

    def each(self, wanted: list[int], arcs: Ints) -> list[Plan]:
        """The best plan over some arcs for each number of moves, independent of each other."""
        with ThreadPoolExecutor(max_workers=THREADS) as threads:
            return list(threads.map(lambda k: self.within(k, arcs), wanted))

    def used(self) -> Ints:
        """Arcs of all plans known so far that are not the present ones, and the present ones that some plan gives up:
        so few that good parts of several plans are put together at once."""
        stay, arcs = self.case.stay, []
        for plan in self.known:
            other = plan.chosen != stay
            arcs += [plan.chosen[other & (plan.chosen != NONE)], stay[other & (stay != NONE)]]
        return np.unique(np.concatenate(arcs))

    def first(self) -> Plan:
        """Nobody moves but the forced: needs without a carer are placed into free room."""
        case, arcs = self.case, self.open
        waiting = case.start == NONE
        return self.within(0, arcs[waiting[case.model.need[arcs]]])

    def within(self, k: int, arcs: Ints) -> Plan:
        """The best plan of at most k moves beyond the forced ones, over some arcs and the present ones."""
        most = self.case.forced + k
        start = min((plan for plan in self.known if plan.moved <= most), key=lambda plan: plan.objective)
        if not len(arcs) or self.watch.over():
            return start
        work = EXACT_WORK if self.exact else min(MOST_WORK, WORK + WORK_PER_ARC * len(arcs))
        effort = Effort(work, max(0.01, self.watch.left), self.watch.limits.seed)
        outcome = best_within(self.costs, start.chosen, self.case.stay, self.counted, arcs, most, effort)
        all_arcs = len(arcs) == len(self.open) or most == 0
        return self.plan(outcome.chosen, proven=outcome.proven and all_arcs)

    def search(self) -> None:
        """Let the engine's search find plans and the arcs that could matter."""
        from matching.replan.prospects import (
            CHAIN_PRICES,
            PRICES,
            prospects,
        )  # numba is loaded only for problems that need it

        case, needs, start = self.case, self.near.needs, self.known[-1].chosen
        found = prospects(
            self.near,
            self.local(case.stay),
            self.counted[needs],
            case.fixed[needs],
            self.watch.limits.seed,
            time.monotonic,
            self.watch.left,
            CHAIN_PRICES if case.keep_served else PRICES,
        )
        for chosen in found.plans:
            whole = start.copy()
            whole[needs] = np.where(chosen != NONE, self.near.arcs[chosen], NONE)
            if case.model.feasible(whole):
                self.known.append(self.plan(whole))
        self.arcs = self.near.arcs[found.arcs]

    def local(self, chosen: Ints) -> Ints:
        """The whole model's arcs as the part's."""
        number = np.full(self.case.model.arcs + 1, NONE, dtype=np.int64)
        number[self.near.arcs] = np.arange(len(self.near.arcs))
        return number[chosen[self.near.needs]]

    def improving(self, budget: int) -> list[Plan]:
        """The plans that are better than every plan with fewer moves, within the budget."""
        return list(_pareto(plan for plan in self.known[1:] if plan.moved <= self.case.forced + budget))


def _pareto(plans: Iterable[Plan]) -> Iterable[Plan]:
    best: int | None = None
    for plan in sorted(plans, key=lambda plan: (plan.moved, plan.objective, not plan.proven)):
        if best is None or plan.objective < best:
            best = plan.objective
            yield plan
