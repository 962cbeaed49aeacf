"""How one search is split over two parts of the map."""

from __future__ import annotations

import time

import numpy as np

from matching import Limits, Problem
from matching.assign.dual import climb
from matching.assign.greedy import greedy
from matching.assign.model import build
from matching.assign.search import CHUNKS, Landscape
from matching.candidates import candidates
from matching.limits import Watch
from matching.tables import Ints
from tests.benchmarks.gap_instances import made_up
from tests.matching.cast import random_town


def splits(problem: Problem) -> list[Ints]:
    """The side of each carer in every chunk."""
    model = build(problem, candidates(problem))
    prices = climb(model, 20, Watch(Limits(seconds=600.0), time.monotonic, None, None))
    land = Landscape(model, prices, greedy(model), 5)
    return [land.sides(at, 2) for at in range(CHUNKS)]


def apart(sides: list[Ints]) -> float:
    """The share of pairs of carers that are never on one side."""
    together = sum((side[:, None] == side[None, :]).astype(int) for side in sides)
    return float((np.asarray(together) == 0).mean())


def test_the_border_turns_so_that_no_two_carers_stay_apart() -> None:
    sides = splits(random_town(3, needs=120, carers=24, tightness=0.7))
    assert all(set(side.tolist()) == {0, 1} for side in sides)
    assert apart(sides) < 0.05


def test_given_pairs_have_no_map_and_are_split_in_another_way_each_time() -> None:
    sides = splits(made_up("c", 10, 60, 1).problem())
    assert apart(sides) == 0.0
