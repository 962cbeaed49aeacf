"""What others make of the whole problem: the greedy clerk, OR-Tools CP-SAT, and HiGHS as a mixed integer program.

Each returns a Peer; making the solver's model is not counted in its seconds, in the peers' favour.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from ortools.sat.python import cp_model
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from tests.benchmarks.whole import NONE, Ints, Whole

CP_SAT_WORKERS = 2


@dataclass(frozen=True, slots=True)
class Peer:
    """The arc of each need (None where no plan was found), a proven bound, and (seconds, objective) on the way."""

    chosen: Ints | None
    bound: float | None = None
    curve: list[tuple[float, float]] = field(default_factory=list)


def greedy(whole: Whole) -> Peer:
    """Most urgent needs first, each to its cheapest carer that still has room."""
    chosen = np.full(len(whole.unserved), NONE, dtype=np.int64)
    draws, left, homes = whole.draws.tocsc(), whole.room.copy(), whole.homes_room.copy()
    held = np.zeros(len(whole.slot_carer), dtype=np.bool_)
    by_cost = np.lexsort((whole.cost, whole.need))
    first = np.searchsorted(whole.need, np.arange(len(whole.unserved) + 1))
    for need in np.argsort(-whole.unserved, kind="stable").tolist():
        for arc in by_cost[first[need] : first[need + 1]].tolist():
            entries = slice(draws.indptr[arc], draws.indptr[arc + 1])
            rows, amounts = draws.indices[entries], draws.data[entries]
            opens = not held[whole.slot[arc]]
            if (opens and homes[whole.carer[arc]] < 1) or (amounts > left[rows]).any():
                continue
            left[rows] -= amounts
            homes[whole.carer[arc]] -= opens
            held[whole.slot[arc]] = True
            chosen[need] = arc
            break
    return Peer(chosen)


class _Curve(cp_model.CpSolverSolutionCallback):
    """Remembers when CP-SAT found what."""

    def __init__(self, everybody: int) -> None:
        """Seconds count from now; objectives are gains on top of serving nobody."""
        super().__init__()
        self.start, self.everybody = time.monotonic(), everybody
        self.curve: list[tuple[float, float]] = []

    def on_solution_callback(self) -> None:
        """One more plan."""
        self.curve.append((time.monotonic() - self.start, self.everybody + self.objective_value))


def cp_sat(whole: Whole, seconds: float, seed: int) -> Peer:
    """The whole problem in one CP-SAT model, two workers, no hint."""
    model, picks = _cp_model(whole)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = CP_SAT_WORKERS
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = seconds
    curve = _Curve(whole.everybody)
    status = solver.solve(model, curve)
    bound = whole.everybody + solver.best_objective_bound
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Peer(None, None if status == cp_model.UNKNOWN and not curve.curve else bound)
    return Peer(whole.plan(a for a, pick in enumerate(picks) if solver.boolean_value(pick)), bound, curve.curve)


def _cp_model(whole: Whole) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    model = cp_model.CpModel()
    picks = [model.new_bool_var("") for _ in whole.need]
    by_need, by_slot, by_carer = defaultdict(list), defaultdict(list), defaultdict(list)
    for arc, pick in enumerate(picks):
        by_need[int(whole.need[arc])].append(pick)
        by_slot[int(whole.slot[arc])].append(pick)
    for several in by_need.values():
        model.add_at_most_one(several)
    for slot, several in by_slot.items():
        opened = several[0] if len(several) == 1 else model.new_bool_var("")
        for pick in several if len(several) > 1 else ():
            model.add_implication(pick, opened)
        by_carer[int(whole.slot_carer[slot])].append(opened)
    for carer, opened_slots in by_carer.items():
        model.add(sum(opened_slots) <= int(whole.homes_room[carer]))
    rows = whole.draws.tocsr()
    for row in range(rows.shape[0]):
        entries = slice(rows.indptr[row], rows.indptr[row + 1])
        arcs, amounts = rows.indices[entries].tolist(), rows.data[entries].tolist()
        model.add(cp_model.LinearExpr.weighted_sum([picks[a] for a in arcs], amounts) <= int(whole.room[row]))
    gains = (whole.cost - whole.unserved[whole.need]).tolist()
    model.minimize(cp_model.LinearExpr.weighted_sum(picks, gains))
    return model, picks


def highs(whole: Whole, seconds: float) -> Peer:
    """The whole problem as one mixed integer program: arcs, then a yes or no for each (household, carer)."""
    arcs, slots = len(whole.need), len(whole.slot_carer)
    at, slot_at = np.arange(arcs), arcs + np.arange(slots)
    width = arcs + slots
    one = sparse.csr_matrix((np.ones(arcs), (whole.need, at)), shape=(len(whole.unserved), width))
    limits = sparse.hstack([whole.draws.astype(float), sparse.csr_matrix((len(whole.room), slots))])
    homes = sparse.csr_matrix((np.ones(slots), (whole.slot_carer, slot_at)), shape=(len(whole.homes_room), width))
    ties = sparse.csr_matrix(
        (np.repeat([1.0, -1.0], arcs), (np.tile(at, 2), np.concatenate([at, arcs + whole.slot]))), shape=(arcs, width)
    )
    high = np.concatenate([np.ones(len(whole.unserved)), whole.room, whole.homes_room, np.zeros(arcs)])
    result = milp(
        np.concatenate([whole.cost - whole.unserved[whole.need], np.zeros(slots)]),
        constraints=LinearConstraint(sparse.vstack([one, limits, homes, ties]).tocsc(), -np.inf, high),
        integrality=np.ones(width, dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds},
    )
    bound = getattr(result, "mip_dual_bound", None)
    proven = None if bound is None or not np.isfinite(bound) else whole.everybody + float(bound)
    return Peer(None if result.x is None else whole.plan(np.flatnonzero(result.x[:arcs] > 0.5).tolist()), proven)
