"""Calendars keep every rule the judge knows, cost no more than they must, and say why something has no day."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.schedule import Due, Fixed, Horizon, Visit, Weights, problems_of
from matching.schedule.due import equal_windows
from matching.schedule.measure import measures_of
from matching.schedule.replace import replacements
from matching.schedule.solve import solve
from matching.values import DAY_MINUTES
from tests.benchmarks.regions import Region, make_region
from tests.matching.schedule.calendar_cast import MONDAY, carer, problem, task, visit


def quickly(of, **how):
    return solve(of, **{"seed": 1, "time_limit": 60.0, "effort": 60, **how})


@st.composite
def weeks(draw):
    """A fortnight of two linked carers with any mixture of rules."""
    hours = draw(st.sampled_from([(480, 720), (480, 1080)]))
    carers = [
        carer(
            name,
            days=range(14),
            hours=hours,
            leave=draw(st.frozensets(st.integers(0, 13), max_size=3)),
            max_minutes_day=draw(st.sampled_from([200, 480])),
            max_visits_day=draw(st.sampled_from([2, 12])),
            used={0: draw(st.sampled_from([0, 2000]))},
        )
        for name in ("li", "wu")
    ]
    tasks = []
    for n in range(draw(st.integers(1, 5))):
        per_fortnight = draw(st.sampled_from([1, 2, 4, 14]))
        due = equal_windows(0, 14, per_fortnight, by_days=draw(st.sampled_from([None, 1])))
        given_ = {"wishes": draw(st.sampled_from([(), ((2, 540),), ((0, None), (3, 600))]))}
        if draw(st.booleans()):
            day = draw(st.integers(0, 13))
            window = next(w for w, d in enumerate(due) if d.first <= day * DAY_MINUTES + 545 < d.end)
            given_["fixed"] = (Fixed(window=window, day=day, start=545),)
        tasks.append(
            task(
                f"t{n}",
                km=draw(st.sampled_from([0, 1, 3])),
                minutes=draw(st.sampled_from([30, 90])),
                due=due,
                household=draw(st.sampled_from(["h", f"h{n}"])),
                carers=draw(st.sampled_from([("li",), ("wu",), ("li", "wu")])),
                windows=draw(st.sampled_from([None, [(d, 480, 660) for d in range(5)]])),
                spacing_days=draw(st.sampled_from([0, 1, 2])),
                spacing_minutes=draw(st.sampled_from([0, 90])),
                on_holidays=draw(st.booleans()),
                **given_,
            )
        )
    horizon = Horizon(first=MONDAY, days=14, slot=15, holidays=frozenset({4}))
    return problem(carers, tasks, horizon=horizon)


@settings(max_examples=12, deadline=None)
@given(weeks())
def test_a_calendar_breaks_no_rule_that_its_agreed_visits_do_not_break(fortnight):
    plan = quickly(fortnight, effort=10, time_limit=3.0)
    agreed = [v for v in plan.visits if any(f.window == v.window for f in fortnight.task_of[v.task].fixed)]
    by_themselves = {(f.code, f.task, f.day) for f in problems_of(fortnight, agreed)}
    assert {(f.code, f.task, f.day) for f in problems_of(fortnight, plan.visits)} <= by_themselves
    filled = {v.key for v in plan.visits} | {(u.task, u.window) for u in plan.unplaced}
    assert filled == {(t.id, w) for t in fortnight.tasks for w in range(len(t.due))}
    assert bool(plan.conflicts) == bool(plan.unplaced)


def test_a_small_week_costs_what_the_best_of_all_calendars_costs():
    tasks = [
        task("near", minutes=60, due=[Due(first=0, end=2 * DAY_MINUTES, by=0)]),
        task("far", km=4, minutes=30, days=(0, 2), wishes=((1, 540),)),
        task("beside", km=4, minutes=30, days=(0, 2), windows=[(0, 480, 600), (1, 600, 660)]),
    ]
    horizon = Horizon(first=MONDAY, days=2, slot=30)
    week = problem([carer(days=range(2), hours=(480, 660), max_minutes_day=160)], tasks, horizon=horizon)
    places = [None, *product(range(2), range(480, 661, 30))]

    def cost(combination):
        visits = [visit(t, *at) for t, at in zip(tasks, combination, strict=True) if at is not None]
        return None if problems_of(week, visits) else measures_of(week, visits).objective

    best = min(c for c in map(cost, product(places, repeat=3)) if c is not None)
    assert quickly(week).measures.objective == best


def test_two_carers_come_at_the_same_time():
    together = task("lift", carers=("li", "wu"), days=(0, 1))
    week = problem([carer(hours=(480, 600)), carer("wu", hours=(540, 660))], [together])
    (found,) = quickly(week).visits
    assert (found.start, found.carers) == (540, ("li", "wu"))


def test_the_household_keeps_its_weekday_and_hour():
    month = Horizon(first=MONDAY, days=28, slot=15)
    weekly = [task(f"t{n}", due=equal_windows(0, 28, 4), km=n) for n in range(4)]
    plan = quickly(problem([carer(days=range(28))], weekly, horizon=month))
    assert plan.status == "complete"
    assert (plan.measures.weekday_changes, plan.measures.time_changes) == (0, 0)


def test_a_published_calendar_changes_no_more_than_it_must():
    month = Horizon(first=MONDAY, days=28, slot=15)
    tasks = [task(f"t{n}", due=equal_windows(0, 28, 8), km=n % 3) for n in range(6)]
    first = problem([carer(days=range(28))], tasks, horizon=month)
    published = quickly(first).visits
    ill = replace(first, carers=(carer(days=range(28), leave=frozenset({3})),), previous=published)
    plan = quickly(ill)
    lost = sum(v.day == 3 for v in published)
    assert plan.measures.moved_days <= lost + 1
    assert plan.measures.moved_times <= 2


def test_the_same_seed_gives_the_same_calendar():
    region = make_region(Region(4, 30), 3)
    assert quickly(region, effort=5).visits == quickly(region, effort=5).visits


CONFLICTS = [
    ("leave", [carer(leave=frozenset(range(7)))], [task("a")], {"leave"}),
    ("household", [carer(hours=(480, 720))], [task("a", windows=[(0, 780, 900)])], {"household_windows"}),
    ("hours", [carer(days=range(1), hours=(480, 570))], [task("a"), task("b")], {"carer_windows", "overlap"}),
    ("week", [carer(max_minutes_week=100)], [task("a"), task("b")], {"weekly_limit"}),
    ("day", [carer(days=range(1), max_minutes_day=100)], [task("a"), task("b")], {"daily_limit", "carer_windows"}),
    (
        "spacing",
        [carer()],
        [task("a", due=[Due(first=0, end=2880), Due(first=0, end=2880)], spacing_days=3)],
        {"spacing"},
    ),
    ("way", [carer(days=range(1), hours=(480, 600))], [task("a"), task("b", km=2)], {"carer_windows", "travel"}),
]


@pytest.mark.parametrize(("name", "carers", "tasks", "rules"), CONFLICTS, ids=[c[0] for c in CONFLICTS])
def test_no_calendar_is_told_with_the_rules_that_conflict(name, carers, tasks, rules):
    plan = quickly(problem(carers, tasks))
    (conflict,) = plan.conflicts
    assert conflict.proven
    assert set(conflict.rules) - {"overlap"} == rules - {"overlap"}
    assert set(conflict.tasks) == {t.id for t in tasks}
    assert len(plan.unplaced) == 1
    assert len(plan.visits) == sum(len(t.due) for t in tasks) - 1


def test_a_stand_in_is_ranked_by_broken_rules_then_way():
    sick = task("a", km=1)
    carers = [carer("li"), carer("near", lon=118.01), carer("far", lon=118.2), carer("off", days=range(1, 7))]
    week = problem(carers, [sick, task("b", carers=("near",), km=1)])
    calendar = [visit(sick, 0, 480), visit(week.tasks[1], 0, 600)]
    offers = replacements(week, calendar, calendar[0], ["off", "far", "near", "li"], "li")
    assert [offer.carer for offer in offers] == ["near", "far", "off"]
    assert offers[0].added_travel == 0
    assert [f.code for f in offers[2].problems] == ["carer_windows"]


def test_visits_without_a_task_or_carer_make_an_empty_calendar():
    plan = quickly(problem([], []))
    assert (plan.status, plan.visits, plan.unplaced) == ("complete", (), ())


def test_dear_visits_go_first():
    dear, cheap = task("dear", days=(0, 1), priority="urgent"), task("cheap", days=(0, 1))
    plan = quickly(problem([carer(days=range(1), hours=(480, 555))], [cheap, dear], weights=Weights()))
    assert [v.task for v in plan.visits] == ["dear"]
    assert isinstance(plan.visits[0], Visit)
