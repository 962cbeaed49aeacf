"""What a carer's day and week must keep: one visit at a time, the way between visits, the pause, the limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from matching.schedule.checks.ways import place_of, way, ways_of_day
from matching.schedule.plan import Finding, Visit
from matching.schedule.problem import CalendarProblem
from matching.schedule.records import BreakRule, Carer


def worked(problem: CalendarProblem, carer: Carer, visits: list[Visit]) -> int:
    """Minutes of service and travel of a carer's day; 0 for an empty one."""
    if not visits:
        return 0
    service = sum(visit.end - visit.start for visit in visits)
    return service + sum(ways_of_day(problem, carer, visits))


def findings_of_day(problem: CalendarProblem, carer: Carer, day: int, visits: list[Visit]) -> Iterator[Finding]:
    """The rules that a carer's visits of one day, in order of their start, break together."""
    last = visits[0]
    for visit in visits[1:]:
        needed = way(problem, carer, place_of(problem, last), place_of(problem, visit))
        free = visit.start - last.end
        if free < needed:
            code = "overlap" if free < 0 else "travel"
            params = {"carer": carer.id, "other": last.task, "free": free, "needed": needed}
            yield Finding(code=code, task=visit.task, day=day, params={"window": visit.window, **params})
        last = visit if visit.end >= last.end else last
    if carer.break_rule is not None:
        yield from _break(problem, carer, carer.break_rule, day, visits)
    minutes = worked(problem, carer, visits)
    if minutes > carer.max_minutes_day:
        limits = {"carer": carer.id, "minutes": minutes, "most": carer.max_minutes_day}
        yield Finding(code="daily_limit", day=day, params=limits)
    if len(visits) > carer.max_visits_day:
        counts = {"carer": carer.id, "visits": len(visits), "most": carer.max_visits_day}
        yield Finding(code="daily_visits", day=day, params=counts)


def _break(problem: CalendarProblem, carer: Carer, rule: BreakRule, day: int, visits: list[Visit]) -> Iterator[Finding]:
    """A single visit is never cut in two, however long."""
    begin, number, paused_inside = visits[0].start, 1, False
    for before, after in pairwise(visits):
        needed = way(problem, carer, place_of(problem, before), place_of(problem, after)) + rule.minutes
        if after.start - before.end >= needed:
            begin, number = after.start, 0
            paused_inside = paused_inside or _inside(rule, before.end, after.start)
        number += 1
        if number > 1 and after.end - begin > rule.most_work:
            params = {"carer": carer.id, "minutes": after.end - begin, "most": rule.most_work, "pause": rule.minutes}
            yield Finding(code="break", task=after.task, day=day, params=params)
            return
    start, end = visits[0].start, visits[-1].end
    if rule.window is None or len(visits) == 1 or end - start <= rule.most_work or paused_inside:
        return
    if start < rule.window[0] and end > rule.window[1]:
        yield Finding(code="break", day=day, params={"carer": carer.id, "pause": rule.minutes, "between": rule.window})


def _inside(rule: BreakRule, start: int, end: int) -> bool:
    if rule.window is None:
        return True
    return min(end, rule.window[1]) - max(start, rule.window[0]) >= rule.minutes


def findings_of_week(
    problem: CalendarProblem, carer: Carer, week: int, days: Mapping[int, list[Visit]]
) -> Iterator[Finding]:
    """Whether a carer's visits of a week (by day), with what was worked outside, stay within the weekly minutes."""
    minutes = carer.used.get(week, 0) + sum(worked(problem, carer, visits) for visits in days.values())
    if any(days.values()) and minutes > carer.max_minutes_week:
        params = {"carer": carer.id, "week": week, "minutes": minutes, "most": carer.max_minutes_week}
        yield Finding(code="weekly_limit", params=params)
