"""How good and how fast matching is, peers beside it: python -m tests.benchmarks.matching [--full] (README.md has all).

Quick: 1,000 needs, ample, tight and contract-bound, 10 s each, and a few assignment problems. Full: everything that the
goals name, some hours. Prints the report and writes it with its plots into --out.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from matching import write_problem
from tests.benchmarks import gap_instances, report
from tests.benchmarks.measured import Measured
from tests.benchmarks.problems import REAL, Case, Size, reference
from tests.benchmarks.results import Block

ROOT = Path(__file__).resolve().parents[2]
FRESH = (11, 12, 13, 14, 15)  # seeds of problems; 1 to 3 are the reference's
PATIENCE, GRACE = 3, 900  # a process may take so many times its limit, and so many seconds of making models
LP_SECONDS, HIGHS_LARGE = 900.0, 90.0
QUICK_ASSIGNMENT = ("a20200", "b20200", "c20200", "d20200")


@dataclass(frozen=True, slots=True)
class Job:
    """One problem and what to do with it: our limits, the peers at each limit, and the solvers that only prove."""

    case: Case
    limits: tuple[float, ...]
    peers: tuple[tuple[str, float], ...] = ()
    bounds: tuple[tuple[str, float], ...] = ()


def _jobs(size: Size, seeds: Sequence[int], limits: tuple[float, ...], mip: float | None) -> list[Job]:
    """The same work for several seeds; `mip` seconds of HiGHS for a better bound."""
    peers = [("greedy", 0.0)]
    bounds = [("lp", LP_SECONDS)] if size.needs <= 10_000 else []
    if size.needs <= 1000:
        peers += [(task, limit) for limit in limits for task in ("cp_sat", "highs")]
        bounds += [("highs", mip)] if mip else []
    elif size.needs <= 10_000 and size.needs > 3000:
        peers.append(("highs", HIGHS_LARGE))
    return [Job(Case(size, seed), limits, tuple(peers), tuple(bounds)) for seed in seeds]


def quick_jobs(seeds: Sequence[int]) -> list[Job]:
    """1,000 needs of each kind, 10 s."""
    sizes = (Size(1000, 60, 0.75), Size(1000, 60, 0.92), Size(1000, 60, 0.75, 0.9))
    return [job for size in sizes for job in _jobs(size, seeds, (10.0,), None)]


def full_jobs(seeds: Sequence[int]) -> list[Job]:
    """Everything the goals name, and the sizes between for the scaling."""
    found = []
    for use, money in ((0.75, None), (0.92, None), (0.75, 0.9)):
        found += _jobs(Size(1000, 60, use, money), seeds, (10.0, 30.0), 60.0)
    found += _jobs(Size(3000, 180, 0.75), seeds, (20.0,), None)
    for use, money in ((0.75, None), (0.92, None), (0.75, 0.9)):
        found += _jobs(Size(10_000, 600, use, money), seeds, (60.0,), None)
    found += _jobs(Size(30_000, 1800, 0.75), seeds[:2], (150.0,), None)
    return [*found, *_jobs(Size(100_000, 6000, 0.75), seeds, (230.0, 300.0), None)]


class Bench:
    """Runs measurements one after the other, each in its own process, and keeps what they print."""

    def __init__(self, out: Path) -> None:
        """`out` keeps problems, proven bounds and the report."""
        self.out = out
        for name in ("problems", "bounds"):
            (out / name).mkdir(parents=True, exist_ok=True)

    def made(self, case: Case) -> Path:
        """The problem's file, made in a process of its own (large ones take much memory)."""
        path, size = self.out / "problems" / f"{case.name}.json", case.size
        if not path.exists():
            values = (size.needs, size.carers, size.use, size.money or 0, case.seed, path.parent)
            command = [sys.executable, "-m", "tests.benchmarks.problems", *map(str, values)]
            subprocess.run(command, check=True, cwd=ROOT)
        return path

    def measured(self, task: str, path: Path, limit: float, seed: int = 1) -> Measured:
        """One measurement; of a process that failed or never ended, one without a plan."""
        values = (task, path, limit, seed)
        command = [sys.executable, "-m", "tests.benchmarks.measured", *map(str, values)]
        print(f"{path.stem}: {task}, {limit:g} s, seed {seed}", file=sys.stderr, flush=True)
        try:
            done = subprocess.run(
                command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT, timeout=PATIENCE * limit + GRACE
            )
            return Measured(**json.loads(done.stdout.splitlines()[-1]))
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            if task == "ours":
                raise
            print(f"{path.stem}: {task} gave nothing ({error})", file=sys.stderr, flush=True)
            return Measured(task=task, limit=limit, seed=seed)

    def proven(self, task: str, path: Path, limit: float) -> Measured:
        """A bound, kept for the next run: it is true whatever our engine does."""
        print_ = hashlib.sha256(path.read_bytes()).hexdigest()[:20]
        kept = self.out / "bounds" / f"{path.stem}-{print_}-{task}-{limit:g}.json"
        if kept.exists():
            return Measured(**json.loads(kept.read_text(encoding="utf-8")))
        found = self.measured(task, path, limit)
        if found.bound is not None:
            kept.write_text(json.dumps({name: getattr(found, name) for name in found.__dataclass_fields__}))
        return found

    def problem(self, job: Job, runs: int, peers: bool) -> Block:
        """All measurements of one problem."""
        path, case = self.made(job.case), job.case
        known, size = reference(case), case.size
        block = Block(
            name=case.name,
            needs=size.needs,
            carers=size.carers,
            kind=size.kind,
            region=case.region,
            seed=case.seed,
            known=known,
        )
        block.runs += [self.proven(task, path, limit) for task, limit in job.bounds]
        for limit in job.limits:
            block.runs += [self.measured("ours", path, limit, seed) for seed in range(1, runs + 1)]
        block.runs += [self.measured(task, path, limit) for task, limit in (job.peers if peers else ())]
        return block

    def assignment(self, name: str, seconds: float) -> Block:
        """A generalised assignment problem."""
        given = gap_instances.instance(name)
        path = self.out / "problems" / f"gap-{name}.json"
        write_problem(given.problem(), path)
        block = Block(
            name=name,
            needs=len(given.costs[0]),
            carers=len(given.costs),
            kind=name[0],
            region="gap",
            seed=1,
            best=given.best,
        )
        block.runs += [] if given.best else [self.proven("lp", path, LP_SECONDS)]
        block.runs.append(self.measured("ours", path, seconds))
        return block


def measure(asked: argparse.Namespace, bench: Bench) -> Iterator[Block]:
    """Every problem asked for, one after the other."""
    jobs = full_jobs(asked.seeds or FRESH) if asked.full else quick_jobs(asked.seeds or FRESH[:2])
    for job in jobs:
        if job.case.size.needs in (asked.sizes or [job.case.size.needs]):
            limits = job.limits if asked.limit is None else (asked.limit,)
            peers = tuple((task, _shorter(limit, asked.limit)) for task, limit in job.peers)
            cut = replace(job, limits=limits, peers=tuple(dict.fromkeys(peers)))
            yield bench.problem(cut, asked.runs or (3 if asked.full else 1), not asked.no_peers)
    for name in () if asked.no_gap else _assignments(asked.full):
        yield bench.assignment(name, asked.limit or 20.0)


def _shorter(limit: float, asked: float | None) -> float:
    return limit if asked is None else min(limit, asked)


def _assignments(full: bool) -> Sequence[str]:
    published = gap_instances.published_names()
    if not published:
        return gap_instances.MADE_UP_FEW
    return published if full else QUICK_ASSIGNMENT


def about(full: bool) -> str:
    """Where and how it was measured."""
    places = "real places of ../shared" if REAL else "made-up towns (../shared is missing)"
    load = os.getloadavg()[0]
    mode = "full" if full else "quick"
    said = f"{date.today().isoformat()}, {mode} mode, {places}, {os.cpu_count()} cores, load {load:.1f}"
    return f"{said} (wall times of a busy machine are too long; CPU s are not).\n"


def _options() -> argparse.ArgumentParser:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--full", action="store_true", help="everything that the goals name, some hours")
    reader.add_argument("--out", type=Path, default=ROOT / "build" / "bench", help="folder of the report (build/bench)")
    reader.add_argument("--seeds", type=int, nargs="+", help="of the problems; they take turns with the regions")
    reader.add_argument("--runs", type=int, help="engine seeds each problem and limit (1, full 3)")
    reader.add_argument("--sizes", type=int, nargs="+", help="only problems with so many needs; 0 = none")
    reader.add_argument("--limit", type=float, help="seconds instead of the goals' limits, to try the harness")
    reader.add_argument("--no-peers", action="store_true", help="leave greedy, CP-SAT and HiGHS out")
    reader.add_argument("--no-gap", action="store_true", help="leave the generalised assignment problems out")
    reader.add_argument("--add", action="store_true", help="keep what earlier runs measured of other problems")
    return reader


def main() -> None:
    """Measure, and write the report anew after every problem, so that an interrupted run keeps what it has."""
    asked = _options().parse_args()
    bench, said = Bench(asked.out), ""
    blocks = report.read(asked.out) if asked.add else []
    with contextlib.suppress(KeyboardInterrupt):
        for block in measure(asked, bench):
            blocks = [*(kept for kept in blocks if kept.name != block.name), block]
            said = report.write(blocks, about(asked.full), asked.out)
    print(said + f"\nWritten into {asked.out}")


if __name__ == "__main__":
    main()
