"""Minutes on the way, one pair at a time."""

from __future__ import annotations

import math
from functools import lru_cache

from matching.geometry import geodesic_km
from matching.schedule.plan import Visit
from matching.schedule.problem import CalendarProblem
from matching.schedule.records import Carer

Place = tuple[float, float]

# A minute hit exactly must not become two through rounding noise (as in measure.py).
EXACT = 1e-9


@lru_cache(maxsize=200_000)
def _km(start: Place, end: Place) -> float:
    return 0.0 if start == end else geodesic_km(*start, *end)


def way(problem: CalendarProblem, carer: Carer, start: Place, end: Place) -> int:
    """Whole minutes from one place to another, rounded up: 60 * detour * km / speed."""
    km = _km(start, end) if start <= end else _km(end, start)
    return max(0, math.ceil(60 * problem.detour * km / carer.speed_kmh - EXACT))


def place_of(problem: CalendarProblem, visit: Visit) -> Place:
    """Where a visit takes place."""
    task = problem.task_of[visit.task]
    return task.lat, task.lon


def ways_of_day(problem: CalendarProblem, carer: Carer, day: list[Visit]) -> list[int]:
    """Minutes from home to the first visit, between visits, and (if it counts) home; `day` in order, not empty."""
    home = (carer.lat, carer.lon)
    stops = [home, *(place_of(problem, visit) for visit in day)]
    if problem.way_back:
        stops.append(home)
    return [way(problem, carer, stops[at], stops[at + 1]) for at in range(len(stops) - 1)]
