"""The exact parts: the best plan of at most k moves over some arcs, and the fewest needs that have to leave."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
from ortools.sat.python import cp_model

from matching.assign.exact import Effort, Outcome, Part
from matching.assign.model import NONE, Model
from matching.tables import Bools, Ints

# A plan's cost counts this much more than one move: of equal plans the one that moves fewest needs wins.
COST_OVER_MOVE = 1024
# One locked need counts more than all others together when limits force needs out; a need more than any weight.
LEAVE = 10**9
LEAVE_WORK = 20.0


def weighed(model: Model, stay: Ints, counted: Bools) -> Model:
    """The model whose plans cost a little more for every counted need that does not keep its arc."""
    moves = counted[model.need] & (stay[model.need] != np.arange(model.arcs))
    return replace(
        model, cost=model.cost * COST_OVER_MOVE + moves, unserved=model.unserved * COST_OVER_MOVE + counted.astype(int)
    )


def moved(chosen: Ints, stay: Ints, counted: Bools) -> int:
    """How many counted needs do not keep their arc."""
    return int((counted & (chosen != stay)).sum())


def best_within(model: Model, plan: Ints, stay: Ints, counted: Bools, arcs: Ints, most: int, effort: Effort) -> Outcome:
    """The best plan of at most `most` moves over `arcs` and the present ones of their needs; `plan` is such a plan."""
    free = np.unique(model.need[arcs])
    kept = stay[free][stay[free] != NONE]
    part = Part(model, plan, free, np.union1d(arcs, kept))
    stays = [part.pick[int(stay[need])] for need in free.tolist() if counted[need]]
    outside = moved(plan, stay, counted & ~np.isin(np.arange(model.needs), free))
    part.solver_model.add(sum(stays) >= len(stays) + outside - most)
    for arc, var in part.pick.items():
        part.solver_model.add_hint(var, bool(plan[model.need[arc]] == arc))
    return _solve(part, effort)


def _solve(part: Part, effort: Effort) -> Outcome:
    """The part with all of its rows in the linear relaxation: with a row over all moves that finds much more."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.catch_sigint_signal = False
    solver.parameters.random_seed = effort.seed
    solver.parameters.max_deterministic_time = effort.work
    solver.parameters.max_time_in_seconds = effort.seconds
    status = solver.solve(part.solver_model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Outcome(part.chosen, float("-inf"), proven=False)
    found = part.chosen.copy()
    found[part.free] = NONE
    for arc, var in part.pick.items():
        if solver.boolean_value(var):
            found[part.model.need[arc]] = arc
    better = part.model.objective(found) <= part.model.objective(part.chosen)
    return Outcome(found if better else part.chosen, solver.best_objective_bound, status == cp_model.OPTIMAL)


def fewest_to_leave(model: Model, chosen: Ints, may_leave: Bools) -> Ints:
    """The fewest needs (of equal sets the least unserved weight) without which the plan keeps every limit."""
    over = model.used(chosen) - model.limit
    homes_over = model.homes(chosen) - model.homes_limit
    served = np.flatnonzero(may_leave & (chosen != NONE))
    arcs = chosen[served]
    touched = np.isin(model.resource[arcs], np.flatnonzero(over > 0)).any(axis=1) | (homes_over[model.carer[arcs]] > 0)
    served, arcs = served[touched], arcs[touched]
    if not len(served):
        return served
    solver_model = cp_model.CpModel()
    leaves = [solver_model.new_bool_var("") for _ in served]
    _relieve(solver_model, model, arcs, leaves, over)
    _fewer_homes(solver_model, model, chosen, served, leaves, homes_over)
    weights = (LEAVE + np.minimum(model.unserved[served], LEAVE // len(served))).tolist()
    solver_model.minimize(cp_model.LinearExpr.weighted_sum(leaves, weights))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.catch_sigint_signal = False
    solver.parameters.max_deterministic_time = LEAVE_WORK
    if solver.solve(solver_model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return served
    return served[[solver.boolean_value(var) for var in leaves]]


def _relieve(
    solver_model: cp_model.CpModel, model: Model, arcs: Ints, leaves: list[cp_model.IntVar], over: Ints
) -> None:
    """What leaves frees at least what every limit lacks."""
    for resource in np.flatnonzero(over > 0).tolist():
        freed = np.where(model.resource[arcs] == resource, model.amount[arcs], 0).sum(axis=1).tolist()
        if sum(freed):
            lacking = min(int(over[resource]), sum(freed))
            solver_model.add(cp_model.LinearExpr.weighted_sum(leaves, freed) >= lacking)


def _fewer_homes(
    solver_model: cp_model.CpModel, model: Model, chosen: Ints, served: Ints, leaves: list[cp_model.IntVar], over: Ints
) -> None:
    """A household is freed when all its needs leave the carer."""
    slots, counts = np.unique(model.slot[chosen[chosen != NONE]], return_counts=True)
    members = defaultdict(list)
    for need, var in zip(served.tolist(), leaves, strict=True):
        members[int(model.slot[chosen[need]])].append(var)
    freed = defaultdict(list)
    for slot, variables in members.items():
        if len(variables) == counts[np.searchsorted(slots, slot)] and over[model.slot_carer[slot]] > 0:
            gone = solver_model.new_bool_var("")
            for var in variables:
                solver_model.add_implication(gone, var)
            freed[int(model.slot_carer[slot])].append(gone)
    for carer, homes in freed.items():
        solver_model.add(sum(homes) >= min(int(over[carer]), len(homes)))
