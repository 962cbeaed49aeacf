"""Even load among carers of a kind (an extension, docs/decisions/0051): full carers cost more than proportionally."""

import time
from dataclasses import replace

import pytest

from matching import Limits, Problem, check, solve
from matching.assign.exact import Effort, solve_whole
from matching.assign.greedy import greedy
from matching.assign.improve import improve
from matching.assign.model import Model, build
from matching.assign.repair import refill
from matching.candidates import candidates
from matching.limits import Watch
from matching.rules import even_load
from tests.matching.brute import optimum
from tests.matching.cast import WEIGHTS, care, given_pairs, random_town, town, volunteer, worker

FOUR = tuple(care(f"n{number}") for number in range(4))
NEAR, FAR = worker("near"), worker("far", lat=31.76)
LOAD = 8 * 66  # minutes of one need for the near carer


def even(weight: int, **changed: object) -> Problem:
    """Four needs, a near worker with time for three of them and one a little further away."""
    weights = replace(WEIGHTS, even_load={"worker": weight})
    return town(needs=FOUR, carers=(NEAR, FAR), weights=weights, **changed)


def model_of(problem: Problem) -> Model:
    """The assignment problem behind a problem."""
    return build(problem, candidates(problem))


def test_the_term_is_the_weight_of_a_full_carer_and_a_quarter_of_it_for_a_half_full_one() -> None:
    assert [even_load.cost(1000, used, 400) for used in (0, 200, 400, 399)] == [0, 250, 1000, 995]
    assert even_load.cost(1000, 0, 0) == 0


@pytest.mark.parametrize(("weight", "loads"), [(0, [1, 3]), (100_000, [2, 2])])
def test_needs_spread_over_the_carers_where_even_load_is_dear(weight: int, loads: list[int]) -> None:
    problem = even(weight)
    plan = solve(problem)
    assert sorted(list(plan.plan.values()).count(name) for name in ("near", "far")) == loads
    assert plan.status == "optimal"
    assert plan.objective == optimum(problem)
    assert check(problem, plan) == []


def test_the_objective_counts_every_carer_exactly() -> None:
    problem = even(7777)
    plan = solve(problem)
    used = dict.fromkeys(("near", "far"), 0)
    for served in plan.assignments:
        used[served.carer] += served.load
    assert plan.objective == sum(served.cost for served in plan.assignments) + sum(
        7777 * minutes**2 // 2000**2 for minutes in used.values()
    )


def test_a_plan_that_leaves_the_term_out_is_found() -> None:
    plan = solve(even(0))
    assert [fault.code for fault in check(even(50_000), plan)] == ["objective", "status"]


def test_carers_of_another_kind_do_not_count() -> None:
    weights = replace(WEIGHTS, even_load={"volunteer": 10_000})
    problem = town(needs=FOUR, carers=(NEAR, FAR, volunteer()), weights=weights)
    assert solve(problem).objective == solve(even(0)).objective


def test_minutes_are_counted_even_where_they_cannot_run_out() -> None:
    ample = tuple(replace(carer, minutes_per_4_weeks=40_000) for carer in (NEAR, FAR))
    problem = town(needs=FOUR, carers=ample, weights=replace(WEIGHTS, even_load={"worker": 10**6}))
    model = model_of(problem)
    assert (model.resource[:, 0] >= 0).all()
    assert solve(problem).objective == optimum(problem)


def test_numbers_beyond_64_bits_are_never_called_proven() -> None:
    made = given_pairs([[10, 20, 30], [20, 10, 30]], [[10**11] * 3] * 2, room=[2**38] * 2)
    problem = replace(made, weights=replace(made.weights, even_load={"worker": 10**5}))
    model = model_of(problem)
    outcome = solve_whole(model, greedy(model), Effort(1.0, 10.0, 1))
    assert not outcome.proven
    assert outcome.bound <= optimum(problem) <= model.objective(outcome.chosen)
    assert check(problem, solve(problem, Limits(seconds=0.5))) == []


@pytest.mark.parametrize("seed", range(4))
def test_the_lagrangian_bound_stays_below_the_optimum(seed: int) -> None:
    made = random_town(seed, needs=6, carers=4, tightness=0.6)
    problem = replace(made, weights=replace(made.weights, even_load={"worker": 5000, "volunteer": 300}))
    model, watch = model_of(problem), Watch(Limits(seconds=0.3), time.monotonic, None, None)
    found = improve(model, greedy(model), watch)
    assert found.bound <= optimum(problem) + 1e-6
    assert model.objective(found.chosen) >= optimum(problem)


def test_a_first_plan_leaves_what_even_load_makes_too_dear_to_serve() -> None:
    dear = even(10**7)
    model = model_of(dear)
    assert (greedy(model) == -1).all()
    assert model.objective(refill(model, greedy(model))) == optimum(dear) == 4 * 40_000
    spread = model_of(even(100_000))
    assert sorted(spread.carer[greedy(spread)].tolist()) == [0, 0, 1, 1]


@pytest.mark.parametrize("seed", range(6))
def test_the_search_alone_finds_even_plans_of_small_towns(seed: int) -> None:
    made = random_town(seed + 50, needs=7, carers=4, tightness=1.5)
    problem = replace(made, weights=replace(made.weights, even_load={"worker": 40_000, "volunteer": 9_000}))
    model, watch = model_of(problem), Watch(Limits(seconds=0.5), time.monotonic, None, None)
    assert model.objective(improve(model, greedy(model), watch).chosen) <= 1.02 * optimum(problem)
