"""A few carers and the needs around them solved nearly exactly, as a mixed integer program by OR-Tools' SCIP.

SCIP's cuts and its linear relaxation suit these windows better than CP-SAT: measured, it gains several times as much
in the same time (docs/decisions/0052). Windows share nothing, so two of them may be solved at the same time.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.linear_solver import pywraplp

from matching.assign.model import NONE, Model
from matching.tables import Ints

# SCIP must not take the signals of whoever runs us; nodes, not seconds, end it, so that a run can be repeated.
SETTINGS = (
    "misc/catchctrlc = FALSE\nlimits/gap = 0\nlimits/totalnodes = {nodes}\nrandomization/randomseedshift = {seed}\n"
)
SAFETY_SECONDS = 60.0
# Steps of the simplex method up to which a window was easy: about a tenth of a second.
EASY = 1500


@dataclass(frozen=True, slots=True)
class Work:
    """SCIP's nodes and seed; `seconds` of the clock only guard against a run that would outlast its limit."""

    nodes: int
    seed: int
    seconds: float = SAFETY_SECONDS


@dataclass(frozen=True, slots=True)
class Window:
    """Needs that are free and the arcs they may use, each to a carer of the window; the rest of the plan stays."""

    free: Ints
    arcs: Ints


class _Program:
    """One window as a program: a column for each arc, and one for each household that several arcs may open."""

    def __init__(self, model: Model, chosen: Ints, window: Window) -> None:
        self.model, self.window = model, window
        self.rest = chosen.copy()
        self.rest[window.free] = NONE
        self.solver = pywraplp.Solver.CreateSolver("SCIP")
        self.pick = [self.solver.BoolVar("") for _ in range(len(window.arcs))]
        self._objective()
        self._at_most_one()
        self._limits()
        self._households()

    def _row(self, most: float, terms: list[tuple[Any, float]]) -> None:
        row = self.solver.Constraint(-self.solver.infinity(), most)
        for column, factor in terms:
            row.SetCoefficient(column, factor)

    def _objective(self) -> None:
        model, arcs = self.model, self.window.arcs
        gains = (model.cost[arcs] - model.unserved[model.need[arcs]]).tolist()
        objective = self.solver.Objective()
        for column, gain in zip(self.pick, gains, strict=True):
            objective.SetCoefficient(column, float(gain))
        objective.SetMinimization()

    def _at_most_one(self) -> None:
        by_need = defaultdict(list)
        for column, need in zip(self.pick, self.model.need[self.window.arcs].tolist(), strict=True):
            by_need[need].append((column, 1.0))
        for terms in by_need.values():
            self._row(1.0, terms)

    def _limits(self) -> None:
        model, arcs = self.model, self.window.arcs
        left = model.limit - model.used(self.rest)
        drawn: dict[int, list[tuple[Any, float]]] = defaultdict(list)
        for k in range(model.resource.shape[1]):
            for column, resource, amount in zip(
                self.pick, model.resource[arcs, k].tolist(), model.amount[arcs, k].tolist(), strict=True
            ):
                if resource != NONE and amount:
                    drawn[resource].append((column, float(amount)))
        for resource, terms in drawn.items():
            if sum(amount for _, amount in terms) > left[resource]:
                self._row(float(left[resource]), terms)

    def _households(self) -> None:
        """Slots that the rest of the plan holds cost nothing; others count once, however many needs share them."""
        model, arcs = self.model, self.window.arcs
        held = set(model.slots(self.rest).tolist())
        left = model.homes_limit - model.homes(self.rest)
        by_slot: dict[int, list[Any]] = defaultdict(list)
        for slots in (model.slot[arcs].tolist(), model.second_slot[arcs].tolist()):
            for column, slot in zip(self.pick, slots, strict=True):
                if slot != NONE and slot not in held:
                    by_slot[slot].append(column)
        by_carer = defaultdict(list)
        for slot, columns in by_slot.items():
            by_carer[int(model.slot_carer[slot])].append(columns)
        for carer, homes in by_carer.items():
            if len(homes) > left[carer]:
                self._row(float(left[carer]), [(self._opened(columns), 1.0) for columns in homes])

    def _opened(self, columns: list[Any]) -> Any:
        if len(columns) == 1:
            return columns[0]
        opened = self.solver.NumVar(0.0, 1.0, "")
        for column in columns:
            self._row(0.0, [(column, 1.0), (opened, -1.0)])
        return opened

    def solve(self, chosen: Ints, work: Work) -> tuple[Ints, bool]:
        """The plan found, or the one given where none is; and whether it was easy."""
        arcs, need = self.window.arcs, self.model.need[self.window.arcs]
        self.solver.SetHint(self.pick, (chosen[need] == arcs).astype(float).tolist())
        self.solver.SetSolverSpecificParametersAsString(SETTINGS.format(nodes=work.nodes, seed=work.seed))
        self.solver.SetTimeLimit(max(1, int(1000 * min(work.seconds, SAFETY_SECONDS))))
        exact = pywraplp.MPSolverParameters()
        exact.SetDoubleParam(exact.RELATIVE_MIP_GAP, 0.0)
        status = self.solver.Solve(exact)
        if status not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
            return chosen, self.solver.iterations() < EASY
        picked = arcs[np.array([column.solution_value() for column in self.pick]) > 0.5]
        found = self.rest
        found[self.model.need[picked]] = picked
        return found, self.solver.iterations() < EASY


def solve_window(model: Model, chosen: Ints, window: Window, work: Work) -> tuple[Ints, bool]:
    """A plan that differs from the given one only in the window, no worse, that keeps every limit the given one keeps;
    and whether the window was easy: larger ones are worth a try.

    Deterministic for the work's nodes and seed.
    """
    if not len(window.arcs):
        return chosen, True
    found, easy = _Program(model, chosen, window).solve(chosen, work)
    better = model.objective(found) <= model.objective(chosen) and model.feasible(found)
    return (found if better else chosen), easy
