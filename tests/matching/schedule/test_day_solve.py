"""Routes of a day: right, best where everything can be tried, the same for the same seed, not broken by a lack."""

import csv
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Limits
from matching.schedule.day import DayProblem, check_day, day_of, plan_document, read_day
from matching.schedule.day.model import build
from matching.schedule.day.rings import put_in
from matching.schedule.day.search import moves_for
from matching.schedule.day.solve import solve_day
from matching.schedule.day.timing import cost_of, desk_of, tour_of
from tests.matching.schedule.day_cast import apart, best_cost, day, patient, random_day, together

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "hhcrsp"
PATIENT = Limits(seconds=600.0, seed=1)


@pytest.mark.parametrize(
    ("seed", "patients", "pairs", "caregivers"),
    [
        *((seed, 4, 1, 2) for seed in range(6)),
        *((seed, 3, 2, 3) for seed in range(6, 12)),
        (12, 5, 0, 2),
        (13, 4, 2, 2),
    ],
)
def test_a_small_day_is_routed_at_the_least_cost(seed: int, patients: int, pairs: int, caregivers: int) -> None:
    problem = day_of(random_day(Random(seed), patients, pairs, caregivers))
    plan = solve_day(problem, PATIENT, moves=20_000)
    assert check_day(problem, plan_document(plan)) == []
    assert plan.cost == pytest.approx(best_cost(problem))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31 - 1), st.integers(1, 14), st.integers(2, 5))
def test_any_day_gets_a_plan_that_keeps_every_rule(seed: int, patients: int, caregivers: int) -> None:
    problem = day_of(random_day(Random(seed), patients, patients // 2, caregivers))
    plan = solve_day(problem, PATIENT, moves=2_000)
    assert check_day(problem, plan_document(plan)) == []


def test_the_same_seed_and_moves_give_the_same_plan() -> None:
    problem = day_of(random_day(Random(5), 20, 8, 4))
    one, two = (solve_day(problem, PATIENT, moves=30_000) for _ in range(2))
    assert (one.cost, one.routes) == (two.cost, two.routes)


def test_another_seed_searches_another_way() -> None:
    problem = day_of(random_day(Random(5), 20, 8, 4))
    routes = [solve_day(problem, Limits(seconds=600.0, seed=seed), moves=300).routes for seed in (1, 2)]
    assert routes[0] != routes[1]


def test_more_seconds_mean_more_moves_but_not_without_end() -> None:
    assert moves_for(100, 10.0) < moves_for(100, 60.0) == moves_for(100, 60.0)
    assert moves_for(10, 10_000.0) == moves_for(10, 100_000.0)


def test_the_clock_ends_a_search_that_takes_too_long() -> None:
    problem = day_of(random_day(Random(5), 40, 15, 6))
    solve_day(problem, PATIENT, moves=100)  # compiled
    plan = solve_day(problem, Limits(seconds=0.5, seed=1), moves=10**9)
    assert plan.moves < 10**9
    assert plan.seconds < 20.0
    assert check_day(problem, plan_document(plan)) == []


def _tours(problem: DayProblem, routes: list[list[int]]) -> tuple[float, list[float]]:
    field, _ = build(problem)
    tour, last = tour_of(field), len(field.opens)
    for carer, route in enumerate(routes):
        behind = last + carer
        for visit in route:
            put_in(field, tour, visit, behind)
            behind = visit
    travel = float(field.way[np.arange(len(tour.after)), tour.after].sum())
    return cost_of(field, tour, desk_of(field), travel, np.inf), tour.start[:last].tolist()


def test_routes_that_wait_for_each_other_have_no_times() -> None:
    """Visits 0 and 1 are p1's, 2 and 3 p2's: c1 goes to p1 first, c2 to p2."""
    people = [patient(name, (3, 4), (0, 60), "s1", "s2", **together()) for name in ("p1", "p2")]
    problem = day_of(day(people, [["s1"], ["s2"]]))
    assert _tours(problem, [[0, 2], [3, 1]])[0] == np.inf
    assert _tours(problem, [[0, 2], [1, 3]])[1] == [5.0, 5.0, 15.0, 15.0]


def test_the_first_of_two_services_waits_for_a_second_that_cannot_come_in_time() -> None:
    """c2 is free at 70, so that c1 starts at 60 and not at 5 and goes on to p3 at 70."""
    people = [
        patient("p1", (3, 4), (0, 60), "s1", "s2", **apart(5, 10)),
        patient("p2", (3, 4), (60, 90), "s2"),
        patient("p3", (3, 4), (0, 60), "s1"),
    ]
    problem = day_of(day(people, [["s1"], ["s2"]]))
    assert _tours(problem, [[0, 3], [2, 1]])[1] == [60.0, 70.0, 60.0, 70.0]


def test_a_visit_between_two_ordered_ones_may_be_shared_by_both_caregivers() -> None:
    """c1 starts p1, both give p2, c2 ends p1: no order of the patients one by one makes these routes."""
    people = [
        patient("p1", (3, 4), (0, 60), "s1", "s2", **apart(20, 40)),
        patient("p2", (3, 4), (0, 60), "s1", "s2", **together()),
    ]
    problem = day_of(day(people, [["s1"], ["s2"]]))
    assert _tours(problem, [[0, 2], [3, 1]])[1] == [5.0, 25.0, 15.0, 15.0]


def test_a_service_that_nobody_can_give_is_named_and_the_others_are_routed() -> None:
    people = [
        patient("p1", (3, 4), (0, 60), "s3"),
        patient("p2", (3, 4), (0, 60), "s1", "s2", **together()),
        patient("p3", (6, 8), (0, 60), "s1"),
    ]
    plan = solve_day(day_of(day(people, [["s1", "s2"]])), PATIENT, moves=100)
    assert [str(lost) for lost in plan.unable] == [
        "service s3 of patient p1 cannot be given: no caregiver is able to",
        "service s2 of patient p2 cannot be given: it needs a second caregiver besides the only one",
    ]
    assert [visit.patient for route in plan.routes for visit in route.visits] == ["p3"]
    assert plan.cost == pytest.approx(20 / 3)


@pytest.mark.parametrize("able", [[], [[]], [["s1"]]])
def test_a_day_without_patients_or_caregivers_breaks_nothing(able: list[list[str]]) -> None:
    empty = solve_day(day_of(day([], able)), PATIENT)
    assert (empty.cost, empty.unable, len(empty.routes)) == (0.0, (), len(able))
    lost = solve_day(day_of(day([patient("p1", (3, 4), (0, 60), "s2")], able)), PATIENT)
    assert [(entry.patient, entry.service) for entry in lost.unable] == [("p1", "s2")]


@pytest.mark.shared
@pytest.mark.parametrize("name", ["InstanzCPLEX_HCSRP_10_5", "InstanzCPLEX_HCSRP_25_1"])
def test_a_published_day_comes_near_the_best_known_cost(name: str) -> None:
    with (DATA / "best_known.csv").open(encoding="utf-8") as rows:
        best = next(float(row["mnsa_best"]) for row in csv.DictReader(rows) if row["instance"] == name)
    problem = read_day(DATA / f"{name}.json")
    plan = solve_day(problem, Limits(seconds=60.0, seed=1), moves=1_500_000)
    assert check_day(problem, plan_document(plan)) == []
    assert plan.cost <= 1.05 * best
