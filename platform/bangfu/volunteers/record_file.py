"""The record of one volunteer as a file for other portals: all fields of order 67 in codes, with a check, and back.

The same record gives the same bytes. What was taken from a file stands in the record and is passed on again, but it
counts for no hours and no stars here: who records certifies (order 67), and that was somebody else.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import SHANGHAI
from bangfu.shared.crypto import decrypt, encrypt
from bangfu.shared.database import transaction
from bangfu.shared.masking import mask_id, mask_name, mask_phone
from bangfu.shared.phones import national_phone
from bangfu.volunteers.hours_tables import BroughtRecord
from bangfu.volunteers.people import Row, check_organises, record_of

FORMAT: Final = "bangfu-volunteer-record-1"
MOST_BYTES: Final = 2 * 1024 * 1024
MOST_ENTRIES: Final = 5000
MOST_LETTERS: Final = 500
SECTIONS: Final[dict[str, dict[str, type | tuple[type, ...]]]] = {
    "services": {
        "name": str, "service": str, "part": str, "date": str, "started_at": str, "ended_at": str, "place": str,
        "target": str, "content": str, "minutes": int, "in_charge": str, "recorder": str, "status": str,
    },
    "trainings": {"name": str, "content": str, "hours": (int, float), "organiser": str, "date": str},
    "commendations": {"kind": str, "title": str, "date": str, "granter": str, "content": str, "recorder": str},
    "appraisals": {
        "kind": str, "title": str, "date": str, "granter": str, "grade": str, "by_recipient": bool, "content": str,
        "recorder": str,
    },
}  # fmt: skip
"""Group of order 67 -> its fields. `basic` is the fifth group."""


@dataclass(frozen=True, slots=True)
class RecordFile:
    """The bytes of a file, and how many entries it holds beside the basic information."""

    content: bytes
    entries: int


async def file_of(row: Row, *, plain: bool) -> RecordFile:
    """The file of a volunteer, as people.volunteer_for gives the row; masked unless `plain`."""
    record = await _own(row["id"], plain)
    for section, entry in await brought_entries(row["id"]):
        kept = entry if plain or "content" not in entry or section == "services" else {**entry, "content": ""}
        if kept not in record[section]:
            record[section].append(kept)
    for entries in record.values():
        entries.sort(key=_canonical)
    whole = {"basic": await _basic(row, record["services"], plain), **record}
    made = {"format": FORMAT, "rules": "民政部令第67号", "record": whole, "sha256": _check(whole)}
    content = json.dumps(made, ensure_ascii=False, sort_keys=True, indent=1).encode()
    return RecordFile(content, sum(len(entries) for entries in record.values()))


async def bring(actor: Actor, row: Row, content: bytes, at: datetime) -> bool:
    """Take over the record that another portal kept of this volunteer. False where that file was taken before.

    Raises:
        NotAllowed: unless the actor keeps the volunteer's record.
        FormError: for what is no such file, was changed, is masked, or is somebody else's.
    """
    check_organises(actor, row)
    record = read_file(content)
    number = decrypt(row["id_number_enc"], f"carer:id_number_enc:{row['id']}")
    if not number or record["basic"].get("document_number") != number:
        raise FormError({"file": (N_("The file is of somebody else, or masked: the document's number differs."), {})})
    entries = {section: record[section] for section in SECTIONS}
    check, key = _check(entries), uuid4()
    async with transaction():
        await BroughtRecord.raw("SELECT id FROM carer WHERE id = {} FOR UPDATE", row["id"])
        if await BroughtRecord.exists().where((BroughtRecord.carer == row["id"]) & (BroughtRecord.sha256 == check)):
            return False
        count = sum(len(one) for one in entries.values())
        await BroughtRecord(
            id=key, carer=row["id"], sha256=check, entries=count, brought_by=actor.user, brought_at=at,
            content_enc=encrypt(_canonical(entries), f"volunteer_brought:content_enc:{key}"),
        ).save()  # fmt: skip
        await audit.record(
            actor, "volunteer_record.brought", "carer", row["id"], division=row["division"], at=at,
            data={"entries": count, "sha256": check},
        )  # fmt: skip
    return True


async def brought(carer: UUID) -> list[Row]:
    """When a volunteer's records were taken over and how much they hold, the newest first."""
    rows: list[Row] = await BroughtRecord.raw(
        "SELECT id, entries, brought_at FROM volunteer_brought WHERE carer = {} ORDER BY brought_at DESC", carer
    )
    return rows


async def brought_entries(carer: UUID) -> list[tuple[str, Row]]:
    """What was taken over, as (group, entry); what two files say alike stands once."""
    rows = await BroughtRecord.raw(
        "SELECT id, content_enc FROM volunteer_brought WHERE carer = {} ORDER BY brought_at, id", carer
    )
    found: list[tuple[str, Row]] = []
    for row in rows:
        content = json.loads(decrypt(row["content_enc"], f"volunteer_brought:content_enc:{row['id']}"))
        found += [(name, one) for name in SECTIONS for one in content[name] if (name, one) not in found]
    return found


def read_file(content: bytes) -> dict[str, Any]:
    """The record of a file, checked.

    Raises:
        FormError: for what is no such file, or was changed.
    """
    try:
        found = json.loads(content) if 0 < len(content) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        found = {}
    record = found.get("record")
    if not isinstance(record, dict) or not isinstance(record.get("basic"), dict) or not _fits(record):
        raise FormError({"file": (N_("This is no record of a volunteer in JSON."), {})})
    if found.get("sha256") != _check(record):
        raise FormError({"file": (N_("The file was changed after it was made: its check does not fit."), {})})
    return record


def _fits(record: dict[str, Any]) -> bool:
    """Whether the groups are lists of entries with just their fields."""
    groups = [record.get(name) for name in SECTIONS]
    if set(record) != {"basic", *SECTIONS} or not all(isinstance(group, list) for group in groups):
        return False
    entries = [(name, one) for name in SECTIONS for one in record[name]]
    return len(entries) <= MOST_ENTRIES and all(_is_entry(SECTIONS[name], one) for name, one in entries)


def _is_entry(fields: dict[str, type | tuple[type, ...]], one: object) -> bool:
    if not isinstance(one, dict) or set(one) != set(fields):
        return False
    if not all(isinstance(one[name], kind) for name, kind in fields.items()):
        return False
    if not 0 <= one.get("minutes", 0) <= 1440 or not 0 <= one.get("hours", 0) <= 10_000:
        return False
    return all(len(value) <= MOST_LETTERS for value in one.values() if isinstance(value, str))


async def _own(carer: UUID, plain: bool) -> dict[str, list[Row]]:
    kept = await record_of(carer)
    notes = [each for each in kept["notes"] if each["kind"] != "bar"]
    return {
        "services": [_service(each) for each in kept["services"]],
        "trainings": [
            {"name": each["name"], "content": each["content"], "hours": each["hours"], "organiser": each["organiser"],
             "date": each["held_on"].isoformat()}
            for each in kept["trainings"]
        ],
        "commendations": [_note(each, plain) for each in notes if each["kind"] == "commendation"],
        "appraisals": [
            {**_note(each, plain), "grade": each["grade"], "by_recipient": each["by_recipient"]}
            for each in notes
            if each["kind"] != "commendation"
        ],
    }  # fmt: skip


def _service(each: Row) -> Row:
    return {
        "name": each["title"] or each["service"], "service": each["service"], "part": each["part"],
        "date": each["started_at"].astimezone(SHANGHAI).date().isoformat(), "started_at": _moment(each["started_at"]),
        "ended_at": _moment(each["ended_at"]), "place": each["place"],
        "target": each["target"] or ("" if each["activity"] else "assisted_household"), "content": each["content"],
        "minutes": each["minutes"], "in_charge": each["in_charge"] or each["decider"], "recorder": each["recorder"],
        "status": each["status"],
    }  # fmt: skip


def _note(each: Row, plain: bool) -> Row:
    return {
        "kind": each["kind"], "title": each["title"], "date": each["day"].isoformat(), "granter": each["granter"],
        "content": each["text"] if plain else "", "recorder": each["recorder"],
    }  # fmt: skip


async def _basic(row: Row, services: list[Row], plain: bool) -> Row:
    number = decrypt(row["id_number_enc"], f"carer:id_number_enc:{row['id']}")
    phone = national_phone(decrypt(row["phone_enc"], f"carer:phone_enc:{row['id']}"))
    held = await BroughtRecord.raw(
        "SELECT DISTINCT code FROM qualification WHERE carer = {} AND status = 'verified' ORDER BY code", row["id"]
    )
    born: date | None = row["birth_date"]
    return {
        "name": row["name"] if plain else mask_name(row["name"]), "volunteer_number": row["number"],
        "sex": row["sex"], "birth_date": born.isoformat() if born and plain else "",
        "document_type": "resident_identity_card",
        "document_number": number if plain or not number else mask_id(number),
        "residence": row["division"], "contact": phone if plain or not phone else mask_phone(phone),
        "languages": sorted(row["languages"]), "skills": [one["code"] for one in held],
        "service_types": sorted({each["service"] for each in services} - {""}),
        "organisation": row["organization_name"],
    }  # fmt: skip


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _check(value: object) -> str:
    return hashlib.sha256(_canonical(value).encode()).hexdigest()
