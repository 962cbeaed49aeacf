"""What a person enters about a household, checked and in the units of the product."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

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
    food: str = ""
    time_wishes: tuple[str, ...] = ()
    contact_channel: str = ""
    income_stable: bool = True
    able_bodied: bool = False
    valid_until: date | None = None
    """The last day of an emergency household."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Consent, or the statute that makes it unnecessary (DOMAIN.md 9.1). `person` is the member it is about, None the
    whole household; `text_version` names the consent text that was shown."""

    ground: str
    giver: str = ""
    giver_relation: str = "self"
    method: str = ""
    given_on: date | None = None
    statute: str = ""
    purposes: tuple[str, ...] = ()
    person: UUID | None = None
    text_version: str = ""
    valid_until: date | None = None
    scan: str = ""
