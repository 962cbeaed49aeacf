"""The one door: limits, seeds, cancelling, reasons and strange but sound problems."""

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Limits, Organisation, Problem, ProblemError, Progress, Solution, check, solve
from tests.matching.cast import LAT, LON, care, given_pairs, line, random_town, town, volunteer, worker


def reasons(problem: Problem) -> dict[str, str]:
    """Reason by unserved need."""
    solution = solve(problem, Limits(seconds=5))
    assert check(problem, solution) == []
    return {entry.need: entry.reason for entry in solution.unserved}


def same(one: Solution, other: Solution) -> bool:
    """True where two solutions differ in nothing but the seconds they took."""
    return replace(one, seconds=0) == replace(other, seconds=0)


def test_the_only_carer_gets_the_need() -> None:
    solution = solve(town())
    assert solution.plan == {"n1": "li"}
    assert (solution.status, solution.objective, solution.bound) == ("optimal", 702, 702.0)
    assert solution.engine.startswith("bangfu-matching")


def test_the_nearer_carer_is_chosen_unless_that_costs_another_need_its_place() -> None:
    near = worker("near", lat=LAT + 0.01, minutes_per_4_weeks=8 * 60)
    both = town(needs=(care("n1"),), carers=(worker("far"), near))
    assert solve(both).plan == {"n1": "near"}
    urgent = care("n2", priority="urgent")
    assert set(solve(town(needs=(care("n1"), urgent), carers=(near,))).plan) == {"n2"}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"kinds": ("volunteer",)}, "no_kind"),
        ({"qualifications": (("P",),)}, "no_qualified"),
        ({"excluded": ("li",)}, "excluded"),
        ({"lat": LAT + 1}, "too_far"),
        ({"windows": [(6, 480, 720)]}, "no_time"),
        ({"visits": 40, "windows": [(d, 480, 720) for d in range(5)] * 2}, "no_time"),
        ({"minutes": 240, "visits": 12}, "no_capacity"),
    ],
)
def test_the_first_rule_without_a_carer_is_the_reason(changed: dict[str, object], reason: str) -> None:
    assert reasons(town(needs=(care("n1", **changed),))) == {"n1": reason}


def test_households_are_capacity_and_contracts_are_budget() -> None:
    assert reasons(town(carers=(worker(max_households=0),))) == {"n1": "no_capacity"}
    assert reasons(town(contract_lines=(line(max_visits=7),))) == {"n1": "budget"}
    assert reasons(town(contract_lines=(line(max_fen=47_999),))) == {"n1": "budget"}
    assert reasons(town(organisations=(Organisation(id="sunrise", minutes_per_4_weeks=479),))) == {"n1": "budget"}


def test_a_carer_without_hours_is_capacity_even_where_money_lacks_too() -> None:
    problem = town(carers=(worker(minutes_per_4_weeks=0),), contract_lines=(line(max_fen=0),))
    assert reasons(problem) == {"n1": "no_capacity"}


def test_no_needs_no_carers_and_no_pairs_are_sound_problems() -> None:
    empty = solve(town(needs=()))
    assert (empty.objective, empty.status, empty.assignments, empty.unserved) == (0, "optimal", (), ())
    assert reasons(town(carers=(), contract_lines=(), organisations=())) == {"n1": "no_kind"}
    assert len(solve(town(pairs=())).unserved) == 1
    assert solve(town(needs=(), carers=(), pairs=())).objective == 0


def test_given_pairs_decide_alone() -> None:
    solution = solve(given_pairs([[5, 1], [2, 9]], [[10, 10], [10, 10]], room=[10, 10]))
    assert solution.plan == {"job0": "agent1", "job1": "agent0"}
    assert [a.km for a in solution.assignments] == [None, None]


def test_the_same_seed_and_iterations_give_the_same_plan() -> None:
    problem, limits = random_town(7, needs=60, carers=12, tightness=0.6), Limits(seconds=600, seed=3, iterations=1)
    assert same(solve(problem, limits), solve(problem, limits))


def test_more_iterations_never_give_a_worse_plan() -> None:
    problem = random_town(9, needs=60, carers=12, tightness=0.6)
    found = [solve(problem, Limits(seconds=600, iterations=rounds)).objective for rounds in (1, 2)]
    assert found == sorted(found, reverse=True)


def test_a_large_problem_is_searched_in_parts_of_the_map_and_repeats() -> None:
    """The gap asked for is less than the first plan's and more than that of the search over the map: no windows."""
    problem = random_town(11, needs=3000, carers=200, tightness=1.0)
    limits = Limits(seconds=600, iterations=1, gap=0.12)
    plans = [solve(problem, limits) for _ in range(2)]
    assert same(*plans)
    assert check(problem, plans[0]) == []
    assert plans[0].objective < 0.92 * solve(problem, replace(limits, gap=0.25)).objective  # the first plan alone


def test_a_short_limit_is_kept() -> None:
    problem = random_town(8, needs=1500, carers=90, tightness=0.8)
    solve(problem, Limits(seconds=0.1))  # compiles the inner loops where that was never done
    for seconds in (0.0, 2.0):
        start = time.monotonic()
        solution = solve(problem, Limits(seconds=seconds))
        assert time.monotonic() - start < seconds * 1.1 + 1.5
        assert check(problem, solution) == []


def test_cancelling_ends_the_run_with_the_best_plan_so_far() -> None:
    problem = random_town(9, needs=300, carers=30, tightness=0.7)
    heard: list[Progress] = []
    start = time.monotonic()
    solution = solve(problem, Limits(seconds=60), progress=heard.append, cancelled=lambda: len(heard) > 30)
    assert time.monotonic() - start < 20
    assert check(problem, solution) == []


def test_cancelling_is_heard_while_the_exact_solver_works() -> None:
    draw = random.Random(3)
    minutes = [[draw.randint(10, 40) for _ in range(39)] for _ in range(10)]
    costs = [[111 - m + draw.randint(-10, 10) for m in row] for row in minutes]  # the hard class of this problem
    problem = given_pairs(costs, minutes, room=[75] * 10)
    asked: list[float] = []
    start = time.monotonic()
    solution = solve(problem, Limits(seconds=60), cancelled=lambda: asked.append(time.monotonic()) or len(asked) > 5)
    assert len(asked) > 5
    assert time.monotonic() - start < 10
    assert check(problem, solution) == []


def test_progress_rises_and_ends_with_the_solution() -> None:
    heard: list[Progress] = []
    problem = random_town(10, needs=200, carers=20, tightness=0.7)
    solution = solve(problem, Limits(seconds=1.5), progress=heard.append)
    shares = [told.share for told in heard]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1], heard[-1].stage) == (0.0, 1.0, "done")
    assert (heard[-1].objective, heard[-1].bound) == (solution.objective, solution.bound)
    objectives = [told.objective for told in heard if told.objective is not None]
    assert objectives == sorted(objectives, reverse=True)


def test_a_wide_gap_asked_for_ends_early() -> None:
    problem = random_town(12, needs=250, carers=25, tightness=0.7)
    start = time.monotonic()
    solution = solve(problem, Limits(seconds=30, gap=1000.0))
    assert time.monotonic() - start < 15
    assert check(problem, solution) == []


def test_bad_limits_are_refused() -> None:
    with pytest.raises(ProblemError, match="seconds"):
        Limits(seconds=float("nan"))
    with pytest.raises(ProblemError, match="seed"):
        Limits(seed=-1)


def test_huge_money_and_endless_limits_do_not_overflow() -> None:
    most = 2**63 - 1
    problem = town(
        needs=tuple(care(f"n{i}") for i in range(60)),
        carers=tuple(worker(f"w{i}", minutes_per_4_weeks=most, max_households=most) for i in range(20)),
        organisations=(Organisation(id="sunrise", minutes_per_4_weeks=most),),
        contract_lines=(line(unit_price_fen=10**10, max_visits=most, max_fen=most),),
        weights=replace(town().weights, per_yuan=0),
    )
    solution = solve(problem, Limits(seconds=2))
    assert check(problem, solution) == []
    assert len(solution.assignments) == 60


def test_everybody_at_one_place_is_sound() -> None:
    needs = tuple(care(f"n{i}", lat=LAT, lon=LON) for i in range(100))
    owner = Organisation(id="sunrise", minutes_per_4_weeks=10**6)
    problem = town(needs=needs, carers=tuple(worker(f"w{i}") for i in range(20)), organisations=(owner,))
    solution = solve(problem, Limits(seconds=2))
    assert check(problem, solution) == []
    assert len(solution.assignments) == 20 * 4  # 2000 minutes hold four needs of 480


def test_many_needs_of_one_volunteer_are_sound() -> None:
    needs = tuple(
        care(f"n{i}", kinds=("volunteer",), qualifications=(("V",),), household=f"h{i // 3}") for i in range(20_000)
    )
    problem = town(needs=needs, carers=(volunteer(max_households=3, minutes_per_4_weeks=4000),))
    start = time.monotonic()
    solution = solve(problem, Limits(seconds=3))
    assert time.monotonic() - start < 8
    assert check(problem, solution) == []
    assert len(solution.assignments) == 7


def test_serving_that_costs_more_than_leaving_is_left() -> None:
    problem = given_pairs([[50, 5]], [[1, 1]], room=[9], unserved=20)
    assert solve(problem).plan == {"job1": "agent0"}


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_plan_to_set_out_from_is_never_made_worse(seed: int) -> None:
    problem = random_town(seed, 40, 8, 0.7)
    good = solve(problem, Limits(seconds=20, iterations=2))
    plan = {each.need: each.carer for each in good.assignments}
    again = solve(problem, Limits(seconds=0.0), start=plan)
    assert again.objective <= good.objective
    assert check(problem, again) == []


def test_a_plan_to_set_out_from_may_name_what_is_no_longer_possible() -> None:
    problem = random_town(7, 12, 4, 1.0)
    everybody = {need.id: problem.carers[0].id for need in problem.needs}
    found = solve(problem, Limits(seconds=5, iterations=1), start={**everybody, "nobody": "knows", "n1": "left"})
    assert check(problem, found) == []
