"""What a worker enters about outreach and the quarterly lists."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody spoke with the household about a service: how, with which result, when to ask again."""

    key: UUID
    channel: str
    result: str
    words: str
    revisit_on: date | None


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found about a person in special difficulty, how, and the evidence in words."""

    finding: str
    how: str
    words: str
