"""Solves thousands of small odd problems and judges each: python -m tests.matching.fuzz [--count N] [--first SEED].

Prints how many were judged; the problem of the first fault is written to a file and ends the run with exit code 1.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from matching import Problem, warm_up, write_problem
from tests.matching.judging import faults_of, faults_of_middling, shared_checker
from tests.matching.odd_problems import extended_problem, middling_extended, middling_problem, odd_problem

TELL_EVERY = 1000
MIDDLING, EXTENDED = 25, 3


def problem_of(seed: int) -> Problem:
    """Every MIDDLING-th problem is a larger one, every EXTENDED-th of either size uses extensions of version 2."""
    if seed % MIDDLING == 0:
        return middling_problem(seed) if seed % EXTENDED else middling_extended(seed)
    return odd_problem(seed) if seed % EXTENDED else extended_problem(seed)


def judged(seed: int, checker: ModuleType | None) -> list[str]:
    """The faults of one problem; whatever it raises is one too."""
    judge = faults_of if seed % MIDDLING else faults_of_middling
    return caught(lambda: judge(problem_of(seed), checker))


def caught(judge: Callable[[], list[str]]) -> list[str]:
    """What a judge finds, or how it failed."""
    try:
        return judge()
    except Exception:  # a fuzz run must name the seed, whatever happens
        return [traceback.format_exc()]


def run(seeds: range, out: Path, judge: Callable[[int], list[str]]) -> int:
    """Judge problem after problem until one has a fault: 1, and its problem in a file; 0 where none has."""
    start = time.monotonic()
    for done, seed in enumerate(seeds, start=1):
        if faults := judge(seed):
            write_problem(problem_of(seed), out)
            print(f"seed {seed} (problem in {out}):", *faults, sep="\n  ")
            return 1
        if done % TELL_EVERY == 0:
            print(f"{done} problems, {time.monotonic() - start:.0f} s", flush=True)
    print(f"{len(seeds)} problems without a fault in {time.monotonic() - start:.0f} s")
    return 0


def main() -> int:
    """Judge as many problems as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, metavar="SEED")
    parser.add_argument(
        "--out", type=Path, default=Path("fuzz-fault.json"), help="where the first fault's problem goes"
    )
    chosen = parser.parse_args()
    checker = shared_checker()
    print(f"judges: ours{'' if checker is None else ' and the shared checker'}", flush=True)
    warm_up()
    seeds = range(chosen.first, chosen.first + chosen.count)
    return run(seeds, chosen.out, lambda seed: judged(seed, checker))


if __name__ == "__main__":
    sys.exit(main())
