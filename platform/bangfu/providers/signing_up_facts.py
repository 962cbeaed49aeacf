"""What somebody tells who signs up as a volunteer, and how it is kept: as one sealed text."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from bangfu.providers.roster_rules import Window
from bangfu.shared.crypto import decrypt, encrypt


@dataclass(frozen=True, slots=True)
class Told:
    """Phone and ID number as shared/identifiers.py gives them; the guardian's part is "" for adults."""

    name: str
    sex: str
    birth_date: date
    phone: str
    id_number: str
    division: str
    languages: tuple[str, ...]
    services: tuple[str, ...]
    skills: str
    windows: tuple[Window, ...]
    travel_mode: str
    guardian: str = ""
    guardian_phone: str = ""
    guardian_relation: str = ""


def _place(application: UUID) -> str:
    return f"volunteer_application:answers_enc:{application}"


def sealed(application: UUID, told: Told) -> str:
    """The text that is stored."""
    return encrypt(json.dumps(asdict(told), default=str, ensure_ascii=False), _place(application))


def opened(application: UUID, stored: str) -> Told | None:
    """What was told; None where it has been deleted."""
    if not stored:
        return None
    read = json.loads(decrypt(stored, _place(application)))
    read["birth_date"] = date.fromisoformat(read["birth_date"])
    read["languages"], read["services"] = tuple(read["languages"]), tuple(read["services"])
    read["windows"] = tuple((day, start, end) for day, start, end in read["windows"])
    return Told(**read)
