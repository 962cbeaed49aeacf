"""`bangfu match PROBLEM.json --out SOLUTION.json`: solve a problem from a file, without a database."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

from bangfu.errors import SetupError
from bangfu.planning.explaining import gap
from matching import Limits, ProblemError, Solution, check, read_problem, solve, write_solution
from matching.problem import Problem

LEAST_SECONDS, MOST_SECONDS = 0.1, 86_400.0
MOST_ITERATIONS = 1_000_000


def run_match(problem_path: str, out_path: str, time_limit: float, seed: int, iterations: int | None = None) -> int:
    """Solve, verify and write the solution; print a short summary. 0, or 1 if the plan does not pass the check.

    `iterations` rounds of search make the plan repeat on every machine, unless the time ends before.
    The time limit and a first SIGINT end the search with the best plan so far; a second SIGINT ends the program.

    Raises:
        SetupError: one sentence for what is wrong with a file or an argument.
    """
    if not LEAST_SECONDS <= time_limit <= MOST_SECONDS:
        raise SetupError(f"The time limit must be from {LEAST_SECONDS} to {MOST_SECONDS:.0f} seconds.")
    if not 0 <= seed < 2**31:
        raise SetupError("The seed must be a whole number from 0 to 2147483647.")
    if iterations is not None and not 1 <= iterations <= MOST_ITERATIONS:
        raise SetupError(f"The number of iterations must be a whole number from 1 to {MOST_ITERATIONS}.")
    limits, out = Limits(seconds=time_limit, seed=seed, iterations=iterations), _out(out_path)
    with interruptible() as interrupted:
        problem = _read(problem_path)
        _say(f"needs {len(problem.needs)}, carers {len(problem.carers)}")
        solution = replace(solve(problem, limits, cancelled=interrupted), iterations=iterations)
        try:
            write_solution(solution, out)
        except OSError as error:
            raise SetupError(f"{out} cannot be written: {error.strerror}.") from error
        if interrupted():
            _say(f"interrupted after {solution.seconds:.1f} s: this is the best plan so far")
        faults = check(problem, solution)
    for line in [*summary(problem, solution), *(f"fault: {fault}" for fault in faults[:10])]:
        _say(line)
    return 1 if faults else 0


def _out(path: str) -> Path:
    """Where the solution goes; what cannot be written is told before the work, not after it."""
    out = Path(path)
    if not out.parent.is_dir():
        raise SetupError(f"The folder of {out} does not exist.")
    if out.is_dir():
        raise SetupError(f"{out} is a folder, not a file to write.")
    if not os.access(out if out.exists() else out.parent, os.W_OK):
        raise SetupError(f"{out} cannot be written: permission denied.")
    return out


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (this is a command)


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Within, a first SIGINT only makes what is yielded answer True; a second one ends the process at once."""
    asked = threading.Event()

    def ask(_: int, __: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _read(path: str) -> Problem:
    try:
        return read_problem(path)
    except OSError as error:
        raise SetupError(f"{path} cannot be read: {error.strerror}.") from error
    except ProblemError as error:
        raise SetupError(f"{path} is not a matching problem: {error}.") from error


def summary(problem: Problem, solution: Solution) -> list[str]:
    """What the plan achieves, in a few lines."""
    reasons: dict[str, int] = {}
    for left in solution.unserved:
        reasons[left.reason] = reasons.get(left.reason, 0) + 1
    named = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items())) or "none"
    km = sum(pair.km or 0.0 for pair in solution.assignments)
    proven = gap(problem, solution)
    rounds = "" if solution.iterations is None else f" and {solution.iterations} iterations"
    return [
        f"served {len(solution.plan)}, unserved {len(solution.unserved)} ({named})",
        f"objective {solution.objective}, bound {solution.bound if solution.bound is not None else 'none'},"
        f" gap {'unknown' if proven is None else f'{proven:.2f} %'}",
        f"straight kilometres {km:.1f}, {solution.seconds:.1f} s, seed {solution.seed}{rounds}, {solution.engine}",
    ]
