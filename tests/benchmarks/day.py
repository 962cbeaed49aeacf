"""How good the routes of a day are: `python -m tests.benchmarks.day [--seconds 60] [--only 10_ 100_1] [--no-peer]`.

On the published instances of ../shared (Mankowska, Meisel and Bierwirth 2014) every plan is made by the command
`bangfu day` in a process of its own, judged by the independent checker, and set beside the best known cost and, for the
same seconds, OR-Tools' routing library (what that cannot model: tests/benchmarks/day_peer.py). Prints a table.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from matching.schedule.day import DayProblem, check_day, read_day

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data" / "hhcrsp"
PLAN_COLUMNS = ("gap %", "s", "CPU s", "faults")
COLUMNS = ("instance", "best known", "ours", *PLAN_COLUMNS, "OR-Tools routing", *PLAN_COLUMNS)


def best_known() -> dict[str, float]:
    """The better reference by instance."""
    with (DATA / "best_known.csv").open(encoding="utf-8") as rows:
        return {row["instance"]: float(row["mnsa_best"]) for row in csv.DictReader(rows)}


def judged(command: list[str], problem: DayProblem, out: Path, best: float) -> list[str]:
    """Run a command that writes a plan; its cells: cost, gap, wall and CPU seconds of the whole process, faults."""
    start, used = time.monotonic(), _cpu()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    seconds = [f"{time.monotonic() - start:.1f}", f"{_cpu() - used:.1f}"]
    if not out.is_file():
        return ["none", "-", *seconds, "-"]
    plan = json.loads(out.read_text(encoding="utf-8"))
    faults = check_day(problem, plan)
    return [f"{plan['cost']:.3f}", f"{100 * (plan['cost'] / best - 1):+.2f}", *seconds, str(len(faults))]


def _cpu() -> float:
    """CPU seconds of the processes run so far: what counts on a machine that others use too."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def row(name: str, best: float, seconds: float, seed: int, peer: bool, folder: Path) -> list[str]:
    """One line of the table."""
    instance, ours, theirs = str(DATA / f"{name}.json"), folder / "ours.json", folder / "theirs.json"
    problem = read_day(instance)
    for out in (ours, theirs):
        out.unlink(missing_ok=True)
    command = [sys.executable, "-m", "bangfu.cli", "day", instance, "--out", str(ours)]
    command += ["--time-limit", str(seconds), "--seed", str(seed)]
    cells = [name.removeprefix("Instanz"), f"{best:.3f}", *judged(command, problem, ours, best)]
    if not peer:
        return [*cells, "-", "-", "-", "-", "-"]
    other = [sys.executable, "-m", "tests.benchmarks.day_peer", instance, str(theirs), str(seconds)]
    return cells + judged(other, problem, theirs, best)


def main() -> None:
    """Measure the instances asked for and print the table."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--seconds", type=float, default=60.0)
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--only", nargs="+", default=[""], help="parts of instance names")
    reader.add_argument("--no-peer", action="store_true", help="leave OR-Tools out")
    asked = reader.parse_args()
    if not DATA.is_dir():
        print("../shared/data/hhcrsp is not on this machine: there are no days to measure")
        return
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for name, best in best_known().items():
            if any(part in name for part in asked.only):
                cells = row(name, best, asked.seconds, asked.seed, not asked.no_peer, Path(folder))
                print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
