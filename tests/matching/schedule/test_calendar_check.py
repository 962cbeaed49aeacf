"""The judge of calendars finds each rule broken on purpose, and nothing in a sound calendar."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.schedule import BreakRule, Done, Due, Fixed, Horizon, Visit, problems_of, problems_with
from matching.values import DAY_MINUTES
from tests.matching.schedule.calendar_cast import MONDAY, carer, problem, task, visit

LONG_DAY = (420, 1140)


def codes(of, visits, **how):
    return {finding.code for finding in problems_of(of, visits, **how)}


def two_windows(name="a", **given):
    return task(name, due=[Due(first=0, end=DAY_MINUTES), Due(first=DAY_MINUTES, end=7 * DAY_MINUTES)], **given)


def test_a_sound_calendar_has_no_findings():
    near, far = two_windows(), task("b", km=2)
    week = problem([carer()], [near, far])
    visits = [visit(near, 0, 480), visit(near, 1, 480, 1), visit(far, 0, 570)]
    assert problems_of(week, visits, complete=True) == []


def single_visit_faults():
    home = task("a", windows=[(0, 480, 600), (1, 480, 600)], days=(0, 2))
    return [
        ("due", home, carer(), visit(home, 2, 480)),
        ("household_windows", home, carer(), visit(home, 0, 600)),
        ("carer_windows", home, carer(hours=(480, 525)), visit(home, 0, 480)),
        ("leave", home, carer(leave=frozenset({0})), visit(home, 0, 480)),
        ("length", home, carer(), replace(visit(home, 0, 480), end=570)),
        ("grid", home, carer(), visit(home, 0, 485)),
        ("unknown_window", home, carer(), visit(home, 0, 480, window=3)),
        ("horizon", home, carer(), visit(home, 9, 480)),
        ("two_carers", home, carer(), visit(home, 0, 480, carers=("li", "wu"))),
        ("unknown_carer", home, carer(), visit(home, 0, 480, carers=("wu",))),
        ("unknown_task", home, carer(), replace(visit(home, 0, 480), task="gone")),
    ]


@pytest.mark.parametrize(
    ("code", "home", "who", "wrong"), single_visit_faults(), ids=lambda x: x if type(x) is str else ""
)
def test_a_single_visit_that_breaks_a_rule_is_found(code, home, who, wrong):
    week = problem([who], [home])
    assert code in codes(week, [wrong])
    assert code in {finding.code for finding in problems_with(week, [wrong], [wrong])}


def test_times_that_touch_are_one():
    home = task("a", minutes=120)
    week = problem([carer(windows=[(0, 480, 540), (0, 540, 600)])], [home])
    assert codes(week, [visit(home, 0, 480)]) == set()


def test_a_holiday_is_kept_unless_the_task_is_served_then():
    horizon = Horizon(first=MONDAY, days=7, slot=15, holidays=frozenset({0}))
    plain, always = task("a"), task("b", on_holidays=True)
    week = problem([carer()], [plain, always], horizon=horizon)
    assert codes(week, [visit(plain, 0, 480)]) == {"holiday"}
    assert codes(week, [visit(always, 0, 480)]) == set()


def test_the_way_between_visits_must_fit():
    near, far = task("a"), task("b", km=2)  # 2 km * 1.3 at 12 km/h: 13 minutes
    week = problem([carer()], [near, far])
    assert codes(week, [visit(near, 0, 480), visit(far, 0, 540)]) == {"travel"}
    assert codes(week, [visit(near, 0, 480), visit(far, 0, 555)]) == set()
    assert codes(week, [visit(near, 0, 480), visit(far, 0, 525)]) == {"overlap"}


def test_visits_of_a_task_keep_their_distance_also_from_those_that_took_place():
    home = two_windows(spacing_days=2, done=(Done(day=-1, start=480),))
    week = problem([carer()], [home])
    assert codes(week, [visit(home, 0, 480)]) == {"spacing"}
    apart = replace(home, spacing_days=2, done=())
    assert codes(problem([carer()], [apart]), [visit(apart, 0, 480), visit(apart, 1, 480, 1)]) == {"spacing"}
    twice = task("c", due=[Due(first=0, end=720), Due(first=0, end=1440)], spacing_days=0, spacing_minutes=120)
    week = problem([carer()], [twice])
    assert codes(week, [visit(twice, 0, 480), visit(twice, 0, 645, 1)]) == {"spacing"}
    assert codes(week, [visit(twice, 0, 480), visit(twice, 0, 660, 1)]) == set()


def test_a_household_has_one_visit_at_a_time_unless_marked():
    wash, cook = task("wash", household="h"), task("cook", household="h", carers=("wu",))
    both = [visit(wash, 0, 480), visit(cook, 0, 495)]
    assert codes(problem([carer(), carer("wu")], [wash, cook]), both) == {"household"}
    assert codes(problem([carer(), carer("wu")], [replace(wash, beside_others=True), cook]), both) == set()


def test_a_long_day_needs_its_pause_inside_the_window():
    tasks = [task(f"t{n}", minutes=120) for n in range(4)]
    week = problem([carer(hours=LONG_DAY, max_minutes_day=720)], tasks)

    def day(*starts):
        return codes(week, [visit(t, 0, start) for t, start in zip(tasks, starts, strict=True)])

    assert day(480, 600, 750, 870) == set()  # 12:00 to 12:30
    assert day(480, 600, 720, 840) == {"break"}
    assert day(480, 600, 735, 855) == {"break"}  # a quarter of an hour is no pause
    assert day(480, 630, 750, 870) == {"break"}  # the pause is over before eleven, and the rest too long
    relaxed = carer(hours=LONG_DAY, max_minutes_day=720, break_rule=BreakRule(most_work=600))
    assert (
        codes(problem([relaxed], tasks), [visit(t, 0, s) for t, s in zip(tasks, (480, 600, 720, 840), strict=True)])
        == set()
    )


def test_limits_count_service_and_every_way():
    tasks = [task(name, km=2) for name in "abc"]  # 13 minutes there, 13 back
    visits = [visit(t, 0, start) for t, start in zip(tasks, (480, 540, 600), strict=True)]
    at_the_limit = {"max_minutes_day": 206, "max_minutes_week": 206}
    assert codes(problem([carer(**at_the_limit)], tasks), visits) == set()
    assert codes(problem([carer(max_minutes_day=205)], tasks), visits) == {"daily_limit"}
    assert codes(problem([carer(max_minutes_day=193)], tasks, way_back=False), visits) == set()
    assert codes(problem([carer(max_minutes_week=206, used={0: 1})], tasks), visits) == {"weekly_limit"}
    assert codes(problem([carer(max_visits_day=2)], tasks), visits) == {"daily_visits"}


def test_each_due_window_is_filled_once_and_agreed_visits_stay():
    home = two_windows(fixed=(Fixed(window=0, day=0, start=480),), done=())
    week = problem([carer()], [home])
    assert codes(week, [visit(home, 0, 495), visit(home, 1, 480, 1)]) == {"fixed"}
    assert codes(week, [visit(home, 0, 480)], complete=True) == {"missing"}
    assert "twice" in codes(week, [visit(home, 0, 480), visit(home, 1, 480, 1), visit(home, 3, 480, 1)])


def test_only_what_touches_the_changed_visit_is_judged_again():
    a, b, c = task("a"), task("b"), task("c", carers=("wu",))
    week = problem([carer(), carer("wu")], [a, b, c])
    visits = [visit(a, 0, 480), visit(b, 0, 495), visit(c, 0, 600), visit(c, 0, 615)]
    assert {f.code for f in problems_with(week, visits, [visits[0]])} == {"overlap"}
    assert {f.code for f in problems_with(week, visits, [visits[2]])} >= {"overlap", "twice"}


def test_visits_say_what_they_must():
    with pytest.raises(ValueError, match="visit of a: day must be a whole number"):
        Visit(task="a", window=0, day=-1, start=0, end=60, carers=("li",))
