"""Generalised assignment problems, published and made up: python -m tests.benchmarks.gap_instances [NAMES].

NAMES are published ones of OR-Library (c05100 = class c, 5 agents, 100 jobs), read from ../shared/data/gap, or made-up
ones of the same classes c and d (c05100.1 = seed 1). Without names: a few of them. Prints one table row each.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from matching import Limits, Problem, check, solve, warm_up
from tests.matching.cast import given_pairs

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "gap"
A_FEW = ("a20200", "b20200", "c05100", "c20200", "d05100", "d20200")
MADE_UP_FEW = ("c05100.1", "c20200.1", "d05100.1", "d20200.1")
NAME = re.compile(r"(?P<kind>[a-d])(?P<agents>\d\d)(?P<jobs>\d{3})(?:\.(?P<seed>\d+))?")
COLUMNS = ("instance", "objective", "own bound", "best known", "deviation %", "unserved", "s", "CPU s", "faults")
CROWDED = 0.8  # capacity over the mean load of everything, as classes c and d have it (Chu and Beasley 1997)


@dataclass(frozen=True, slots=True)
class Instance:
    """Every job goes to one agent: costs[agent][job], loads[agent][job], room[agent]; `best` = best known cost."""

    name: str
    costs: list[list[int]]
    loads: list[list[int]]
    room: list[int]
    best: int | None = None

    def problem(self) -> Problem:
        """As given pairs; one job left out costs more than any plan without."""
        dearest = sum(max(row[job] for row in self.costs) for job in range(len(self.costs[0])))
        return given_pairs(self.costs, self.loads, self.room, unserved=dearest + 1)


def published_names() -> list[str]:
    """The instances that ../shared holds; none where it is missing."""
    if not FOLDER.is_dir():
        return []
    return sorted(file.name for file in FOLDER.iterdir() if NAME.fullmatch(file.name))


def published(name: str) -> Instance:
    """Read `m n`, m rows of costs, m rows of loads, m capacities. Raises OSError."""
    numbers = [int(word) for word in (FOLDER / name).read_text(encoding="utf-8").split()]
    agents, jobs, rest = numbers[0], numbers[1], numbers[2:]
    rows = [rest[at : at + jobs] for at in range(0, 2 * agents * jobs, jobs)]
    room = rest[2 * agents * jobs : 2 * agents * jobs + agents]
    with (FOLDER / "best_known.csv").open(encoding="utf-8") as known:
        best = {row["Path"]: int(row["Best known solution value"]) for row in csv.DictReader(known)}
    return Instance(name, rows[:agents], rows[agents:], room, best.get(name))


def made_up(kind: str, agents: int, jobs: int, seed: int) -> Instance:
    """Class c (loads and costs independent) or d (heavy is cheap: the hard ones), as Chu and Beasley draw them."""
    draw = random.Random(f"{kind} {agents} {jobs} {seed}")
    least, most = {"c": (5, 25), "d": (1, 100)}[kind]
    loads = [[draw.randint(least, most) for _ in range(jobs)] for _ in range(agents)]
    if kind == "c":
        costs = [[draw.randint(10, 50) for _ in range(jobs)] for _ in range(agents)]
    else:
        costs = [[111 - load + draw.randint(-10, 10) for load in row] for row in loads]
    room = [int(CROWDED * sum(row) / agents) for row in loads]
    return Instance(f"{kind}{agents:02}{jobs:03}.{seed}", costs, loads, room)


def instance(name: str) -> Instance:
    """By name. Raises ValueError for a name that says nothing, OSError for a published one that is not there."""
    read = NAME.fullmatch(name)
    if read is None:
        raise ValueError(f"{name} is not the name of an instance such as c05100 or c05100.1")
    if read["seed"] is None:
        return published(name)
    return made_up(read["kind"], int(read["agents"]), int(read["jobs"]), int(read["seed"]))


def measured(given: Instance, seconds: float, seed: int) -> list[str]:
    """One row of the table: solved here and now."""
    problem = given.problem()
    wall, cpu = time.monotonic(), time.process_time()
    plan = solve(problem, Limits(seconds=seconds, seed=seed))
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    against = plan.bound if given.best is None else given.best
    off = "-" if not against else f"{100 * (plan.objective - against) / against:.3f}"
    bound = "-" if plan.bound is None else f"{plan.bound:.1f}"
    known = "-" if given.best is None else str(given.best)
    lost, faults = len(plan.unserved), len(check(problem, plan))
    return [given.name, str(plan.objective), bound, known, off, str(lost), f"{wall:.1f}", f"{cpu:.1f}", str(faults)]


def main() -> None:
    """Solve the instances asked for and print the table; the deviation is from the best known cost or the own bound."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("names", nargs="*", default=A_FEW if FOLDER.is_dir() else MADE_UP_FEW)
    reader.add_argument("--seconds", type=float, default=20.0)
    reader.add_argument("--seed", type=int, default=1)
    asked = reader.parse_args()
    try:
        given = [instance(name) for name in asked.names]
    except (OSError, ValueError) as error:
        sys.exit(f"gap_instances: {error}")
    warm_up()
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    for one in given:
        print("| " + " | ".join(measured(one, asked.seconds, asked.seed)) + " |", flush=True)


if __name__ == "__main__":
    main()
