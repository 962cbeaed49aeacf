"""Local re-optimisation: a small problem's forced optimum exactly, a large one's surroundings only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matching.assign.exact import Effort, solve_whole
from matching.assign.greedy import greedy
from matching.assign.model import NONE, Model, build
from matching.assign.nearby import NearEffort, Surroundings, reoptimise
from matching.candidates import candidates
from matching.tables import Ints
from tests.matching.cast import random_town

WHOLE = Effort(20.0, 60.0, 1)


def model_of(seed: int, needs: int, carers: int, tightness: float) -> Model:
    """The model of a made-up town."""
    problem = random_town(seed, needs, carers, tightness)
    return build(problem, candidates(problem))


def optimum(model: Model, forced: int = NONE) -> int | None:
    """CP-SAT's proven optimum, with one arc forced by making it priceless; None where it cannot be forced."""
    if forced == NONE:
        return model.objective(solve_whole(model, greedy(model), WHOLE).chosen)
    bribe = 10**9
    cost = model.cost.copy()
    cost[forced] -= bribe
    keen = replace(model, cost=cost)
    found = solve_whole(keen, greedy(keen), WHOLE)
    assert found.proven
    return keen.objective(found.chosen) + bribe if found.chosen[model.need[forced]] == forced else None


@pytest.mark.parametrize("seed", range(12))
def test_a_forced_arc_gives_the_forced_optimum_of_a_small_problem(seed: int) -> None:
    model = model_of(seed, needs=9, carers=4, tightness=[0.4, 0.8][seed % 2])
    best = solve_whole(model, greedy(model), WHOLE).chosen
    near = Surroundings(model)
    for arc in range(model.arcs):
        found = reoptimise(near, best, forced=[arc])
        assert found is not None
        assert found.whole
        assert found.chosen[model.need[arc]] == arc
        assert model.feasible(found.chosen)
        assert found.objective == optimum(model, arc)
        assert found.objective >= model.objective(best)


@pytest.mark.parametrize("seed", range(3))
def test_a_larger_plan_changes_only_near_the_touched_needs_and_keeps_every_limit(seed: int) -> None:
    model = model_of(seed, needs=150, carers=16, tightness=0.5)
    plan, near = greedy(model), Surroundings(model)
    for arc in range(seed, model.arcs, 41):
        found = reoptimise(near, plan, forced=[arc], effort=NearEffort(arcs=60))
        assert found is not None
        assert not found.whole
        assert model.feasible(found.chosen)
        assert found.chosen[model.need[arc]] == arc
        stays = np.ones(model.needs, dtype=bool)
        stays[found.free] = False
        stays[model.need[arc]] = False
        assert (found.chosen[stays] == plan[stays]).all()
        assert set(found.moved.tolist()) == set(np.flatnonzero(found.chosen != plan).tolist())


def served(plan: Ints) -> list[int]:
    """Needs that somebody serves."""
    return np.flatnonzero(plan != NONE).tolist()


def test_forbidden_arcs_are_left_and_locked_needs_stay() -> None:
    model = model_of(5, needs=60, carers=8, tightness=0.5)
    plan, near = greedy(model), Surroundings(model)
    lost = int(plan[served(plan)[0]])
    locked = served(plan)[1::2]
    found = reoptimise(near, plan, forbidden=[lost], locked=locked, effort=NearEffort(arcs=80))
    assert found is not None
    assert found.chosen[model.need[lost]] != lost
    assert (found.chosen[locked] == plan[locked]).all()
    assert model.feasible(found.chosen)


def test_a_forced_arc_that_locked_needs_leave_no_room_for_is_refused() -> None:
    model = model_of(5, needs=60, carers=8, tightness=0.5)
    plan, near = greedy(model), Surroundings(model)
    refused = [reoptimise(near, plan, forced=[arc], locked=served(plan)) for arc in range(model.arcs)]
    assert None in refused
    assert any(found is not None for found in refused)


def test_the_same_call_gives_the_same_plan_and_equal_plans_move_nobody() -> None:
    model = model_of(7, needs=150, carers=16, tightness=0.6)
    plan, near = greedy(model), Surroundings(model)
    once, again = (reoptimise(near, plan, around=[3, 5], effort=NearEffort(arcs=60)) for _ in range(2))
    assert once is not None
    assert again is not None
    assert (once.chosen == again.chosen).all()
    settled = reoptimise(near, once.chosen, around=[3, 5], effort=NearEffort(arcs=60))
    assert settled is not None
    assert settled.objective <= once.objective
