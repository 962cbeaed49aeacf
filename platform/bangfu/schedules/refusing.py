"""Tasks without a calendar: the rules that stand against each other go back to planning as a reason."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.accounts.queries import users_with
from bangfu.dispatch.tables import Assignment
from bangfu.errors import NotYours
from bangfu.messages.actions import send
from bangfu.schedules.tables import CalendarRefusal, VisitPlan, VisitPlanRow
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction

MOST_SHOWN: Final = 500
"""Tasks without a calendar on one page, and in the number that opens it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An open refusal as the dispatcher sees it."""

    id: UUID
    assignment: UUID
    task: str
    service: str
    need: UUID
    priority: str
    head_name: str
    carer_name: str
    organization_name: str
    rules: tuple[str, ...]
    windows: int
    plan_number: str
    given_at: datetime


async def give_back_rows(actor: Actor, plan: VisitPlan, rows: Iterable[VisitPlanRow], at: datetime) -> int:
    """Give every task of a draft with an empty window back to planning, in the transaction of the publication; one that
    stands there already gets the new reason.

    Returns:
        How many tasks.
    """
    empty: dict[UUID, list[VisitPlanRow]] = {}
    for row in rows:
        if row.start is None:
            empty.setdefault(row.assignment, []).append(row)
    conflicts = json.loads(plan.conflicts)
    divisions: dict[str, int] = {}
    for assignment, own in sorted(empty.items(), key=lambda pair: str(pair[0])):
        division = await _give_back(actor, plan, assignment, own, conflicts, at)
        if division:
            divisions[division] = divisions.get(division, 0) + 1
    users: dict[UUID, int] = {}
    for division, number in divisions.items():
        for user in await users_with("station_dispatcher", division):
            users[user] = users.get(user, 0) + number
    for user, number in users.items():
        told = {"number": plan.number, "tasks": number}
        await send([user], "no_calendar", "/match/returned", told, event=f"{plan.id}")
    return sum(divisions.values())


async def _give_back(
    actor: Actor, plan: VisitPlan, assignment: UUID, rows: Sequence[VisitPlanRow], conflicts: list[dict[str, Any]],
    at: datetime,
) -> str:  # fmt: skip
    task = await Assignment.objects().get(Assignment.id == assignment)
    if task is None or task.ended_at is not None:
        return ""
    codes = sorted({row.reason for row in rows if row.reason})
    for conflict in conflicts:
        if str(assignment) in conflict["assignments"]:
            codes = list(dict.fromkeys([*conflict["rules"], *codes]))
    days = sorted({row.due_from.isoformat() for row in rows})
    await CalendarRefusal.raw(
        "INSERT INTO calendar_refusal (id, plan, assignment, need, division, rules, windows, days, given_by, given_at,"
        " settled_how) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, '') ON CONFLICT (assignment) WHERE settled_at IS"
        " NULL DO UPDATE SET plan = excluded.plan, rules = excluded.rules, windows = excluded.windows,"
        " days = excluded.days, given_by = excluded.given_by, given_at = excluded.given_at",
        uuid4(), plan.id, assignment, task.need, task.division, json.dumps(codes), len(rows), json.dumps(days),
        actor.user, at,
    )  # fmt: skip
    await audit.record(
        actor, "assignment.no_calendar", "assignment", assignment, division=task.division, at=at,
        data={"number": task.number, "plan": plan.number, "rules": codes, "windows": len(rows)},
    )  # fmt: skip
    return str(task.division)


async def settle_planned(
    actor: Actor, placed: Iterable[VisitPlanRow], rows: Iterable[VisitPlanRow], at: datetime
) -> None:
    """Open refusals of tasks that this calendar holds whole are settled."""
    lacking = {row.assignment for row in rows if row.start is None}
    whole = sorted({row.assignment for row in placed} - lacking, key=str)
    await _settle(actor, whole, "planned", at)


async def settle_ended(actor: Actor, assignment: Assignment, at: datetime) -> None:
    """A task that ended asks nothing of planning any more (dispatch.moves.OVER)."""
    await _settle(SYSTEM, [assignment.id], "ended", at)


async def keep(actor: Actor, refusal: UUID, at: datetime) -> None:
    """The dispatcher leaves the task with its carer as it is. A repeat changes nothing.

    Raises:
        NotYours: outside of the dispatcher's divisions.
    """
    async with transaction():
        row = await CalendarRefusal.objects().where(CalendarRefusal.id == refusal).first().lock_rows("UPDATE")
        if row is None or not actor.sees(row.division):
            raise NotYours
        if row.settled_at is None:
            await _settle(actor, [row.assignment], "kept", at)


async def _settle(actor: Actor, assignments: Sequence[UUID], how: str, at: datetime) -> None:
    rows = await CalendarRefusal.raw(
        "UPDATE calendar_refusal SET settled_at = {}, settled_by = {}, settled_how = {} WHERE settled_at IS NULL"
        " AND assignment = ANY({}) RETURNING assignment, division",
        at, actor.user, how, list(assignments),
    )  # fmt: skip
    for row in rows:
        await audit.record(
            actor, "assignment.calendar_settled", "assignment", row["assignment"], division=row["division"], at=at,
            data={"how": how},
        )  # fmt: skip


async def open_refusals(actor: Actor, limit: int = MOST_SHOWN) -> list[Refusal]:
    """What waits for the dispatcher's decision, urgent and old first."""
    if not actor.scope:
        return []
    rows = await CalendarRefusal.raw(
        "SELECT f.id, f.assignment, a.number AS task, a.service, f.need, a.priority, h.head_name, c.name AS carer_name,"
        " coalesce(o.name, '') AS organization_name, f.rules, f.windows, p.number AS plan_number, f.given_at"
        " FROM calendar_refusal f JOIN assignment a ON a.id = f.assignment JOIN household h ON h.id = a.household"
        " JOIN carer c ON c.id = a.carer JOIN visit_plan p ON p.id = f.plan"
        " LEFT JOIN organization o ON o.id = a.organization WHERE f.settled_at IS NULL AND f.division LIKE {}"
        " ORDER BY array_position(ARRAY['urgent', 'key', 'edge', 'general']::varchar[], a.priority), f.given_at,"
        " a.number LIMIT {}",
        f"{actor.scope}%", limit,
    )  # fmt: skip
    return [Refusal(**{**row, "rules": tuple(json.loads(row["rules"]))}) for row in rows]


async def of_task(assignment: UUID) -> tuple[str, ...]:
    """The rules for which a task stands with planning; () for none."""
    rows = await CalendarRefusal.raw(
        "SELECT rules FROM calendar_refusal WHERE assignment = {} AND settled_at IS NULL", assignment
    )
    return tuple(json.loads(rows[0]["rules"])) if rows else ()
