"""What the lists and pages of due windows show of tasks, places, people and visits; names masked (DOMAIN.md 9.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.dispatch.tables import Assignment
from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt
from bangfu.shared.masking import mask_name
from bangfu.visits.due_queries import DueRow, View, visible
from bangfu.visits.due_tables import VisitExcuse
from bangfu.visits.tables import Visit

_TASKS = (
    "SELECT a.id, a.number, a.status, a.need, n.number AS need_number, n.status AS need_status, a.household, a.service,"
    " a.carer, a.carer_kind, a.organization, a.division, a.visits, a.ended_at, h.number AS household_number,"
    " h.head_name, c.number AS carer_number, c.name AS carer_name, coalesce(o.name, '') AS organization_name,"
    " coalesce(d.name, '') AS village, coalesce(t.name, '') AS township FROM assignment a JOIN need n ON n.id = a.need"
    " JOIN household h ON h.id = a.household JOIN carer c ON c.id = a.carer"
    " LEFT JOIN organization o ON o.id = a.organization LEFT JOIN division d ON d.code = a.division"
    " LEFT JOIN division t ON t.code = d.parent WHERE a.id = ANY({})"
)


@dataclass(frozen=True, slots=True)
class TaskHead:
    """A task as these pages name it. Names are masked."""

    id: UUID
    number: str
    status: str
    need: UUID
    need_number: str
    need_status: str
    household: UUID
    household_number: str
    head_name: str
    service: str
    carer: UUID
    carer_number: str
    carer_name: str
    carer_kind: str
    organization: UUID | None
    organization_name: str
    division: str
    village: str
    township: str
    visits: int
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of a list: the window, its task, its visit if it has one, and a reason that waits for the township."""

    row: DueRow
    task: TaskHead
    visit: dict[str, Any] | None
    asked: UUID | None


async def heads(tasks: Sequence[UUID]) -> dict[UUID, TaskHead]:
    """The tasks by id; whoever asks has checked that they may be seen."""
    rows = await Assignment.raw(_TASKS, list(tasks))
    masked = (
        {**row, "head_name": mask_name(row["head_name"]), "carer_name": mask_name(row["carer_name"])} for row in rows
    )
    return {row["id"]: TaskHead(**{name: row[name] for name in TaskHead.__slots__}) for row in masked}


async def head_for(actor: Actor, view: View, task: UUID) -> TaskHead:
    """One task that the person may see and that was accepted once.

    Raises:
        NotYours: if there is none, or it is another's.
    """
    seen, values = visible(actor, view)
    rows = await Assignment.raw(
        f"SELECT a.id FROM assignment a WHERE a.id = {{}} AND a.answered_at IS NOT NULL AND a.status NOT IN"  # noqa: S608 (constants)
        f" ('offered', 'declined', 'expired') AND {seen}", task, *values,
    )  # fmt: skip
    if not rows:
        raise NotYours
    return (await heads([task]))[task]


async def shown(rows: Sequence[DueRow]) -> list[ShownRow]:
    """The rows of one page with what stands in them."""
    tasks, visits = await heads([row.assignment for row in rows]), await visits_of([row.visit for row in rows])
    asked = await VisitExcuse.raw(
        "SELECT id, assignment, due_from FROM visit_excuse WHERE assignment = ANY({}) AND status = 'asked'",
        [row.assignment for row in rows],
    )
    return [
        ShownRow(
            row, tasks[row.assignment], visits.get(row.visit) if row.visit else None,
            next((each["id"] for each in asked if each["assignment"] == row.assignment
                  and row.due_from <= each["due_from"] < row.due_until), None),
        )
        for row in rows
    ]  # fmt: skip


async def visits_of(visits: Sequence[UUID | None]) -> dict[UUID, dict[str, Any]]:
    """id -> number, status, planned_start, started_at, evidence, carer_name (masked), source."""
    rows = await Visit.raw(
        "SELECT v.id, v.number, v.status, v.status_reason, v.planned_start, v.planned_end, v.started_at, v.evidence,"
        " v.source, v.carer, v.organization, c.name AS carer_name FROM visit v JOIN carer c ON c.id = v.carer"
        " WHERE v.id = ANY({})",
        [each for each in visits if each],
    )
    return {row["id"]: {**row, "carer_name": mask_name(row["carer_name"])} for row in rows}


_EXCUSES = (
    "SELECT e.*, a.number AS task_number, d.name AS village, t.name AS township, c.name AS carer_name,"
    " coalesce(o.name, '') AS organization_name, coalesce(ask.display_name, '') AS asker,"
    " coalesce(dec.display_name, '') AS decider, v.number AS visit_number, v.status AS visit_status,"
    " count(*) OVER () AS total FROM visit_excuse e JOIN assignment a ON a.id = e.assignment"
    " JOIN carer c ON c.id = e.carer LEFT JOIN visit v ON v.id = e.visit"
    " LEFT JOIN organization o ON o.id = e.organization LEFT JOIN division d ON d.code = e.division"
    " LEFT JOIN division t ON t.code = d.parent LEFT JOIN app_user ask ON ask.id = e.asked_by"
    " LEFT JOIN app_user dec ON dec.id = e.decided_by"
)


async def excuses(actor: Actor, state: str, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """One page of the reasons given in the actor's area; those that wait the oldest first."""
    rows = await VisitExcuse.raw(
        f"{_EXCUSES} WHERE {{}} <> '' AND e.division LIKE {{}} AND ({{}} = '' OR e.status = {{}})"
        " ORDER BY e.status <> 'asked', CASE WHEN e.status = 'asked' THEN e.asked_at END,"
        " coalesce(e.decided_at, e.asked_at) DESC, e.id LIMIT {} OFFSET {}",
        actor.scope, f"{actor.scope}%", state, state, limit, offset,
    )  # fmt: skip
    return [_excuse(row, plain=False) for row in rows], int(rows[0]["total"]) if rows else 0


async def excuse_for(actor: Actor, excuse: UUID, *, plain: bool) -> dict[str, Any]:
    """One reason in the actor's area; `plain` opens what was written.

    Raises:
        NotYours: if there is none, or it lies elsewhere.
    """
    rows = await VisitExcuse.raw(f"{_EXCUSES} WHERE e.id = {{}}", excuse)
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    return _excuse(rows[0], plain=plain)


async def excuses_of(task: UUID) -> list[dict[str, Any]]:
    """The reasons given for a task, the newest first, with what was written."""
    rows = await VisitExcuse.raw(f"{_EXCUSES} WHERE e.assignment = {{}} ORDER BY e.asked_at DESC, e.id", task)
    return [_excuse(row, plain=True) for row in rows]


def _excuse(row: dict[str, Any], *, plain: bool) -> dict[str, Any]:
    def opened(column: str) -> str:
        return decrypt(row[column], f"visit_excuse:{column}:{row['id']}") if plain and row[column] else ""

    return {
        **row, "text": opened("text_enc"), "decision": opened("decision_enc"),
        "carer_name": mask_name(row["carer_name"]), "village": row["village"] or "", "township": row["township"] or "",
    }  # fmt: skip


async def waiting(actor: Actor) -> int:
    """How many reasons wait for the township's decision."""
    rows = await VisitExcuse.raw(
        "SELECT count(*) AS n FROM visit_excuse WHERE status = 'asked' AND {} <> '' AND division LIKE {}",
        actor.scope, f"{actor.scope}%",
    )  # fmt: skip
    return int(rows[0]["n"])
