"""The child process of a match run: `python -m bangfu.planning.solver FOLDER SECONDS SEED`.

Reads FOLDER/problem.json, writes FOLDER/result.json, and one JSON line of progress at a time to standard output. It
runs niced and ends when its parent does: the parent holds the other end of standard input.
"""

import ctypes
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, Protocol

NICE = 10
SOLVING = 0.85
"""Share of the progress bar that the solver itself takes; the rest is explaining the plan."""
EVERY = 0.3
PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Never outlive the worker: the kernel's signal where there is one, else the end of standard input."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch() -> None:
        while os.read(0, 4096):
            pass
        os._exit(3)

    threading.Thread(target=watch, daemon=True).start()


class Tell(Protocol):
    """Hears where the work stands: stage, share of the whole (0 to 1), best objective and bound so far."""

    def __call__(self, stage: str, share: float, objective: int | None = None, bound: float | None = None) -> None: ...


class Teller:
    """Writes progress lines, a few a second at most."""

    def __init__(self) -> None:
        self._last = 0.0

    def tell(self, stage: str, share: float, objective: int | None = None, bound: float | None = None) -> None:
        """One line: stage, share of the whole (0 to 1), best objective and bound so far."""
        now = time.monotonic()
        if now - self._last < EVERY and share < 1:
            return
        self._last = now
        line: dict[str, Any] = {"stage": stage, "share": round(share, 4), "objective": objective, "bound": bound}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def result_of(document: dict[str, Any], seconds: float, seed: int, tell: Tell) -> dict[str, Any]:
    """Solve a problem document and explain the plan: {solution, proposals, unserved, loads, gap}.

    A document with `start` (beside.near_parent) is a what-if's: its plan is kept near that one if that serves the need,
    and `searched` in the loads then is the objective that the fresh search came to.
    """
    from bangfu.planning.beside import near_parent
    from bangfu.planning.explaining import explained
    from matching import Limits, Problem, Progress, solve

    start = document.pop("start", None)
    problem = Problem.from_document(document)

    def report(step: Progress) -> None:
        stage = "candidates" if step.stage == "candidates" else "search"
        tell(stage, SOLVING * step.share * 0.99, step.objective, step.bound)

    solution = solve(problem, Limits(seconds=seconds, seed=seed), progress=report)
    near = near_parent(problem, start, solution) if start is not None else None
    searched, solution = solution.objective, near or solution
    result = explained(problem, solution, lambda share: tell("explain", SOLVING + (1 - SOLVING) * share * 0.95))
    if near is not None:
        result["loads"]["searched"] = searched
    return {**result, "solution": solution.to_document()}


def main(folder: Path, seconds: float, seed: int) -> None:
    """Solve the folder's problem."""
    document = json.loads((folder / "problem.json").read_text(encoding="utf-8"))
    result = result_of(document, seconds, seed, Teller().tell)
    partial = folder / "result.part"
    partial.write_text(json.dumps(result), encoding="utf-8")
    partial.replace(folder / "result.json")


if __name__ == "__main__":
    end_with_parent()
    os.nice(NICE)
    main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
