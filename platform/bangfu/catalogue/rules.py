"""Versions of the catalogue as one table of transitions; groups, elements, and which service fits whom. Pure.

A version is drafted, submitted, published by somebody else, and retired; what is published never changes (PRODUCT.md,
row D). Which version counts on a day follows from their numbers and first days: `in_force`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol, TypeVar

from bangfu.errors import N_
from bangfu.shared.states import Machine

EDITORS: Final = frozenset({"bureau_officer"})
PUBLISHERS: Final = frozenset({"bureau_lead"})

STATES: Final = ("draft", "submitted", "published", "retired")
AREAS: Final = ("life", "employment", "education", "medical", "disability", "care", "inclusion")
"""The seven groups of PRODUCT.md row C: 生活、就业、教育、助医、助残、精神关爱、社会融入."""
ELEMENTS: Final = ("provider", "scope", "content", "mechanism", "safeguards")
"""供给主体、对象范围、服务内容、运行机制、保障措施 (PRODUCT.md row D): all filled before publication."""
AUDIENCES: Final = (
    "elder", "alone", "semi", "full_care", "disabled", "mental", "ill", "child", "pupil", "able", "carer", "all",
)  # fmt: skip
"""For whom an item is meant, as a search asks for it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()
    deadline: str = ""


MACHINE: Final = Machine(
    [
        Step("draft", "submit", "submitted", EDITORS, "submitted"),
        Step("submitted", "publish", "published", PUBLISHERS, "published", ("complete", "two_people", "valid_from")),
        Step("submitted", "return", "draft", PUBLISHERS, "returned", ("reason",)),
        Step("published", "retire", "retired", PUBLISHERS, "retired", ("reason",)),
    ],
    N_("This version is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "version_status",
    "version_action",
)


class Version(Protocol):
    """What `in_force` looks at: a whole number, a state, a day or None."""

    version: Any
    status: Any
    valid_from: Any


V = TypeVar("V", bound=Version)


def in_force(versions: Iterable[V], today: date) -> V | None:
    """The version that counts today: the highest one published for today or earlier; none if that one is retired."""
    begun = [
        version
        for version in versions
        if version.status in {"published", "retired"} and version.valid_from is not None and version.valid_from <= today
    ]
    newest = max(begun, key=lambda version: version.version, default=None)
    return newest if newest is not None and newest.status == "published" else None


def missing_elements(values: Mapping[str, object]) -> list[str]:
    """The fields `<element>_<language>` that are empty; publication needs all ten."""
    names = [f"{element}_{lang}" for element in ELEMENTS for lang in ("zh", "en")]
    return [name for name in names if not str(values.get(name) or "").strip()]


CHILD_SERVICES: Final = frozenset({"tutoring", "companion_child", "child_case"})
FITTING: Final[Mapping[str, frozenset[str]]] = {
    "tutoring": frozenset({"pupil"}),
    "companion_child": frozenset({"minor"}),
    "child_case": frozenset({"minor"}),
    "employment": frozenset({"working_age"}),
    "daily_care": frozenset({"elder", "minor", "disabled", "ill", "limited"}),
    "nursing_care": frozenset({"limited", "disabled", "ill"}),
    "meal": frozenset({"elder", "limited", "disabled", "ill", "alone"}),
    "day_care": frozenset({"disabled", "limited"}),
    "home_adapt": frozenset({"elder", "disabled", "limited"}),
    "rehab": frozenset({"disabled", "ill", "limited"}),
    "ability_assess": frozenset({"elder", "disabled", "tekun", "ill"}),
}
"""Service -> the groups of people it is meant for (PRODUCT.md row A and DOMAIN.md 2.1); others fit everybody."""


def fits(service: str, groups: Collection[str]) -> bool:
    """Whether a service is meant for somebody of these groups; a wrong pair warns and is never refused."""
    wanted = FITTING.get(service)
    return wanted is None or not wanted.isdisjoint(groups)
