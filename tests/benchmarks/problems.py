"""Problems to measure with: the shared maker's real places where it is there, else made-up towns."""

from __future__ import annotations

import csv
import importlib.util
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from matching import Problem, write_problem
from tests.matching.cast import random_town

SHARED = Path(__file__).resolve().parents[3] / "shared"
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
    def label(self) -> str:
        """The use as the table shows it."""
        return f"{self.use}" if self.money is None else f"{self.use} / {self.money}"


def make(size: Size, seed: int, folder: Path) -> tuple[Path, float | None]:
    """Write a problem; its path and the best bound that the shared reference keeps of it, if any."""
    path = folder / f"{size.needs}-{size.carers}-{seed}-{size.use}-{size.money}.json"
    if not (SHARED / "bench").is_dir():
        write_problem(made_up(size, seed), path)
        return path, None
    sys.path.insert(0, str(SHARED / "bench"))
    spec = importlib.util.spec_from_file_location("make_problem", SHARED / "bench" / "make_problem.py")
    assert spec
    assert spec.loader
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    places = str(SHARED / "data" / "places_jiangsu.csv")
    maker.main(places, size.needs, size.carers, seed, str(path), size.use, size.money)
    return path, _reference(size, seed)


def _reference(size: Size, seed: int) -> float | None:
    use = f"{size.use}" if size.money is None else f"{size.use} {size.money}"
    with (SHARED / "bench" / "reference.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            if (row["needs"], row["carers"], row["seed"], row["use"]) == (
                str(size.needs),
                str(size.carers),
                str(seed),
                use,
            ):
                return float(row["bound"])
    return None


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
