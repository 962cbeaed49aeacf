"""Re-planning small towns: what counts as a change, what never moves, and the best plan for each number of moves."""

import random
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Limits, Problem, ProblemError, check, pair_check, replan, solve
from matching.ledger import Ledger
from matching.plan_check import plan_check
from matching.replan import (
    CarerIll,
    CarerLeaves,
    CarerShrinks,
    Event,
    LineShrinks,
    NeedAppears,
    NeedCloses,
    NeedMoves,
    OfferDeclined,
    Replan,
)
from matching.replan.curve import Point, recommend
from tests.matching.cast import LAT, LON, care, given_pairs, random_town, town, worker

FAST = Limits(seconds=20)
LI, ZHAO = worker("li"), worker("zhao", lat=LAT + 0.02)


def curve(result: Replan) -> list[tuple[int, int]]:
    """Moves and objective of each point."""
    return [(point.k, point.objective) for point in result.points]


def test_an_orphan_goes_into_free_room_and_nobody_else_moves() -> None:
    problem = town(needs=(care("n1"), care("n2")), carers=(LI, ZHAO))
    result = replan.replan(problem, {"n1": "li", "n2": "zhao"}, [CarerIll(carer="li")])
    assert [(o.need, o.carer, o.code, o.locked) for o in result.orphans] == [("n1", "li", "carer_ill", False)]
    best = result.best
    assert (best.k, best.moved, best.changed, best.orphans_served, best.unserved) == (0, 0, 1, 1, 0)
    assert best.plan == {"n1": "zhao", "n2": "zhao"}
    assert [(c.need, c.household, c.before, c.after, c.kind) for c in best.changes] == [
        ("n1", "home of n1", "li", "zhao", "orphan")
    ]
    assert best.households == ("home of n1",)
    assert [(news.carer, news.gains, news.loses) for news in best.carers] == [
        ("li", (), ("n1",)),
        ("zhao", ("n1",), ()),
    ]
    assert result.changes_per_orphan(best) == 1.0


def test_a_full_carer_makes_room_when_one_move_is_allowed() -> None:
    """Only zhao can take the orphan, and only if the other need goes to sun."""
    sun, full = worker("sun", lat=LAT - 0.01), replace(ZHAO, max_households=1)
    problem = town(needs=(care("n1", excluded=("sun",)), care("n2")), carers=(LI, full, sun))
    result = replan.replan(problem, {"n1": "li", "n2": "zhao"}, [CarerLeaves(carer="li")])
    stays, moves = result.points
    assert (stays.k, stays.unserved, stays.changes[0].after) == (0, 1, None)
    assert (moves.k, moves.unserved, moves.changed) == (1, 0, 2)
    assert moves.plan == {"n1": "zhao", "n2": "sun"}
    assert {change.need: change.kind for change in moves.changes} == {"n1": "orphan", "n2": "moved"}
    assert result.best is moves
    locked = replan.replan(problem, {"n1": "li", "n2": "zhao"}, [CarerLeaves(carer="li")], locked=["n2"])
    assert curve(locked) == curve(result)[:1]


def test_a_lock_that_the_event_makes_impossible_is_said_so() -> None:
    problem = town(needs=(care("n1"), care("n2")), carers=(LI, ZHAO))
    result = replan.replan(problem, {"n1": "li", "n2": "zhao"}, [CarerIll(carer="li")], locked=["n1", "n2"])
    assert [(orphan.need, orphan.locked) for orphan in result.orphans] == [("n1", True)]
    assert result.best.plan["n2"] == "zhao"


def test_of_locked_needs_that_no_longer_fit_the_fewest_are_released() -> None:
    problem = town(needs=(care("n1", visits=12), care("n2", priority="edge"), care("n3")), carers=(LI,))
    plan = dict.fromkeys(("n1", "n2", "n3"), "li")
    loads = Ledger(problem, plan).load["li"]
    shrunk = CarerShrinks(carer="li", minutes_per_4_weeks=loads - 1)
    result = replan.replan(problem, plan, [shrunk], locked=list(plan))
    assert [(orphan.need, orphan.code, orphan.locked) for orphan in result.orphans] == [("n2", "carer_shrinks", True)]


def test_who_must_leave_a_shrunken_carer_is_chosen_by_the_objective_and_counts_as_forced() -> None:
    needs = (care("n1", priority="urgent"), care("n2", priority="general"), care("n3"))
    problem = town(needs=needs, carers=(LI, replace(ZHAO, max_households=0)))
    result = replan.replan(
        problem, dict.fromkeys(("n1", "n2", "n3"), "li"), [CarerShrinks(carer="li", max_households=2)]
    )
    assert (result.forced, result.bereft, result.orphans) == (1, 1, ())
    assert (result.best.k, result.best.moved, result.best.plan) == (0, 1, {"n1": "li", "n3": "li"})


def test_a_shrunken_contract_line_forces_out_what_it_no_longer_pays() -> None:
    problem = town(needs=(care("n1"), care("n2", priority="general")), carers=(LI,))
    shrunk = LineShrinks(organisation="sunrise", service="daily_care", max_visits=8)
    result = replan.replan(problem, {"n1": "li", "n2": "li"}, [shrunk])
    assert (result.forced, result.best.plan) == (1, {"n1": "li"})
    assert result.solution(result.best).unserved[0].reason == "budget"


def test_new_and_waiting_needs_are_placed_and_counted_apart() -> None:
    problem = town(needs=(care("n1"), care("n2")), carers=(LI,))
    result = replan.replan(problem, {"n1": "li"}, [NeedAppears(need=care("n3")), NeedCloses(need="n1")])
    best = result.best
    assert result.closed == (("n1", "li"),)
    assert (best.new_served, best.waiting_served, best.changed, best.k) == (1, 1, 0, 0)
    assert result.changes_per_orphan(best) is None
    assert {change.need: change.kind for change in best.changes} == {"n2": "waiting", "n3": "new"}


def test_a_need_that_moves_out_of_reach_and_a_declined_offer_make_orphans() -> None:
    problem = town(needs=(care("n1"), care("n2"), care("n3")), carers=(LI, ZHAO))
    events: list[Event] = [NeedMoves(need="n1", lat=LAT + 0.068, lon=LON), OfferDeclined(need="n2", carer="li")]
    result = replan.replan(problem, dict.fromkeys(("n1", "n2", "n3"), "li"), events)
    assert {(o.need, o.code) for o in result.orphans} == {("n1", "need_moves"), ("n2", "offer_declined")}
    assert result.best.plan == {"n1": "zhao", "n2": "zhao", "n3": "li"}


def test_the_present_carer_is_the_one_whose_change_costs() -> None:
    problem = town(needs=(care("n1", current="zhao"), care("n2")), carers=(LI, ZHAO))
    result = replan.replan(problem, {"n1": "li", "n2": "li"}, [])
    assert [need.current for need in result.problem.needs] == ["li", "li"]
    assert curve(result)[0] == (0, result.points[0].objective)
    assert result.points[0].changes == ()


def test_who_is_served_may_be_left_for_others_unless_asked_to_keep_all_served() -> None:
    """The urgent orphan fits only where a general need is served that nobody else can take."""
    full = replace(ZHAO, max_households=1)
    problem = town(needs=(care("n1", priority="urgent"), care("n2", priority="general")), carers=(LI, full))
    plan, events = {"n1": "li", "n2": "zhao"}, [CarerLeaves(carer="li")]
    weighed = replan.replan(problem, plan, events).best
    assert (weighed.plan, weighed.dropped, weighed.k) == ({"n1": "zhao"}, 1, 1)
    kept = replan.replan(problem, plan, events, keep_served=True)
    assert [(point.plan, point.dropped) for point in kept.points] == [({"n2": "zhao"}, 0)]


def test_given_pairs_are_replanned_too() -> None:
    problem = given_pairs([[1, 9], [5, 1], [8, 8]], [[10, 10]] * 3, [10, 10, 10])
    result = replan.replan(problem, {"job0": "agent0", "job1": "agent1"}, [CarerLeaves(carer="agent0")])
    assert [point.plan for point in result.points] == [{"job0": "agent2", "job1": "agent1"}]
    assert result.best.km is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"plan": {"n9": "li"}}, "plan: need n9 is not part of the problem"),
        ({"plan": {"n1": "zhu"}}, "plan: carer zhu of need n1 is not part of the problem"),
        ({"locked": ["n2"]}, "locked: need n2 is served by nobody in the plan"),
        ({"events": [CarerIll(carer="zhu")]}, r"events\[0\] \(carer_ill\): carer zhu is not part of the problem"),
        ({"budget": -1}, "replan: budget must be a whole number from 0, is -1"),
        ({"budget": True}, "replan: budget must be a whole number from 0, is True"),
    ],
)
def test_what_refers_to_nobody_is_named(given: dict[str, Any], said: str) -> None:
    arguments: dict[str, Any] = {"plan": {"n1": "li"}, "events": []} | given
    with pytest.raises(ProblemError, match=said):
        replan.replan(town(needs=(care("n1"), care("n2"))), **arguments)


def test_an_interrupted_run_still_answers() -> None:
    problem = town(needs=(care("n1"), care("n2")), carers=(LI, ZHAO))
    result = replan.replan(problem, {"n1": "li", "n2": "zhao"}, [CarerIll(carer="li")], cancelled=lambda: True)
    assert check(result.problem, result.solution(result.best)) == []
    assert result.best.plan == {"n2": "zhao"}


def _point(k: int, weight: int, objective: int) -> Point:
    return Point(
        k=k, moved=k, dropped=0, changed=k, orphans_served=0, new_served=0, waiting_served=0, unserved=0,
        unserved_weight=weight, km=0.0, objective=objective, proven=True, changes=(), carers=(), assignments=(),
        left=(),
    )  # fmt: skip


def test_the_recommended_point_serves_most_then_weighs_what_a_move_saves() -> None:
    points = (_point(0, 90, 500), _point(1, 40, 440), _point(2, 40, 400), _point(4, 40, 390), _point(5, 50, 380))
    assert recommend(points, most=10, worth=30) == 2
    assert recommend(points, most=10, worth=41) == 1
    assert recommend(points, most=10, worth=5) == 3
    assert recommend(points, most=1, worth=5) == 1
    assert recommend(points, most=0, worth=0) == 1


# --- properties ---

towns = st.builds(
    random_town,
    st.integers(0, 100_000),
    needs=st.integers(1, 5),
    carers=st.integers(1, 4),
    tightness=st.sampled_from([0.3, 0.6, 1.0, 3.0]),
)


def events_in(problem: Problem, draw: st.DataObject) -> list[Event]:
    """Up to three events of different kinds about a town."""
    carer = st.sampled_from([c.id for c in problem.carers])
    need = st.sampled_from([n.id for n in problem.needs])
    kinds: list[st.SearchStrategy[Event]] = [
        st.builds(CarerIll, carer=carer),
        st.builds(CarerLeaves, carer=carer),
        st.builds(CarerShrinks, carer=carer, max_households=st.just(1)),
        st.builds(NeedAppears, need=st.just(care("new", household="h0", priority="urgent"))),
        st.builds(NeedCloses, need=need),
        st.builds(NeedMoves, need=need, lat=st.just(LAT), lon=st.just(LON)),
        st.builds(OfferDeclined, need=need, carer=carer),
        st.builds(
            LineShrinks, organisation=st.just("sunrise"), service=st.just("daily_care"), max_visits=st.integers(0, 4)
        ),
    ]
    return draw.draw(st.lists(st.one_of(kinds), max_size=3, unique_by=lambda event: event.code))


def best_for_each_k(result: Replan, locked: set[str], keep_served: bool) -> Mapping[int, tuple[int, int]]:
    """By trying every plan: for each number of moves the best (dropped, where that counts, and objective)."""
    could_stay = {need: carer for need, carer in result.before.items() if need not in {o.need for o in result.orphans}}
    options = []
    for need in result.problem.needs:
        able = [c.id for c in result.problem.carers if pair_check(result.problem, need.id, c.id).ok]
        stays = need.id in could_stay and need.id in locked
        options.append([could_stay[need.id]] if stays else [None, *able])
    best: dict[int, tuple[int, int]] = {}
    for choice in product(*options):
        plan = {n.id: c for n, c in zip(result.problem.needs, choice, strict=True) if c is not None}
        if plan_check(result.problem, plan):
            continue
        moves = sum(plan.get(need) != carer for need, carer in could_stay.items())
        cost = sum(pair_check(result.problem, need, carer).cost or 0 for need, carer in plan.items())
        cost += sum(result.problem.unserved_cost(n) for n in result.problem.needs if n.id not in plan)
        dropped = sum(need not in plan for need in could_stay) if keep_served else 0
        best[moves] = min(best.get(moves, (dropped, cost)), (dropped, cost))
    return best


@settings(max_examples=60, deadline=None)
@given(towns, st.booleans(), st.data())
def test_every_number_of_moves_gets_its_best_plan_and_locked_needs_stay(
    problem: Problem, keep_served: bool, data: st.DataObject
) -> None:
    plan = solve(problem, FAST).plan
    locked = set(data.draw(st.lists(st.sampled_from(sorted(plan)), unique=True, max_size=2))) if plan else set()
    events = events_in(problem, data)
    result = replan.replan(problem, plan, events, budget=9, locked=locked, keep_served=keep_served)
    truth = best_for_each_k(result, locked, keep_served)
    assert result.forced == min(truth)
    orphans = {orphan.need for orphan in result.orphans}
    for k in range(10):
        allowed = [cost for moves, cost in truth.items() if moves <= result.forced + k]
        found = [(point.dropped * keep_served, point.objective) for point in result.points if point.k <= k]
        assert min(found) == min(allowed)
    for point in result.points:
        assert check(result.problem, result.solution(point)) == []
        assert all(point.plan[need] == plan[need] for need in locked & set(result.before) - orphans)


def crowded(numbers: random.Random) -> Problem:
    """Jobs of random minutes and costs for three agents who are almost full: room is made only by moving others."""
    costs = [[numbers.randint(1, 900) for _ in range(6)] for _ in range(3)]
    minutes = [[numbers.randint(4, 12) for _ in range(6)] for _ in range(3)]
    problem = given_pairs(costs, minutes, [numbers.randint(14, 22) for _ in range(3)], unserved=1000)
    weights = replace(problem.weights, unserved={"urgent": 5000, "key": 3000, "edge": 2000, "general": 1000})
    jobs = tuple(replace(job, priority=numbers.choice(list(weights.unserved))) for job in problem.needs)
    return replace(problem, needs=jobs, weights=weights)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.booleans())
def test_where_room_is_scarce_every_number_of_moves_gets_its_best_plan(
    numbers: random.Random, keep_served: bool
) -> None:
    problem = crowded(numbers)
    plan = solve(problem, FAST).plan
    busy = sorted(plan.values())[0]
    shrunk = CarerShrinks(carer="agent1", minutes_per_4_weeks=numbers.randint(8, 14))
    locked = set(sorted(plan)[:1])
    result = replan.replan(problem, plan, [CarerLeaves(carer=busy), shrunk], 6, locked=locked, keep_served=keep_served)
    truth = best_for_each_k(result, locked, keep_served)
    assert result.forced == min(truth)
    for k in range(7):
        allowed = [best for moves, best in truth.items() if moves <= result.forced + k]
        assert min((p.dropped * keep_served, p.objective) for p in result.points if p.k <= k) == min(allowed)


@settings(max_examples=20, deadline=None)
@given(towns, st.data())
def test_without_a_budget_the_last_point_is_the_optimum(problem: Problem, data: st.DataObject) -> None:
    plan = solve(replace(problem, weights=replace(problem.weights, per_km=0)), FAST).plan
    result = replan.replan(problem, plan, events_in(problem, data), budget=len(problem.needs))
    optimum = solve(result.problem, FAST)
    assert optimum.status == "optimal"
    assert result.points[-1].objective == optimum.objective


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 1000))
def test_larger_towns_keep_every_promise_and_repeat(seed: int) -> None:
    problem = random_town(seed, needs=60, carers=14, tightness=1.5)
    plan = solve(problem, Limits(seconds=0.5)).plan
    locked = sorted(plan)[::7]
    busiest = max(problem.carers, key=lambda c: (sum(held == c.id for held in plan.values()), c.id))
    events: list[Event] = [CarerIll(carer=busiest.id), NeedCloses(need="n1"), NeedAppears(need=care("new"))]
    one = replan.replan(problem, plan, events, budget=8, locked=locked)
    other = replan.replan(problem, plan, events[::-1], budget=8, locked=locked)
    assert [point.plan for point in one.points] == [point.plan for point in other.points]
    objectives = [point.objective for point in one.points]
    assert objectives == sorted(objectives, reverse=True)
    orphans = {orphan.need for orphan in one.orphans}
    for point in one.points:
        assert check(one.problem, one.solution(point)) == []
        moved = {need for need, carer in one.before.items() if point.plan.get(need) != carer} - orphans
        assert len(moved) == point.moved == one.forced + point.k <= one.forced + 8
        assert moved.isdisjoint(locked)
