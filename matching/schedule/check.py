"""Judges any list of visits without a solver: what a person moves by hand, what a solver hands over.

It shares nothing with the solver but the records. The rules themselves stand in `checks/`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from matching.schedule.checks.days import findings_of_day, findings_of_week
from matching.schedule.checks.single import findings_of_visit
from matching.schedule.checks.together import findings_of_household, findings_of_task
from matching.schedule.plan import Finding, Visit
from matching.schedule.problem import CalendarProblem

CarerDays = dict[str, dict[int, list[Visit]]]


def problems_of(problem: CalendarProblem, visits: Sequence[Visit], *, complete: bool = False) -> list[Finding]:
    """Every broken rule of the visits; with `complete` also each due window that none of them fills."""
    known = [visit for visit in visits if visit.task in problem.task_of]
    return [
        *_unknown(problem, visits),
        *(finding for visit in known for finding in findings_of_visit(problem, visit)),
        *_of_tasks(problem, known, problem.task_of, complete),
        *_of_households(problem, known),
        *_of_carers(problem, known, None),
    ]


def problems_with(problem: CalendarProblem, visits: Sequence[Visit], changed: Iterable[Visit]) -> list[Finding]:
    """The broken rules that touch the changed visits: their own, and of the days, weeks and households they stand in.

    `visits` is the whole list after the change and holds the changed ones.
    """
    moved = list(changed)
    own = [visit for visit in moved if visit.task in problem.task_of]
    known = [visit for visit in visits if visit.task in problem.task_of]
    tasks = {visit.task for visit in own}
    at_home = {(problem.task_of[visit.task].household, visit.day) for visit in own}
    neighbours = [visit for visit in known if (problem.task_of[visit.task].household, visit.day) in at_home]
    days = {(carer, visit.day) for visit in own for carer in visit.carers}
    return [
        *_unknown(problem, moved),
        *(finding for visit in own for finding in findings_of_visit(problem, visit)),
        *_of_tasks(problem, known, tasks, complete=False),
        *_of_households(problem, neighbours),
        *_of_carers(problem, known, days),
    ]


def _unknown(problem: CalendarProblem, visits: Iterable[Visit]) -> Iterator[Finding]:
    for visit in visits:
        if visit.task not in problem.task_of:
            yield Finding(code="unknown_task", task=visit.task, day=visit.day)


def _of_tasks(
    problem: CalendarProblem, known: Iterable[Visit], tasks: Collection[str], complete: bool
) -> Iterator[Finding]:
    by_task: dict[str, list[Visit]] = {task: [] for task in sorted(tasks)}
    for visit in known:
        if visit.task in by_task:
            by_task[visit.task].append(visit)
    for task, visits in by_task.items():
        yield from findings_of_task(problem, problem.task_of[task], visits, complete)


def _of_households(problem: CalendarProblem, known: Iterable[Visit]) -> Iterator[Finding]:
    by_day: dict[tuple[str, int], list[Visit]] = defaultdict(list)
    for visit in known:
        by_day[problem.task_of[visit.task].household, visit.day].append(visit)
    for (_, day), visits in by_day.items():
        if len(visits) > 1:
            yield from findings_of_household(problem, day, visits)


def _of_carers(
    problem: CalendarProblem, known: Iterable[Visit], wanted: Collection[tuple[str, int]] | None
) -> Iterator[Finding]:
    """The days and weeks of known carers; `wanted` names the (carer, day) that matter, None for all."""
    carers = None if wanted is None else {carer for carer, _ in wanted}
    for name, days in sorted(_carer_days(problem, known, carers).items()):
        carer, weeks = problem.carer_of[name], defaultdict[int, dict[int, list[Visit]]](dict)
        for day, visits in sorted(days.items()):
            weeks[problem.horizon.week(day)][day] = visits
            if wanted is None or (name, day) in wanted:
                yield from findings_of_day(problem, carer, day, visits)
        for week, of_week in weeks.items():
            if wanted is None or any((name, day) in wanted for day in of_week):
                yield from findings_of_week(problem, carer, week, of_week)


def _carer_days(problem: CalendarProblem, known: Iterable[Visit], carers: Collection[str] | None) -> CarerDays:
    days: CarerDays = defaultdict(lambda: defaultdict(list))
    for visit in known:
        for carer in dict.fromkeys(visit.carers):
            if carer in problem.carer_of and (carers is None or carer in carers):
                days[carer][visit.day].append(visit)
    for of_carer in days.values():
        for visits in of_carer.values():
            visits.sort(key=lambda visit: (visit.start, visit.end, visit.task, visit.window))
    return days
