"""Newcomers and experienced carers at one need (an extension, docs/decisions/0051; PRODUCT.md, Volunteer 9)."""

from dataclasses import replace
from typing import Any

import pytest

from matching import Carer, Problem, Solution, check, explain, pair_check, plan_check, solve
from matching.candidates import candidates
from tests.matching.brute import optimum
from tests.matching.cast import WEIGHTS, care, town, volunteer

VISIT = care("visit", kinds=("volunteer",), qualifications=(("V",),), carers=2)
OLD, ELDER, NEW, FRESH = (
    volunteer("old"),
    volunteer("elder", experience_months=6),
    volunteer("xin", lat=31.74, experience_months=5),
    volunteer("fresh", lat=31.74, experience_months=0),
)


def visited(*carers: Carer, rotation: int = 0, **changed: Any) -> Problem:
    """A visit by two volunteers."""
    given = {"needs": (VISIT,), "weights": replace(WEIGHTS, rotation=rotation)} | changed
    return town(carers=carers, **given)


def best(problem: Problem) -> Solution:
    """The plan, equal to brute force and without fault by either check."""
    plan = solve(problem)
    assert (plan.status, plan.objective) == ("optimal", optimum(problem))
    assert check(problem, plan) == []
    assert plan_check(problem, plan.plan, plan.partners) == []
    return plan


def codes(problem: Problem, one: str, other: str) -> list[str]:
    """Codes of the faults of a team."""
    return [fault.code for fault in plan_check(problem, {"visit": one}, {"visit": other})]


def test_a_newcomer_may_serve_beside_an_experienced_carer() -> None:
    assert codes(visited(OLD, NEW), "old", "xin") == []
    assert len(best(visited(OLD, NEW)).assignments) == 2


def test_two_newcomers_may_not_serve_alone() -> None:
    problem = visited(NEW, FRESH)
    assert codes(problem, "xin", "fresh") == ["experience"]
    assert [left.reason for left in best(problem).unserved] == ["no_qualified"]
    assert explain.why_unserved(problem, {}, "visit").reason == "no_qualified"


def test_the_problem_says_how_long_somebody_is_a_newcomer() -> None:
    assert codes(visited(NEW, FRESH, newcomer_months=5), "xin", "fresh") == []
    assert codes(visited(ELDER, NEW, newcomer_months=7), "elder", "xin") == ["experience"]


def test_the_check_finds_newcomers_alone() -> None:
    plan = best(visited(OLD, NEW))
    told = [fault.code for fault in check(visited(replace(OLD, experience_months=1), NEW), plan)]
    assert told == ["experience"]


@pytest.mark.parametrize(("rotation", "learning"), [(0, False), (100, False), (100_000, True)])
def test_a_newcomer_learns_where_that_is_worth_the_longer_way(rotation: int, learning: bool) -> None:
    weights = replace(WEIGHTS, rotation=rotation, unserved=dict.fromkeys(WEIGHTS.unserved, 10**6))
    plan = best(visited(OLD, ELDER, NEW, weights=weights))
    assert ("xin" in plan.partners.values() or "xin" in plan.plan.values()) is learning
    assert plan.objective - sum(served.cost for served in plan.assignments) == (0 if learning else rotation)


def test_where_no_newcomer_may_serve_nothing_is_missed() -> None:
    plan = best(visited(OLD, ELDER, replace(NEW, max_km=0.1), rotation=900))
    assert plan.objective == sum(served.cost for served in plan.assignments)


def test_a_plan_that_leaves_the_term_out_is_found() -> None:
    plan = best(visited(OLD, ELDER, NEW))
    assert "objective" in [fault.code for fault in check(visited(OLD, ELDER, NEW, rotation=100), plan)]


def test_a_need_for_experienced_carers_takes_no_newcomer() -> None:
    alone = replace(VISIT, carers=1, experienced_only=True)
    problem = visited(NEW, needs=(alone,))
    assert pair_check(problem, "visit", "xin").broken == ("experience",)
    assert candidates(problem).reasons == {0: "no_qualified"}
    assert best(problem).unserved[0].reason == "no_qualified"
    assert explain.why_unserved(problem, {}, "visit").carers_left["experience"] == 0


def test_a_need_for_experienced_carers_takes_them() -> None:
    alone = replace(VISIT, carers=1, experienced_only=True)
    for carer in (OLD, ELDER):
        problem = visited(carer, needs=(alone,))
        assert pair_check(problem, "visit", carer.id).broken == ()
        assert len(best(problem).assignments) == 1


def test_needs_that_do_not_ask_are_judged_by_the_old_rules_alone() -> None:
    findings = pair_check(visited(NEW, needs=(replace(VISIT, carers=1),)), "visit", "xin").findings
    assert [finding.rule for finding in findings] == ["kind", "qualification", "exclusion", "distance", "time"]
