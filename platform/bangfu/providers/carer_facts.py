"""What forms hand to actions about people who serve."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bangfu.shared.coordinates import Point


@dataclass(frozen=True, slots=True)
class CarerFacts:
    """What a form says about a person. `id_number` and `phone` as shared/identifiers.py gives them, "" to keep what is
    recorded; `point` WGS-84, None for the division's; speed in km/h, minutes a week with travel."""

    kind: str
    name: str
    sex: str
    birth_date: date | None
    id_number: str
    phone: str
    languages: tuple[str, ...]
    division: str
    point: Point | None
    travel_mode: str
    speed_kmh: float
    max_km: float
    minutes_per_week: int
    max_households: int
    employer: UUID | None = None


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """A certificate as it was handed in; `expires_on` is its last valid day."""

    code: str
    number: str
    issuer: str
    issued_on: date | None
    expires_on: date


@dataclass(frozen=True, slots=True)
class Policy:
    """A volunteer's accident policy; both days are insured."""

    insurer: str
    number: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Agreement:
    """A guardian's consent: `services` empty means all that the age allows."""

    guardian: str
    relation: str
    services: tuple[str, ...]
    given_on: date


@dataclass(frozen=True, slots=True)
class Course:
    """A training with its hours; level 0 raises nothing."""

    name: str
    content: str
    hours: float
    organiser: str
    held_on: date
    level: int


@dataclass(frozen=True, slots=True)
class Check:
    """An answer of police or procuratorate about work with minors."""

    body: str
    checked_on: date
    hit: bool
