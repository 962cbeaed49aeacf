"""What supervision watches of an offer: that it is answered in time, in plain hours (DOMAIN.md 8.5, 8.10)."""

from datetime import datetime
from typing import Final

from bangfu.accounts.queries import user_of_carer
from bangfu.dispatch.tables import Assignment
from bangfu.shared.actor import Actor
from bangfu.supervision.actions import Timed, drop, settle, watch

ANSWER: Final = "offer.answer"
ANSWERED: Final = frozenset({"accepted", "declined", "expired"})
"""An offer that ran out is settled by that very event: the engine of offers has dealt with it."""


async def watch_answer(actor: Actor, row: Assignment, at: datetime) -> None:
    """The organisation's manager, the social worker or the volunteer has to answer by the offer's deadline.

    Who serves without an account is asked by the station, which has the answer to get.
    """
    owner = None if row.organization else next(iter(await user_of_carer(row.carer)), None)
    path = "tasks" if row.organization else "my-tasks"
    timed = Timed(
        kind=ANSWER, subject_type="assignment", subject=row.id,
        href=f"/{path}/{row.id}" if row.organization or owner else f"/assignments/{row.id}", division=row.division,
        due_at=row.deadline, number=row.number, unit="organization" if row.organization else "station",
        organization=row.organization, role="" if row.organization or owner else "station_dispatcher", owner=owner,
        by_hours=True,
    )  # fmt: skip
    await watch(actor, timed, at)


async def settle_answer(actor: Actor, row: Assignment, at: datetime) -> None:
    """After a move of the assignment: its answer is given, or is not needed any more."""
    if row.status in ANSWERED:
        await settle(actor, ANSWER, row.id, at, evidence=f"assignment.{row.status}")
    else:
        await drop(actor, ANSWER, row.id, at, reason=row.status)
