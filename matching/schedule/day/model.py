"""A day as arrays for the inner loop: a node for every visit, then one for every caregiver's office."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.schedule.day.records import DayProblem
from matching.tables import Bools, Floats, Ints

ALONE, FIRST, SECOND, TOGETHER = 0, 1, 2, 3
NEAR = 24
# How much a wait counts beside travel when visits are called near.
WAIT = 0.2


class Field(NamedTuple):
    """What the inner loop reads. Visits are the nodes 0..n-1; node n + c is the office of caregiver c.

    opens, closes, duration by visit; mate: the patient's other visit or -1; role: ALONE, FIRST or SECOND of ordered
    ones, TOGETHER; least, most: minutes between the two starts; able [visit, caregiver]; way [node, node] minutes;
    near [visit, k]: visits that go well before this one, best first.
    """

    opens: Floats
    closes: Floats
    duration: Floats
    mate: Ints
    role: Ints
    least: Floats
    most: Floats
    able: Bools
    way: Floats
    near: Ints


def build(problem: DayProblem) -> tuple[Field, list[tuple[int, int]]]:
    """The arrays, and for every visit (number of the patient, number of its service)."""
    visits = [(p, s) for p, patient in enumerate(problem.patients) for s in range(len(patient.services))]
    patients = [problem.patients[p] for p, _ in visits]
    demands = [problem.patients[p].services[s] for p, s in visits]
    pairs = [patient.apart if patient.apart is not None else (0.0, 0.0) for patient in patients]
    opens = np.array([patient.time_window[0] for patient in patients])
    closes = np.array([patient.time_window[1] for patient in patients])
    duration = np.array([demand.duration for demand in demands])
    way = _way(problem, [p for p, _ in visits])
    field = Field(
        opens=opens,
        closes=closes,
        duration=duration,
        mate=np.array(
            [-1 if len(problem.patients[p].services) == 1 else v + 1 - 2 * s for v, (p, s) in enumerate(visits)],
            dtype=np.int64,
        ),
        role=np.array([_role(problem.patients[p].apart, s) for p, s in visits], dtype=np.int64),
        least=np.array([pair[0] for pair in pairs]),
        most=np.array([pair[1] for pair in pairs]),
        able=np.array(
            [[demand.service in caregiver.abilities for caregiver in problem.caregivers] for demand in demands],
            dtype=np.bool_,
        ).reshape(len(visits), len(problem.caregivers)),
        way=way,
        near=_near(opens, closes, duration, way),
    )
    return field, visits


def _role(apart: tuple[float, float] | None, service: int) -> int:
    if apart is None:
        return ALONE
    if apart == (0.0, 0.0):
        return TOGETHER
    return SECOND if service else FIRST


def _way(problem: DayProblem, patients: list[int]) -> Floats:
    offices = len(problem.offices)
    place = [offices + p for p in patients] + [problem.place_of_office[c.departing_point] for c in problem.caregivers]
    travel = np.array(problem.travel, dtype=np.float64)
    return np.ascontiguousarray(travel[np.ix_(place, place)])


def _near(opens: Floats, closes: Floats, duration: Floats, way: Floats) -> Ints:
    """For every visit the others that cost little travel, waiting and tardiness right before it."""
    n = len(opens)
    reach = opens[:, None] + duration[:, None] + way[:n, :n]
    wait = np.maximum(0.0, opens[None, :] - (closes[:, None] + duration[:, None] + way[:n, :n]))
    cost = way[:n, :n] + WAIT * wait + np.maximum(0.0, reach - closes[None, :])
    np.fill_diagonal(cost, np.inf)
    return np.argsort(cost, axis=0, kind="stable")[: max(0, min(NEAR, n - 1))].T.copy()
