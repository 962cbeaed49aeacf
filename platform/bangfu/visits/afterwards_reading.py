"""Reads about what was entered afterwards: the visit for its form, the claim, what waits for approval."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt
from bangfu.shared.masking import mask_name
from bangfu.shared.permissions import allows
from bangfu.visits import moves
from bangfu.visits.afterwards_rules import APPROVERS
from bangfu.visits.tables import Visit


@dataclass(frozen=True, slots=True)
class Shown:
    """A visit with its claim as pages show it; `text` only for who decides, enters or oversees."""

    id: UUID
    number: str
    status: str
    service: str
    head: str
    household_number: str
    division_name: str
    carer_name: str
    organization_name: str
    planned_start: datetime
    planned_end: datetime
    started_at: datetime | None
    ended_at: datetime | None
    in_method: str
    evidence: str
    approval: str
    approved_at: datetime | None
    approved_name: str
    status_reason: str
    claim: UUID | None
    kind: str
    claimed_start: datetime | None
    claimed_end: datetime | None
    reason: str
    text: str
    file: UUID | None
    entered_name: str
    entered_at: datetime | None
    due_at: datetime | None
    may_decide: bool
    own: bool


_SHOWN = (
    "SELECT v.*, h.number AS household_number, h.head_name, coalesce(d.name, '') AS division_name,"
    " c.name AS carer_name, coalesce(o.name, '') AS organization_name, coalesce(p.display_name, '') AS approved_name,"
    " a.id AS claim, coalesce(a.kind, '') AS kind, a.started_at AS claimed_start, a.ended_at AS claimed_end,"
    " coalesce(a.reason, '') AS reason, coalesce(a.text_enc, '') AS text_enc, a.file, a.entered_at,"
    " coalesce(e.display_name, '') AS entered_name, t.due_at, count(*) OVER () AS total FROM visit v"
    " JOIN household h ON h.id = v.household JOIN carer c ON c.id = v.carer"
    " LEFT JOIN organization o ON o.id = v.organization LEFT JOIN division d ON d.code = v.division"
    " LEFT JOIN app_user p ON p.id = v.approved_by LEFT JOIN visit_afterwards a ON a.visit = v.id"
    " LEFT JOIN app_user e ON e.id = a.entered_by LEFT JOIN supervision_task t ON t.subject = v.id"
    " AND t.kind = 'visit.approval' AND t.closed_at IS NULL"
)
_MADE = {"head", "text", "may_decide", "own"}


async def _shown(actor: Actor, row: dict[str, Any]) -> Shown:
    needed = ("id", "carer", "partner", "organization", "division", "submitted_by")
    visit = Visit(_ignore_missing=True, **{name: row[name] for name in needed})
    side = moves.side_of(actor, visit)
    own = moves.own(actor, visit)
    decides = (
        actor.has(*APPROVERS) and actor.sees(row["division"]) and not side and row["submitted_by"] != actor.user
        and row["approval"] == "waiting"
    )  # fmt: skip
    reads = own or actor.has(*APPROVERS, "bureau_officer", "bureau_lead", "auditor")
    text = decrypt(row["text_enc"], f"visit_afterwards:text_enc:{row['claim']}") if row["claim"] and reads else ""
    return Shown(
        head=mask_name(row["head_name"]), text=text, may_decide=decides, own=own,
        **{name: row[name] for name in Shown.__slots__ if name not in _MADE},
    )  # fmt: skip


async def shown(actor: Actor, visit: UUID) -> Shown:
    """One visit: of the actor's own side, or of the area that the actor oversees.

    Raises:
        NotYours: for any other.
    """
    rows = await Visit.raw(f"{_SHOWN} WHERE v.id = {{}}", visit)
    if not rows:
        raise NotYours
    found = await _shown(actor, rows[0])
    oversees = allows(actor.roles, "visits.read") and actor.sees(rows[0]["division"])
    if not found.own and not oversees:
        raise NotYours
    return found


async def own_visit(actor: Actor, visit: UUID) -> Shown:
    """One visit of the actor's own side, to be entered afterwards.

    Raises:
        NotYours: for any other.
    """
    found = await shown(actor, visit)
    if not found.own:
        raise NotYours
    return found


async def waiting(actor: Actor, limit: int, offset: int) -> tuple[list[Shown], int]:
    """What waits for approval in the actor's area, the oldest first."""
    rows = await Visit.raw(
        f"{_SHOWN} WHERE v.approval = 'waiting' AND v.division LIKE {{}}"
        " ORDER BY v.submitted_at, v.number LIMIT {} OFFSET {}",
        f"{actor.scope}%" if actor.scope else "", limit, offset,
    )  # fmt: skip
    return [await _shown(actor, row) for row in rows], rows[0]["total"] if rows else 0


async def enterable(actor: Actor, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """A page of the actor's own visits of the last 15 days that have no record though their time is over, the newest
    first, and how many there are."""
    column, value = ("organization", actor.organization) if actor.has("provider_manager") else ("carer", actor.carer)
    rows: list[dict[str, Any]] = await Visit.raw(
        "SELECT v.id, v.number, v.status, v.service, v.planned_start, v.planned_end, c.name AS carer_name,"  # noqa: S608 (constants)
        " h.number AS household_number, coalesce(d.name, '') AS division_name, count(*) OVER () AS n FROM visit v"
        " JOIN carer c ON c.id = v.carer JOIN household h ON h.id = v.household"
        " LEFT JOIN division d ON d.code = v.division"
        f" WHERE v.{column} = {{}} AND v.status IN ('planned', 'in_progress', 'missed')"
        " AND v.planned_end < now() AND v.planned_end > now() - interval '15 days'"
        # Said of the start too (a visit lasts a day at most), which the index has.
        " AND v.planned_start < now() AND v.planned_start > now() - interval '16 days'"
        " ORDER BY v.planned_start DESC, v.number LIMIT {} OFFSET {}",
        value, limit, offset,
    )  # fmt: skip
    return rows, rows[0]["n"] if rows else 0
