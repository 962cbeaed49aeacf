"""Exact solution of a part of the problem by OR-Tools CP-SAT: some needs are free, the rest of the plan stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from matching.assign.model import NONE, Model
from matching.rules import even_load
from matching.tables import Ints

POLL_SECONDS = 0.1
# CP-SAT calculates in 64 bits.
MOST_PRODUCT = 2**61

Pick = tuple[cp_model.IntVar, int]
Drawn = dict[int, list[Pick]]


@dataclass(frozen=True, slots=True)
class Effort:
    """`work` in CP-SAT's deterministic seconds decides; `seconds` of the clock only guard against a slow machine.

    `stop`, where given, is asked in the calling thread a few times a second and ends the search once it is true.
    """

    work: float
    seconds: float
    seed: int
    stop: Callable[[], bool] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The plan found (never worse than the one given), CP-SAT's bound for the whole objective, proven or not."""

    chosen: Ints
    bound: float
    proven: bool


class Part:
    """A CP-SAT model of the free needs over their allowed arcs, within what the fixed rest leaves."""

    def __init__(self, model: Model, chosen: Ints, free: Ints, arcs: Ints) -> None:
        """`free` need numbers; `arcs` are the arcs that may be used, each of a free need."""
        self.model, self.chosen, self.free = model, chosen, free
        self.solver_model = cp_model.CpModel()
        rest = chosen.copy()
        rest[free] = NONE
        self.left = model.limit - model.used(rest)
        self.homes_left = model.homes_limit - model.homes(rest)
        self.held = set(model.slots(rest).tolist())
        self.pick = {arc: self.solver_model.new_bool_var("") for arc in arcs.tolist()}
        self.constant = model.objective(rest)
        self.exact = True
        self._one_carer_a_need()
        drawn = self._drawn()
        self._limits(drawn)
        self._households()
        self._objective(self._unevenness(drawn))

    def _one_carer_a_need(self) -> None:
        by_need = defaultdict(list)
        for arc, var in self.pick.items():
            by_need[int(self.model.need[arc])].append(var)
        for picks in by_need.values():
            self.solver_model.add_at_most_one(picks)

    def _drawn(self) -> Drawn:
        """By resource, the picks that draw on it with their amounts."""
        drawn: Drawn = defaultdict(list)
        for arc, var in self.pick.items():
            for resource, amount in zip(
                self.model.resource[arc].tolist(), self.model.amount[arc].tolist(), strict=True
            ):
                if resource != NONE and amount:
                    drawn[resource].append((var, amount))
        return drawn

    def _limits(self, drawn: Drawn) -> None:
        for resource, terms in drawn.items():
            left = int(self.left[resource])
            if sum(amount for _, amount in terms) > left:
                picks, amounts = zip(*terms, strict=True)
                self.solver_model.add(cp_model.LinearExpr.weighted_sum(picks, amounts) <= left)

    def _households(self) -> None:
        """One visit household per slot, shared by the needs of one household; slots the rest holds cost nothing."""
        by_slot = defaultdict(list)
        for arc, var in self.pick.items():
            for slot in (int(self.model.slot[arc]), int(self.model.second_slot[arc])):
                if slot != NONE and slot not in self.held:
                    by_slot[slot].append(var)
        by_carer = defaultdict(list)
        for slot, picks in by_slot.items():
            by_carer[int(self.model.slot_carer[slot])].append(picks)
        for carer, slots in by_carer.items():
            if len(slots) > self.homes_left[carer]:
                self.solver_model.add(sum(self._opened(picks) for picks in slots) <= int(self.homes_left[carer]))

    def _opened(self, picks: list[cp_model.IntVar]) -> cp_model.IntVar:
        if len(picks) == 1:
            return picks[0]
        opened = self.solver_model.new_bool_var("")
        for var in picks:
            self.solver_model.add_implication(var, opened)
        return opened

    def _unevenness(self, drawn: Drawn) -> list[cp_model.IntVar]:
        """What uneven load costs, a variable for each carer whose minutes the picks change.

        Numbers beyond CP-SAT's are left out (a term is never below what the rest of the plan costs): then the bound
        still holds, but nothing is proven best.
        """
        terms = []
        for carer in np.flatnonzero(self.model.even).tolist():
            if carer in drawn:
                limit, weight = int(self.model.limit[carer]), int(self.model.even[carer])
                base = limit - int(self.left[carer])
                most = max(base, min(limit, base + sum(amount for _, amount in drawn[carer])))
                worst = even_load.cost(weight, most, limit)
                if worst and weight * most * most < MOST_PRODUCT and limit * limit < MOST_PRODUCT:
                    self.constant -= even_load.cost(weight, base, limit)
                    terms.append(self._uneven(drawn[carer], (base, most), weight, limit))
                elif worst:
                    self.exact = False
        return terms

    def _uneven(self, picks: list[Pick], span: tuple[int, int], weight: int, limit: int) -> cp_model.IntVar:
        """The least whole number that is not more than one below weight x (used / limit) squared: rounded down."""
        base, most = span
        used = self.solver_model.new_int_var(base, most, "")
        square = self.solver_model.new_int_var(base * base, most * most, "")
        term = self.solver_model.new_int_var(0, even_load.cost(weight, most, limit), "")
        self.solver_model.add(used == base + sum(amount * var for var, amount in picks))
        self.solver_model.add_multiplication_equality(square, [used, used])
        self.solver_model.add(term * limit * limit - square * weight >= 1 - limit * limit)
        return term

    def _objective(self, terms: list[cp_model.IntVar]) -> None:
        picks = list(self.pick.values())
        gains = [int(self.model.cost[arc] - self.model.unserved[self.model.need[arc]]) for arc in self.pick]
        gains += [1] * len(terms)
        self.solver_model.minimize(cp_model.LinearExpr.weighted_sum([*picks, *terms], gains) + self.constant)

    def solve(self, effort: Effort) -> Outcome:
        """Improve the plan within the effort; the present choice is the first plan."""
        for arc, var in self.pick.items():
            self.solver_model.add_hint(var, bool(self.chosen[self.model.need[arc]] == arc))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.catch_sigint_signal = False  # whoever runs us decides what an interruption means
        solver.parameters.random_seed = effort.seed
        solver.parameters.max_deterministic_time = effort.work
        solver.parameters.max_time_in_seconds = effort.seconds
        status = self._run(solver, effort.stop)
        proven = status == cp_model.OPTIMAL and self.exact
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Outcome(self.chosen, float("-inf"), proven=False)
        found = self.chosen.copy()
        found[self.free] = NONE
        for arc, var in self.pick.items():
            if solver.boolean_value(var):
                found[self.model.need[arc]] = arc
        better = self.model.objective(found) <= self.model.objective(self.chosen)
        return Outcome(found if better else self.chosen, solver.best_objective_bound, proven)

    def _run(self, solver: cp_model.CpSolver, stop: Callable[[], bool] | None) -> cp_model.CpSolverStatus:
        if stop is None:
            return solver.solve(self.solver_model)
        with ThreadPoolExecutor(max_workers=1) as thread:
            running = thread.submit(solver.solve, self.solver_model)
            while not wait([running], timeout=POLL_SECONDS).done:
                if stop():
                    solver.stop_search()
            return running.result()


def solve_whole(model: Model, chosen: Ints, effort: Effort) -> Outcome:
    """All needs free over all arcs."""
    part = Part(model, chosen, np.arange(model.needs), np.arange(model.arcs))
    return part.solve(effort)
