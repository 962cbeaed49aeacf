"""Everything that must hold for any problem: solved, checked from outside, and beside the true optimum."""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from matching import Limits, Problem, Solution, check, explain, pair_check, plan_check, solve
from matching.assign.greedy import greedy
from matching.assign.improve import improve
from matching.assign.model import build
from matching.candidates import candidates
from matching.canonical import canonical
from matching.limits import Watch
from tests.matching.brute import optimum
from tests.matching.milp import highs_optimum

BENCH = Path(__file__).resolve().parents[3] / "shared" / "bench"
SLACK = 1e-6


def shared_checker() -> ModuleType | None:
    """The shared benchmark's check_solution, None where ../shared is missing."""
    if not BENCH.is_dir():
        return None
    for name in ("problem", "check_solution"):
        spec = importlib.util.spec_from_file_location(name, BENCH / f"{name}.py")
        assert spec and spec.loader
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules["check_solution"]


def searched(problem: Problem, seconds: float) -> tuple[int, float, bool]:
    """Objective and bound of the search alone, without CP-SAT's proof, and whether its plan keeps every limit."""
    model = build(problem, candidates(problem))
    if not model.arcs:
        cost = model.objective(greedy(model))
        return cost, float(cost), True
    found = improve(model, greedy(model), Watch(Limits(seconds=seconds), time.monotonic, None, None))
    return model.objective(found.chosen), found.bound, model.feasible(found.chosen)


def of_checks(problem: Problem, solution: Solution, checker: ModuleType | None) -> Iterator[str]:
    """What our checks and the shared one say of a plan."""
    yield from (f"check: {fault}" for fault in check(problem, solution))
    yield from (f"plan_check: {fault}" for fault in plan_check(problem, solution.plan, solution.partners))
    if checker is not None and problem.version == 1:
        document: dict[str, Any] = json.loads(json.dumps(problem.to_document()))
        objective, faults = checker.check(document, json.loads(json.dumps(solution.to_document())))
        yield from (f"shared check: {fault}" for fault in faults)
        if objective != solution.objective:
            yield f"shared check: objective {objective}, said {solution.objective}"


def of_reasons(problem: Problem, solution: Solution) -> Iterator[str]:
    """Reasons that differ from those found need by need, where every able carer is held back by some limit."""
    for left in solution.unserved if problem.pairs is None else ():
        able = [c.id for c in problem.carers if pair_check(problem, left.need, c.id).ok]
        partners = solution.partners
        if all(plan_check(problem, solution.plan | {left.need: carer}, partners) for carer in able):
            why = explain.why_unserved(problem, solution.plan, left.need, partners=partners)
            if why.reason != left.reason:
                yield f"need {left.need}: said {left.reason}, is {why.reason}"


def faults_of(problem: Problem, checker: ModuleType | None, seconds: float = 0.02) -> list[str]:
    """Every fault that solving a small problem shows; `seconds` are the search's share of the effort."""
    faults = []
    if Problem.from_document(json.loads(json.dumps(problem.to_document()))) != problem:
        faults.append("the document of the problem is another problem")
    solution, best = solve(problem, Limits(seconds=10.0)), optimum(problem)
    faults += of_checks(problem, solution, checker)
    faults += of_reasons(problem, solution)
    if solution.status != "optimal" or solution.objective != best:
        faults.append(f"{solution.status} {solution.objective}, optimum {best}")
    if solution.bound is None or solution.bound > best + SLACK:
        faults.append(f"bound {solution.bound} over the optimum {best}")
    objective, bound, feasible = searched(canonical(problem), seconds)
    if bound > best + SLACK or objective < best or not feasible:
        faults.append(f"search: bound {bound}, optimum {best}, objective {objective}, feasible {feasible}")
    return faults


def faults_of_middling(problem: Problem, checker: ModuleType | None, seconds: float = 0.2) -> list[str]:
    """Every fault of a plan for a problem too large to enumerate, beside the optimum of another solver."""
    solution, best = solve(problem, Limits(seconds=seconds)), highs_optimum(problem)
    faults = [*of_checks(problem, solution, checker), *of_reasons(problem, solution)]
    if solution.bound is None or not solution.bound <= best + SLACK <= solution.objective + 2 * SLACK:
        faults.append(f"bound {solution.bound}, optimum {best}, objective {solution.objective}")
    return faults
