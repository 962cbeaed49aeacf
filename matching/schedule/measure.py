"""The numbers of a calendar and the objective they make: travel, lateness, steadiness, changes, what is unplaced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from matching.schedule.checks.ways import ways_of_day
from matching.schedule.plan import Measures, Visit
from matching.schedule.problem import CalendarProblem
from matching.schedule.records import WEEK, Due, Task
from matching.values import DAY_MINUTES

HOUR = 60


def week_before(due: Sequence[Due]) -> list[int | None]:
    """For each due window the last one that begins at least a week earlier: its visit is what steadiness compares."""
    found: list[int | None] = []
    for window in due:
        earlier = [
            (other.first, number)
            for number, other in enumerate(due)
            if other.first <= window.first - WEEK * DAY_MINUTES
        ]
        found.append(max(earlier)[1] if earlier else None)
    return found


def measures_of(problem: CalendarProblem, visits: Sequence[Visit]) -> Measures:
    """The numbers of visits of known tasks and carers; the objective is the weighted sum (weights.Weights)."""
    weights = problem.weights
    placed = {visit.key: visit for visit in visits}
    weekday, time = _steadiness(problem, placed)
    days, times = _moves(problem, placed)
    travel, late = _travel(problem, visits), sum(_late(problem, visit) for visit in visits)
    unplaced, price = 0, 0
    for task in problem.tasks:
        gone = {past.window for past in task.done}
        empty = sum((task.id, w) not in placed and w not in gone for w in range(len(task.due)))
        unplaced, price = unplaced + empty, price + empty * weights.unplaced[task.priority]
    objective = price + weights.travel * travel + weights.late * late + weights.weekday * weekday
    objective += weights.time * time + weights.moved_day * days + weights.moved_time * times
    return Measures(
        travel_minutes=travel,
        late_hours=late,
        weekday_changes=weekday,
        time_changes=time,
        moved_days=days,
        moved_times=times,
        unplaced=unplaced,
        objective=objective,
    )


def _travel(problem: CalendarProblem, visits: Sequence[Visit]) -> int:
    days: dict[tuple[str, int], list[Visit]] = defaultdict(list)
    for visit in sorted(visits, key=lambda v: (v.start, v.end, v.task, v.window)):
        for carer in visit.carers:
            days[carer, visit.day].append(visit)
    return sum(sum(ways_of_day(problem, problem.carer_of[carer], day)) for (carer, _), day in days.items())


def _late(problem: CalendarProblem, visit: Visit) -> int:
    by = problem.task_of[visit.task].due[visit.window].by
    over = 0 if by is None else visit.day * DAY_MINUTES + visit.start - by
    return max(0, -(-over // HOUR))


def _steadiness(problem: CalendarProblem, placed: Mapping[tuple[str, int], Visit]) -> tuple[int, int]:
    """Visits on another weekday, and visits at another time of the day, than wished or than a week before."""
    by_task: dict[str, list[Visit]] = defaultdict(list)
    for visit in placed.values():
        by_task[visit.task].append(visit)
    weekday = time = 0
    for name, visits in by_task.items():
        task = problem.task_of[name]
        judged = _against_wishes(problem, task, visits) if task.wishes else _against_week_before(problem, task, visits)
        weekday, time = weekday + judged[0], time + judged[1]
    return weekday, time


def _against_wishes(problem: CalendarProblem, task: Task, visits: Sequence[Visit]) -> tuple[int, int]:
    """A visit on a wished weekday is compared with the times of that weekday, another one with all wished times."""
    weekday = time = 0
    for visit in visits:
        today = [minute for when, minute in task.wishes if when == problem.horizon.weekday(visit.day)]
        weekday += not today
        minutes = today or [minute for _, minute in task.wishes]
        time += all(m is not None and abs(visit.start - m) > problem.weights.steady_minutes for m in minutes)
    return weekday, time


def _against_week_before(problem: CalendarProblem, task: Task, visits: Sequence[Visit]) -> tuple[int, int]:
    when: dict[int, tuple[int, int]] = {v.window: (v.day, v.start) for v in visits}
    when |= {past.window: (past.day, past.start) for past in task.done if past.window is not None}
    partner, own = week_before(task.due), {visit.window for visit in visits}
    weekday = time = 0
    for window in own:
        before = partner[window]
        if before is not None and before in when:
            (day, start), (earlier, usual) = when[window], when[before]
            weekday += (day - earlier) % WEEK != 0
            time += abs(start - usual) > problem.weights.steady_minutes
    return weekday, time


def _moves(problem: CalendarProblem, placed: Mapping[tuple[str, int], Visit]) -> tuple[int, int]:
    days = times = 0
    for key, visit in placed.items():
        before = problem.previous_of.get(key)
        if before is not None:
            days += before.day != visit.day
            times += before.day == visit.day and before.start != visit.start
    return days, times
