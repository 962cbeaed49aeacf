"""The one door: solve_day(problem, limits) -> DayPlan."""

from __future__ import annotations

import time
from dataclasses import replace

from matching.limits import Limits, Watch
from matching.schedule.day.construct import first_tour
from matching.schedule.day.model import Field, build
from matching.schedule.day.plan import DayPlan, DayRoute, DayVisit
from matching.schedule.day.records import DayProblem
from matching.schedule.day.search import Search, moves_for
from matching.schedule.day.timing import Tour
from matching.schedule.day.unable import Unable, unable


def solve_day(
    problem: DayProblem, limits: Limits | None = None, *, moves: int | None = None, spent: float = 0.0
) -> DayPlan:
    """The best routes found; being late is allowed, so there always is a plan.

    The seconds fix how many moves are tried unless `moves` does, and the clock only ends a run on a slow machine: the
    same problem, seed and moves give the same plan. Patients with a service that nobody can give are left out and named
    in `unable`. The first run on a machine compiles the search, about ten seconds once, within the seconds. `spent` of
    the seconds are gone already.
    """
    asked = limits or Limits()
    watch = Watch(replace(asked, seconds=max(0.0, asked.seconds - spent)), time.monotonic, None, None)
    lost = unable(problem)
    served = _without(problem, lost)
    empty = tuple(DayRoute(caregiver=caregiver.id, visits=()) for caregiver in problem.caregivers)
    if not served.patients:
        return DayPlan(cost=0.0, routes=empty, unable=lost, seconds=round(watch.seconds, 3))
    field, visits = build(served)
    search = Search(field, first_tour(field))
    search.run(moves_for(len(visits), asked.seconds) if moves is None else moves, watch)
    cost = search.cost / 3
    routes = _routes(served, visits, field, search.best)
    return DayPlan(cost=cost, routes=routes, unable=lost, moves=search.moves, seconds=round(watch.seconds, 3))


def _without(problem: DayProblem, lost: tuple[Unable, ...]) -> DayProblem:
    """The problem without the patients that cannot be served."""
    gone = {entry.patient for entry in lost}
    if not gone:
        return problem
    kept = [at for at, patient in enumerate(problem.patients) if patient.id not in gone]
    rows = [*range(len(problem.offices)), *(len(problem.offices) + at for at in kept)]
    matrix = tuple(tuple(problem.travel[row][column] for column in rows) for row in rows)
    return replace(problem, patients=tuple(problem.patients[at] for at in kept), distances=matrix)


def _routes(problem: DayProblem, visits: list[tuple[int, int]], field: Field, tour: Tour) -> tuple[DayRoute, ...]:
    routes = []
    for carer, caregiver in enumerate(problem.caregivers):
        found, v = [], int(tour.after[len(visits) + carer])
        while v < len(visits):
            found.append(_visit(problem, visits[v], float(tour.start[v]), float(field.duration[v])))
            v = int(tour.after[v])
        routes.append(DayRoute(caregiver=caregiver.id, visits=tuple(found)))
    return tuple(routes)


def _visit(problem: DayProblem, visit: tuple[int, int], start: float, duration: float) -> DayVisit:
    patient = problem.patients[visit[0]]
    service = patient.services[visit[1]].service
    return DayVisit(patient=patient.id, service=service, start=start, end=start + duration)
