"""What a worker answers to a need that the norms propose."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker answered to a proposed need."""

    service: str
    person: UUID | None
    fingerprint: str
    key: UUID
    visits: int
    minutes: int
    reason: str
    submit: bool


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a proposed need is not recorded, in a code and in words, and when to ask again."""

    service: str
    person: UUID | None
    fingerprint: str
    key: UUID
    code: str
    words: str
    revisit_on: date | None
