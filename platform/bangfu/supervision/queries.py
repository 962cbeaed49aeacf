"""Reads of timed tasks: one's own, a unit's board, one task with its steps. Always what one may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.accounts.tables import User
from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import WorkingCalendar, civil_date, day_span
from bangfu.shared.permissions import allows
from bangfu.supervision import rules
from bangfu.supervision.calendar import current_calendar
from bangfu.supervision.moves import unseal
from bangfu.supervision.people import CONFIDENTIAL
from bangfu.supervision.rules import BY_HAND
from bangfu.supervision.tables import SupervisionStep, SupervisionTask

WEEK = 7


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task as a page shows it. `state`: late, soon, in_time, paused, check (feedback waits) or ended."""

    id: UUID
    number: str
    kind: str
    subject_number: str
    title: str
    href: str
    division: str
    place: str
    unit: str
    unit_name: str
    role: str
    owner: UUID | None
    owner_name: str
    status: str
    level: int
    due_at: datetime
    days_left: int
    state: str
    by_hours: bool
    closing: str
    paused_at: datetime | None
    paused_until: date | None
    issued_at: datetime
    issued_by_name: str
    evidence: str
    reference: str
    doers: tuple[UUID, ...]
    hidden: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class StepView:
    """One step with its sender, its time and the due date then."""

    at: datetime
    who: str
    event: str
    level: int
    due_at: datetime
    text: str
    reference: str


OPEN_TASK = "t.status NOT IN ('cancelled', 'dropped')"
UNIT_CODE = (
    "CASE t.unit WHEN 'village' THEN t.division WHEN 'bureau' THEN left(t.division, 6) || '000000'"
    " ELSE left(t.division, 9) || '000' END"
)
PAST = "NOT ({}::uuid = ANY(t.excluded))"
"""The task does not go past this person."""
MINE = (
    "(t.owner = {} OR (t.owner IS NULL AND (CASE WHEN t.role <> '' THEN t.role = ANY({}::varchar[])"
    " ELSE t.unit = ANY({}::varchar[]) END)"
    " AND (CASE WHEN t.organization IS NULL THEN t.division LIKE {} ELSE t.organization = {} END)))"
)
_TASK = (
    "SELECT t.*, coalesce(o.name, d.name, '') AS unit_name, coalesce(v.name, '') AS village,"  # noqa: S608
    " coalesce(u.display_name, '') AS owner_name, coalesce(i.display_name, '') AS issued_by_name,"
    " count(*) OVER () AS total, " + MINE + " AS mine"
    " FROM supervision_task t LEFT JOIN organization o ON o.id = t.organization"
    " LEFT JOIN division d ON d.code = " + UNIT_CODE + " LEFT JOIN division v ON v.code = t.division"
    " LEFT JOIN app_user u ON u.id = t.owner LEFT JOIN app_user i ON i.id = t.issued_by"
)
_ORDER = "ORDER BY t.level DESC, t.due_at, t.number LIMIT {} OFFSET {}"


def own_values(actor: Actor) -> list[Any]:
    """The values of MINE for a person."""
    units = [unit for unit, roles in rules.UNIT_ROLES.items() if not roles.isdisjoint(actor.roles)]
    return [actor.user, sorted(actor.roles), units, scope_of(actor), actor.organization]


def scope_of(actor: Actor) -> str:
    return f"{actor.scope}%" if actor.scope else ""


async def my_tasks(
    actor: Actor, filters: Mapping[str, str], at: datetime, limit: int, offset: int
) -> tuple[list[TaskView], int]:
    """One page of what a person has to do, or (`view` = "check") of the feedback that waits for their check."""
    if filters.get("view") == "check":
        if not actor.has(*rules.OVERSEERS):
            return [], 0
        where = "t.status = 'feedback' AND t.division LIKE {} AND NOT ({} = ANY(t.doers))"
        values = [scope_of(actor), actor.user]
    else:
        where = "t.status IN ('forwarded', 'tracking', 'urged') AND " + MINE
        values = own_values(actor)
    return await _page(actor, where, values, filters, at, limit, offset)


async def board_tasks(
    actor: Actor, filters: Mapping[str, str], at: datetime, limit: int, offset: int
) -> tuple[list[TaskView], int]:
    """One page of the tasks in the divisions that the person has the board of."""
    where = "t.division LIKE {}" + ("" if filters.get("status") else f" AND {OPEN_TASK}")
    return await _page(actor, where, [scope_of(actor)], filters, at, limit, offset)


async def _page(
    actor: Actor, where: str, values: list[Any], filters: Mapping[str, str], at: datetime, limit: int, offset: int
) -> tuple[list[TaskView], int]:
    more, more_values = _conditions(filters, at)
    sql = " ".join((_TASK, "WHERE", PAST, "AND", where, *more, _ORDER))
    rows = await SupervisionTask.raw(sql, *own_values(actor), actor.me, *values, *more_values, limit, offset)
    calendar = await current_calendar()
    return [_view(row, at, calendar) for row in rows], rows[0]["total"] if rows else 0


def _conditions(filters: Mapping[str, str], at: datetime) -> tuple[list[str], list[Any]]:
    """What the filters of a list ask for: when, kind, status, unit, division, organization, level."""
    parts: list[str] = []
    values: list[Any] = []
    day_ends = day_span(civil_date(at))[1]
    when = {
        "late": ("t.due_at < {}", [at]),
        "today": ("t.due_at >= {} AND t.due_at < {}", [day_span(civil_date(at))[0], day_ends]),
        "week": ("t.due_at >= {} AND t.due_at < {} + interval '6 days'", [at, day_ends]),
    }.get(filters.get("when", ""))
    if when is not None:
        running = " AND t.status IN ('forwarded', 'tracking', 'urged') AND t.paused_at IS NULL"
        parts.append("AND " + when[0] + running)
        values += when[1]
    for name in ("kind", "status", "unit", "closing"):
        if filters.get(name):
            parts.append(f"AND t.{name} = {{}}")
            values.append(filters[name])
    if filters.get("level", "").isdecimal():
        parts.append("AND t.level >= {}")
        values.append(int(filters["level"]))
    if (division := filters.get("division", "")).isdecimal():
        parts.append("AND t.division LIKE {}")
        values.append(f"{division}%")
    if organization := _uuid(filters.get("organization", "")):
        parts.append("AND t.organization = {}")
        values.append(organization)
    return parts, values


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _view(row: Mapping[str, Any], at: datetime, calendar: WorkingCalendar) -> TaskView:
    hidden = row["kind"] in CONFIDENTIAL and not row["mine"]
    clock = rules.Clock(row["clock_from"], row["due_at"], row["by_hours"])
    return TaskView(
        **{name: row[name] for name in (
            "id", "number", "kind", "division", "unit", "role", "owner", "status", "level", "due_at", "by_hours",
            "closing", "paused_at", "paused_until", "issued_at", "mine",
        )},
        subject_number=row["subject_number"],
        title="" if hidden else unseal("supervision_task", "title_enc", row["id"], row["title_enc"]),
        href="" if hidden or row["subject_type"] == BY_HAND else row["href"],
        place="" if hidden else row["village"],
        unit_name="" if hidden else row["unit_name"],
        owner_name="" if hidden else row["owner_name"],
        issued_by_name="" if hidden else row["issued_by_name"],
        days_left=rules.days_left(row["due_at"], at),
        state=_state(row, clock, at, calendar),
        evidence="" if hidden else unseal("supervision_task", "evidence_enc", row["id"], row["evidence_enc"]),
        reference="" if hidden else row["reference"],
        doers=tuple(row["doers"]),
        hidden=hidden,
    )  # fmt: skip


def _state(row: Mapping[str, Any], clock: rules.Clock, at: datetime, calendar: WorkingCalendar) -> str:
    if row["status"] in rules.TERMINAL:
        return "ended"
    if row["status"] == "feedback":
        return "check"
    if row["paused_at"] is not None:
        return "paused"
    return {"bad": "late", "warn": "soon", "info": "in_time"}[rules.urgency(clock, at, calendar)]


async def task_for(actor: Actor, task: UUID, at: datetime) -> TaskView:
    """One task that the person does, oversees, or has on their board.

    Raises:
        NotYours: if there is none, or it is somebody else's.
    """
    board = allows(actor.roles, "supervision.board")
    reach = ("AND (", MINE, "OR ({} AND t.division LIKE {}) OR {} = ANY(t.doers))")
    rows = await SupervisionTask.raw(
        " ".join((_TASK, "WHERE t.id = {} AND", PAST, *reach)),
        *own_values(actor), task, actor.me, *own_values(actor), board, scope_of(actor), actor.user,
    )  # fmt: skip
    if not rows:
        raise NotYours
    return _view(rows[0], at, await current_calendar())


async def steps_of(task: TaskView) -> list[StepView]:
    """What happened to a task, newest first; of a confidential one not the texts and names."""
    rows = await SupervisionStep.raw(
        "SELECT s.*, coalesce(u.display_name, '') AS who FROM supervision_step s"
        " LEFT JOIN app_user u ON u.id = s.actor WHERE s.task = {} ORDER BY s.place DESC",
        task.id,
    )
    return [
        StepView(
            row["at"], "" if task.hidden else row["who"], row["event"], row["level"], row["due_at"],
            "" if task.hidden else unseal("supervision_step", "text_enc", row["id"], row["text_enc"]),
            "" if task.hidden else row["reference"],
        )
        for row in rows
    ]  # fmt: skip


async def organizations_for(actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of the organisations and departments in reach of the person's area, for a select."""
    if not actor.scope:
        return []
    rows = await User.raw(
        "SELECT id, name FROM organization WHERE active AND (division LIKE {} OR {} LIKE rtrim(division, '0') || '%')"
        " ORDER BY name LIMIT 400",
        f"{actor.scope}%", actor.scope,
    )  # fmt: skip
    return [(str(row["id"]), row["name"]) for row in rows]
