"""The independent checker: silent on sound solutions, precise on spoiled ones."""

from dataclasses import replace
from typing import Any

import pytest

from matching import Assignment, Limits, Solution, UnservedNeed, check, solve
from tests.matching.cast import care, given_pairs, line, random_town, town, worker

PROBLEM = town(needs=(care("n1"), care("n2", kinds=("volunteer",))))


@pytest.fixture(scope="module")
def solution() -> Solution:
    """n1 is served by Li, n2 by nobody: no volunteer is there."""
    return solve(PROBLEM, Limits(seconds=1))


def codes(solution: Solution, **changed: Any) -> list[str]:
    """Codes of the faults of a changed solution."""
    return [fault.code for fault in check(PROBLEM, replace(solution, **changed))]


def test_a_sound_solution_has_no_fault(solution: Solution) -> None:
    assert solution.plan == {"n1": "li"}
    assert codes(solution) == []


@pytest.mark.parametrize(("field", "value"), [("cost", 9000), ("load", 1), ("km", 7.0), ("km", None)])
def test_false_numbers_of_an_assignment_are_named(solution: Solution, field: str, value: object) -> None:
    spoiled = replace(solution.assignments[0], **{field: value})
    assert codes(solution, assignments=[spoiled]) == [field]


def test_false_totals_are_named(solution: Solution) -> None:
    assert codes(solution, objective=solution.objective + 3) == ["objective"]
    assert codes(solution, bound=solution.objective + 2.0) == ["bound"]
    assert codes(solution, bound=solution.objective - 2.0) == ["status"]


def test_a_need_must_stand_in_exactly_one_list(solution: Solution) -> None:
    assert "missing" in codes(solution, unserved=[])
    assert codes(solution, unserved=[*solution.unserved, UnservedNeed(need="n1", reason="too_far")]) == ["twice"]
    assert codes(solution, unserved=[*solution.unserved, UnservedNeed(need="n9", reason="too_far")]) == ["unknown_need"]


def test_a_false_reason_is_named(solution: Solution) -> None:
    (fault,) = check(PROBLEM, replace(solution, unserved=[UnservedNeed(need="n2", reason="budget")]))
    assert (fault.code, fault.said, fault.actual) == ("reason", "budget", "no_kind")


def test_unknown_carers_and_broken_rules_are_named(solution: Solution) -> None:
    ghost = replace(solution.assignments[0], carer="ghost")
    assert "unknown_carer" in codes(solution, assignments=[ghost])
    far = town(carers=(worker(max_km=1.0),))
    plan = solve(town(), Limits(seconds=1))
    assert [fault.code for fault in check(far, plan)] == ["distance"]


def test_limits_of_the_plan_are_judged() -> None:
    plan = solve(town(), Limits(seconds=1))
    assert [f.code for f in check(town(carers=(worker(minutes_per_4_weeks=10),)), plan)] == ["capacity"]
    assert [f.code for f in check(town(carers=(worker(max_households=0),)), plan)] == ["households"]
    assert [f.code for f in check(town(contract_lines=(line(max_visits=7, max_fen=1),)), plan)] == [
        "line_visits",
        "line_fen",
    ]
    owner = replace(town().organisations[0], minutes_per_4_weeks=479)
    assert [f.code for f in check(town(organisations=(owner,)), plan)] == ["organisation"]


def test_a_pair_that_was_not_given_is_a_fault() -> None:
    problem = given_pairs([[5]], [[60]], room=[100])
    plan = solve(problem, Limits(seconds=1))
    assert check(problem, plan) == []
    assert [f.code for f in check(replace(problem, pairs=()), plan)][:1] == ["pair"]


def test_the_checker_and_the_rules_agree_on_arbitrary_plans() -> None:
    from matching import pair_check, plan_check

    for seed in range(30):
        problem = random_town(seed, needs=10, carers=4, tightness=0.5)
        plan = {n.id: problem.carers[(seed + at) % 4].id for at, n in enumerate(problem.needs)}
        pairs = [pair_check(problem, n, c) for n, c in plan.items()]
        payable = [p for p in pairs if "kind" not in p.broken]
        said = tuple(Assignment(need=p.need, carer=p.carer, cost=p.cost, km=p.km, load=p.load) for p in payable)
        left = tuple(UnservedNeed(need=p.need, reason="budget") for p in pairs if "kind" in p.broken)
        made = Solution(
            objective=0,
            bound=None,
            status="feasible",
            seconds=0,
            seed=0,
            engine="hand",
            assignments=said,
            unserved=left,
        )
        ours = {f.code for f in plan_check(problem, {p.need: p.carer for p in payable})}
        theirs = {f.code for f in check(problem, made)} - {"objective", "reason"}
        assert ours == theirs
