"""From facts about a household to the services that norms make due (DOMAIN.md 2.2). Pure: no clock, no database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Final
from uuid import UUID

from bangfu.shared.civil_time import age_on

PERIODS: Final[Mapping[str, int]] = {"week": 52, "two_weeks": 26, "month": 12, "quarter": 4}
"""Period -> how many of them make a year."""
HOUSEHOLD_WIDE: Final = frozenset({"visit_check", "phone_check"})
"""Whoever checks on a home sees everybody in it: one need for the household, by its strictest norm [D]."""
COVERED_BY: Final[Mapping[str, tuple[str, ...]]] = {"daily_care": ("daily_care", "nursing_care", "day_care")}
"""Services that answer a norm of another one: who nurses also cares."""
HEALTH: Final = "health"
"""Stands for a norm whose name would tell about a person's health (DOMAIN.md 9.1: sensitive)."""
ALONE: Final = frozenset({"lives_alone", "empty_nest", "left_behind_elder"})
CHILD_TYPES: Final = frozenset({"orphan", "de_facto_unattended", "poverty", "guardianship", "disability_illness"})
INTELLECTUAL, MENTAL = 5, 6


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A member: `supported` if the household's category is this person's own (特困, 单人保), else the head is;
    `disabilities` are pairs of type and level of the certificate (DOMAIN.md 1.2)."""

    id: UUID | None
    born: date | None = None
    supported: bool = False
    selfcare_level: str = ""
    tags: frozenset[str] = frozenset()
    disabilities: tuple[tuple[int, int], ...] = ()
    risk_color: str = ""


@dataclass(frozen=True, slots=True)
class HouseFacts:
    """A household as the norms look at it; `risk_color` is that of its children."""

    category: str = ""
    support_mode: str = ""
    selfcare_level: str = ""
    risk_color: str = ""
    people: tuple[PersonFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class Norm:
    """A norm in force; `times` visits in each `period` for whom `target` describes; `source` as [D], [F:NMG]."""

    code: str
    version: int
    service: str
    target: str
    times: int
    period: str
    minutes: int = 0
    within_hours: int = 0
    on_request: bool = False
    basis_zh: str = ""
    basis_en: str = ""
    source: str = ""

    @property
    def a_year(self) -> Fraction:
        """Visits a year, to compare norms of different periods."""
        return Fraction(self.times * PERIODS[self.period])

    @property
    def visits(self) -> int:
        """Visits in four weeks, as needs count them: rounded up, at least one."""
        return max(1, ceil(self.a_year / 13))


@dataclass(frozen=True, slots=True)
class Cause:
    """One norm that applies to one person."""

    norm: Norm
    person: UUID | None


@dataclass(frozen=True, slots=True)
class Due:
    """A service that is due: the strictest norm decides, the others stand beside it as reasons."""

    service: str
    person: UUID | None
    strictest: Norm
    causes: tuple[Cause, ...]

    @property
    def is_health(self) -> bool:
        """Whether the deciding norm's name would tell about somebody's health."""
        return self.strictest.target in HEALTH_TARGETS

    @property
    def urgent_care(self) -> bool:
        """Whether leaving it undone is a gap in care, not only a missed service."""
        return any(cause.norm.target in GAP_TARGETS for cause in self.causes)

    @property
    def for_child(self) -> bool:
        """Whether a child is one of the reasons."""
        return any(cause.norm.target in CHILD_TARGETS for cause in self.causes)


@dataclass(frozen=True, slots=True)
class _Seen:
    house: HouseFacts
    person: PersonFacts
    today: date

    @property
    def age(self) -> int | None:
        return age_on(self.today, self.person.born) if self.person.born else None

    @property
    def elder(self) -> bool:
        return self.age is not None and self.age >= 60

    @property
    def minor(self) -> bool:
        return self.age is not None and self.age < 18

    def tagged(self, *tags: str) -> bool:
        return not self.person.tags.isdisjoint(tags)

    @property
    def alone(self) -> bool:
        return self.tagged(*ALONE)

    @property
    def severe(self) -> bool:
        return any(level <= 2 for _, level in self.person.disabilities)

    @property
    def color(self) -> str:
        return (self.person.risk_color or self.house.risk_color) if self.minor else ""

    @property
    def level(self) -> str:
        return self.person.selfcare_level or (self.house.selfcare_level if self.person.supported else "")

    def tekun(self, level: str = "") -> bool:
        at_home = self.house.category == "tekun" and self.house.support_mode != "centralized"
        return at_home and self.person.supported and level in ("", self.level)


Test = Callable[[_Seen], bool]

TARGETS: Final[Mapping[str, Test]] = {
    "elder_high_risk": lambda s: s.age is not None and s.age >= 80 and s.alone,
    "elder_serious_illness": lambda s: s.elder and s.tagged("serious_illness"),
    "elder_disabled": lambda s: s.elder and bool(s.person.disabilities),
    "elder_dementia": lambda s: s.elder and s.tagged("dementia"),
    "special_family_elder": lambda s: s.elder and s.tagged("family_planning_special"),
    "tekun_dispersed": lambda s: s.tekun(),
    "orphan_scattered": lambda s: s.minor and s.tagged("orphan"),
    "child_difficulty": lambda s: s.minor and s.tagged(*CHILD_TYPES) and not s.tagged("orphan"),
    "elder_alone": lambda s: s.elder and s.alone,
    "disabled_severe": lambda s: s.severe,
    "tekun_full_self": lambda s: s.tekun("full_self"),
    "tekun_semi": lambda s: s.tekun("semi"),
    "tekun_full_care": lambda s: s.tekun("full_care"),
    "child_red": lambda s: s.color == "red",
    "child_yellow": lambda s: s.color == "yellow",
    "child_blue": lambda s: s.color == "blue",
    "child_green": lambda s: s.color == "green",
    "left_behind": lambda s: s.minor and s.tagged("left_behind") and not s.color,
    "mental_severe": lambda s: s.tagged("mental_severe"),
    "care_in_place": lambda s: any(
        kind in (INTELLECTUAL, MENTAL) and level <= 3 for kind, level in s.person.disabilities
    ),
}
"""Target -> who belongs to it. A household's self-care level is that of the person who is supported."""
HEALTH_TARGETS: Final = frozenset(
    {"elder_serious_illness", "elder_disabled", "elder_dementia", "disabled_severe", "mental_severe", "care_in_place"}
)
GAP_TARGETS: Final = frozenset({"mental_severe", "care_in_place", "elder_dementia", "tekun_full_care", "child_red"})
"""People who must not be left alone with it (PRODUCT.md row D: no gap in care)."""
CHILD_TARGETS: Final = frozenset(
    {"orphan_scattered", "child_difficulty", "child_red", "child_yellow", "child_blue", "child_green", "left_behind"}
)


def targets_of(house: HouseFacts, person: PersonFacts, today: date) -> list[str]:
    """The targets that a person belongs to, in the order of TARGETS."""
    seen = _Seen(house, person, today)
    return [target for target, test in TARGETS.items() if test(seen)]


def causes_of(house: HouseFacts, norms: Iterable[Norm], today: date) -> list[Cause]:
    """Every norm that applies to every member; norms that apply only on request are left out."""
    held = {person: set(targets_of(house, person, today)) for person in house.people}
    return [
        Cause(norm, person.id)
        for norm in norms
        for person in house.people
        if not norm.on_request and norm.target in held[person]
    ]


def strictest(norms: Sequence[Norm]) -> Norm:
    """The norm with most visits a year; of equal ones the published rule before the product's own [D], then by code.

    Raises:
        ValueError: for no norms.
    """
    return min(norms, key=lambda norm: (-norm.a_year, norm.source.startswith("[D"), norm.code))


def due_services(house: HouseFacts, norms: Iterable[Norm], today: date) -> list[Due]:
    """The services that the household's facts make due, one per service and person (checks on a home: per household).

    Several norms for the same service are not added up: the strictest one decides (DOMAIN.md 2.2), because one visit
    serves all its reasons.
    """
    grouped: dict[tuple[str, UUID | None], list[Cause]] = {}
    for cause in causes_of(house, norms, today):
        person = None if cause.norm.service in HOUSEHOLD_WIDE else cause.person
        grouped.setdefault((cause.norm.service, person), []).append(cause)
    return [
        Due(service, person, strictest([cause.norm for cause in causes]), tuple(causes))
        for (service, person), causes in grouped.items()
    ]


@dataclass(frozen=True, slots=True)
class Present:
    """An open need: which service for whom, visits in four weeks."""

    service: str
    person: UUID | None
    visits: int


def covered_visits(due: Due, present: Iterable[Present]) -> int:
    """Visits in four weeks of the open needs that answer what is due: for that person or the whole household."""
    services = COVERED_BY.get(due.service, (due.service,))
    return sum(
        need.visits
        for need in present
        if need.service in services and (due.person is None or need.person in (None, due.person))
    )


def standing(due: Due, present: Iterable[Present]) -> str:
    """`covered`, `below` (some visits, fewer than the norm asks for) or `missing`."""
    visits = covered_visits(due, present)
    if visits >= due.strictest.visits:
        return "covered"
    return "below" if visits else "missing"


def groups_of(house: HouseFacts, person: PersonFacts, today: date) -> set[str]:
    """What the table of services and groups (catalogue.rules.FITTING) asks about a person."""
    seen = _Seen(house, person, today)
    answers = {
        "minor": seen.minor,
        "pupil": seen.age is not None and 5 <= seen.age < 18,
        "working_age": seen.age is not None and 16 <= seen.age < 65,
        "elder": seen.elder,
        "alone": seen.alone,
        "disabled": bool(person.disabilities) or seen.tagged("disability_illness", "mental_severe"),
        "ill": seen.tagged("serious_illness", "dementia", "disability_illness"),
        "limited": seen.level in {"semi", "full_care"},
        "tekun": house.category == "tekun",
    }
    return {group for group, holds in answers.items() if holds}
