"""Against brute force: small plans are proven best, bounds lie below the true optimum, searched plans are sound."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Limits, Problem, check, pair_check, plan_check, solve
from matching.assign.greedy import greedy
from matching.assign.improve import improve
from matching.assign.model import Model, build
from matching.candidates import candidates
from matching.ledger import Ledger
from matching.limits import Watch
from matching.plan_check import limit_faults
from tests.matching.cast import given_pairs, random_town

towns = st.builds(
    random_town,
    st.integers(0, 100_000),
    needs=st.integers(0, 6),
    carers=st.integers(0, 4),
    tightness=st.sampled_from([0.3, 0.6, 1.0, 3.0]),
)


def cheapest(problem: Problem) -> int:
    """The true optimum, by trying every plan."""
    ledger = Ledger(problem, {})

    def try_from(at: int) -> int:
        if at == len(problem.needs):
            return 0
        need = problem.needs[at]
        best = problem.unserved_cost(need) + try_from(at + 1)
        for carer in problem.carers:
            pair = pair_check(problem, need.id, carer.id)
            if not pair.ok or pair.cost is None:
                continue
            ledger.add(need.id, carer.id)
            if not limit_faults(ledger, carer, need):
                best = min(best, pair.cost + try_from(at + 1))
            ledger.remove(need.id)
        return best

    return try_from(0)


def watch(seconds: float = 0.5, seed: int = 1) -> Watch:
    """A watch that nobody listens to."""
    return Watch(Limits(seconds=seconds, seed=seed), time.monotonic, None, None)


def model_of(problem: Problem) -> Model:
    """The assignment problem behind a problem."""
    return build(problem, candidates(problem))


@settings(max_examples=60, deadline=None)
@given(towns)
def test_small_problems_are_solved_to_the_proven_optimum(problem: Problem) -> None:
    solution = solve(problem, Limits(seconds=10))
    assert check(problem, solution) == []
    assert plan_check(problem, solution.plan) == []
    assert solution.status == "optimal"
    assert solution.objective == solution.bound == cheapest(problem)


@settings(max_examples=25, deadline=None)
@given(towns)
def test_the_bound_lies_below_the_optimum_and_the_search_above_it(problem: Problem) -> None:
    model = model_of(problem)
    if not model.arcs:
        return
    found, optimum = improve(model, greedy(model), watch()), cheapest(problem)
    assert model.feasible(found.chosen)
    assert found.bound <= optimum + 1e-6
    assert optimum <= model.objective(found.chosen) <= model.objective(greedy(model))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_given_pairs_reach_the_optimum_with_any_cost_and_load(data: st.DataObject) -> None:
    agents, jobs = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 5))
    table = st.lists(st.lists(st.integers(0, 40), min_size=jobs, max_size=jobs), min_size=agents, max_size=agents)
    room = st.lists(st.integers(0, 80), min_size=agents, max_size=agents)
    problem = given_pairs(data.draw(table), data.draw(table), data.draw(room), unserved=data.draw(st.integers(0, 60)))
    solution = solve(problem, Limits(seconds=10))
    assert check(problem, solution) == []
    assert solution.objective == cheapest(problem)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 100_000), st.sampled_from([0.4, 1.0]))
def test_middling_plans_are_sound_and_better_than_greedy(seed: int, tightness: float) -> None:
    problem = random_town(seed, needs=120, carers=14, tightness=tightness)
    solution = solve(problem, Limits(seconds=1.5, seed=seed))
    assert check(problem, solution) == []
    assert plan_check(problem, solution.plan) == []
    model = model_of(problem)
    assert solution.bound is not None
    assert solution.bound <= solution.objective <= model.objective(greedy(model))


def test_a_household_of_many_needs_still_has_a_valid_bound() -> None:
    for size in (6, 9):
        problem = random_town(11, needs=size, carers=3, tightness=2.0)
        one_home = tuple(
            type(n)(**{f: getattr(n, f) for f in n.__slots__} | {"household": "all"}) for n in problem.needs
        )
        joined = Problem(
            as_of=problem.as_of,
            detour=problem.detour,
            weights=problem.weights,
            organisations=problem.organisations,
            contract_lines=problem.contract_lines,
            carers=problem.carers,
            needs=one_home,
        )
        model = model_of(joined)
        found = improve(model, greedy(model), watch())
        assert found.bound <= cheapest(joined) + 1e-6


@pytest.mark.parametrize("seed", [1, 2])
def test_adding_a_carer_never_makes_the_best_plan_worse(seed: int) -> None:
    whole = random_town(seed, needs=6, carers=4, tightness=0.5)
    objectives = []
    for count in range(5):
        kept = {c.id for c in whole.carers[:count]}
        part = Problem.from_document(whole.to_document() | {"carers": whole.to_document()["carers"][:count]})
        assert {c.id for c in part.carers} == kept
        objectives.append(solve(part, Limits(seconds=5)).objective)
    assert objectives == sorted(objectives, reverse=True)


def test_prices_far_below_the_worth_of_a_need_are_found() -> None:
    """Where leaving a need costs a million and serving it ten, the bound must still be near."""
    draw = random.Random(5)
    costs, minutes = ([[draw.randint(10, 50) for _ in range(40)] for _ in range(5)] for _ in range(2))
    problem = given_pairs(costs, minutes, room=[230] * 5)
    model = model_of(problem)
    found = improve(model, greedy(model), watch(seconds=2.0))
    objective = model.objective(found.chosen)
    assert objective < 40 * 50
    assert 0.97 * objective <= found.bound <= objective
