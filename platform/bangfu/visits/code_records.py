"""The record of a visit as it is entered for somebody at the desk, from a sheet, or afterwards: the checklist, findings
and the household's word, with the field names of the form at the door (door_forms)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.errors import N_, NotYours
from bangfu.shared.civil_time import SHANGHAI, civil_date
from bangfu.shared.web.forms import Form
from bangfu.visits import door_checklists, door_forms, door_rules
from bangfu.visits.door_checklists import Checklist
from bangfu.visits.door_data import Confirmation, Record
from bangfu.visits.tables import Visit

WORD_OF_HOUSEHOLD: Final = ("voice", "witness", "unable")
"""How a household confirms over the phone, or to who was there."""
ON_PAPER: Final = ("signature", "thumbprint_photo", "witness", "unable")


@dataclass(frozen=True, slots=True)
class Asked:
    """The checklist of a visit and the codes of the lines that this person's care asks for."""

    checklist: Checklist | None
    must: frozenset[str]

    def lines(self) -> list[dict[str, object]]:
        """Its lines as the form shows them."""
        if self.checklist is None:
            return []
        return [
            {"code": line["code"], "text": door_checklists.text_of(line), "must": line["code"] in self.must}
            for line in self.checklist.lines
        ]


async def asked_of(visit: UUID) -> Asked:
    """The checklist that a visit is recorded by.

    Raises:
        NotYours: if there is no such visit.
    """
    row = await Visit.objects().get(Visit.id == visit)
    if row is None:
        raise NotYours
    found = await door_checklists.for_service(row.service, civil_date(row.planned_start))
    if found is None:
        return Asked(None, frozenset())
    level = await door_checklists.level_of(row)
    must = {line["code"] for line in found.lines if door_rules.is_must(line, level)}
    return Asked(found, frozenset(must))


def read_record(form: Form, asked: Asked, ways: Sequence[str]) -> Record:
    """What was done, found and confirmed; faults stay in the form."""
    record = door_forms.read_record(form, asked.checklist, read_confirmation(form, ways))
    given = {answer.code for answer in record.checklist}
    for code in asked.checklist.codes() if asked.checklist else ():
        if code in asked.must - given:
            form.fault(f"line-{code}", N_("Tick it, or say why not."))
    for area in asked.checklist.areas if asked.checklist else ():
        if area not in record.findings:
            form.fault(f"finding-{area}", N_("Please choose one."))
    return record


def read_confirmation(form: Form, ways: Sequence[str]) -> Confirmation:
    """How the household confirmed; faults stay in the form."""
    way = form.choice("confirmation", tuple(ways))
    reason = form.choice("unable_reason", door_rules.UNABLE_REASONS) if way == "unable" else ""
    by = form.text("confirm_name", most=60) if way in {"voice", "witness"} else ""
    return Confirmation(way, reason, by)


def part_of(form: Form, prefix: str) -> Form:
    """The fields of one row of a long form, without their prefix."""
    names = [name for name in form if name.startswith(prefix)]
    return Form({name.removeprefix(prefix): form.many(name) or [""] for name in names})


def put_back(form: Form, prefix: str, part: Form) -> None:
    """The faults of a row as faults of the long form."""
    for name, (message, params) in part.faults.items():
        form.fault(f"{prefix}{name}", message, **params)


def moment(form: Form, name: str, day: str) -> datetime | None:
    """A time of day (14:05, also 14：05 or 1405) on a day as 2026-11-21, in Chinese civil time."""
    text = form.text(name, most=8).replace("：", ":").replace(".", ":")
    if not text:
        return None
    if text.isascii() and text.isdecimal() and len(text) in {3, 4}:
        text = f"{text[:-2]}:{text[-2:]}"
    try:
        return datetime.strptime(f"{day} {text}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
    except ValueError:
        form.fault(name, N_("Please enter a time such as 14:05."))
        return None
