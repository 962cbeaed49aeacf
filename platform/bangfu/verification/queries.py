"""One visit as the office reads it: plan and fact, proof, record, photos, flags, money, disputes; names masked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt
from bangfu.shared.masking import mask_name
from bangfu.supervision.calendar import current_calendar, end_of_working_day
from bangfu.verification import explaining
from bangfu.verification.flag_words import sentence_of
from bangfu.verification.flagging import WORKING_DAYS
from bangfu.visits.door_checklists import Checklist, of_record, text_of
from bangfu.visits.tables import Visit, VisitNote

_VISIT = (
    "SELECT v.*, h.number AS household_number, h.head_name, coalesce(d.name, '') AS village,"
    " coalesce(d.rural, false) AS rural, c.name AS carer_name, c.number AS carer_number,"
    " coalesce(p.name, '') AS partner_name, coalesce(o.name, '') AS organization_name, a.number AS assignment_number,"
    " n.number AS need_number, coalesce(su.display_name, '') AS sent_by, coalesce(du.display_name, '') AS decider,"
    " coalesce(au.display_name, '') AS approver, coalesce(l.contract_number, '') AS contract_number, l.contract"
    " FROM visit v JOIN household h ON h.id = v.household"
    " LEFT JOIN division d ON d.code = v.division JOIN carer c ON c.id = v.carer LEFT JOIN carer p ON p.id = v.partner"
    " LEFT JOIN organization o ON o.id = v.organization JOIN assignment a ON a.id = v.assignment"
    " JOIN need n ON n.id = v.need LEFT JOIN app_user su ON su.id = v.submitted_by"
    " LEFT JOIN app_user du ON du.id = v.decided_by LEFT JOIN app_user au ON au.id = v.approved_by"
    " LEFT JOIN contract_line l ON l.id = v.contract_line"
    " WHERE v.id = {}"
)


@dataclass(frozen=True, slots=True)
class FlagView:
    """A flag with its sentence, the other visit that it names, and what the organisation says to it."""

    id: UUID
    flag: str
    text: str
    status: str
    reason: str
    raised_at: datetime
    decided_at: datetime | None
    decided_name: str
    policy_version: str
    other: str
    number: str
    explained: Sequence[tuple[str, str, datetime]] = ()


@dataclass(frozen=True, slots=True)
class VisitPage:
    """Everything that the page of a visit shows. `v`: the row with names; `words`: sealed texts, only when opened."""

    v: Mapping[str, Any]
    proofs: Sequence[Mapping[str, Any]]
    record: Mapping[str, Any] | None
    checklist: Sequence[Mapping[str, str]]
    photos: Sequence[Mapping[str, Any]]
    flags: Sequence[FlagView]
    disputes: Sequence[Mapping[str, Any]]
    notes: Sequence[Mapping[str, Any]]
    due: datetime | None
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def open(self) -> list[FlagView]:
        """The flags that nobody has decided."""
        return [each for each in self.flags if each.status == "open"]


async def visit_of(actor: Actor, visit: UUID, *, own: bool = False) -> dict[str, Any]:
    """The row of a visit with its names: of the actor's area, or (`own`) of the actor's organisation.

    Raises:
        NotYours: if there is none.
    """
    rows = await Visit.raw(_VISIT, visit)
    if not rows:
        raise NotYours
    row: dict[str, Any] = rows[0]
    theirs = actor.organization is not None and row["organization"] == actor.organization
    if not (theirs if own else actor.sees(row["division"])):
        raise NotYours
    row["head_name"] = mask_name(row["head_name"])
    return row


async def page_of(row: Mapping[str, Any], *, opened: bool = False, needs: bool = False) -> VisitPage:
    """Everything about a fetched visit; `opened` adds the sealed texts, after the reading was logged; `needs`: what the
    home needs beside, for who follows it up."""
    visit: UUID = row["id"]
    record = await _one("SELECT * FROM visit_record WHERE visit = {}", visit)
    form = await of_record(record["form"], record["form_version"]) if record and record["form"] else None
    proofs = await Visit.raw("SELECT * FROM visit_proof WHERE visit = {} ORDER BY side, at", visit)
    return VisitPage(
        v=row, proofs=[_proof(each, opened) for each in proofs], record=_record(record, needs or opened),
        checklist=_checklist(record, form),
        photos=await Visit.raw("SELECT id, file, item, taken_at FROM visit_photo WHERE visit = {} ORDER BY id", visit),
        flags=await flags_of(visit, form), disputes=await _disputes(visit), notes=await notes_of(visit),
        due=await due_of(row), words=_words(record) if record and opened else {},
    )  # fmt: skip


async def _one(query: str, visit: UUID) -> dict[str, Any] | None:
    rows = await Visit.raw(query, visit)
    return rows[0] if rows else None


def _proof(row: Mapping[str, Any], opened: bool) -> dict[str, Any]:
    """A proof without its point; what was written only when opened."""
    shown = {name: value for name, value in row.items() if not name.endswith("_enc")}
    text = decrypt(row["text_enc"], f"visit_proof:text_enc:{row['id']}") if opened and row["text_enc"] else ""
    return {**shown, "text": text, "has_text": bool(row["text_enc"])}


def _record(row: Mapping[str, Any] | None, with_needs: bool) -> dict[str, Any] | None:
    if row is None:
        return None
    findings = row["findings"] if isinstance(row["findings"], dict) else json.loads(row["findings"])
    told = with_needs and row["new_needs_enc"]
    needs = decrypt(row["new_needs_enc"], f"visit_record:new_needs_enc:{row['id']}") if told else ""
    plain = {name: value for name, value in row.items() if not name.endswith("_enc")}
    return {**plain, "findings": findings, "new_needs": needs}


_TEXTS = ("findings_enc", "measures_enc", "remarks_enc", "confirmed_by_enc")


def _words(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        name.removesuffix("_enc"): decrypt(row[name], f"visit_record:{name}:{row['id']}") if row[name] else ""
        for name in _TEXTS
    }


def _checklist(record: Mapping[str, Any] | None, form: Checklist | None) -> list[dict[str, str]]:
    if record is None:
        return []
    texts = {line["code"]: text_of(line) for line in form.lines} if form else {}
    answers = record["checklist"] if isinstance(record["checklist"], list) else json.loads(record["checklist"])
    return [{**answer, "text": texts.get(answer["code"], answer["code"])} for answer in answers]


async def flags_of(visit: UUID, form: Checklist | None = None) -> list[FlagView]:
    """The flags of a visit, open ones first."""
    rows = await Visit.raw(
        "SELECT f.*, coalesce(u.display_name, '') AS decided_name FROM visit_flag f"
        " LEFT JOIN app_user u ON u.id = f.decided_by WHERE f.visit = {}"
        " ORDER BY f.status <> 'open', f.raised_at, f.flag",
        visit,
    )
    said = await explaining.explanations(visit)
    lines = {line["code"]: text_of(line) for line in form.lines} if form else {}
    return [_flag(row, said.get(row["id"], ()), lines) for row in rows]


def _flag(row: Mapping[str, Any], said: Sequence[tuple[str, str, datetime]], lines: Mapping[str, str]) -> FlagView:
    detail = json.loads(row["detail"]) if isinstance(row["detail"], str) else row["detail"]
    plain = {
        name: row[name]
        for name in ("id", "flag", "status", "reason", "raised_at", "decided_at", "decided_name", "policy_version")
    }
    return FlagView(
        **plain, text=sentence_of(row["flag"], detail, lines), other=detail.get("other", ""),
        number=detail.get("number", ""), explained=said,
    )  # fmt: skip


async def _disputes(visit: UUID) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await Visit.raw(
        "SELECT x.*, coalesce(o.display_name, '') AS opened_name, coalesce(d.display_name, '') AS decided_name"
        " FROM visit_dispute x LEFT JOIN app_user o ON o.id = x.opened_by LEFT JOIN app_user d ON d.id = x.decided_by"
        " WHERE x.visit = {} ORDER BY x.opened_at DESC",
        visit,
    )
    return rows


TOLD = ("flagged", "flag_cleared", "rejected", "disputed", "upheld")
"""Decisions whose words the serving side reads too."""


async def notes_of(visit: UUID, *, own: bool = False) -> list[dict[str, Any]]:
    """What was written with decisions about a visit, the newest first; `own`: for the serving side."""
    rows = await VisitNote.raw(
        "SELECT n.*, coalesce(u.display_name, '') AS who FROM visit_note n LEFT JOIN app_user u ON u.id = n.written_by"
        " WHERE n.visit = {} ORDER BY n.at DESC, n.id LIMIT 50",
        visit,
    )
    return [
        {"event": row["event"], "code": row["code"], "who": row["who"], "at": row["at"],
         "text": decrypt(row["text_enc"], f"visit_note:text_enc:{row['id']}")}
        for row in rows
        if not own or row["event"] in TOLD
    ]  # fmt: skip


async def due_of(row: Mapping[str, Any]) -> datetime | None:
    """Until when the township looks at a submitted or flagged visit; a dispute's own day stands with it."""
    if row["status"] == "flagged":
        tasks = await Visit.raw(
            "SELECT due_at FROM supervision_task WHERE subject = {} AND kind = 'visit.check'"
            " AND status NOT IN ('cancelled', 'dropped') LIMIT 1",
            row["id"],
        )
        if tasks:
            due: datetime = tasks[0]["due_at"]
            return due
    if row["status"] not in {"submitted", "flagged"} or row["submitted_at"] is None:
        return None
    since = max(each for each in (row["submitted_at"], row["approved_at"]) if each is not None)
    return end_of_working_day(since, WORKING_DAYS, await current_calendar())
