"""What visits tell the task: its times are set, its service has begun (DOMAIN.md 8.5)."""

from datetime import datetime
from uuid import UUID

from bangfu.dispatch import moves, rules
from bangfu.dispatch.tables import Assignment
from bangfu.shared.actor import SYSTEM, Actor


async def locked(assignment: UUID) -> Assignment:
    """The assignment with its row lock, its need locked before it.

    Raises:
        NotYours: if there is none.
    """
    return await moves.locked(assignment)


async def schedule(actor: Actor, row: Assignment, at: datetime) -> None:
    """accepted -> scheduled, the row being locked; who plans its first visit was checked before."""
    step = rules.transition(row.status, "schedule")
    await moves.move(actor, row, step, at, starts_on=row.starts_on)


async def start(row: Assignment, at: datetime) -> None:
    """scheduled -> active with the first verified visit, the row being locked; otherwise nothing happens."""
    if row.status == "scheduled":
        await moves.move(SYSTEM, row, rules.transition("scheduled", "start"), at)
