"""Whatever is spoilt in a sound calendar, the judge finds it, in the whole and at the changed visit."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.schedule import problems_of, problems_with
from matching.schedule.solve import solve
from matching.values import DAY_MINUTES
from tests.benchmarks.regions import Region, make_region

REGION = make_region(Region(6, 50, fixed=0.2), 5)


@cache
def sound():
    """A calendar in which the judge finds nothing."""
    return solve(REGION, time_limit=60.0, effort=4.0).visits


def spoilt(kind, visit, visits):
    """(the codes of which one must be found, the spoilt visit), or None where the visit cannot be spoilt so."""
    task = REGION.task_of[visit.task]
    carer = REGION.carer_of[visit.carers[0]]
    other = next((v for v in visits if v.day == visit.day and v.key != visit.key and carer.id in v.carers), None)
    due = task.due[visit.window]
    late = next((d for d in range(28) if d * DAY_MINUTES + visit.start >= due.end), None)
    off = next((d for d in range(28) if d not in {day for day, _, _ in carer.windows}), None)
    return {
        "grid": ({"grid"}, replace(visit, start=visit.start + 3, end=visit.end + 3)),
        "length": ({"length"}, replace(visit, end=visit.end + 5)),
        "night": ({"carer_windows"}, replace(visit, start=60, end=60 + task.minutes)),
        "late": late and ({"due"}, replace(visit, day=late)),
        "off": off and ({"carer_windows", "leave"}, replace(visit, day=off)),
        "leave": carer.leave and ({"leave"}, replace(visit, day=min(carer.leave))),
        "alone": ({"two_carers"}, replace(visit, carers=(*visit.carers, "c5" if "c5" not in visit.carers else "c4")))
        if len(visit.carers) == 1
        else ({"two_carers"}, replace(visit, carers=visit.carers[:1])),
        "beside": other and ({"overlap"}, replace(visit, start=other.start, end=other.start + task.minutes)),
        "agreed": task.fixed
        and task.fixed[0].window == visit.window
        and ({"fixed"}, replace(visit, start=visit.start + 5, end=visit.end + 5)),
    }[kind]


KINDS = ("grid", "length", "night", "late", "off", "leave", "alone", "beside", "agreed")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 10**6))
def test_a_spoilt_visit_is_found(kind, number):
    visits = list(sound())
    at = number % len(visits)
    found = spoilt(kind, visits[at], visits)
    if found:
        codes, visits[at] = found
        whole = problems_of(REGION, visits)
        near = problems_with(REGION, visits, [visits[at]])
        assert codes & {finding.code for finding in near}
        assert all(finding in whole for finding in near)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_a_visit_put_down_twice_or_left_out_is_found(number):
    visits = list(sound())
    visit = visits[number % len(visits)]
    assert "twice" in {f.code for f in problems_with(REGION, [*visits, visit], [visit])}
    gone = {(f.code, f.task) for f in problems_of(REGION, [v for v in visits if v is not visit], complete=True)}
    assert ("missing", visit.task) in gone


def test_the_calendar_that_is_spoilt_here_is_sound():
    assert problems_of(REGION, sound()) == []
