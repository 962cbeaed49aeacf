"""What the visits of one task, or of one household, must keep between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from matching.schedule.plan import Finding, Visit
from matching.schedule.problem import CalendarProblem
from matching.schedule.records import Task
from matching.values import DAY_MINUTES


def findings_of_task(
    problem: CalendarProblem, task: Task, visits: Sequence[Visit], complete: bool
) -> Iterator[Finding]:
    """Spacing, one visit a due window, fixed visits kept; with `complete` each due window filled."""
    yield from _spacing(task, visits)
    filled = {past.window for past in task.done if past.window is not None}
    by_window: dict[int, Visit] = {}
    for visit in visits:
        if visit.window in filled:
            yield Finding(code="twice", task=task.id, day=visit.day, params={"window": visit.window})
        filled.add(visit.window)
        by_window.setdefault(visit.window, visit)
    for kept in task.fixed:
        found = by_window.get(kept.window)
        wanted = (kept.day, kept.start, frozenset(kept.carers or task.carers))
        if found is None or (found.day, found.start, frozenset(found.carers)) != wanted:
            params = {"window": kept.window, "start": kept.start}
            yield Finding(code="fixed", task=task.id, day=kept.day, params=params)
    for window in range(len(task.due)) if complete else ():
        if window not in filled:
            yield Finding(code="missing", task=task.id, params={"window": window})


def _spacing(task: Task, visits: Sequence[Visit]) -> Iterator[Finding]:
    spans = [(v.day, v.day * DAY_MINUTES + v.start, v.day * DAY_MINUTES + v.end) for v in visits]
    past = [(p.day, p.day * DAY_MINUTES + p.start, p.day * DAY_MINUTES + p.start + task.minutes) for p in task.done]
    for (day, _, end), (next_day, start, _) in pairwise(sorted(spans + past, key=lambda span: span[1])):
        if next_day < 0:
            continue  # what lies before the horizon cannot be helped
        if next_day - day < task.spacing_days or start - end < task.spacing_minutes:
            params = {"days": next_day - day, "least_days": task.spacing_days, "least_minutes": task.spacing_minutes}
            yield Finding(code="spacing", task=task.id, day=next_day, params=params)


def findings_of_household(problem: CalendarProblem, day: int, visits: Sequence[Visit]) -> Iterator[Finding]:
    """Visits of different tasks of one household on one day that stand beside each other without a mark."""
    ordered = sorted(visits, key=lambda visit: (visit.start, visit.end, visit.task))
    for number, visit in enumerate(ordered):
        for later in ordered[number + 1 :]:
            if later.start >= visit.end:
                break
            marked = problem.task_of[visit.task].beside_others or problem.task_of[later.task].beside_others
            if visit.task != later.task and not marked:
                params = {"window": later.window, "other": visit.task}
                yield Finding(code="household", task=later.task, day=day, params=params)
