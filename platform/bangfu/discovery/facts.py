"""What a person or another system tells about a report, checked and in the units of the product."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """A signal as it comes in. `id_number` and `phone` as shared/identifiers.py gives them; lat, lon WGS-84 degrees.

    `source` and `hotline_kind` are codes of words.py. `about_staff`: users whom a complaint concerns, where known.
    """

    source: str
    division: str
    need_kinds: tuple[str, ...] = ()
    urgent: bool = False
    seen: str = ""
    name: str = ""
    phone: str = ""
    id_number: str = ""
    address: str = ""
    hotline_kind: str = ""
    reporter_name: str = ""
    reporter_phone: str = ""
    lat: float | None = None
    lon: float | None = None
    about_staff: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """A home visit; `companion` is a colleague who went along, `met` a code of words.py: no names of those they met."""

    visited_on: date
    companion: UUID | None
    met: str
    findings: str
    need_kinds: tuple[str, ...]
    confirmed: bool


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """A joint review; `departments` are organisations that took part."""

    held_on: date
    form: str
    departments: tuple[UUID, ...]
    participants: str
    conclusion: str


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    """One line of a prescription. The responsible person's unit follows from the person."""

    kind: str
    text: str
    responsible: UUID
    due_on: date


@dataclass(frozen=True, slots=True)
class TellingFacts:
    """How, when and to whom the result was told; `received_by` is a code as `VisitFacts.met`."""

    told_on: date
    way: str
    received_by: str
    receipt: str
    text: str
