"""A day of a team as data: patients with one or two services, caregivers with abilities, offices they leave from.

The problem is that of Mankowska, Meisel and Bierwirth (2014): times are in minutes from the start of the day, a
patient's window says when each of its services may start (never earlier; later is tardy), travel takes as many minutes
as the distance. Every record judges its own fields and raises ProblemError.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from matching import values
from matching.values import ProblemError

MOST_MINUTES = 1_000_000.0
SYNCHRONIZATIONS = ("simultaneous", "sequential")


def _place(record: str, value: Any) -> tuple[float, float]:
    parts = values.items(record, "location", value)
    if len(parts) != 2:
        raise ProblemError(record, "location", f"must hold two numbers, is {values.shown(value)}")
    x, y = (values.real(record, "location", part, -MOST_MINUTES, MOST_MINUTES) for part in parts)
    return x, y


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Where caregivers start and end their day."""

    id: str
    location: tuple[float, float]

    def __post_init__(self) -> None:
        values.text("a central office", "id", self.id)
        object.__setattr__(self, "location", _place(f"central office {self.id}", self.location))


@dataclass(frozen=True, slots=True, kw_only=True)
class Caregiver:
    """Who can give which services, and the office the day starts and ends at."""

    id: str
    abilities: tuple[str, ...]
    departing_point: str

    def __post_init__(self) -> None:
        values.text("a caregiver", "id", self.id)
        record = f"caregiver {self.id}"
        object.__setattr__(self, "abilities", values.texts(record, "abilities", self.abilities))
        values.text(record, "departing_point", self.departing_point)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One service a patient needs, and how long it takes (minutes)."""

    service: str
    duration: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """One patient: `time_window` for the start of each service, one or two `services`.

    Two services are given by two different caregivers; the second starts at least `apart[0]` and at most `apart[1]`
    minutes after the first starts, (0, 0) where they are simultaneous. `apart` is None for one service.
    """

    id: str
    location: tuple[float, float]
    time_window: tuple[float, float]
    services: tuple[Demand, ...]
    apart: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        values.text("a patient", "id", self.id)
        record = f"patient {self.id}"
        object.__setattr__(self, "location", _place(record, self.location))
        object.__setattr__(self, "time_window", span(record, "time_window", self.time_window))
        for demand in self.services:
            values.text(record, "service", demand.service)
            values.real(record, "duration", demand.duration, 0.0, MOST_MINUTES)
        if len(self.services) not in (1, 2):
            raise ProblemError(record, "required_caregivers", f"must be one or two, are {len(self.services)}")
        if (self.apart is not None) != (len(self.services) == 2):
            wrong = "is missing for two services" if self.apart is None else "needs two services"
            raise ProblemError(record, "synchronization", wrong)
        if self.apart is not None:
            object.__setattr__(self, "apart", span(record, "synchronization.distance", self.apart))


def span(record: str, field: str, value: Any) -> tuple[float, float]:
    """Two numbers of minutes, the first not above the second."""
    parts = values.items(record, field, value)
    if len(parts) != 2:
        raise ProblemError(record, field, f"must hold two numbers, is {values.shown(value)}")
    first, last = (values.real(record, field, part, 0.0, MOST_MINUTES) for part in parts)
    if first > last:
        raise ProblemError(record, field, f"must not end before it starts, is {values.shown(value)}")
    return first, last


@dataclass(frozen=True)
class DayProblem:
    """Everything a day's routes are made of; `distances` (offices first, then patients) or None for Euclidean ones."""

    patients: tuple[Patient, ...]
    caregivers: tuple[Caregiver, ...]
    offices: tuple[Office, ...]
    distances: tuple[tuple[float, ...], ...] | None = None

    def __post_init__(self) -> None:
        """Raises ProblemError for ids that are not unique, unknown departing points and a matrix of another size."""
        _unique("patients", (patient.id for patient in self.patients))
        _unique("caregivers", (caregiver.id for caregiver in self.caregivers))
        _unique("central_offices", (office.id for office in self.offices))
        known = {office.id for office in self.offices}
        for caregiver in self.caregivers:
            if caregiver.departing_point not in known:
                said = values.shown(caregiver.departing_point)
                raise ProblemError(f"caregiver {caregiver.id}", "departing_point", f"names no central office: {said}")
        self._judge_matrix()

    def _judge_matrix(self) -> None:
        size = len(self.offices) + len(self.patients)
        if self.distances is None:
            return
        if len(self.distances) != size:
            rows = len(self.distances)
            raise ProblemError("instance", "distances", f"must have {size} rows (offices, then patients), has {rows}")
        for at, row in enumerate(self.distances):
            if len(row) != size:
                raise ProblemError("instance", f"distances[{at}]", f"must have {size} numbers, has {len(row)}")
            for number in row:
                values.real("instance", f"distances[{at}]", number, 0.0, MOST_MINUTES)

    @cached_property
    def travel(self) -> tuple[tuple[float, ...], ...]:
        """Minutes between places: offices first, then patients, both in the file's order."""
        if self.distances is not None:
            return self.distances
        places = [office.location for office in self.offices] + [patient.location for patient in self.patients]
        return tuple(tuple(math.dist(one, other) for other in places) for one in places)

    @cached_property
    def place_of_patient(self) -> dict[str, int]:
        """The row of `travel` of each patient."""
        return {patient.id: len(self.offices) + at for at, patient in enumerate(self.patients)}

    @cached_property
    def place_of_office(self) -> dict[str, int]:
        """The row of `travel` of each office."""
        return {office.id: at for at, office in enumerate(self.offices)}


def _unique(field: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise ProblemError("instance", field, f"must have different ids, {values.shown(name)} is there twice")
        seen.add(name)
