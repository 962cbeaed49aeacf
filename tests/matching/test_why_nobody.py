"""Why nobody: the chain of rules, and the cheapest changes, each of which makes a sound plan of the relaxed problem."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from matching import Limits, Organisation, Problem, ProblemError, SharedLimit, plan_check, solve
from matching.assign.nearby import NearEffort
from matching.why.case import Case
from matching.why.easing import Easing, EasingCosts, Step
from matching.why.nobody import Verified, WhyNobody, why_nobodies, why_nobody
from matching.why.relax import relaxed
from tests.matching.cast import LAT, care, line, random_town, town, volunteer, worker
from tests.matching.odd_problems import odd_problem


def why(problem: Problem, plan: dict[str, str] | None = None, need: str = "n1") -> WhyNobody:
    """Why nobody serves n1."""
    return why_nobody(Case(problem, plan or {}), need)


def only_step(found: WhyNobody) -> Step:
    """The cheapest easing's one step, which must be verified."""
    assert found.easings[0].verified
    assert found.easings[0].served_by is not None
    (step,) = found.easings[0].easing.steps
    return step


def applied(problem: Problem, plan: dict[str, str], proof: Verified) -> dict[str, str]:
    """The plan with an easing's moves, as a plan of the relaxed problem."""
    changed = dict(plan)
    for move in proof.moves:
        assert changed.pop(move.need, None) == move.before
        if move.after is not None:
            changed[move.need] = move.after
    assert proof.served_by is not None
    return changed | {proof.easing.need: proof.served_by}


@pytest.mark.parametrize("seed", range(6))
def test_every_easing_holds_when_the_relaxed_problem_is_judged_and_solved_by_others(seed: int) -> None:
    problem = random_town(seed, needs=14, carers=4, tightness=[0.3, 0.6][seed % 2])
    solution = solve(problem, Limits(seconds=5))
    case = Case(problem, solution)
    for found in why_nobodies(case, [left.need for left in solution.unserved]):
        costs = [proof.easing.cost for proof in found.easings if proof.easing.sized and len(proof.easing.steps) == 1]
        assert costs == sorted(costs)
        for proof in found.easings:
            easier = relaxed(problem, proof.easing)
            plan = applied(problem, solution.plan, proof)
            assert plan_check(easier, plan) == []
            assert len(plan) - len(solution.plan) == proof.served
            weighs = problem.unserved_cost(problem.need_of[found.need])
            assert all(problem.unserved_cost(problem.need_of[need]) < weighs for need in proof.lost)
            assert solve(easier, Limits(seconds=5)).objective <= solution.objective + proof.plan_difference
            assert Easing.from_document(json.loads(json.dumps(proof.easing.to_document()))) == proof.easing


def test_kilometres_are_rounded_up_to_a_tenth_and_name_the_carer() -> None:
    found = why(town(carers=(worker("li", max_km=0.5), worker("zhao", max_km=1.0))))
    assert only_step(found) == Step(code="distance", carer="zhao", has=1.0, to=1.2)
    assert found.easings[0].easing.cost == 2.0
    assert found.carers_left == {"kind": 2, "qualification": 2, "exclusion": 2, "distance": 0, "time": 0}
    assert (found.carers, found.reason, found.rearranged) == (2, "too_far", None)


def test_hours_of_a_full_carer_are_whole_and_as_few_as_do() -> None:
    two = (care("n1"), care("n2"))
    found = why(town(needs=two, carers=(worker(minutes_per_4_weeks=900),)), {"n2": "li"})
    assert only_step(found) == Step(code="capacity", carer="li", has=900, to=1080)


def test_an_hour_is_enough_where_another_can_take_over() -> None:
    """n1 lacks five hours at li; but zhao, with one hour more, takes the smaller n2 from li."""
    needs = (care("n1"), care("n2", visits=4))
    carers = (
        worker("li", minutes_per_4_weeks=530),
        worker("zhao", lat=LAT + 0.0001, minutes_per_4_weeks=250, max_km=9),
    )
    found = why(town(needs=needs, carers=carers), {"n2": "li"})
    assert only_step(found) == Step(code="capacity", carer="zhao", has=250, to=310)
    assert found.easings[0].served_by == "li"
    assert [(move.need, move.before, move.after) for move in found.easings[0].moves] == [("n2", "li", "zhao")]


def test_one_more_household_a_weekday_and_a_line_are_named() -> None:
    two = (care("n1"), care("n2"))
    full = why(town(needs=two, carers=(worker(max_households=1),)), {"n2": "li"})
    assert only_step(full) == Step(code="households", carer="li", has=1, to=2)
    monday = why(town(needs=(care(windows=[(0, 480, 720)]),)))
    step = only_step(monday)
    assert (step.code, step.has, step.to, step.windows) == ("need_weekday", 1, 2, ((1, 480, 1080),))
    assert [proof.easing.steps[0].code for proof in monday.easings] == ["need_weekday"]
    spent = why(town(contract_lines=(line(max_fen=40_000),)))
    assert only_step(spent) == Step(
        code="line_fen", organisation="sunrise", service="daily_care", has=40_000, to=48_000
    )
    visits = why(town(contract_lines=(line(max_visits=5),)))
    assert only_step(visits).to == 8


def test_a_weekday_of_the_carer_is_named_where_the_need_has_time_and_the_carer_none() -> None:
    found = why(town(carers=(worker(windows=[(0, 480, 1080)]),)))
    step = only_step(found)
    assert (step.code, step.carer, step.windows) == ("carer_weekday", "li", ((1, 480, 720),))
    assert why(relaxed(town(carers=(worker(windows=[(0, 480, 1080)]),)), [step])).rearranged is not None


def test_hours_of_the_organisation_and_shared_limits_are_named() -> None:
    short = why(town(organisations=(Organisation(id="sunrise", minutes_per_4_weeks=400),)))
    assert only_step(short) == Step(code="organisation", organisation="sunrise", has=400, to=520)
    quota = SharedLimit(id="quota", lines=(("sunrise", "daily_care"),), max_visits=5, max_fen=100_000)
    found = why(town(limits=(quota,)))
    assert only_step(found) == Step(code="limit_visits", limit="quota", has=5, to=8)
    assert relaxed(town(limits=(quota,)), found.easings[0].easing).limits[0].max_visits == 8


def test_two_limits_at_once_are_raised_together_where_neither_is_enough() -> None:
    problem = town(
        carers=(worker(max_households=0, minutes_per_4_weeks=500),),
        organisations=(Organisation(id="sunrise", minutes_per_4_weeks=500),),
    )
    found = why(problem)
    steps = found.easings[0].easing.steps
    assert [(step.code, step.to) for step in steps] == [("capacity", 560), ("households", 1)]
    assert {easing.steps[0].code for easing in found.unverified} == {"capacity", "households"}
    assert found.easings[0].easing.cost == EasingCosts().of(steps) == 60.0


def test_two_pair_rules_that_a_carer_breaks_are_eased_together() -> None:
    problem = town(carers=(worker(max_km=1.0, windows=[(0, 480, 1080)]),))
    found = why(problem)
    assert [step.code for step in found.easings[0].easing.steps] == ["distance", "carer_weekday"]
    assert plan_check(relaxed(problem, found.easings[0].easing), {"n1": "li"}) == []


@pytest.mark.parametrize("seed", range(0, 60, 2))
def test_odd_problems_have_answers_that_hold(seed: int) -> None:
    problem = odd_problem(seed)
    solution = solve(problem, Limits(seconds=5))
    case = Case(problem, solution)
    for left in solution.unserved:
        found = why_nobody(case, left.need)
        assert found.rearranged is None or solution.status != "optimal"
        assert found.reason == left.reason
        for proof in found.easings:
            easier = relaxed(problem, proof.easing)
            assert plan_check(easier, applied(problem, solution.plan, proof)) == []


def test_visits_and_money_of_one_line_are_one_change() -> None:
    found = why(town(contract_lines=(line(max_visits=5, max_fen=30_000),)))
    assert [step.code for step in found.easings[0].easing.steps] == ["line_visits", "line_fen"]
    assert found.unverified == ()


def test_changes_without_a_size_come_last_and_are_verified_too() -> None:
    carers = (worker("li", max_km=0.5), worker("zhao", qualifications={"C5": date(2027, 1, 1), "H": date(2025, 1, 1)}))
    found = why(town(carers=carers))
    assert [proof.easing.steps[0].code for proof in found.easings] == ["distance", "qualification"]
    assert found.easings[1].easing.steps[0].codes == ("H",)
    assert only_step(why(town(needs=(care(gender_required="m"),)))).code == "gender"
    missing = why(town(contract_lines=(line(service="visit_check"),)))
    assert only_step(missing) == Step(code="line", organisation="sunrise", service="daily_care", has=0, to=8, price=0)


def test_costs_decide_the_order() -> None:
    carers = (worker("li", max_km=0.5), worker("zhao", minutes_per_4_weeks=500))
    case = Case(town(carers=carers), {})
    assert why_nobody(case, "n1").easings[0].easing.steps[0].code == "distance"
    dear = why_nobody(case, "n1", costs=EasingCosts(km=1000.0))
    assert dear.easings[0].easing.steps[0].code == "capacity"


def test_what_nobody_may_ease_stays_without_easing() -> None:
    assert why(town(needs=(care(excluded=("li",)),))).easings == ()
    assert why(town(carers=(volunteer(qualifications=worker().qualifications),))).easings == ()


def test_a_plan_that_could_serve_the_need_anyhow_says_so() -> None:
    problem = town(
        needs=(care("n1"), care("n2")), carers=(worker("li", max_households=1), worker("zhao", max_households=1))
    )
    found = why(problem, {"n2": "zhao"})
    assert found.rearranged is not None
    assert found.rearranged.served_by == "li"
    with pytest.raises(ProblemError, match="is served"):
        why(problem, {"n1": "li"})


def test_the_same_question_has_the_same_answer() -> None:
    problem = random_town(3, needs=40, carers=6, tightness=0.4)
    solution = solve(problem, Limits(seconds=1))
    asked = [left.need for left in solution.unserved[:2]]
    assert why_nobodies(Case(problem, solution), asked) == why_nobodies(Case(problem, solution), asked)


def test_without_prices_answers_hold_too() -> None:
    problem = random_town(3, needs=60, carers=8, tightness=0.4)
    solution = solve(problem, Limits(seconds=1))
    case = Case(problem, solution, priced=False, effort=NearEffort(arcs=60))
    found = why_nobody(case, solution.unserved[0].need)
    assert found.easings
    for proof in found.easings:
        assert plan_check(relaxed(problem, proof.easing), applied(problem, solution.plan, proof)) == []
    assert "prices" not in vars(case)


@pytest.mark.parametrize(
    "document",
    [
        None,
        {"need": "n1", "carer": "li", "steps": [{"code": "magic"}]},
        {"need": "n1", "carer": "li", "steps": [{"code": "capacity", "carer": "li", "to": -5}]},
        {"need": "n1", "carer": "li", "steps": [{"code": "capacity", "carer": "li", "to": float("nan")}]},
        {"need": "n1", "carer": "li", "steps": [{"carer": "li"}]},
        {"need": "n1", "carer": "li", "steps": [{"code": "capacity", "shell": "rm"}]},
        {"need": 5, "carer": "li", "steps": []},
    ],
)
def test_a_form_from_anybody_is_refused_by_name(document: object) -> None:
    with pytest.raises(ProblemError, match="easing"):
        Easing.from_document(document)


def test_strangers_in_an_easing_are_refused_and_a_higher_limit_stays() -> None:
    with pytest.raises(ProblemError, match="carer wu"):
        relaxed(town(), [Step(code="capacity", carer="wu", has=1, to=2)])
    same = town()
    assert relaxed(same, [Step(code="capacity", carer="li", has=1, to=2)]) == same
    assert replace(same, carers=()) != same
