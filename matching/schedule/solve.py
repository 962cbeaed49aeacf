"""The one door: from a calendar problem to a calendar."""

from __future__ import annotations

import time

from matching.schedule.measure import measures_of
from matching.schedule.plan import CalendarPlan, Unplaced, Visit
from matching.schedule.problem import CalendarProblem
from matching.schedule.search.exact import Region
from matching.schedule.search.mend import LEAST_SCOPES, SCOPES_PER_SECOND, conflicts, place_more, polish
from matching.schedule.search.model import empty_state
from matching.schedule.search.reasons import Reasons
from matching.schedule.search.run import finish, put_fixed, put_previous, search, steps_of
from matching.schedule.search.scope import unplaced
from matching.schedule.search.tables import build
from matching.schedule.search.units import units_of


def solve(
    problem: CalendarProblem, seed: int = 1, time_limit: float = 60.0, workers: int = 2, effort: float | None = None
) -> CalendarPlan:
    """The best calendar found; the same problem, seed, limit, effort and workers give the same calendar.

    `effort` are steps of the search for each visit; None: as many as a small server does within half of `time_limit`
    seconds. Only a machine that is so slow that the limit ends the work gives another calendar.

    Fixed visits stand whatever they break. Every other visit keeps every rule of check.py; what has no day is in
    `unplaced`, and why in `conflicts`. A first call compiles the inner loops, which takes a minute once.
    """
    begun = time.perf_counter()
    model, items, used = build(problem)
    state, units = empty_state(model, used), units_of(model, workers)
    region, reasons = Region(problem, model, items, state, used), Reasons(problem, model, items)
    put_fixed(model, state)
    put_previous(model, state)
    threads = min(workers, max(1, len(units.items)))
    steps = steps_of(model, time_limit, threads) if effort is None else effort
    scopes = LEAST_SCOPES + int(SCOPES_PER_SECOND * time_limit)
    search(model, state, units, seed, steps, begun + 0.6 * time_limit)
    place_more(region, units, reasons, seed, workers, scopes, begun + 0.75 * time_limit)
    finish(model, state, units, seed, steps, begun + 0.85 * time_limit)
    polish(region, units, seed, scopes, begun + 0.9 * time_limit)
    why = conflicts(region, units, reasons, seed, workers, scopes, begun + time_limit)
    left = [
        Unplaced(task=problem.tasks[items[i].task].id, window=items[i].window, reason=reasons.of(state, i))
        for i in sorted(unplaced(model, state))
    ]
    visits = visits_of(region)
    return CalendarPlan(
        status="incomplete" if left else "complete",
        visits=visits,
        unplaced=tuple(left),
        conflicts=tuple(why),
        measures=measures_of(problem, visits),
        seconds=time.perf_counter() - begun,
        seed=seed,
    )


def visits_of(region: Region) -> tuple[Visit, ...]:
    problem, state, found = region.problem, region.state, []
    for number, item in enumerate(region.items):
        if state.day[number] >= 0:
            task, start = problem.tasks[item.task], int(state.start[number])
            carers = tuple(problem.carers[carer].id for carer in item.carers)
            found.append(
                Visit(
                    task=task.id,
                    window=item.window,
                    day=int(state.day[number]),
                    start=start,
                    end=start + task.minutes,
                    carers=carers,
                )
            )
    return tuple(sorted(found, key=lambda visit: (visit.day, visit.start, visit.task, visit.window)))
