"""One measurement a process, so that peak memory is its own and no two solvers share a process.

python -m tests.benchmarks.measured make|ours|greedy|cp_sat|highs|lp PROBLEM.json SECONDS SEED prints one JSON object.
"""

from __future__ import annotations

import json
import math
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from matching import Limits, Problem, Progress, check, read_problem, solve, warm_up
from matching.candidates import candidates

SHARED_CHECK_UP_TO = 20_000  # needs; the shared checker is plain Python


@dataclass(kw_only=True)
class Measured:
    """What one process found: money-free objective, seconds of wall and CPU time, MB, weights as the problem's.

    `curve` is (seconds, objective) at each better plan; `unserved_weight` counts the hopeless needs too.
    """

    task: str
    limit: float
    seed: int
    seconds: float = 0.0
    cpu: float = 0.0
    peak_mb: float = 0.0
    objective: float | None = None
    bound: float | None = None
    hopeless: int = 0
    unserved: int | None = None
    unserved_weight: int | None = None
    faults: int | None = None
    reading: float | None = None
    pairing: float | None = None
    curve: list[tuple[float, float]] = field(default_factory=list)

    @property
    def first_plan(self) -> float | None:
        """Seconds until there was a plan."""
        return self.curve[0][0] if self.curve else None


class Improvements:
    """Listens to a run's progress and keeps the moments at which the plan became better."""

    def __init__(self) -> None:
        """Nothing heard yet."""
        self.curve: list[tuple[float, float]] = []

    def __call__(self, heard: Progress) -> None:
        """Keep it if it is better."""
        if heard.objective is not None and (not self.curve or heard.objective < self.curve[-1][1]):
            self.curve.append((round(heard.seconds, 3), heard.objective))


def ours(path: Path, found: Measured) -> None:
    """The engine within the limit, judged by the independent checkers afterwards."""
    start = time.monotonic()
    problem = read_problem(path)
    found.reading = time.monotonic() - start
    warm_up()
    heard, start, cpu = Improvements(), time.monotonic(), time.process_time()
    solution = solve(problem, Limits(seconds=found.limit, seed=found.seed), progress=heard)
    found.seconds, found.cpu = time.monotonic() - start, time.process_time() - cpu
    found.peak_mb, found.curve = peak_mb(), heard.curve
    found.objective, found.bound = solution.objective, solution.bound
    found.unserved = len(solution.unserved)
    found.unserved_weight = sum(problem.unserved_cost(problem.need_of[u.need]) for u in solution.unserved)
    found.faults = len(check(problem, solution)) + _shared_faults(path, problem, solution.to_document())
    start = time.monotonic()
    pairs = candidates(problem)
    found.pairing = time.monotonic() - start
    found.hopeless = sum(problem.unserved_cost(problem.needs[need]) for need in pairs.reasons)


def _shared_faults(path: Path, problem: Problem, document: object) -> int:
    """Faults by ../shared's checker where it is there and the problem not too large for it."""
    from tests.benchmarks.problems import SHARED, shared_module

    if not (SHARED / "bench").is_dir() or len(problem.needs) > SHARED_CHECK_UP_TO:
        return 0
    judge: Callable[..., tuple[int, list[str]]] = shared_module("check_solution").check
    return len(judge(json.loads(path.read_text(encoding="utf-8")), document)[1])


def peer(path: Path, found: Measured) -> None:
    """A peer, or the bound of the linear relaxation, on the plain arrays of the whole problem."""
    from tests.benchmarks import bound, peers
    from tests.benchmarks.whole import whole

    problem = read_problem(path)
    arrays = whole(problem, candidates(problem))
    found.hopeless = arrays.hopeless
    start, cpu = time.monotonic(), time.process_time()
    if found.task == "lp":
        found.bound = bound.lp_bound(arrays, found.limit)
    else:
        run = {
            "greedy": lambda: peers.greedy(arrays),
            "cp_sat": lambda: peers.cp_sat(arrays, found.limit, found.seed),
            "highs": lambda: peers.highs(arrays, found.limit),
        }[found.task]
        answer = run()
        found.bound, found.curve = answer.bound, answer.curve
        if answer.chosen is not None:
            found.objective, found.faults = arrays.objective(answer.chosen), arrays.faults(answer.chosen)
            found.unserved = int((answer.chosen < 0).sum())
            found.unserved_weight = arrays.lost_weight(answer.chosen)
    found.seconds, found.cpu, found.peak_mb = time.monotonic() - start, time.process_time() - cpu, peak_mb()


def peak_mb() -> float:
    """Most resident memory of this process. A new process inherits its parent's ru_maxrss, but not its VmHWM."""
    status = Path("/proc/self/status")
    for line in status.read_text(encoding="ascii").splitlines() if status.exists() else ():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _without_nan(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def main() -> None:
    """Measure and print."""
    task, path, limit, seed = sys.argv[1:]
    found = Measured(task=task, limit=float(limit), seed=int(seed))
    (ours if task == "ours" else peer)(Path(path), found)
    print(json.dumps({key: _without_nan(value) for key, value in asdict(found).items()}))


if __name__ == "__main__":
    main()
