"""Exact solution of a part of the problem by OR-Tools CP-SAT: some needs are free, the rest of the plan stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from matching.assign.model import NONE, Model
from matching.tables import Ints

POLL_SECONDS = 0.1


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
        self.held = set(model.slot[rest[rest >= 0]].tolist())
        self.pick = {arc: self.solver_model.new_bool_var("") for arc in arcs.tolist()}
        self.constant = model.objective(rest)
        self._one_carer_a_need()
        self._limits()
        self._households()
        self._objective()

    def _one_carer_a_need(self) -> None:
        by_need = defaultdict(list)
        for arc, var in self.pick.items():
            by_need[int(self.model.need[arc])].append(var)
        for picks in by_need.values():
            self.solver_model.add_at_most_one(picks)

    def _limits(self) -> None:
        drawn: dict[int, list[tuple[cp_model.IntVar, int]]] = defaultdict(list)
        for arc, var in self.pick.items():
            for resource, amount in zip(
                self.model.resource[arc].tolist(), self.model.amount[arc].tolist(), strict=True
            ):
                if resource != NONE and amount:
                    drawn[resource].append((var, amount))
        for resource, terms in drawn.items():
            left = int(self.left[resource])
            if sum(amount for _, amount in terms) > left:
                picks, amounts = zip(*terms, strict=True)
                self.solver_model.add(cp_model.LinearExpr.weighted_sum(picks, amounts) <= left)

    def _households(self) -> None:
        """One visit household per slot, shared by the needs of one household; slots the rest holds cost nothing."""
        by_slot = defaultdict(list)
        for arc, var in self.pick.items():
            slot = int(self.model.slot[arc])
            if slot not in self.held:
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

    def _objective(self) -> None:
        picks = list(self.pick.values())
        gains = [int(self.model.cost[arc] - self.model.unserved[self.model.need[arc]]) for arc in self.pick]
        self.solver_model.minimize(cp_model.LinearExpr.weighted_sum(picks, gains) + self.constant)

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
        proven = status == cp_model.OPTIMAL
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
