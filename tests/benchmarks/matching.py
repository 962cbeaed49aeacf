"""How good and how fast matching is: python tests/benchmarks/matching.py [--full] [--seeds 1 2 3] [--no-peer]

Prints one table row per problem; see README.md beside this file for what the columns mean.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ("needs x carers", "use", "seed", "limit s", "took s", "gap %", "own bound %", "unserved", "vs greedy weight")
MORE_COLUMNS = ("vs greedy cost", "peak MB", "faults", "HiGHS s", "HiGHS gap %", "ours / HiGHS")
PEER_UP_TO = 2000


def measured(task: str, path: Path, seconds: float, seed: int) -> dict[str, Any]:
    """One measurement in its own process."""
    script = str(Path(__file__).with_name("measured.py"))
    command = [sys.executable, script, task, str(path), str(seconds), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def gap(objective: float | None, bound: float, hopeless: float) -> str:
    """(objective - bound) / (bound - cost of the needs without any candidate), in percent."""
    if objective is None:
        return "no plan"
    return f"{100 * (objective - bound) / max(1.0, bound - hopeless):.2f}"


def row(size: Any, seed: int, limit: float, path: Path, reference: float | None, with_peer: bool) -> list[str]:
    """Measure one problem: ours, the greedy plan and, for small sizes, HiGHS in the same time."""
    found = measured("ours", path, limit, seed)
    peer = measured("highs", path, limit, seed) if with_peer and size.needs <= PEER_UP_TO else None
    bounds = [found["bound"], reference, peer and peer["bound"]]
    best = max(bound for bound in bounds if bound is not None)
    hopeless = found["hopeless"]
    cells = [
        f"{size.needs} x {size.carers}",
        size.label,
        str(seed),
        f"{limit:g}",
        f"{found['seconds']:.1f}",
        gap(found["objective"], best, hopeless),
        gap(best, found["bound"], hopeless),
        str(found["unserved"]),
        f"{(found['unserved_weight'] - hopeless) / max(1, found['greedy_weight'] - hopeless):.2f}",
        f"{(found['objective'] - hopeless) / max(1, found['greedy'] - hopeless):.2f}",
        f"{found['peak_mb']:.0f}",
        str(found["faults"]),
    ]
    if peer is None:
        return [*cells, "-", "-", "-"]
    theirs = peer["objective"]
    ratio = "-" if theirs is None else f"{(found['objective'] - hopeless) / max(1, theirs - hopeless):.3f}"
    return [*cells, f"{peer['seconds']:.1f}", gap(theirs, best, hopeless), ratio]


def main() -> None:
    """Measure the sizes asked for and print the table."""
    from tests.benchmarks.problems import SHARED, Size, make

    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--full", action="store_true", help="also tight and contract-bound problems and 10,000 needs")
    reader.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    reader.add_argument("--no-peer", action="store_true", help="leave HiGHS out")
    asked = reader.parse_args()
    sizes = [(Size(1000, 60, 0.75), 20.0)]
    if asked.full:
        sizes += [(Size(1000, 60, 0.92), 20.0), (Size(1000, 60, 0.75, 0.9), 20.0), (Size(10_000, 600, 0.75), 60.0)]
    print("problems:", "real places of ../shared" if SHARED.is_dir() else "made-up towns (../shared is missing)")
    print("| " + " | ".join((*COLUMNS, *MORE_COLUMNS)) + " |\n" + "|---" * len((*COLUMNS, *MORE_COLUMNS)) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for size, limit in sizes:
            for seed in asked.seeds if size.needs <= PEER_UP_TO else asked.seeds[:1]:
                with contextlib.redirect_stdout(io.StringIO()):
                    path, reference = make(size, seed, Path(folder))
                print("| " + " | ".join(row(size, seed, limit, path, reference, not asked.no_peer)) + " |", flush=True)


if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # this file bears the library's name and must not be found in its place
    main()
