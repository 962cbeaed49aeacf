"""Read an instance in the JSON form of the published home health care problems; unknown keys are ignored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matching import values
from matching.schedule.day.records import (
    MOST_MINUTES,
    SYNCHRONIZATIONS,
    Caregiver,
    DayProblem,
    Demand,
    Office,
    Patient,
    span,
)
from matching.values import ProblemError


def read_day(path: str | Path) -> DayProblem:
    """The problem of a file. Raises OSError, or ProblemError naming what is wrong where."""
    raw = Path(path).read_bytes()
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ProblemError("instance", "", f"is not JSON: {error}") from error
    return day_of(document)


def day_of(document: Any) -> DayProblem:
    """The problem of a JSON object with patients, services, caregivers, central_offices and, if any, distances."""
    instance = values.mapping("instance", "the file", document)
    durations = dict(_service(at, entry) for at, entry in _list(instance, "services"))
    offices = tuple(_office(at, entry) for at, entry in _list(instance, "central_offices"))
    if not offices:
        raise ProblemError("instance", "central_offices", "must not be empty")
    return DayProblem(
        patients=tuple(_patient(at, entry, durations) for at, entry in _list(instance, "patients")),
        caregivers=tuple(_caregiver(at, entry, durations, offices) for at, entry in _list(instance, "caregivers")),
        offices=offices,
        distances=_distances(instance.get("distances")),
    )


def _list(instance: Mapping[str, Any], field: str) -> list[tuple[int, Any]]:
    return list(enumerate(values.items("instance", field, _given("instance", instance, field))))


def _given(record: str, entry: Mapping[str, Any], field: str) -> Any:
    if field not in entry:
        raise ProblemError(record, field, "is missing")
    return entry[field]


def _entry(kind: str, field: str, at: int, entry: Any) -> tuple[str, Mapping[str, Any]]:
    """How errors name the record (by id where it has one), and its values."""
    found = values.mapping(f"{field}[{at}]", "the entry", entry)
    return f"{kind} {values.text(f'{field}[{at}]', 'id', _given(f'{field}[{at}]', found, 'id'))}", found


def _service(at: int, entry: Any) -> tuple[str, float | None]:
    record, found = _entry("service", "services", at, entry)
    default = found.get("default_duration")
    minutes = None if default is None else values.real(record, "default_duration", default, 0.0, MOST_MINUTES)
    return found["id"], minutes


def _office(at: int, entry: Any) -> Office:
    record, found = _entry("central office", "central_offices", at, entry)
    return Office(id=found["id"], location=_given(record, found, "location"))


def _caregiver(at: int, entry: Any, known: Mapping[str, float | None], offices: tuple[Office, ...]) -> Caregiver:
    record, found = _entry("caregiver", "caregivers", at, entry)
    abilities = values.texts(record, "abilities", _given(record, found, "abilities"))
    for service in abilities:
        _known_service(record, "abilities", service, known)
    point = found.get("departing_point")
    if point is None and len(offices) > 1:
        raise ProblemError(record, "departing_point", "is missing, and there are several central offices")
    return Caregiver(id=found["id"], abilities=abilities, departing_point=offices[0].id if point is None else point)


def _patient(at: int, entry: Any, known: Mapping[str, float | None]) -> Patient:
    record, found = _entry("patient", "patients", at, entry)
    demands = values.items(record, "required_caregivers", _given(record, found, "required_caregivers"))
    return Patient(
        id=found["id"],
        location=_given(record, found, "location"),
        time_window=_given(record, found, "time_window"),
        services=tuple(_demand(record, demand, known) for demand in demands),
        apart=_apart(record, found.get("synchronization")),
    )


def _demand(record: str, entry: Any, known: Mapping[str, float | None]) -> Demand:
    found = values.mapping(record, "required_caregivers", entry)
    service = values.text(record, "service", _given(record, found, "service"))
    _known_service(record, "service", service, known)
    duration = found.get("duration", known[service])
    if duration is None:
        raise ProblemError(record, "duration", f"is missing, and service {service} has no default_duration")
    return Demand(service=service, duration=values.real(record, "duration", duration, 0.0, MOST_MINUTES))


def _known_service(record: str, field: str, service: str, known: Mapping[str, float | None]) -> None:
    if service not in known:
        raise ProblemError(record, field, f"names no service of the list: {values.shown(service)}")


def _apart(record: str, entry: Any) -> tuple[float, float] | None:
    if entry is None:
        return None
    found = values.mapping(record, "synchronization", entry)
    kind = values.one_of(record, "synchronization.type", found.get("type"), SYNCHRONIZATIONS)
    if kind == "simultaneous":
        return 0.0, 0.0
    if "distance" not in found:
        raise ProblemError(record, "synchronization.distance", "is missing for sequential services")
    return span(record, "synchronization.distance", found["distance"])


def _distances(matrix: Any) -> tuple[tuple[float, ...], ...] | None:
    if matrix is None:
        return None
    rows = values.items("instance", "distances", matrix)
    return tuple(values.items("instance", f"distances[{at}]", row) for at, row in enumerate(rows))
