"""Made-up days of a team, and the best plan of a small one by trying everything (no code of the solver)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from random import Random
from typing import Any

from matching.schedule.day import DayProblem

SERVICES = ("s1", "s2", "s3")


def patient(name: str, location: tuple[float, float], window: tuple[float, float], *services: str, **more: Any) -> Any:
    """A patient's JSON object; each service takes 10 minutes."""
    demands = [{"service": service, "duration": 10.0} for service in services]
    entry = {"id": name, "location": list(location), "time_window": list(window), "required_caregivers": demands}
    return {**entry, **more}


def day(patients: list[Any], abilities: list[list[str]], **more: Any) -> dict[str, Any]:
    """An instance with caregivers c1, c2 ... who leave from the one office at (0, 0)."""
    return {
        "patients": patients,
        "services": [{"id": service, "default_duration": 10.0} for service in SERVICES],
        "caregivers": [{"id": f"c{at + 1}", "abilities": able} for at, able in enumerate(abilities)],
        "central_offices": [{"id": "d", "location": [0.0, 0.0]}],
        **more,
    }


def together() -> dict[str, Any]:
    """What makes two services simultaneous."""
    return {"synchronization": {"type": "simultaneous"}}


def apart(least: float, most: float) -> dict[str, Any]:
    """What makes two services ordered."""
    return {"synchronization": {"type": "sequential", "distance": [least, most]}}


def random_day(random: Random, patients: int, pairs: int, caregivers: int = 2) -> dict[str, Any]:
    """A made-up day in which every service can be given; so many of the patients need two."""
    people = []
    for at in range(patients):
        opens = random.randrange(0, 120)
        services = random.sample(SERVICES, 2 if at < pairs else 1)
        least = random.randrange(0, 30)
        more = random.choice([together(), apart(least, least + random.randrange(0, 30))]) if at < pairs else {}
        place = (random.randrange(-30, 30), random.randrange(-30, 30))
        people.append(patient(f"p{at + 1}", place, (opens, opens + random.randrange(10, 60)), *services, **more))
    able = [random.sample(SERVICES, 2) for _ in range(caregivers - 2)]
    return day(people, [list(SERVICES), list(SERVICES), *able])


def best_cost(problem: DayProblem) -> float:
    """The least cost of all plans: every order of the visits, cut into routes everywhere, timed at the earliest."""
    return min((_cost(problem, routes) for routes in _all_routes(problem)), default=math.inf)


Visit = tuple[int, int]


def _all_routes(problem: DayProblem) -> Iterator[list[list[Visit]]]:
    visits = [(p, s) for p, patient in enumerate(problem.patients) for s in range(len(patient.services))]
    carers = len(problem.caregivers)
    for order in itertools.permutations(visits):
        for cuts in itertools.combinations_with_replacement(range(len(visits) + 1), carers - 1):
            ends = [0, *cuts, len(visits)]
            routes = [list(order[ends[at] : ends[at + 1]]) for at in range(carers)]
            if all(_fits(problem, carer, route) for carer, route in enumerate(routes)):
                yield routes


def _fits(problem: DayProblem, carer: int, route: list[Visit]) -> bool:
    able = problem.caregivers[carer].abilities
    alone = len({p for p, _ in route}) == len(route)
    return alone and all(problem.patients[p].services[s].service in able for p, s in route)


def _cost(problem: DayProblem, routes: list[list[Visit]]) -> float:
    travel, start = 0.0, dict[Visit, float]()
    for carer, route in enumerate(routes):
        office = problem.place_of_office[problem.caregivers[carer].departing_point]
        places = [office, *(len(problem.offices) + p for p, _ in route)]
        travel += sum(problem.travel[a][b] for a, b in zip(places, [*places[1:], office], strict=True))
        start |= {visit: problem.patients[visit[0]].time_window[0] for visit in route}
    for _ in range(3 * len(start) + 3):
        before = dict(start)
        for carer, route in enumerate(routes):
            _follow(problem, carer, route, start)
        for p, someone in enumerate(problem.patients):
            if someone.apart is not None:
                start[p, 1] = max(start[p, 1], start[p, 0] + someone.apart[0])
                start[p, 0] = max(start[p, 0], start[p, 1] - someone.apart[1])
        if start == before:
            late = [max(0.0, at - problem.patients[p].time_window[1]) for (p, _), at in start.items()]
            return (travel + sum(late) + max(late, default=0.0)) / 3
    return math.inf


def _follow(problem: DayProblem, carer: int, route: list[Visit], start: dict[Visit, float]) -> None:
    here, free = problem.place_of_office[problem.caregivers[carer].departing_point], 0.0
    for p, s in route:
        there = len(problem.offices) + p
        start[p, s] = max(start[p, s], free + problem.travel[here][there])
        here, free = there, start[p, s] + problem.patients[p].services[s].duration
