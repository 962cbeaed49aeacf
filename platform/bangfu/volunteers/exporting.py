"""The record of one volunteer with the fields of order 67, in five groups, as CSV or Excel (DOMAIN.md 7).

Masked by default; in full for the bureau with a reason, and for volunteers their own. Either is on record.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.errors import N_, NotAllowed
from bangfu.providers.tables import Carer
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt
from bangfu.shared.database import transaction
from bangfu.shared.i18n import _, word
from bangfu.shared.masking import mask_id, mask_name, mask_phone
from bangfu.shared.masking_filters import shown_date, shown_time
from bangfu.shared.phones import national_phone
from bangfu.shared.tabular.writing import write_csv, write_xlsx
from bangfu.volunteers import record_file
from bangfu.volunteers.hours_rules import hours
from bangfu.volunteers.people import Row, record_of

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
TITLES = (
    N_("Group"), N_("Name or project"), N_("Date"), N_("Place"), N_("Target"), N_("Content"), N_("Hours"),
    N_("In charge or organiser"), N_("Recorder"), N_("State"),
)  # fmt: skip


async def export(actor: Actor, row: Row, kind: str, at: datetime, *, reason: str = "", own: bool = False) -> bytes:
    """The file; `row` is the volunteer as people.volunteer_for gives it.

    Args:
        reason: why the data are needed in full; only the bureau gives one.
        own: the volunteer's own data, in full.

    Raises:
        NotAllowed: for a full record that is neither the own one nor the bureau's.
    """
    plain = own or bool(reason)
    if reason and not own and not actor.has("bureau_officer"):
        raise NotAllowed
    if kind == "json":
        made = await record_file.file_of(row, plain=plain)
        await _note_export(actor, row, kind, at, reason, {"unmasked": plain, "own": own, "rows": made.entries})
        return made.content
    lines = await lines_of(row, plain=plain)
    mark = [[_("Exported by: {who} ({username})", who=actor.display_name, username=actor.username), shown_time(at)]]
    titles = [_(title) for title in TITLES]
    await _note_export(actor, row, kind, at, reason, {"unmasked": plain, "own": own, "rows": len(lines)})
    rows: list[Sequence[object]] = [*lines, *mark]
    return write_csv(titles, rows) if kind == "csv" else write_xlsx(titles, rows, "order 67")


async def _note_export(
    actor: Actor, row: Row, kind: str, at: datetime, reason: str, data: dict[str, object]
) -> None:  # fmt: skip
    async with transaction():
        await audit.record(
            actor, "volunteer_record.exported", "carer", row["id"], division=row["division"], reason=reason[:200],
            at=at, data={"format": kind, **data},
        )  # fmt: skip


async def lines_of(row: Row, *, plain: bool) -> list[list[object]]:
    """Every line of the record, group by group."""
    record = await record_of(row["id"])
    return [
        *_basic(row, plain), *map(_service, record["services"]), *map(_training, record["trainings"]),
        *(_note(each, plain) for each in record["notes"] if each["kind"] != "bar"),
        *map(_from_elsewhere, await record_file.brought_entries(row["id"])),
    ]  # fmt: skip


def _line(group: str, name: str, **more: object) -> list[object]:
    keys = ("date", "place", "target", "content", "hours", "organiser", "recorder", "state")
    return [group, name, *(more.get(key, "") for key in keys)]


def _basic(row: Row, plain: bool) -> list[list[object]]:
    number = decrypt(row["id_number_enc"], f"carer:id_number_enc:{row['id']}")
    phone = national_phone(decrypt(row["phone_enc"], f"carer:phone_enc:{row['id']}"))
    facts: list[tuple[str, Any]] = [
        (_("Name"), row["name"] if plain else mask_name(row["name"])),
        (_("Volunteer's number"), row["number"]),
        (_("Sex"), word("sex", row["sex"])),
        (_("Birth date"), shown_date(row["birth_date"]) if plain else ""),
        (_("Kind of document"), _("Resident identity card")),
        (_("Number of the document"), number if plain else mask_id(number) if number else ""),
        (_("Residence"), row["division_name"]),
        (_("Phone"), phone if plain else mask_phone(phone) if phone else ""),
        (_("Languages"), ", ".join(word("language", code) for code in row["languages"])),
        (_("Organisation"), row["organization_name"]),
    ]
    return [_line(_("Basic information"), name, content=value) for name, value in facts]


def _service(each: Row) -> list[object]:
    return _line(
        _("Service"), each["title"] or word("service", each["service"]), date=shown_date(each["started_at"]),
        place=each["place"], target=each["target"] or _("Assisted household"),
        content=each["content"] or word("volunteer_part", each["part"]), hours=str(hours(each["minutes"])),
        organiser=each["in_charge"] or each["decider"], recorder=each["recorder"],
        state=word("volunteer_service_status", each["status"]),
    )  # fmt: skip


def _training(each: Row) -> list[object]:
    return _line(
        _("Training"), each["name"], date=shown_date(each["held_on"]), content=each["content"],
        hours=f"{each['hours']:g}", organiser=each["organiser"],
    )  # fmt: skip


def _note(each: Row, plain: bool) -> list[object]:
    group = _("Appraisal") if each["kind"] == "appraisal" else _("Commendation")
    if each["kind"] in {"warning", "correction"}:
        group = _("Appraisal")
    grade = word("volunteer_grade", each["grade"]) if each["grade"] else word("volunteer_note", each["kind"])
    return _line(
        group, each["title"], date=shown_date(each["day"]), organiser=each["granter"], recorder=each["recorder"],
        content=each["text"] if plain else "", state=grade,
    )  # fmt: skip


def _from_elsewhere(entry: tuple[str, Row]) -> list[object]:
    """A line that another portal kept."""
    section, each = entry
    group = {"services": _("Service"), "trainings": _("Training"), "commendations": _("Commendation")}
    shown = str(hours(each["minutes"])) if "minutes" in each else each.get("hours", "")
    return _line(
        group.get(section, _("Appraisal")), each.get("name") or each.get("title", ""), date=each["date"],
        place=each.get("place", ""), target=each.get("target", ""), hours=shown,
        organiser=each.get("in_charge") or each.get("organiser") or each.get("granter", ""),
        recorder=each.get("recorder", ""), state=_("Taken from another portal's file"),
    )  # fmt: skip


async def own_row(carer: UUID) -> Row:
    """The volunteer's own row, as people.volunteer_for gives it to others."""
    rows = await Carer.raw(
        "SELECT c.*, coalesce(o.name, '') AS organization_name, coalesce(d.name, '') AS division_name FROM carer c"
        " LEFT JOIN organization o ON o.id = c.organization LEFT JOIN division d ON d.code = c.division"
        " WHERE c.id = {}",
        carer,
    )
    found: Row = rows[0]
    return found
