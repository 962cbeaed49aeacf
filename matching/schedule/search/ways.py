"""Every carer's minutes between home and the places of their tasks, all at once."""

from __future__ import annotations

import numpy as np

from matching.geometry import geodesics_km
from matching.schedule.problem import CalendarProblem
from matching.tables import Ints

# As in the judge: a minute hit exactly must not become two.
EXACT = 1e-9


def way_arrays(problem: CalendarProblem, stops: list[list[int]]) -> tuple[Ints, Ints, Ints]:
    """(pointer, number of places, minutes) per carer; `stops`: the numbers of each carer's tasks; home is place 0."""
    sizes = np.array([1 + len(of_carer) for of_carer in stops], dtype=np.int64)
    pointer = np.concatenate(([0], np.cumsum(sizes**2)))
    lat: list[float] = []
    lon: list[float] = []
    first, second, carer = [], [], []
    begin = 0
    for number, of_carer in enumerate(stops):
        here = problem.carers[number]
        places = [(here.lat, here.lon), *((problem.tasks[t].lat, problem.tasks[t].lon) for t in of_carer)]
        lat.extend(place[0] for place in places)
        lon.extend(place[1] for place in places)
        around = np.arange(begin, begin + len(places))
        first.append(np.repeat(around, len(places)))
        second.append(np.tile(around, len(places)))
        carer.append(np.full(len(places) ** 2, number))
        begin += len(places)
    if not stops:
        return pointer, sizes, np.zeros(0, dtype=np.int64)
    a, b, of = np.concatenate(first), np.concatenate(second), np.concatenate(carer)
    at_lat, at_lon = np.array(lat), np.array(lon)
    a, b = np.minimum(a, b), np.maximum(a, b)
    km = geodesics_km(at_lat[a], at_lon[a], at_lat[b], at_lon[b])
    speed = np.array([c.speed_kmh for c in problem.carers])[of]
    minutes = np.ceil(60 * problem.detour * km / speed - EXACT)
    return pointer, sizes, np.maximum(0, minutes).astype(np.int64)
