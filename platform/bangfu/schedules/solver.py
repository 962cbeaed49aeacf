"""The child process of a calendar: `python -m bangfu.schedules.solver FOLDER SECONDS SEED`.

Reads FOLDER/problem.json, writes FOLDER/result.json; it runs niced and ends when its parent does (planning/solver.py).
"""

import json
import os
import sys
from pathlib import Path

from bangfu.planning.solver import NICE, Teller, end_with_parent
from bangfu.schedules.document import plan_document, problem_of
from matching.schedule.solve import solve

WORKERS = 2


def main(folder: Path, seconds: float, seed: int) -> None:
    """Solve the folder's problem."""
    tell = Teller().tell
    tell("candidates", 0.02)
    problem = problem_of((folder / "problem.json").read_text(encoding="utf-8"))
    plan = solve(problem, seed=seed, time_limit=seconds, workers=WORKERS)
    partial = folder / "result.part"
    partial.write_text(json.dumps(plan_document(plan)), encoding="utf-8")
    partial.replace(folder / "result.json")


if __name__ == "__main__":
    end_with_parent()
    os.nice(NICE)
    main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
