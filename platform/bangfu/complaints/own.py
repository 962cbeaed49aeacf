"""The organisation's side: what it is asked, its answer with words and files. It never learns who complained."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.complaints.moves import ANSWER, add_entry, end_clocks, locked, note, tell
from bangfu.complaints.seeing import opened
from bangfu.complaints.tables import Complaint, ComplaintEntry
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked, keep

_ASKED: Final = "c.organization = {} AND (c.asked_at IS NOT NULL OR (c.self_reported AND c.entered_by = {}))"
_COLUMNS: Final = (
    "c.id, c.number, c.kind, c.severity, c.status, c.asked_at, c.answer_due, c.question_enc, c.result, c.decided_at,"
    " c.self_reported, c.round, c.entered_by = {} AS own,"
    " EXISTS (SELECT 1 FROM complaint_entry e WHERE e.complaint = c.id AND e.round = c.round AND e.kind = 'hearing'"
    " AND e.side = 'target') AS answered"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A complaint as the organisation sees it: what it is asked, what it said, the result. No complainant, no facts."""

    id: UUID
    number: str
    kind: str
    severity: str
    status: str
    asked_at: datetime | None
    answer_due: datetime | None
    question: str
    result: str
    decided_at: datetime | None
    self_reported: bool
    answered: bool
    answers: tuple[tuple[datetime, str, UUID | None], ...] = ()

    def may_answer(self) -> bool:
        """Whether its word still counts before the decision."""
        return self.status == "investigating" and self.asked_at is not None


async def asked_of(actor: Actor, limit: int, offset: int) -> tuple[list[Asked], int]:
    """One page of what the organisation was asked or told itself, what waits for its answer first."""
    rows = await Complaint.raw(
        " ".join(("SELECT", _COLUMNS, ", count(*) OVER () AS total FROM complaint c WHERE", _ASKED,
                  "ORDER BY (c.status <> 'investigating'), c.answer_due, c.entered_at DESC LIMIT {} OFFSET {}")),
        actor.user, actor.organization, actor.user, limit, offset,
    )  # fmt: skip
    return [_asked(row) for row in rows], rows[0]["total"] if rows else 0


async def waiting(actor: Actor) -> int:
    """How many questions wait for the organisation's answer."""
    if actor.organization is None:
        return 0
    rows = await Complaint.raw(
        "SELECT count(*) AS n FROM complaint c WHERE c.organization = {} AND c.asked_at IS NOT NULL"
        " AND c.status = 'investigating' AND NOT EXISTS (SELECT 1 FROM complaint_entry e WHERE e.complaint = c.id"
        " AND e.round = c.round AND e.kind = 'hearing' AND e.side = 'target')",
        actor.organization,
    )
    return int(rows[0]["n"])


async def asked_one(actor: Actor, complaint: UUID) -> Asked:
    """One of them with the organisation's own words.

    Raises:
        NotYours: for anything else.
    """
    rows = await Complaint.raw(
        " ".join(("SELECT", _COLUMNS, "FROM complaint c WHERE c.id = {} AND", _ASKED)),
        actor.user, complaint, actor.organization, actor.user,
    )  # fmt: skip
    if not rows:
        raise NotYours
    words = await ComplaintEntry.raw(
        "SELECT id, at, text_enc, file FROM complaint_entry WHERE complaint = {} AND side = 'target'"
        " AND code = 'own_page' ORDER BY at",
        complaint,
    )
    said = tuple(
        (row["at"], opened("text_enc", row["id"], row["text_enc"], "complaint_entry"), row["file"]) for row in words
    )
    return _asked(rows[0], said)


def _asked(row: Mapping[str, Any], said: tuple[tuple[datetime, str, UUID | None], ...] = ()) -> Asked:
    names = ("id", "number", "kind", "severity", "status", "asked_at", "answer_due", "decided_at", "self_reported")
    shown = row["status"] in ("decided", "replied", "closed")
    return Asked(
        **{name: row[name] for name in names}, question=opened("question_enc", row["id"], row["question_enc"]),
        result=row["result"] if shown else "", answered=row["answered"], answers=said,
    )  # fmt: skip


async def answer(actor: Actor, complaint: UUID, text: str, scan: Looked | None, at: datetime, key: UUID) -> None:
    """The organisation's word: the hearing of its side. The same key again adds nothing.

    Raises:
        NotYours; Refused: once it is decided; FormError: without words.
    """
    if not text.strip():
        raise FormError({"text": (N_("Please fill this in."), {})})
    async with transaction():
        row = await locked(complaint)
        if row.organization != actor.organization or actor.organization is None or row.asked_at is None:
            raise NotYours
        if row.status != "investigating":
            raise Refused(N_("The complaint is decided; nothing is added any more."))
        file = await keep(actor, "complaint", row.id, "answer", scan, at) if scan else None
        if await add_entry(actor, row, "hearing", at, side="target", code="own_page", text=text, file=file, key=key):
            await note(actor, row, "answered", at)
            await end_clocks(actor, row, at, "answered", ANSWER)
            await tell(row, [row.handler] if row.handler else [], "complaint_answered")
