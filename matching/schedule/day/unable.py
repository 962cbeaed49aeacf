"""Which services nobody can give: the only way in which a day has no plan, since being late is allowed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matching.schedule.day.records import DayProblem, Demand, Patient

NOBODY, ONLY_ONE = "nobody_able", "only_one_caregiver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unable:
    """A service that cannot be given: nobody has the ability, or one caregiver alone has both of a patient's."""

    patient: str
    service: str
    reason: str

    def __str__(self) -> str:
        why = "no caregiver is able to" if self.reason == NOBODY else "it needs a second caregiver besides the only one"
        return f"service {self.service} of patient {self.patient} cannot be given: {why}"


def unable(problem: DayProblem) -> tuple[Unable, ...]:
    """Every service that cannot be given, in the order of the patients."""
    return tuple(found for patient in problem.patients for found in _of(patient, problem))


def _of(patient: Patient, problem: DayProblem) -> Iterable[Unable]:
    able = [{c.id for c in problem.caregivers if demand.service in c.abilities} for demand in patient.services]
    nobody = [demand for demand, carers in zip(patient.services, able, strict=True) if not carers]
    if nobody:
        return [_unable(patient, demand, NOBODY) for demand in nobody]
    if len(able) == 2 and len(able[0] | able[1]) == 1:
        return [_unable(patient, patient.services[1], ONLY_ONE)]
    return []


def _unable(patient: Patient, demand: Demand, reason: str) -> Unable:
    return Unable(patient=patient.id, service=demand.service, reason=reason)
