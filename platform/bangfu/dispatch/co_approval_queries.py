"""Reads of the township's consents for its pages, always inside the actor's scope."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.dispatch import co_approval_rules as rules
from bangfu.dispatch.co_approval_tables import CoApproval
from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt

SHOWS: Final = {"asked": ("asked",), "decided": ("approved", "refused"), "all": rules.STATES}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as the pages show it."""

    id: UUID
    need: UUID
    number: str
    need_status: str
    service: str
    priority: str
    visits: int
    minutes: int
    village: str
    division: str
    organization: UUID
    organization_name: str
    contract_number: str
    others: int
    run: UUID | None
    run_number: str
    status: str
    reason: str
    note_enc: str
    asked_by: UUID
    asked_name: str
    asked_at: datetime
    decided_name: str
    decided_at: datetime | None
    total: int

    @property
    def note(self) -> str:
        """What the officer wrote to the answer."""
        return decrypt(self.note_enc, f"co_approval:note_enc:{self.id}") if self.note_enc else ""


_COLUMNS = (
    "SELECT a.id, a.need, n.number, n.status AS need_status, n.service, n.priority, n.visits, n.minutes,"
    " coalesce(v.name, '') AS village, a.division, a.organization, o.name AS organization_name,"
    " coalesce(l.contract_number, '') AS contract_number, a.others, a.run, coalesce(r.number, '') AS run_number,"
    " a.status, a.reason, a.note_enc, a.asked_by, coalesce(u.display_name, '') AS asked_name, a.asked_at,"
    " coalesce(d.display_name, '') AS decided_name, a.decided_at, count(*) OVER () AS total"
)
_FROM = (
    " FROM co_approval a JOIN need n ON n.id = a.need JOIN organization o ON o.id = a.organization"
    " LEFT JOIN contract_line l ON l.id = a.line LEFT JOIN match_run r ON r.id = a.run"
    " LEFT JOIN division v ON v.code = n.division LEFT JOIN app_user u ON u.id = a.asked_by"
    " LEFT JOIN app_user d ON d.id = a.decided_by"
)
_IN_SCOPE = " WHERE a.division LIKE {} AND {} <> ''"
_WAITING = " AND (a.status <> 'asked' OR n.status = 'matching')"


async def listed(actor: Actor, show: str, limit: int, offset: int) -> list[Asked]:
    """One page of the area's questions, the urgent and oldest first; questions about needs that are not to be offered
    any more are left out."""
    order = "array_position(ARRAY['urgent', 'key', 'edge', 'general']::varchar[], n.priority), a.asked_at, a.id"
    by = order if show == "asked" else "coalesce(a.decided_at, a.asked_at) DESC, a.id"
    rows = await CoApproval.raw(
        _COLUMNS + _FROM + _IN_SCOPE + _WAITING + f" AND a.status = ANY({{}}) ORDER BY {by} LIMIT {{}} OFFSET {{}}",
        f"{actor.scope}%", actor.scope, list(SHOWS[show]), limit, offset,
    )  # fmt: skip
    return [Asked(**row) for row in rows]


async def question_for(actor: Actor, asked: UUID) -> Asked:
    """One question of the actor's area.

    Raises:
        NotYours: if there is none, or it is another area's.
    """
    rows = await CoApproval.raw(_COLUMNS + _FROM + _IN_SCOPE + " AND a.id = {}", f"{actor.scope}%", actor.scope, asked)
    if not rows:
        raise NotYours
    return Asked(**rows[0])


async def to_decide(actor: Actor) -> list[UUID]:
    """The questions that the actor may answer: of the own area, not one's own, not of the own organisation."""
    rows = await CoApproval.raw(
        "SELECT a.id FROM co_approval a JOIN need n ON n.id = a.need" + _IN_SCOPE + _WAITING  # noqa: S608 (constants)
        + " AND a.status = 'asked'"
        " AND a.asked_by <> {} AND a.organization IS DISTINCT FROM {}::uuid ORDER BY a.id",
        f"{actor.scope}%", actor.scope, actor.user, actor.organization,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def counts(actor: Actor) -> dict[str, int]:
    """How many questions each list holds."""
    rows = await CoApproval.raw(
        "SELECT a.status, count(*) AS n FROM co_approval a JOIN need n ON n.id = a.need" + _IN_SCOPE + _WAITING  # noqa: S608 (constants)
        + " GROUP BY a.status",
        f"{actor.scope}%", actor.scope,
    )  # fmt: skip
    by_status = {row["status"]: row["n"] for row in rows}
    return {show: sum(by_status.get(status, 0) for status in states) for show, states in SHOWS.items()}


async def events(asked: UUID) -> list[dict[str, Any]]:
    """What happened to a question, newest first: action, at, reason (a code), role, display_name."""
    rows: list[dict[str, Any]] = await CoApproval.raw(
        "SELECT e.action, e.at, e.reason, e.role, coalesce(u.display_name, '') AS display_name FROM audit_event e"
        " LEFT JOIN app_user u ON u.id = e.actor WHERE e.subject_type = 'co_approval' AND e.subject = {}"
        " ORDER BY e.id DESC LIMIT 20",
        str(asked),
    )
    return rows
