"""One check as its inspector reads it: what the record says, what to judge, and where to go (DOMAIN.md 9.2)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.households.reading import note_read
from bangfu.households.rules import needs_guardian
from bangfu.households.sealing import unseal
from bangfu.oversight.check_tables import SpotCheck
from bangfu.shared import audit, i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.phones import national_phone
from bangfu.verification.queries import VisitPage
from bangfu.verification.queries import page_of as record_of
from bangfu.visits import door_checklists, door_rules
from bangfu.visits.door_checklists import Checklist
from bangfu.visits.door_writing import may_take_photos
from bangfu.visits.tables import Visit


@dataclass(frozen=True, slots=True)
class Standard:
    """One line to judge; `recorded` is what the visit's record says of it, `must` whether it was mandatory."""

    code: str
    text: str
    must: bool
    recorded: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """The visit's record beside the standards of its checklist."""

    visit: Visit
    page: VisitPage
    title: str
    form: tuple[str, int | None]
    standards: list[Standard]
    photos: bool

    @property
    def codes(self) -> list[str]:
        """The standards in their order."""
        return [line.code for line in self.standards]

    @property
    def must(self) -> list[str]:
        """Those that were mandatory."""
        return [line.code for line in self.standards if line.must]

    @property
    def lasted(self) -> int | None:
        """Whole minutes from begin to end."""
        if self.visit.started_at is None or self.visit.ended_at is None:
            return None
        return int((self.visit.ended_at - self.visit.started_at).total_seconds() // 60)


async def compared(visit: UUID, at: datetime) -> Compared:
    """What a visit's record says, to be compared on the spot; no words about the household."""
    row = await Visit.objects().get(Visit.id == visit)
    if row is None:
        raise LookupError("a check belongs to a visit")
    found = await record_of((await Visit.raw("SELECT * FROM visit WHERE id = {}", visit))[0])
    form = await _checklist(row, found)
    level = await door_checklists.level_of(row)
    recorded = {answer["code"]: answer for answer in found.checklist}
    standards = [
        Standard(
            line["code"], door_checklists.text_of(line), door_rules.is_must(line, level),
            recorded.get(line["code"], {}).get("answer", ""), recorded.get(line["code"], {}).get("reason", ""),
        )
        for line in (form.lines if form else ())
    ]  # fmt: skip
    return Compared(
        row, found, form.title if form else "", (form.code, form.version) if form else ("", None), standards,
        await may_take_photos(row, at),
    )  # fmt: skip


async def _checklist(row: Visit, found: VisitPage) -> Checklist | None:
    """The checklist of the record; where there is no record, the one that counted on the day."""
    record = found.record
    known = await door_checklists.of_record(record["form"], record["form_version"]) if record else None
    return known or await door_checklists.for_service(row.service, civil_date(row.planned_start))


async def levels_of(assessment: UUID) -> list[tuple[str, str]]:
    """The levels that a survey's form knows, in the reader's language: what was found first is not shown."""
    rows = await SpotCheck.raw(
        "SELECT f.document FROM assessment a JOIN assessment_form f ON f.id = a.form WHERE a.id = {}", assessment
    )
    document = rows[0]["document"]
    levels = (json.loads(document) if isinstance(document, str) else document)["levels"]
    return [(one["code"], one["title"]["en" if i18n.current() == "en" else "zh"]) for one in levels]


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to visit or call: shown to an assigned inspector on request, and every look is on record."""

    who: str
    address: str
    phone: str
    pairs: bool
    trained: bool
    note: str
    person: UUID | None
    born: Any


_CONTACT = (
    "SELECT h.id, h.address_enc, h.note_enc, h.head_name, h.two_person_visits, h.trained_only, p.id AS person, p.name,"
    " p.birth_date, p.phone_enc FROM spot_check s JOIN household h ON h.id = s.household"
    " LEFT JOIN visit v ON v.id = s.visit LEFT JOIN need n ON n.id = v.need"
    " LEFT JOIN assessment a ON a.id = s.assessment LEFT JOIN LATERAL (SELECT * FROM person x"
    " WHERE x.household = h.id AND x.left_on IS NULL AND (x.id = coalesce(a.person, n.person)"
    " OR (coalesce(a.person, n.person) IS NULL AND x.is_head)) LIMIT 1) p ON true WHERE s.id = {}"
)


async def contact_of(actor: Actor, row: Mapping[str, Any], at: datetime) -> Contact:
    """Name, address and phone of the person who was served, after the look was logged; the caller has checked that the
    check is the actor's and still to be done."""
    found = (await SpotCheck.raw(_CONTACT, row["id"]))[0]
    async with transaction():
        await note_read(actor, row["household"], None, "contact", row["number"], at)
        if found["person"] and needs_guardian(found["birth_date"], civil_date(at)):
            await note_read(actor, row["household"], found["person"], "child", row["number"], at)
        await audit.record(
            actor, "check.contact_shown", "spot_check", row["id"], division=row["division"], at=at,
            data={"number": row["number"], "fields": ["name", "address", "phone"]},
        )  # fmt: skip
    phone = unseal("person", found, "phone_enc", "person") if found["person"] else ""
    return Contact(
        found["name"] or found["head_name"], unseal("household", found, "address_enc"), national_phone(phone),
        found["two_person_visits"], found["trained_only"], unseal("household", found, "note_enc"), found["person"],
        found["birth_date"],
    )  # fmt: skip
