"""Problems to measure with: the shared maker's real places where it is there, else made-up towns.

python -m tests.benchmarks.problems NEEDS CARERS USE MONEY SEED FOLDER writes one (MONEY 0: contracts do not bind).
"""

from __future__ import annotations

import contextlib
import csv
import importlib.util
import io
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from matching import Problem, write_problem
from tests.matching.cast import random_town

SHARED = Path(__file__).resolve().parents[3] / "shared"
REAL = (SHARED / "bench").is_dir()
REGIONS = ("jiangsu", "zhejiang") if REAL else ("made-up",)
CARERS_PER_TOWN = 20
ROOM, HOMES = 5.0, 6  # the tests' towns are too poor to measure with: this much more room for everybody
TOWN_DEGREES = 0.15  # towns stand so far apart that only neighbours share carers


@dataclass(frozen=True, slots=True)
class Size:
    """One kind of problem: how many needs and carers, the demanded share of hours, and what contracts pay."""

    needs: int
    carers: int
    use: float
    money: float | None = None

    @property
    def kind(self) -> str:
        """What is scarce: nothing much (ample), the carers' hours (tight), or the contracts (binding)."""
        return "binding" if self.money is not None else "tight" if self.use > 0.85 else "ample"


@dataclass(frozen=True, slots=True)
class Case:
    """One problem: its size and kind, the seed it is drawn with, and the region its places are of."""

    size: Size
    seed: int

    @property
    def region(self) -> str:
        """Seeds take turns with the regions."""
        return REGIONS[self.seed % len(REGIONS)]

    @property
    def name(self) -> str:
        """As the shared reference names problems."""
        money = "" if self.size.money is None else f"-{self.size.money}"
        return f"{self.region}-{self.size.needs}-{self.seed}-{self.size.use}{money}"


def shared_module(name: str) -> ModuleType:
    """A module of ../shared/bench, which may import its neighbours. Raises OSError where it is missing."""
    folder = SHARED / "bench"
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make(case: Case, folder: Path) -> Path:
    """Write a case's problem into the folder; its path."""
    path = folder / f"{case.name}.json"
    if not REAL:
        write_problem(made_up(case.size, case.seed), path)
        return path
    places, size = str(SHARED / "data" / f"places_{case.region}.csv"), case.size
    with contextlib.redirect_stdout(io.StringIO()):
        shared_module("make_problem").main(places, size.needs, size.carers, case.seed, str(path), size.use, size.money)
    return path


def reference(case: Case) -> float | None:
    """The best bound that the shared reference keeps of a problem, if any."""
    if not REAL:
        return None
    with (SHARED / "bench" / "reference.csv").open(encoding="utf-8") as rows:
        bounds = {row["problem"]: float(row["bound"]) for row in csv.DictReader(rows)}
    return bounds.get(f"{case.name}.json")


def made_up(size: Size, seed: int) -> Problem:
    """Towns in a row, each with its own homes and carers, all on the same contracts."""
    towns = max(1, size.carers // CARERS_PER_TOWN)
    parts = [
        random_town(seed * 1000 + t, size.needs // towns, size.carers // towns, tightness=ROOM / size.use)
        for t in range(towns)
    ]
    needs, carers = [], []
    for t, part in enumerate(parts):
        east = t * TOWN_DEGREES
        needs += [
            replace(n, id=f"{n.id}t{t}", household=f"{n.household}t{t}", lon=n.lon + east, excluded=(), current=None)
            for n in part.needs
        ]
        carers += [
            replace(c, id=f"{c.id}t{t}", lon=c.lon + east, max_households=c.max_households * HOMES) for c in part.carers
        ]
    share = towns * (size.money or 1.0)
    lines = tuple(
        replace(x, max_visits=int(x.max_visits * share), max_fen=int(x.max_fen * share))
        for x in parts[0].contract_lines
    )
    owners = tuple(replace(o, minutes_per_4_weeks=int(o.minutes_per_4_weeks * towns)) for o in parts[0].organisations)
    return replace(parts[0], needs=tuple(needs), carers=tuple(carers), contract_lines=lines, organisations=owners)


def main() -> None:
    """Write the problem asked for; in a process of its own, since making a large one takes much memory."""
    needs, carers, use, money, seed, folder = sys.argv[1:]
    make(Case(Size(int(needs), int(carers), float(use), float(money) or None), int(seed)), Path(folder))


if __name__ == "__main__":
    main()
