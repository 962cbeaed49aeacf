"""One measurement a process, so that peak memory is its own and no two solvers share a process.

python tests/benchmarks/measured.py ours|highs PROBLEM.json SECONDS SEED prints one JSON object.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def ours(path: Path, seconds: float, seed: int) -> dict[str, Any]:
    """Our plan beside the greedy one, judged by the independent checker."""
    from matching import Limits, check, read_problem, solve, warm_up
    from matching.assign.greedy import greedy
    from matching.assign.model import build
    from matching.candidates import candidates

    warm_up()
    problem = read_problem(path)
    start = time.monotonic()
    solution = solve(problem, Limits(seconds=seconds, seed=seed))
    taken, peak = time.monotonic() - start, _peak_mb()
    found = candidates(problem)
    model = build(problem, found)
    clerk = greedy(model)
    hopeless = sum(problem.unserved_cost(problem.needs[need]) for need in found.reasons)
    return {
        "seconds": taken,
        "peak_mb": peak,
        "objective": solution.objective,
        "bound": solution.bound,
        "faults": len(check(problem, solution)),
        "unserved": len(solution.unserved),
        "unserved_weight": sum(problem.unserved_cost(problem.need_of[u.need]) for u in solution.unserved),
        "greedy": model.objective(clerk),
        "greedy_weight": int(model.unserved[clerk < 0].sum()),
        "hopeless": hopeless,
    }


def highs(path: Path, seconds: float, _: int) -> dict[str, Any]:
    """The same model given whole to HiGHS (scipy.optimize.milp)."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix

    from matching import read_problem
    from matching.assign.model import RESOURCES_PER_ARC, build
    from matching.candidates import candidates

    problem = read_problem(path)
    start = time.monotonic()
    model = build(problem, candidates(problem))
    arcs, slots = model.arcs, len(model.slot_carer)
    rows, columns, values, highest = [model.need], [np.arange(arcs)], [np.ones(arcs)], [np.ones(model.needs)]
    for k in range(RESOURCES_PER_ARC):
        drawn = np.flatnonzero(model.resource[:, k] >= 0)
        rows.append(model.needs + model.resource[drawn, k])
        columns.append(drawn)
        values.append(model.amount[drawn, k].astype(float))
    highest.append(model.limit.astype(float))
    base = model.needs + len(model.limit)
    rows.append(base + model.slot_carer)
    columns.append(arcs + np.arange(slots))
    values.append(np.ones(slots))
    highest.append(model.homes_limit.astype(float))
    base += model.carers
    rows += [base + np.arange(arcs)] * 2
    columns += [np.arange(arcs), arcs + model.slot]
    values += [np.ones(arcs), -np.ones(arcs)]
    highest.append(np.zeros(arcs))
    matrix = csr_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(base + arcs, arcs + slots)
    )
    gains = np.concatenate([model.cost - model.unserved[model.need], np.zeros(slots)])
    result = milp(
        gains,
        constraints=LinearConstraint(matrix, -np.inf, np.concatenate(highest)),
        integrality=np.ones(arcs + slots),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds},
    )
    everybody = int(model.unserved.sum())
    bound = getattr(result, "mip_dual_bound", None)
    return {
        "seconds": time.monotonic() - start,
        "peak_mb": _peak_mb(),
        "objective": None if result.x is None else everybody + round(result.fun),
        "bound": None if bound is None else everybody + bound,
    }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # beside this file stands matching.py, which is not the library
    task, problem_path, limit, chosen_seed = sys.argv[1:]
    run = {"ours": ours, "highs": highs}[task]
    print(json.dumps(run(Path(problem_path), float(limit), int(chosen_seed))))
