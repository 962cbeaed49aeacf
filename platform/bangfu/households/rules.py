"""What follows from a household's category (DOMAIN.md 1.1); nothing here reads a clock or a table."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from bangfu.shared.civil_time import age_on

LAYERS: Final[dict[str, str]] = {
    "dibao": "key",
    "tekun": "key",
    "dibao_edge": "edge",
    "rigid_expense": "edge",
    "emergency": "general",
}
"""Category -> layer of 五类三层: derived, never typed."""

CATEGORIES: Final = tuple(LAYERS)
RISK_COLORS: Final = ("red", "yellow", "blue", "green")


def layer_of(category: str) -> str:
    """The layer (`key`, `edge` or `general`) of a household category.

    Raises:
        KeyError: for a category that DOMAIN.md 1.1 does not know.
    """
    return LAYERS[category]


def categories_of(layer: str) -> list[str]:
    """The categories that make up a layer; an unknown layer has none."""
    return [category for category, its_layer in LAYERS.items() if its_layer == layer]


UNMASK_ROLES: Final[dict[str, frozenset[str]]] = {
    "contact": frozenset(
        {
            "assist_coordinator",
            "child_director",
            "social_worker",
            "township_officer",
            "station_dispatcher",
            "bureau_officer",
            "bureau_lead",
        }
    ),
    "identity": frozenset({"assist_coordinator", "township_officer", "bureau_officer", "bureau_lead"}),
    "health": frozenset({"child_director", "social_worker", "township_officer", "bureau_officer"}),
}
"""Group of hidden values -> the roles that may see it with a reason (DOMAIN.md 9.3: role-bound)."""


def unmaskable(roles: Collection[str]) -> list[str]:
    """The groups of hidden values that one of the roles may see with a reason."""
    return [group for group, allowed in UNMASK_ROLES.items() if not allowed.isdisjoint(roles)]


CHILD_READERS: Final = frozenset(
    {"child_director", "child_supervisor", "social_worker", "township_officer", "bureau_officer"}
)
"""Who may be shown the data of a child under 14; every opening is noted (DOMAIN.md 9.1, least privilege)."""


def shows_person(roles: Collection[str], birth_date: date | None, today: date) -> bool:
    """Whether more than "a child under 14" and the first character of the name may be shown to these roles."""
    return not needs_guardian(birth_date, today) or not CHILD_READERS.isdisjoint(roles)


def age_tags(birth_date: date | None, today: date) -> tuple[str, ...]:
    """The tags that follow from the age (DOMAIN.md 1.2): derived, never typed; none where it is unknown."""
    if birth_date is None:
        return ()
    age = age_on(today, birth_date)
    rows = (("minor", age < 18), ("minor_u14", age < 14), ("minor_u8", age < 8), ("elder", age >= 60))
    return tuple(tag for tag, holds in (*rows, ("elder80", age >= 80)) if holds)


def is_minor(birth_date: date | None, today: date) -> bool:
    """Whether the person is under 18; unknown counts as grown up."""
    return birth_date is not None and age_on(today, birth_date) < 18


def needs_guardian(birth_date: date | None, today: date) -> bool:
    """Whether a guardian has to consent: under 14 (DOMAIN.md 9.1)."""
    return birth_date is not None and age_on(today, birth_date) < 14


def is_live(withdrawn_at: datetime | None, given_on: date | None, today: date, valid_until: date | None = None) -> bool:
    """Whether a consent or statutory ground counts today."""
    begun = given_on is None or given_on <= today
    return withdrawn_at is None and begun and (valid_until is None or today <= valid_until)
