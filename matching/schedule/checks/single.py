"""What one visit must keep by itself: what it states, its due window, the times of both sides, holidays, leave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from matching.schedule.plan import Finding, Visit
from matching.schedule.problem import CalendarProblem
from matching.schedule.records import Task
from matching.values import DAY_MINUTES


def findings_of_visit(problem: CalendarProblem, visit: Visit) -> Iterator[Finding]:
    """The rules that a visit of a known task breaks without regard to other visits."""
    task = problem.task_of[visit.task]
    yield from _statement(problem, task, visit)
    if visit.window < len(task.due):
        due = task.due[visit.window]
        at = visit.day * DAY_MINUTES + visit.start
        if not due.first <= at < due.end:
            yield _found("due", visit, first=due.first, end=due.end)
    if visit.day in problem.horizon.holidays and not task.on_holidays:
        yield _found("holiday", visit)
    if task.windows is not None:
        weekday = problem.horizon.weekday(visit.day)
        times = [(start, end) for when, start, end in task.windows if when == weekday]
        if not _inside(times, visit):
            yield _found("household_windows", visit, times=tuple(sorted(times)))
    yield from _carers(problem, visit)


def _found(code: str, visit: Visit, **params: object) -> Finding:
    return Finding(code=code, task=visit.task, day=visit.day, params={"window": visit.window, **params})


def _statement(problem: CalendarProblem, task: Task, visit: Visit) -> Iterator[Finding]:
    if visit.window >= len(task.due):
        yield _found("unknown_window", visit)
    if visit.day >= problem.horizon.days:
        yield _found("horizon", visit)
    if visit.end - visit.start != task.minutes:
        yield _found("length", visit, minutes=task.minutes)
    agreed = any((f.window, f.day, f.start) == (visit.window, visit.day, visit.start) for f in task.fixed)
    if visit.start % problem.horizon.slot and not agreed:
        yield _found("grid", visit, slot=problem.horizon.slot)
    if len(visit.carers) != len(task.carers) or len(set(visit.carers)) != len(visit.carers):
        yield _found("two_carers", visit, asked=len(task.carers), named=len(visit.carers))


def _carers(problem: CalendarProblem, visit: Visit) -> Iterator[Finding]:
    for name in visit.carers:
        carer = problem.carer_of.get(name)
        if carer is None:
            yield _found("unknown_carer", visit, carer=name)
        elif visit.day in carer.leave:
            yield _found("leave", visit, carer=name)
        else:
            times = [(start, end) for day, start, end in carer.windows if day == visit.day]
            if not _inside(times, visit):
                yield _found("carer_windows", visit, carer=name, times=tuple(times))


def _inside(times: Iterable[tuple[int, int]], visit: Visit) -> bool:
    """Whether the visit lies in one of the times; times that touch or overlap are one."""
    reach = visit.start
    for start, end in sorted(times):
        if start <= reach < end:
            reach = end
    return reach >= visit.end
