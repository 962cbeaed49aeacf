"""A sample of what `make fuzz` runs by the thousand, and the judges themselves."""

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Assignment, Limits, Problem, SharedLimit, check, read_problem, solve
from tests.matching import fuzz
from tests.matching.brute import Enumeration, optimum
from tests.matching.cast import care, given_pairs, line, town, worker
from tests.matching.judging import faults_of, of_checks, shared_checker
from tests.matching.milp import highs_optimum
from tests.matching.odd_problems import extended_problem, middling_extended, middling_problem, odd_problem

SAMPLE = 150
FRESH = 20_000  # make fuzz begins at 0: the suite's problems are others


@pytest.fixture(scope="module")
def checker() -> ModuleType | None:
    """The shared checker where it is there."""
    return shared_checker()


@pytest.mark.parametrize("part", range(5))
def test_a_sample_of_odd_problems_shows_no_fault(part: int, checker: ModuleType | None) -> None:
    seeds = range(FRESH + part, FRESH + SAMPLE, 5)
    assert {seed: faults for seed in seeds if (faults := fuzz.judged(seed, checker))} == {}


@pytest.mark.shared
def test_the_shared_checker_judges_too(checker: ModuleType | None) -> None:
    problem = middling_problem(3)
    solution = solve(problem, Limits(seconds=1))
    assert checker
    assert list(of_checks(problem, solution, checker)) == []
    spoiled = replace(solution, objective=solution.objective - 100)
    assert any(fault.startswith("shared check") for fault in of_checks(problem, spoiled, checker))


def test_the_sample_has_problems_of_every_kind() -> None:
    problems = [odd_problem(seed) for seed in range(FRESH, FRESH + SAMPLE)]
    found = [Enumeration(problem) for problem in problems]
    free = [each.ahead[0] for each in found]
    for each in found:
        each.walk(0, 0)
    assert sum(each.best > least for each, least in zip(found, free, strict=True)) > SAMPLE // 2
    assert sum(problem.given_pairs for problem in problems) > 20
    assert sum(bool(problem.limits) and not problem.given_pairs for problem in problems) > 20
    assert any(not problem.carers for problem in problems)
    assert any(not problem.needs for problem in problems)


def test_the_sample_has_every_extension() -> None:
    problems = [fuzz.problem_of(seed) for seed in range(FRESH, FRESH + SAMPLE)]
    extended = [problem for problem in problems if problem.version == 2]
    assert len(extended) > SAMPLE // 4
    assert sum(bool(solve(problem, Limits(seconds=5)).partners) for problem in extended) > 5
    assert any(problem.weights.even_load and problem.organisation_share for problem in extended)
    assert any(need.experienced_only for problem in extended for need in problem.needs)
    assert extended_problem(FRESH) == extended_problem(FRESH)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9), st.data())
def test_one_more_carer_never_makes_the_best_plan_worse(seed: int, data: st.DataObject) -> None:
    whole = odd_problem(seed)
    if not whole.carers:
        return
    gone = data.draw(st.sampled_from(whole.carers))
    pairs = None if whole.pairs is None else tuple(pair for pair in whole.pairs if pair.carer != gone.id)
    fewer = replace(whole, carers=tuple(c for c in whole.carers if c is not gone), pairs=pairs)
    with_all, without = solve(whole, Limits(seconds=10)), solve(fewer, Limits(seconds=10))
    assert with_all.status == without.status == "optimal"
    assert with_all.objective <= without.objective


@pytest.mark.parametrize("seed", range(5))
def test_both_true_optima_agree(seed: int) -> None:
    problem = middling_problem(seed)
    part = replace(problem, needs=problem.needs[:9], limits=problem.limits[:1])
    assert optimum(part) == highs_optimum(part)
    together = replace(middling_extended(seed), needs=middling_extended(seed).needs[:7], limits=())
    assert optimum(together) == highs_optimum(together)


def test_the_enumeration_knows_plans_worked_out_by_hand() -> None:
    one_home = tuple(care(f"n{number}", household="h") for number in range(3))
    alone = 60 * 8 + 8 * 6  # minutes of one need: eight visits of an hour, 6 minutes on the way
    full = worker(minutes_per_4_weeks=2 * alone, max_households=1)
    served = 80_000  # a need of priority key costs 40,000 when nobody serves it
    cost = optimum(town(needs=one_home[:1], carers=(full,)))
    assert 700 < cost < 900  # 1.1 km twice a week at 100 a km, and 480 yuan
    assert optimum(town(needs=one_home, carers=(full,))) == 2 * cost + served // 2
    assert optimum(town(needs=(*one_home[:1], care("far", household="g")), carers=(full,))) == cost + served // 2
    assert optimum(town(needs=one_home[:1], carers=(full,), contract_lines=(line(max_visits=7),))) == served // 2
    shared = SharedLimit(id="x", lines=(("sunrise", "daily_care"),), needs=("n0",), max_visits=7)
    assert optimum(town(needs=one_home[:2], carers=(full,), limits=(shared,))) == cost + served // 2
    assert optimum(given_pairs([[3, 9], [4, 5]], [[10, 10], [12, 12]], [10, 12])) == 8


def test_a_fault_ends_the_run_with_its_problem_in_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert fuzz.run(range(3, 6), tmp_path / "fault.json", lambda seed: ["wrong"] if seed == 4 else []) == 1
    assert "seed 4" in capsys.readouterr().out
    assert read_problem(tmp_path / "fault.json") == fuzz.problem_of(4)
    assert fuzz.run(range(3, 6), tmp_path / "none.json", lambda _: []) == 0
    assert "3 problems without a fault" in capsys.readouterr().out
    assert not (tmp_path / "none.json").exists()


def test_a_false_plan_is_found_by_the_judges(checker: ModuleType | None) -> None:
    problem = town(carers=(worker(), worker("zhao", max_km=0.5)))
    solution = solve(problem)
    said = solution.assignments[0]
    far = replace(
        solution, assignments=(Assignment(need="n1", carer="zhao", cost=said.cost, km=said.km, load=said.load),)
    )
    assert faults_of(problem, checker) == []
    assert check(problem, far)
    assert any("distance" in fault for fault in of_checks(problem, far, None))


def test_a_crash_is_a_fault_too() -> None:
    assert "Error" in fuzz.caught(lambda: faults_of(Problem(as_of=None, detour=1, weights=None), None))[0]  # type: ignore[arg-type]
