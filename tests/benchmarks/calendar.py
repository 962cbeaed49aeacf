"""Calendars of made-up regions: seconds, visits without a day, travel beside a plain calendar and OR-Tools' bound.

    python -m tests.benchmarks.calendar            # 600 carers x 6,000 tasks, three seeds, 60 s each
    python -m tests.benchmarks.calendar --small    # one carer, two and four weeks, beside OR-Tools alone

Each calendar is judged by the independent checker; the loops are compiled before anything is timed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from matching.schedule import CalendarPlan, CalendarProblem, Visit, problems_of
from matching.schedule.measure import measures_of
from matching.schedule.search.exact import Region as Ground
from matching.schedule.search.exact import cheapest
from matching.schedule.search.model import State, empty_state
from matching.schedule.search.run import put_fixed
from matching.schedule.search.scope import Scope
from matching.schedule.search.tables import build
from matching.schedule.solve import solve
from matching.values import DAY_MINUTES
from tests.benchmarks.plain_calendar import plain_calendar
from tests.benchmarks.regions import Region, make_region

SEEDS = (1, 2, 3)
BOUND_WORK = 5.0  # deterministic seconds that OR-Tools alone may take


def _timed(problem: CalendarProblem, limit: float) -> tuple[CalendarPlan, float]:
    begun = time.process_time()
    plan = solve(problem, seed=1, time_limit=limit)
    return plan, time.process_time() - begun


def region_rows(carers: int, tasks: int, limit: float) -> Iterable[str]:
    """One row a seed."""
    yield (
        "| seed | visits due | s | CPU s | unplaced | of them proven | conflicts | faults | travel min "
        "| plain: unplaced, travel per visit / ours |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for seed in SEEDS:
        problem = make_region(Region(carers, tasks), seed)
        plan, cpu = _timed(problem, limit)
        allowed = {_short(f) for f in problems_of(problem, _agreed(problem, plan.visits))}
        faults = [f for f in problems_of(problem, plan.visits) if _short(f) not in allowed]
        plain = plain_calendar(problem)
        numbers, theirs = plan.measures, measures_of(problem, plain)
        ratio = (theirs.travel_minutes / len(plain)) / (numbers.travel_minutes / len(plan.visits))
        told = {(task, day) for c in plan.conflicts if c.proven for task in c.tasks for day in c.days}
        proven = sum(_told(problem, u.task, u.window, told) for u in plan.unplaced)
        yield (
            f"| {seed} | {len(plan.visits) + numbers.unplaced} | {plan.seconds:.1f} | {cpu:.1f} | {numbers.unplaced} "
            f"| {proven} | {len(plan.conflicts)} | {len(faults)} | {numbers.travel_minutes} "
            f"| {theirs.unplaced}, {ratio:.2f} |"
        )


def _short(finding: object) -> tuple[object, ...]:
    return tuple(getattr(finding, name) for name in ("code", "task", "day"))


def _agreed(problem: CalendarProblem, visits: Iterable[Visit]) -> list[Visit]:
    return [v for v in visits if any(f.window == v.window for f in problem.task_of[v.task].fixed)]


def _told(problem: CalendarProblem, task: str, window: int, told: set[tuple[str, int]]) -> bool:
    due = problem.task_of[task].due[window]
    return any((task, day) in told for day in range(due.first // DAY_MINUTES, (due.end - 1) // DAY_MINUTES + 1))


def small_rows(days: int, tasks: int) -> Iterable[str]:
    """One carer: the calendar of a second beside what OR-Tools alone finds and proves in its time."""
    yield f"\n{days} days, {tasks} tasks of one carer\n"
    yield "| seed | visits | s | objective | OR-Tools: objective | bound | s |"
    yield "|---|---|---|---|---|---|---|"
    for seed in SEEDS:
        problem = _cut(make_region(Region(1, tasks), seed), days)
        plan, _ = _timed(problem, 1.0)
        model, items, used = build(problem)
        state = empty_state(model, used)
        put_fixed(model, state)
        begun = time.perf_counter()
        found = cheapest(Ground(problem, model, items, state, used), _whole(state), 1, BOUND_WORK, workers=1)
        took = time.perf_counter() - begun
        yield (
            f"| {seed} | {len(items)} | {plan.seconds:.1f} | {plan.measures.objective} "
            f"| {found.cost:.0f} | {found.bound:.0f} | {took:.0f} |"
        )


def _cut(problem: CalendarProblem, days: int) -> CalendarProblem:
    tasks = [
        replace(task, due=[due for due in task.due if due.end <= days * DAY_MINUTES], fixed=())
        for task in problem.tasks
    ]
    return replace(problem, horizon=replace(problem.horizon, days=days), tasks=tuple(tasks))


def _whole(state: State) -> Scope:
    free = tuple(range(len(state.day)))
    return Scope(free, (), frozenset({0}), frozenset(range(5)), strict=False)


def main() -> None:
    """Print the tables."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--small", action="store_true")
    reading.add_argument("--carers", type=int, default=600)
    reading.add_argument("--tasks", type=int, default=6000)
    reading.add_argument("--seconds", type=float, default=60.0)
    given = reading.parse_args()
    solve(make_region(Region(4, 40), 7), time_limit=5.0)
    small = chain(small_rows(14, 6), small_rows(28, 10))
    for row in small if given.small else region_rows(given.carers, given.tasks, given.seconds):
        print(row, flush=True)


if __name__ == "__main__":
    main()
