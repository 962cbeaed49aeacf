"""The one door: solve(problem, limits) -> Solution."""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import numpy as np

from matching.assign.model import NONE, Model, build
from matching.assign.teams import partner_rows
from matching.candidates import Candidates, candidates
from matching.canonical import canonical
from matching.limits import Cancelled, Limits, Report, Watch
from matching.problem import Problem
from matching.solution import Assignment, Solution, UnservedNeed
from matching.tables import Ints

if TYPE_CHECKING:
    from matching.assign.engine import Result


def engine_name() -> str:
    """The engine with its version and the solver's, as solutions name it."""
    try:
        return f"bangfu-matching {version('bangfu')} (ortools {version('ortools')})"
    except PackageNotFoundError:
        return "bangfu-matching"


def solve(
    problem: Problem,
    limits: Limits | None = None,
    *,
    progress: Report | None = None,
    cancelled: Cancelled | None = None,
    start: Mapping[str, str] | None = None,
) -> Solution:
    """The best plan found within the limits, with a proven lower bound and a reason for each unserved need.

    Serving nobody is a plan too, so there always is one. `progress` is called often with where the run stands;
    `cancelled` is asked often and, once true, ends the run with the best plan so far. The first run on a machine
    compiles the inner loops before its time starts (about ten seconds, once; see warm_up). `start` (need id -> carer
    id) is a plan to set out from: what of it is possible is kept until something better is found, so that the result
    is never worse; pairs that are no candidates, and needs for two carers, are left out of it. The order of the
    problem's records does not matter: the plan is made, and stands in the solution, in the order of the needs' ids.
    """
    from matching.assign import engine  # the solver is loaded only by those who solve, not by every page

    problem = canonical(problem)
    engine.prepare(problem)
    watch = Watch(limits or Limits(), time.monotonic, progress, cancelled)
    watch.tell("candidates", 0.0)
    found = candidates(problem)
    model = build(problem, found)
    result = engine.assign(model, watch, _arcs(problem, model, start) if start else None)
    solution = _solution(problem, found, model, result, watch)
    watch.tell("done", 1.0)
    return solution


def _arcs(problem: Problem, model: Model, plan: Mapping[str, str]) -> Ints:
    """The arc of each need that a plan names, NONE where it names none or none that is possible."""
    chosen = np.full(len(problem.needs), NONE, dtype=np.int64)
    number = {carer.id: at for at, carer in enumerate(problem.carers)}
    for at, need in enumerate(problem.needs):
        carer = number.get(plan.get(need.id, ""))
        if carer is None or need.carers > 1:
            continue
        arcs = np.arange(model.first[at], model.first[at + 1])
        found = arcs[model.carer[arcs] == carer]
        if len(found):
            chosen[at] = found[0]
    return chosen


def warm_up() -> None:
    """Compile the inner loops, or load them: for a worker that wants its first run to start at once."""
    from matching.assign import warm

    warm.warm_up()


def _solution(problem: Problem, found: Candidates, model: Model, result: Result, watch: Watch) -> Solution:
    objective = model.objective(result.chosen)
    bound = None if result.bound is None or not model.complete else min(result.bound, float(objective))
    proven = model.complete and (result.proven or (bound is not None and np.ceil(bound - 1e-6) >= objective))
    watch.objective, watch.bound = objective, bound
    return Solution(
        objective=objective,
        bound=float(objective) if proven else bound,
        status="optimal" if proven else "feasible",
        seconds=round(watch.seconds, 3),
        seed=watch.limits.seed,
        engine=engine_name(),
        iterations=watch.limits.iterations,
        assignments=_assignments(problem, found, model, result.chosen),
        unserved=_unserved(problem, found, model, result.chosen),
    )


def _assignments(problem: Problem, found: Candidates, model: Model, chosen: Ints) -> tuple[Assignment, ...]:
    arcs = chosen[chosen >= 0]
    first, second = model.origin[arcs].tolist(), partner_rows(found, model, arcs).tolist()
    rows = [(int(found.need[row]), row) for pair in zip(first, second, strict=True) for row in pair if row != NONE]
    return tuple(
        Assignment(
            need=problem.needs[need].id,
            carer=problem.carers[int(found.carer[row])].id,
            cost=int(found.cost[row]),
            km=None if problem.given_pairs else float(found.km[row]),
            load=int(found.load[row]),
        )
        for need, row in rows
    )


def _unserved(problem: Problem, found: Candidates, model: Model, chosen: Ints) -> tuple[UnservedNeed, ...]:
    lost = np.flatnonzero(chosen < 0)
    paid = _only_money_lacks(problem, found, model, chosen)
    return tuple(
        UnservedNeed(
            need=problem.needs[need].id,
            reason=found.reasons.get(need) or ("budget" if need in paid else "no_capacity"),
        )
        for need in lost.tolist()
    )


def _only_money_lacks(problem: Problem, found: Candidates, model: Model, chosen: Ints) -> set[int]:
    """Unserved needs with carers enough who have the time and a household to spare (rules 7, 8), a worker among them:
    nobody pays (9, 10)."""
    rows = np.flatnonzero(chosen[found.need] < 0)
    need, carer = found.need[rows], found.carer[rows]
    homes = {(int(model.slot_home[s]), int(model.slot_carer[s])) for s in model.slots(chosen).tolist()}
    known = np.array(
        [pair in homes for pair in zip(model.home[need].tolist(), carer.tolist(), strict=True)], dtype=bool
    )
    # not model.used: the model drops limits that cannot bind among its own arcs, and `found` has more
    arcs = chosen[chosen >= 0]
    second = partner_rows(found, model, arcs)
    used, held_rows = np.zeros(model.carers, dtype=np.int64), np.append(model.origin[arcs], second[second != NONE])
    np.add.at(used, found.carer[held_rows], found.load[held_rows])
    homes_used = model.homes(chosen)
    limits = np.array([c.minutes_per_4_weeks for c in problem.carers], dtype=np.float64)
    time_left = used[carer] + found.load[rows] <= limits[carer]
    home_left = known | (homes_used[carer] < model.homes_limit[carer])
    free = time_left & home_left
    wanted = np.array([n.carers for n in problem.needs], dtype=np.int64)
    enough = np.bincount(need[free], minlength=len(wanted)) >= wanted
    worker = np.array([c.kind == "worker" for c in problem.carers], dtype=np.bool_)[carer]
    return set(need[free & worker & enough[need]].tolist())
