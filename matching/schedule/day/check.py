"""Judge any plan of a day from its document alone, knowing no solver: broken rules as data, and the true cost.

The rules and the cost are those of Mankowska, Meisel and Bierwirth (2014): every service of every patient once, by a
caregiver with the ability, two services of a patient by two caregivers and rightly apart, never before the window
opens, with the time for the way; cost = (travel + total tardiness + largest tardiness) / 3, where travel includes the
ways from and to the office and a visit is tardy by what it starts after its window.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matching.schedule.day.records import DayProblem, Patient

TOLERANCE = 1e-6
CODES = (
    "form",  # the document is not a plan
    "unknown_caregiver",
    "unknown_patient",
    "unknown_service",  # the patient does not need it
    "twice",  # a caregiver with two routes, or a service given too often
    "missing",  # a service nobody gives
    "ability",
    "length",  # end is not start plus duration
    "early",  # starts before the window opens
    "way",  # no time for the way from the visit before, or from the office
    "same_caregiver",  # gives both services of a patient
    "apart",  # the two services are not simultaneous, or too near or far
    "cost",  # stated cost is not the true one
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFault:
    """One broken rule (`code`, of CODES); `said` is the limit or what the plan states, `actual` what was found."""

    code: str
    caregiver: str | None = None
    patient: str | None = None
    service: str | None = None
    said: Any = None
    actual: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCosts:
    """Minutes of travel, of all tardiness and of the largest; `cost` is a third of their sum."""

    travel: float
    tardiness: float
    largest: float

    @property
    def cost(self) -> float:
        """What the published results count."""
        return (self.travel + self.tardiness + self.largest) / 3


@dataclass(frozen=True, slots=True)
class _Given:
    """A visit as a plan states it."""

    caregiver: str
    patient: str
    service: str
    start: float
    end: float


def check_day(problem: DayProblem, document: Any) -> list[DayFault]:
    """Everything that is wrong with a plan's document; nothing for a right one."""
    routes, faults = _routes(problem, document)
    if faults:
        return faults
    visits = [visit for route in routes.values() for visit in route]
    for caregiver, route in routes.items():
        faults += _in_route(problem, caregiver, route)
    for patient in problem.patients:
        faults += _at_patient(patient, [visit for visit in visits if visit.patient == patient.id])
    cost, said = _costs(problem, routes).cost, document["cost"]
    if abs(cost - said) > TOLERANCE * max(1.0, cost):
        faults.append(DayFault(code="cost", said=said, actual=cost))
    return faults


def costs_of(problem: DayProblem, document: Any) -> DayCosts:
    """The true cost of a plan's document, kept rules or not. Raises ValueError if it cannot be read."""
    routes, faults = _routes(problem, document)
    if faults:
        raise ValueError(f"not a plan of this problem: {faults[0]}")
    return _costs(problem, routes)


def _costs(problem: DayProblem, routes: Mapping[str, Sequence[_Given]]) -> DayCosts:
    closes = {patient.id: patient.time_window[1] for patient in problem.patients}
    late = [max(0.0, visit.start - closes[visit.patient]) for route in routes.values() for visit in route]
    travel = 0.0
    for caregiver, route in routes.items():
        places = [_office(problem, caregiver), *(problem.place_of_patient[v.patient] for v in route)]
        travel += sum(problem.travel[here][there] for here, there in zip(places, places[1:] + places[:1], strict=True))
    return DayCosts(travel=travel, tardiness=sum(late), largest=max(late, default=0.0))


def _office(problem: DayProblem, caregiver: str) -> int:
    point = next(known.departing_point for known in problem.caregivers if known.id == caregiver)
    return problem.place_of_office[point]


def _routes(problem: DayProblem, document: Any) -> tuple[dict[str, list[_Given]], list[DayFault]]:
    """The routes by caregiver, or what keeps them from being read."""
    if not isinstance(document, Mapping) or not isinstance(document.get("routes"), list):
        return {}, [DayFault(code="form", said="routes")]
    if not _number(document.get("cost")):
        return {}, [DayFault(code="form", said="cost", actual=document.get("cost"))]
    known, routes, faults = {c.id for c in problem.caregivers}, dict[str, list[_Given]](), list[DayFault]()
    for entry in document["routes"]:
        caregiver = entry.get("caregiver") if isinstance(entry, Mapping) else None
        if not isinstance(caregiver, str) or not isinstance(entry.get("visits"), list):
            faults.append(DayFault(code="form", said="route", actual=entry))
        elif caregiver not in known:
            faults.append(DayFault(code="unknown_caregiver", caregiver=caregiver))
        elif caregiver in routes:
            faults.append(DayFault(code="twice", caregiver=caregiver))
        else:
            routes[caregiver] = []
            for visit in entry["visits"]:
                _take(problem, caregiver, visit, routes[caregiver], faults)
    return routes, faults


def _take(problem: DayProblem, caregiver: str, visit: Any, route: list[_Given], faults: list[DayFault]) -> None:
    names = ("patient", "service")
    if not isinstance(visit, Mapping) or not all(isinstance(visit.get(name), str) for name in names):
        faults.append(DayFault(code="form", caregiver=caregiver, said="visit", actual=visit))
    elif not _number(visit.get("start")) or not _number(visit.get("end")):
        faults.append(DayFault(code="form", caregiver=caregiver, said="start, end", actual=visit))
    elif visit["patient"] not in problem.place_of_patient:
        faults.append(DayFault(code="unknown_patient", caregiver=caregiver, patient=visit["patient"]))
    else:
        route.append(_Given(caregiver, visit["patient"], visit["service"], visit["start"], visit["end"]))


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")


def _in_route(problem: DayProblem, caregiver: str, route: Sequence[_Given]) -> list[DayFault]:
    """What is wrong for the caregiver: abilities, and the time for the ways."""
    able = next(known.abilities for known in problem.caregivers if known.id == caregiver)
    here, free, faults = _office(problem, caregiver), 0.0, list[DayFault]()
    for visit in route:
        there = problem.place_of_patient[visit.patient]
        if visit.service not in able:
            faults.append(_fault("ability", visit))
        ready = free + problem.travel[here][there]
        if visit.start < ready - TOLERANCE:
            faults.append(_fault("way", visit, said=visit.start, actual=ready))
        here, free = there, visit.end
    return faults


def _at_patient(patient: Patient, visits: Sequence[_Given]) -> list[DayFault]:
    """What is wrong for the patient: each service once, its length, its window, and two services apart."""
    faults, matched = list[DayFault](), list[_Given]()
    open_ = sorted(visits, key=lambda visit: (visit.start, visit.end))
    order = patient.services if patient.apart != (0.0, 0.0) else sorted(patient.services, key=lambda d: d.duration)
    for demand in order:
        found = next((visit for visit in open_ if visit.service == demand.service), None)
        if found is None:
            faults.append(DayFault(code="missing", patient=patient.id, service=demand.service))
            continue
        open_.remove(found)
        matched.append(found)
        if abs(found.end - found.start - demand.duration) > TOLERANCE:
            faults.append(_fault("length", found, said=found.end - found.start, actual=demand.duration))
        if found.start < patient.time_window[0] - TOLERANCE:
            faults.append(_fault("early", found, said=found.start, actual=patient.time_window[0]))
    needed = {demand.service for demand in patient.services}
    faults += [_fault("twice" if visit.service in needed else "unknown_service", visit) for visit in open_]
    if len(matched) == 2 and patient.apart is not None:
        faults += _together(patient.apart, *matched)
    return faults


def _together(apart: tuple[float, float], first: _Given, second: _Given) -> list[DayFault]:
    faults, found = list[DayFault](), second.start - first.start
    if first.caregiver == second.caregiver:
        faults.append(_fault("same_caregiver", second))
    if not apart[0] - TOLERANCE <= found <= apart[1] + TOLERANCE:
        faults.append(_fault("apart", second, said=apart, actual=found))
    return faults


def _fault(code: str, visit: _Given, said: Any = None, actual: Any = None) -> DayFault:
    return DayFault(
        code=code, caregiver=visit.caregiver, patient=visit.patient, service=visit.service, said=said, actual=actual
    )
