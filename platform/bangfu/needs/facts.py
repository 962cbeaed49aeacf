"""What a person enters about a need, checked and in the units of the product."""

from dataclasses import dataclass
from uuid import UUID

Window = tuple[int, int, int]
"""Weekday (0 = Monday), first minute of the day, minute at which it ends."""

DAY_PARTS: dict[str, tuple[int, int]] = {"morning": (480, 720), "afternoon": (780, 1080), "evening": (1080, 1260)}


@dataclass(frozen=True, slots=True)
class Wish:
    """A need as entered: minutes per visit, visits per 4 weeks (None: the default of the service)."""

    service: str
    person: UUID | None
    visits: int | None
    minutes: int | None
    windows: tuple[Window, ...]
    gender_required: str
    gender_wish: str
    language_wish: str
    reason: str
    urgent: bool
    item: str = ""
    emergency: bool = False
    """Help first, papers later (DOMAIN.md 8.1); such a need is urgent."""
    origin: str = ""
    proposal: UUID | None = None
