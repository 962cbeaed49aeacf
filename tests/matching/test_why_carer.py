"""Why this carer: differences for the whole plan against brute force, who would move, which limit binds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Limits, Organisation, Pair, Problem, ProblemError, SharedLimit, pair_check, plan_check, solve
from matching.ledger import Ledger
from matching.plan_check import limit_faults
from matching.why.carer import why_carer, why_carers
from matching.why.case import Case
from tests.matching.cast import LAT, care, given_pairs, line, random_town, town, worker

LI, ZHAO = worker("li"), worker("zhao", lat=LAT - 0.01)


def cheapest_with(problem: Problem, need_id: str, carer_id: str) -> int | None:
    """The best objective of all plans in which that carer serves that need, by trying each; None: there is none."""
    ledger = Ledger(problem, {})

    def try_from(at: int) -> float:
        if at == len(problem.needs):
            return 0
        need = problem.needs[at]
        best = float("inf") if need.id == need_id else problem.unserved_cost(need) + try_from(at + 1)
        for carer in problem.carers:
            pair = pair_check(problem, need.id, carer.id)
            if not pair.ok or pair.cost is None or (need.id == need_id and carer.id != carer_id):
                continue
            ledger.add(need.id, carer.id)
            if not limit_faults(ledger, carer, need):
                best = min(best, pair.cost + try_from(at + 1))
            ledger.remove(need.id)
        return best

    found = try_from(0)
    return None if found == float("inf") else int(found)


def case_of(problem: Problem) -> Case:
    """The best plan of a small problem, ready for questions."""
    solution = solve(problem, Limits(seconds=10))
    assert solution.status == "optimal"
    return Case(problem, solution)


@settings(max_examples=30, deadline=None)
@given(
    st.builds(
        random_town,
        st.integers(0, 100_000),
        needs=st.integers(1, 5),
        carers=st.integers(1, 4),
        tightness=st.sampled_from([0.3, 0.6, 1.0]),
    )
)
def test_differences_of_a_small_plan_are_those_of_brute_force(problem: Problem) -> None:
    case = case_of(problem)
    for why in why_carers(case, [need.id for need in problem.needs], count=9):
        assert why.improvable == 0
        for choice in why.choices:
            forced = cheapest_with(problem, why.need, choice.carer)
            if choice.plan_difference is None:
                assert forced is None
            else:
                assert choice.exact
                assert choice.plan_difference == (forced or 0) - case.objective >= 0


@pytest.mark.parametrize("seed", range(2))
def test_the_moves_of_a_choice_make_a_sound_plan_with_that_difference(seed: int) -> None:
    problem = random_town(seed, needs=90, carers=10, tightness=0.5)
    solution = solve(problem, Limits(seconds=1))
    case = Case(problem, solution)
    for why in why_carers(case, [need.id for need in problem.needs[:4]], count=2):
        for choice in why.choices:
            if choice.plan_difference is None:
                continue
            plan = dict(solution.plan) | {why.need: choice.carer}
            for move in choice.moves:
                assert plan.pop(move.need, None) == move.before
                if move.after is not None:
                    plan[move.need] = move.after
            assert plan_check(problem, plan) == []
            assert len(plan) - len(solution.plan) == choice.served
            cost = sum(pair_check(problem, n, c).cost or 0 for n, c in plan.items())
            cost += sum(problem.unserved_cost(n) for n in problem.needs if n.id not in plan)
            assert cost - solution.objective == choice.plan_difference


def test_a_full_carer_is_possible_where_another_need_makes_room() -> None:
    problem = town(needs=(care("n1"), care("n2", lat=LAT + 0.02)), carers=(worker("li", minutes_per_4_weeks=600), ZHAO))
    case = Case(problem, {"n1": "li", "n2": "zhao"})
    (other,) = why_carer(case, "n2").choices
    assert (other.carer, other.limits[0].code) == ("li", "capacity")
    assert (other.limits[0].left, other.limits[0].needed) == (600 - 528, 576)
    assert [(move.need, move.before, move.after) for move in other.moves] == [("n1", "li", "zhao")]
    assert other.plan_difference is not None
    assert other.lost == ()


def test_the_limit_that_keeps_a_cheaper_carer_away_is_named_with_its_numbers() -> None:
    two = (care("n1"), care("n2"))
    for changed, code, left, needed in (
        ({"carers": (worker("li", max_households=1), ZHAO)}, "households", 0, 1),
        ({"carers": (worker("li", minutes_per_4_weeks=600), ZHAO)}, "capacity", 72, 528),
    ):
        why = why_carer(Case(town(needs=two, **changed), {"n1": "li", "n2": "zhao"}), "n2")
        assert (why.binds, why.kept_from) == (code, "li")
        assert why.limit is not None
        assert (why.limit.carer, why.limit.left, why.limit.needed) == ("li", left, needed)


def test_lines_and_shared_limits_bind_by_their_own_codes() -> None:
    moon = replace(line(), organisation="moon", unit_price_fen=1000)
    owners = (
        Organisation(id="sunrise", minutes_per_4_weeks=20_000),
        Organisation(id="moon", minutes_per_4_weeks=9_000),
    )
    people = (worker("li", organisation="moon"), ZHAO)
    shared = SharedLimit(id="quota", lines=(("moon", "daily_care"),), max_visits=10)
    for lines, limits, code, left in (
        ((line(), replace(moon, max_visits=9)), (), "line_visits", 1),
        ((line(), replace(moon, max_fen=15_999)), (), "line_fen", 7_999),
        ((line(), moon), (shared,), "limit_visits", 2),
    ):
        two = (care("n1"), care("n2"))
        problem = town(needs=two, carers=people, organisations=owners, contract_lines=lines, limits=limits)
        why = why_carer(Case(problem, {"n1": "li", "n2": "zhao"}), "n2")
        assert (why.binds, why.limit.left if why.limit else None) == (code, left)


def test_nobody_cheaper_nobody_else_and_a_plan_that_could_be_better_are_told_apart() -> None:
    assert why_carer(Case(town(), {"n1": "li"}), "n1").binds == "only"
    both = town(carers=(LI, ZHAO))
    assert why_carer(Case(both, {"n1": "li"}), "n1").binds == "cheapest"
    better = why_carer(Case(both, {"n1": "zhao"}), "n1")
    assert (better.binds, better.kept_from) == ("improvable", "li")
    assert better.improvable == 222 == -(better.choices[0].plan_difference or 0)


def test_a_pair_dearer_than_leaving_the_need_can_be_asked_about() -> None:
    problem = given_pairs([[5], [80]], [[10], [10]], room=[10, 10], unserved=50)
    why = why_carer(Case(problem, {"job0": "agent0"}), "job0")
    assert [(choice.carer, choice.plan_difference) for choice in why.choices] == [("agent1", 75)]
    impossible = replace(
        problem, pairs=(*(problem.pairs or ())[:1], Pair(need="job0", carer="agent1", cost=1, minutes=11))
    )
    (choice,) = why_carer(Case(impossible, {"job0": "agent0"}), "job0").choices
    assert (choice.plan_difference, choice.limits[0].code) == (None, "capacity")


def test_a_plan_that_breaks_a_rule_is_refused() -> None:
    with pytest.raises(ProblemError, match="assignment of n1"):
        Case(town(needs=(care(excluded=("li",)),)), {"n1": "li"})
    with pytest.raises(ProblemError, match="breaks a limit"):
        Case(town(needs=(care("n1"), care("n2")), carers=(worker(max_households=1),)), {"n1": "li", "n2": "li"})
    with pytest.raises(ProblemError, match="need n9"):
        why_carer(Case(town(), {}), "n9")
