"""What every verb of an open task shares: its lock, its visits, who is near enough, how it ends, what is kept."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.dispatch import scheduling
from bangfu.dispatch.tables import Assignment
from bangfu.errors import NotYours
from bangfu.needs.tables import Need
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction
from bangfu.volunteers import task_rules as rules
from bangfu.volunteers.tables import OpenSlot, OpenTask, VolunteerStep


async def locked(task: UUID) -> OpenTask:
    """The open task with its row lock; its need and assignment are locked before it.

    Raises:
        NotYours: if there is none.
    """
    rows = await OpenTask.raw("SELECT need, assignment FROM open_task WHERE id = {}", task)
    if not rows:
        raise NotYours
    await Need.raw("SELECT id FROM need WHERE id = {} FOR UPDATE", rows[0]["need"])
    if rows[0]["assignment"]:
        await scheduling.locked(rows[0]["assignment"])
    found: OpenTask | None = await OpenTask.objects().where(OpenTask.id == task).first().lock_rows("NO KEY UPDATE")
    if found is None:
        raise NotYours
    return found


async def slots_of(task: UUID) -> list[OpenSlot]:
    """The dated visits of an open task, the first one first."""
    found: list[OpenSlot] = await OpenSlot.objects().where(OpenSlot.task == task).order_by(OpenSlot.starts_at)
    return found


async def in_reach(carer: UUID, division: str) -> None:
    """A volunteer serves the own county (or the area of the own organisation).

    Raises:
        NotYours: for a task elsewhere: it is not told that there is one.
    """
    rows = await OpenTask.raw(
        "SELECT c.division, o.service_area, o.division AS seat FROM carer c LEFT JOIN organization o"
        " ON o.id = c.organization WHERE c.id = {}",
        carer,
    )
    areas = [area.rstrip("0") for area in rows[0]["service_area"] or ()] if rows else []
    areas = areas or [(rows[0]["seat"] or rows[0]["division"])[:6]] if rows else []
    if not any(division.startswith(area) for area in areas):
        raise NotYours


async def end(actor: Actor, task: UUID, at: datetime) -> None:
    """By the clock: an open task whose time is over is closed, a taken one without a visit ahead is done."""
    async with transaction():
        row = await locked(task)
        if row.status == "open":
            await close_row(actor, row, "over", at)
        elif row.status == "taken":
            rules.TASK_MACHINE.step(row.status, "finish")
            changes: dict[Any, Any] = {"status": "done", "version": row.version + 1}
            await OpenTask.update(changes).where(OpenTask.id == row.id)


async def close_row(actor: Actor, row: OpenTask, reason: str, at: datetime) -> None:
    rules.TASK_MACHINE.step(row.status, "close")
    changes: dict[Any, Any] = {
        "status": "closed", "closed_by": actor.user, "closed_at": at, "close_reason": reason,
        "version": row.version + 1,
    }  # fmt: skip
    await OpenTask.update(changes).where(OpenTask.id == row.id)
    await tell(actor, row, "closed", at, reason=reason)


async def on_over(actor: Actor, assignment: Assignment, at: datetime) -> None:
    """A task that ends takes its open visits off the list (a reaction: dispatch.moves.OVER)."""
    rows = await OpenTask.raw(
        "SELECT id FROM open_task WHERE assignment = {} AND status IN ('open', 'taken') ORDER BY id", assignment.id
    )
    for found in rows:
        await close_row(SYSTEM, await locked(found["id"]), "over", at)


async def step(
    carer: UUID, kind: str, at: datetime, *, task: UUID | None = None, visit: UUID | None = None,
    minutes: int | None = None, short: bool = False,
) -> None:  # fmt: skip
    """One line of what a volunteer did; append-only."""
    await VolunteerStep(
        id=uuid4(), carer=carer, task=task, visit=visit, kind=kind, notice_minutes=minutes, short_notice=short, at=at
    ).save()


async def tell(actor: Actor, row: OpenTask, event: str, at: datetime, **data: object) -> None:
    await audit.record(
        actor, f"open_task.{event}", "open_task", row.id, division=row.division, data={"number": row.number, **data},
        at=at,
    )  # fmt: skip
