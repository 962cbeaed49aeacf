"""One organisation's share of all demanded service minutes (an extension, docs/decisions/0051)."""

from typing import Any

from matching import Organisation, Problem, check, edit_check, explain, plan_check, solve
from tests.matching.brute import optimum
from tests.matching.cast import care, given_pairs, line, town, volunteer, worker

NEEDS = (care("n1"), care("n2"), care("n3"), care("n4", kinds=("worker", "volunteer"), minutes=120))
LINES = (line(), line(organisation="harbour"))
OWNERS = tuple(Organisation(id=name, minutes_per_4_weeks=20_000) for name in ("sunrise", "harbour"))


def shared(share: int | None, **changed: Any) -> Problem:
    """2,400 minutes that workers may give; two organisations with a worker each, ample in every other way."""
    carers = (worker("li"), worker("zhao", organisation="harbour", lat=31.74), volunteer())
    given = {"needs": NEEDS, "carers": carers, "contract_lines": LINES, "organisations": OWNERS} | changed
    return town(organisation_share=share, **given)


def codes(problem: Problem, plan: dict[str, str]) -> list[str]:
    """Codes of the plan's faults."""
    return [fault.code for fault in plan_check(problem, plan)]


def test_an_organisation_may_give_exactly_its_share() -> None:
    assert codes(shared(40), {"n1": "li", "n2": "li"}) == []


def test_an_organisation_may_not_give_more_than_its_share() -> None:
    problem, plan = shared(39), {"n1": "li", "n2": "li"}
    (fault,) = plan_check(problem, plan)
    assert (fault.code, fault.organisation, fault.said, fault.actual) == ("organisation_share", "sunrise", 936, 960)
    assert [fault.code for fault in edit_check(problem, {"n1": "li"}, "n2", "li")] == ["organisation_share"]


def test_only_what_workers_may_give_counts_as_demanded() -> None:
    visit = care("n5", kinds=("volunteer",), minutes=10_000)
    assert codes(shared(39, needs=(*NEEDS, visit)), {"n1": "li", "n2": "li"}) == ["organisation_share"]


def test_the_plan_spreads_over_organisations_and_the_rest_waits_for_budget() -> None:
    for share in (100, 40, 39, 20, 1):
        problem = shared(share)
        plan = solve(problem)
        assert plan.objective == optimum(problem)
        assert check(problem, plan) == []
        assert codes(problem, plan.plan) == []
    assert {left.reason for left in plan.unserved} == {"budget"}
    assert explain.why_unserved(problem, plan.plan, "n1").reason == "budget"


def test_the_check_finds_a_plan_that_gives_one_organisation_too_much() -> None:
    plan = solve(shared(100))
    assert {fault.code for fault in check(shared(20), plan)} == {"organisation_share"}


def test_given_pairs_know_no_organisations() -> None:
    problem = given_pairs([[1]], [[1]], room=[1])
    capped = town(needs=problem.needs, carers=problem.carers, pairs=problem.pairs, organisation_share=1)
    assert solve(capped).unserved == ()
