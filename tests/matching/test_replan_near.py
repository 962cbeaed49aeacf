"""The part of a problem that a re-plan searches: above 600 arcs it is searched, not proven, so its arrays must fit."""

from dataclasses import replace

import numpy as np

from matching import Limits, Problem, plan_check, replan, solve
from matching.assign.greedy import greedy
from matching.assign.model import NONE, Model, build
from matching.candidates import candidates
from matching.replan import CarerIll
from matching.replan.near import Near, part_of
from matching.replan.situation import Situation
from matching.replan.trace import EXACT_ARCS
from tests.matching.cast import random_town


def teams_town() -> Problem:
    """A town with more than 600 arcs in which every third need asks for two carers."""
    made = random_town(7, needs=60, carers=24)
    asked = tuple(replace(need, carers=2) if at % 3 == 0 else need for at, need in enumerate(made.needs))
    return replace(made, needs=asked)


def case_of(problem: Problem, model: Model) -> Situation:
    """Nobody served yet, nobody fixed: everything is open. Re-planning itself refuses teams, its parts carry them."""
    nobody = np.full(model.needs, NONE, dtype=np.int64)
    return Situation(
        problem=problem, before={}, found=candidates(problem), model=model, worth=model.unserved, stay=nobody,
        fixed=np.zeros(model.needs, dtype=np.bool_), keep_served=False, orphans=(), appeared=(), closed=(), forced=0,
        start=nobody,
    )  # fmt: skip


def homes_of(model: Model, slots: np.ndarray, names: np.ndarray) -> list[tuple[int, int]]:
    """Carer and home of each slot, (NONE, NONE) for none; `names` are the homes' numbers in the whole."""
    return [
        (NONE, NONE) if slot == NONE else (int(model.slot_carer[slot]), int(names[model.slot_home[slot]]))
        for slot in slots
    ]


def parts() -> tuple[Model, Near, np.ndarray]:
    """The whole model, the part of its needs but every fifth, and the homes of the part."""
    problem = teams_town()
    model = build(problem, candidates(problem))
    needs = np.flatnonzero(np.arange(model.needs) % 5 > 0)
    near = part_of(case_of(problem, model), needs, np.ones(model.carers, dtype=np.bool_))
    return model, near, np.unique(model.home[needs])


def test_both_carers_of_a_part_have_the_slots_that_they_have_in_the_whole() -> None:
    model, near, homes = parts()
    part, everywhere = near.model, np.arange(model.home.max() + 1)
    assert part.arcs > EXACT_ARCS
    assert not near.whole
    assert (part.second_slot != NONE).any()
    for slots in ("slot", "second_slot"):
        whole = homes_of(model, getattr(model, slots)[near.arcs], everywhere)
        assert homes_of(part, getattr(part, slots), homes) == whole


def test_a_plan_of_a_part_draws_what_it_draws_in_the_whole() -> None:
    model, near, _ = parts()
    chosen = greedy(near.model)
    assert (chosen != NONE).sum() > 10
    whole = np.full(model.needs, NONE, dtype=np.int64)
    whole[near.needs] = np.append(near.arcs, NONE)[chosen]
    assert (near.model.used(chosen) == model.used(whole)).all()
    assert (near.model.homes(chosen) == model.homes(whole)).all()


def test_a_part_that_is_smaller_by_the_locked_needs_is_searched() -> None:
    """Locked needs keep one arc, so the part has fewer than the model; each plan keeps the rules and the locks."""
    problem = random_town(7, needs=60, carers=24)
    before = solve(problem, Limits(seconds=2, iterations=1)).plan
    ill = max(sorted(set(before.values())), key=list(before.values()).count)
    locked = sorted(need for need, carer in before.items() if carer != ill)[:5]
    result = replan.replan(problem, before, [CarerIll(carer=ill)], locked=locked, limits=Limits(seconds=5))
    assert {orphan.need for orphan in result.orphans} == {need for need, carer in before.items() if carer == ill}
    for point in result.points:
        assert all(point.plan[need] == before[need] for need in locked)
        assert plan_check(result.problem, point.plan) == []
    assert result.best.unserved <= result.points[0].unserved
