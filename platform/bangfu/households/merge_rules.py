"""Which households may be the same, what a merge keeps, and until when it can be undone. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

UNDO_DAYS: Final = 30
"""How long a merge can be undone [D]."""
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "place": (
        "division", "address_enc", "address_grams", "lat", "lon", "location_source", "location_accuracy_m",
    ),
    "selfcare_level": ("selfcare_level",),
    "risk_color": ("risk_color",),
    "language": ("language",),
    "gender_wish": ("gender_wish",),
    "contact_channel": ("contact_channel",),
    "note": ("note_enc",),
    "food": ("food_enc",),
}  # fmt: skip
"""What is chosen of two households, field by field -> its columns. The category stays the kept household's: it changes
only with its own decision and date. A safety flag (two people, trained staff) that one of the two has, stays."""
DECIDING: Final = {"place": "address", "note": "note", "food": "food"}
"""Field -> the opened value that tells whether the two differ; else the column of the same name."""
SAFETY: Final = ("two_person_visits", "trained_only")
PERSON_FIELDS: Final = ("name", "sex", "birth_date", "id_number", "phone", "bank")
KEPT, OTHER = "kept", "other"


def side(kept: Any, other: Any, chosen: str = "") -> str:
    """Whose value counts: the only one there is; of two different ones the chosen one, else the kept household's."""
    if not other or kept == other:
        return KEPT
    if not kept:
        return OTHER
    return OTHER if chosen == OTHER else KEPT


def conflict(kept: Any, other: Any) -> bool:
    """Whether somebody has to choose: both are there and differ."""
    return bool(kept) and bool(other) and kept != other


@dataclass(frozen=True, slots=True)
class Member:
    """What tells whether two members are the same person; `phone` is the blind index."""

    id: UUID
    name: str
    birth_date: Any
    phone: str
    id_number: str


def same_person(one: Member, two: Member) -> bool:
    """Whether the page proposes that they are one person: the same name, and nothing else that speaks against it."""
    if one.name != two.name or (one.id_number and two.id_number and one.id_number != two.id_number):
        return False
    if one.birth_date and two.birth_date:
        return bool(one.birth_date == two.birth_date)
    return True


def likely_pairs(kept: Sequence[Member], other: Sequence[Member]) -> dict[UUID, UUID]:
    """Member of the duplicate -> the member of the kept household that they seem to be; each at most once."""
    free, found = list(kept), dict[UUID, UUID]()
    for member in other:
        match = next((known for known in free if same_person(known, member)), None)
        if match is not None:
            found[member.id] = match.id
            free.remove(match)
    return found


REASONS: Final[dict[str, int]] = {"name_birth": 50, "phone": 35, "name_address": 35, "sound_village": 15}
"""Why two households may be the same, and how much it says [D]: same name and birth date; same phone; same address and
a shared part of the name; a name that sounds the same in the same village."""
LEVELS: Final = ((80, "very_likely"), (45, "likely"), (0, "possible"))


def level_of(reasons: Collection[str]) -> str:
    """The score of the reasons as a word's code."""
    score = sum(REASONS[reason] for reason in set(reasons))
    return next(level for least, level in LEVELS if score >= least)


def in_order(pairs: Mapping[tuple[UUID, UUID], set[str]]) -> list[tuple[tuple[UUID, UUID], set[str]]]:
    """The pairs with the most telling reasons first."""
    return sorted(pairs.items(), key=lambda item: (-sum(REASONS[reason] for reason in item[1]), item[0]))


def undo_until(merged_at: datetime) -> datetime:
    """The moment after which a merge cannot be undone."""
    return merged_at + timedelta(days=UNDO_DAYS)
