"""The ascent of large models: several threads price parts of the households, with the same prices every time."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest

from matching import Limits, Problem
from matching.assign.dual import Ascent
from matching.assign.model import Model, build
from matching.candidates import candidates
from matching.limits import Watch
from matching.tables import Floats
from tests.benchmarks.gap_instances import made_up
from tests.matching.cast import random_town

STEPS = 60


def model_of(problem: Problem) -> Model:
    """What the engine searches, of a problem."""
    return build(problem, candidates(problem))


def climbed(model: Model, threads: int) -> tuple[float, Floats]:
    """The bound and the prices that prove it."""
    watch = Watch(Limits(seconds=600.0), time.monotonic, None, None)
    with Ascent(model, threads) as ascent:
        return ascent.run(np.zeros(ascent.count), 1.0, STEPS, watch, "bound", 0.5)


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_parts_cover_every_household_and_arc_once(threads: int) -> None:
    model = model_of(random_town(4, needs=90, carers=14, tightness=0.8))
    with Ascent(model, threads) as ascent:
        parts = ascent.parts
    assert len(parts) == threads
    assert (parts[0].first_home, parts[0].first_arc) == (0, 0)
    assert (parts[-1].last_home, parts[-1].last_arc) == (len(np.unique(model.home)), model.arcs)
    for one, other in pairwise(parts):
        assert (one.last_home, one.last_arc) == (other.first_home, other.first_arc)


@pytest.mark.parametrize(
    "problem", [random_town(5, needs=120, carers=20, tightness=0.9), made_up("d", 6, 60, 2).problem()]
)
def test_threads_find_the_bound_that_one_finds(problem: Problem) -> None:
    model = model_of(problem)
    alone, shared = climbed(model, 1), climbed(model, 2)
    assert shared[0] == pytest.approx(alone[0], rel=1e-3)
    assert alone[0] > 0


def test_the_prices_do_not_depend_on_which_thread_was_first() -> None:
    model = model_of(random_town(6, needs=150, carers=25, tightness=0.8))
    first, again = climbed(model, 2), climbed(model, 2)
    assert first[0] == again[0]
    assert np.array_equal(first[1], again[1])


def test_a_model_with_fewer_households_than_threads_has_empty_parts() -> None:
    model = model_of(random_town(7, needs=3, carers=4, tightness=0.8))
    assert climbed(model, 5)[0] == pytest.approx(climbed(model, 1)[0], rel=1e-3)
