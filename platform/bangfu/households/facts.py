"""What a person enters about a household, checked and in the units of the product."""

from dataclasses import dataclass
from datetime import date

from bangfu.shared.coordinates import Point


@dataclass(frozen=True, slots=True)
class Situation:
    """What a household's page asks about the household itself; `point` is WGS-84."""

    division: str
    address: str
    point: Point | None
    category: str
    category_since: date | None
    admission_mode: str
    support_mode: str
    selfcare_level: str
    risk_color: str
    two_person_visits: bool
    trained_only: bool
    language: str
    gender_wish: str
    note: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Consent, or the statute that makes it unnecessary (DOMAIN.md 9.1)."""

    ground: str
    giver: str = ""
    giver_relation: str = "self"
    method: str = ""
    given_on: date | None = None
    statute: str = ""
    purposes: tuple[str, ...] = ()
