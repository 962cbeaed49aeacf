"""Needs that ask for two carers (an extension, docs/decisions/0051): two different ones, or nobody."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matching import (
    Assignment,
    Limits,
    Organisation,
    Problem,
    ProblemError,
    Solution,
    check,
    edit_check,
    explain,
    plan_check,
    read_solution,
    replan,
    solve,
    why,
    write_solution,
)
from matching.assign import teams
from matching.assign.model import NONE, build
from matching.candidates import candidates
from matching.ledger import Ledger
from tests.matching.brute import optimum
from tests.matching.cast import care, given_pairs, line, random_town, town, volunteer, worker

LIFT = care("lift", carers=2)
LI, ZHAO, SUN = worker("li"), worker("zhao"), worker("sun", lat=31.75)
LOAD = 8 * 66


def codes(problem: Problem, plan: dict[str, str], partners: dict[str, str] | None = None) -> list[str]:
    """Codes of the plan's faults."""
    return [fault.code for fault in plan_check(problem, plan, partners)]


def best(problem: Problem) -> Solution:
    """The plan, proven best, equal to brute force and without fault by either check."""
    plan = solve(problem, Limits(seconds=5))
    assert plan.status == "optimal"
    assert plan.objective == plan.bound == optimum(problem)
    assert check(problem, plan) == []
    assert codes(problem, plan.plan, plan.partners) == []
    return plan


def test_two_different_carers_serve_the_need_and_each_has_its_load() -> None:
    plan = best(town(needs=(LIFT,), carers=(LI, ZHAO, SUN)))
    assert [(served.need, served.carer) for served in plan.assignments] == [("lift", "li"), ("lift", "zhao")]
    assert [served.load for served in plan.assignments] == [LOAD, LOAD]
    assert (plan.plan, plan.partners) == ({"lift": "li"}, {"lift": "zhao"})
    assert plan.objective == sum(served.cost for served in plan.assignments)


def test_one_carer_or_the_same_one_twice_breaks_the_rule() -> None:
    problem = town(needs=(LIFT,), carers=(LI, ZHAO))
    assert codes(problem, {"lift": "li"}) == ["two_carers"]
    assert codes(problem, {"lift": "li"}, {"lift": "li"}) == ["two_carers"]
    assert codes(problem, {}, {"lift": "li"}) == ["two_carers"]
    assert codes(town(carers=(LI, ZHAO)), {"n1": "li"}, {"n1": "zhao"}) == ["two_carers"]


def test_the_second_carer_keeps_the_pair_rules_too() -> None:
    problem = town(needs=(LIFT,), carers=(LI, worker("far", max_km=0.5)))
    assert codes(problem, {"lift": "li"}, {"lift": "far"}) == ["distance"]
    assert codes(problem, {"lift": "li"}, {"lift": "nobody"}) == ["unknown_carer"]
    assert best(problem).unserved[0].reason == "too_far"


@pytest.mark.parametrize(
    "held",
    [
        {"carers": (LI, worker("zhao", minutes_per_4_weeks=LOAD - 1))},
        {"carers": (LI, worker("zhao", max_households=0))},
        {"organisations": (Organisation(id="sunrise", minutes_per_4_weeks=2 * 480 - 1),)},
        {"contract_lines": (line(max_visits=15),)},
    ],
)
def test_where_only_one_of_two_fits_nobody_comes(held: dict[str, Any]) -> None:
    problem = town(**({"needs": (LIFT,), "carers": (LI, ZHAO)} | held))
    plan = best(problem)
    assert plan.assignments == ()
    assert codes(problem, {"lift": "li"}, {"lift": "zhao"}) != []
    assert plan.unserved[0].reason in {"no_capacity", "budget"}


def test_exactly_enough_for_both_is_enough() -> None:
    exact = tuple(replace(carer, minutes_per_4_weeks=LOAD, max_households=1) for carer in (LI, ZHAO))
    owners = (Organisation(id="sunrise", minutes_per_4_weeks=2 * 480),)
    both = town(needs=(LIFT,), carers=exact, organisations=owners, contract_lines=(line(max_visits=16),))
    assert len(best(both).assignments) == 2


def test_a_second_carers_household_counts_once_for_all_its_needs() -> None:
    urgent = replace(LIFT, household="chen", priority="urgent")
    needs = (urgent, care("n1", household="chen"), care("n2", household="zhou"))
    small = tuple(replace(carer, max_households=1) for carer in (LI, ZHAO))
    plan = best(town(needs=needs, carers=small))
    assert len(plan.assignments) == 3
    assert [(left.need, left.reason) for left in plan.unserved] == [("n2", "no_capacity")]


def test_the_check_finds_a_team_without_its_second_and_a_third_carer() -> None:
    problem = town(needs=(LIFT,), carers=(LI, ZHAO, SUN))
    plan = best(problem)
    alone = replace(plan, assignments=plan.assignments[:1], objective=plan.assignments[0].cost, bound=None)
    assert [fault.code for fault in check(problem, replace(alone, status="feasible"))] == ["two_carers"]
    third = Assignment(need="lift", carer="sun", cost=1, km=0, load=1)
    assert [fault.code for fault in check(problem, replace(plan, assignments=(*plan.assignments, third)))] == ["twice"]
    same = replace(plan, assignments=(plan.assignments[0],) * 2)
    assert {fault.code for fault in check(problem, same)} >= {"twice", "two_carers"}


def test_a_plan_of_teams_survives_its_document_which_says_version_two(tmp_path: Any) -> None:
    plan = best(town(needs=(LIFT,), carers=(LI, ZHAO)))
    assert plan.to_document()["version"] == 2
    write_solution(plan, tmp_path / "plan.json")
    assert read_solution(tmp_path / "plan.json") == plan


def test_an_edit_keeps_the_second_carer_and_puts_the_account_back() -> None:
    problem = town(needs=(LIFT,), carers=(LI, ZHAO, SUN))
    account = Ledger(problem, {"lift": "li"}, {"lift": "zhao"})
    assert edit_check(problem, {}, "lift", "sun", ledger=account) == []
    assert [fault.code for fault in edit_check(problem, {}, "lift", "zhao", ledger=account)] == ["two_carers"]
    assert +account.load == {"li": LOAD, "zhao": LOAD}
    assert (account.carer_of, account.partner_of) == ({"lift": "li"}, {"lift": "zhao"})


def test_other_carers_are_named_beside_the_second_one_who_stays() -> None:
    problem = town(needs=(LIFT,), carers=(LI, ZHAO, SUN))
    plan = best(problem)
    listed = explain.alternatives(problem, plan.plan, "lift", partners=plan.partners)
    assert [other.carer for other in listed] == ["sun"]
    loads = explain.loads(problem, plan.plan, plan.partners)
    assert [entry.minutes for entry in loads.carers] == [LOAD, LOAD, 0]


def test_reasons_of_a_need_for_two_name_the_rule_that_leaves_fewer_than_two() -> None:
    assert best(town(needs=(LIFT,))).unserved[0].reason == "no_kind"
    one_qualified = (LI, worker("zhao", qualifications={}))
    problem = town(needs=(LIFT,), carers=one_qualified)
    assert best(problem).unserved[0].reason == "no_qualified"
    assert explain.why_unserved(problem, {}, "lift").reason == "no_qualified"


def test_given_pairs_make_teams_too() -> None:
    made = given_pairs([[5, 7], [6, 1], [9, 2]], [[10, 10]] * 3, room=[10, 20, 10])
    problem = replace(made, needs=(replace(made.needs[0], carers=2), made.needs[1]))
    plan = best(problem)
    assert plan.objective == 5 + 6 + 1
    assert plan.partners == {"job0": "agent1"}


def test_teams_of_one_organisation_draw_on_each_limit_in_one_column() -> None:
    problem = town(needs=(LIFT,), carers=(LI, ZHAO, volunteer(qualifications=LI.qualifications)))
    problem = replace(problem, needs=(replace(LIFT, kinds=("worker", "volunteer")),))
    model = build(problem, candidates(problem), whole=True)
    assert model.arcs == 3
    for row in model.resource.tolist():
        drawn = [resource for resource in row if resource != NONE]
        assert len(drawn) == len(set(drawn))
    both_paid = np.flatnonzero((model.carer == 0) & (model.slot_carer[model.second_slot] == 1))[0]
    assert sorted(model.amount[both_paid][model.amount[both_paid] > 0]) == [16, LOAD, LOAD, 960]


def test_too_many_teams_are_cut_to_the_cheapest_and_nothing_is_called_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teams, "MOST_TEAMS", 5)
    monkeypatch.setattr(teams, "CHEAPEST", 3)
    problem = town(needs=(LIFT,), carers=tuple(worker(f"w{k}", lat=31.77 - k / 1000) for k in range(5)))
    plan = solve(problem)
    assert (plan.status, plan.bound) == ("feasible", None)
    assert build(problem, candidates(problem)).arcs == 3
    assert plan.objective == optimum(problem)
    assert check(problem, plan) == []


def test_a_searched_problem_with_teams_keeps_every_limit() -> None:
    made = random_town(11, needs=120, carers=16, tightness=2.0)
    needs = tuple(replace(need, carers=2 if number % 4 == 0 else 1) for number, need in enumerate(made.needs))
    carers = tuple(replace(c, max_households=9, minutes_per_4_weeks=5000, max_km=20) for c in made.carers)
    problem = replace(made, needs=needs, carers=carers)
    plan = solve(problem, Limits(seconds=2))
    assert check(problem, plan) == []
    assert plan_check(problem, plan.plan, plan.partners) == []
    assert len(plan.partners) > 5
    assert plan.bound is not None
    assert 0 < plan.bound <= plan.objective


def test_re_planning_refuses_needs_for_two() -> None:
    problem = town(needs=(LIFT, care("n1")), carers=(LI, ZHAO, SUN))
    with pytest.raises(ProblemError, match="need lift: carers must be 1"):
        replan.replan(problem, {"n1": "li"}, [])


def test_questions_about_a_plan_of_teams_are_answered() -> None:
    problem = town(needs=(LIFT, care("n1")), carers=(LI, ZHAO, SUN))
    case = why.Case(problem, best(problem))
    answer = why.why_carer(case, "lift")
    assert (answer.carer, [choice.carer for choice in answer.choices]) == ("li", ["sun"])
    assert answer.choices[0].plan_difference == answer.choices[0].pair_difference > 0
    assert case.ledger.partner_of == {"lift": "zhao"}
    with pytest.raises(ProblemError, match="assignment of lift"):
        why.Case(problem, {"lift": "li"})
    assert why.why_carer(case, "n1").binds
    assert why.worth(case) is not None
    alone = town(needs=(LIFT,), carers=(LI, worker("zhao", max_km=0.5)))
    assert why.why_nobody(why.Case(alone, best(alone)), "lift").reason == "too_far"
