"""Offers that nobody answered in time (DOMAIN.md 8.5). Safe with several workers: each takes what no other holds."""

import logging
from datetime import datetime
from uuid import UUID

from bangfu.accounts.queries import managers_of, user_of_carer, users_with
from bangfu.contracts.actions import release
from bangfu.dispatch import rules
from bangfu.dispatch.moves import move, tell_ended
from bangfu.dispatch.tables import Assignment
from bangfu.messages.actions import send
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction

log = logging.getLogger("bangfu.dispatch")


async def expire_due(at: datetime) -> int:
    """End every offer whose time is over, each in a transaction of its own.

    One that fails is logged and left for the next round; it does not hold up the others.

    Returns:
        How many this call has ended.
    """
    ended, failed = 0, list[UUID]()
    while (found := await _due(at, failed)) is not None:
        try:
            ended += await _expire(found, at)
        except Exception:
            log.exception("offer %s could not be ended", found)
        failed.append(found)
    return ended


async def _due(at: datetime, but: list[UUID]) -> UUID | None:
    rows = await Assignment.raw(
        "SELECT id FROM assignment WHERE status = 'offered' AND deadline < {} AND NOT id = ANY({}) ORDER BY deadline"
        " LIMIT 1",
        at, but,
    )  # fmt: skip
    return rows[0]["id"] if rows else None


async def _expire(assignment: UUID, at: datetime) -> int:
    async with transaction():
        # The need first, as everywhere; what another worker (or an answer) holds is theirs.
        held = await Assignment.raw(
            "SELECT id FROM need WHERE id = (SELECT need FROM assignment WHERE id = {}) FOR UPDATE SKIP LOCKED",
            assignment,
        )
        if not held:
            return 0
        row = (
            await Assignment.objects()
            .where((Assignment.id == assignment) & (Assignment.status == "offered"))
            .first()
            .lock_rows("UPDATE", skip_locked=True)
        )
        if row is None:
            return 0
        step = rules.transition(row.status, "expire")
        rules.check_time(step, row.deadline, at)
        await release(SYSTEM, row.id, at)
        await move(SYSTEM, row, step, at)
        await tell_ended(row, "expired", at)
        await _tell(row)
        return 1


async def _tell(row: Assignment) -> None:
    users = await users_with("station_dispatcher", row.division)
    await send(users, "expired", f"/assignments/{row.id}", {"number": row.number})
    if row.organization is not None:
        await send(await managers_of(row.organization), "expired_server", f"/tasks/{row.id}", {"number": row.number})
    else:
        await send(await user_of_carer(row.carer), "expired_server", f"/my-tasks/{row.id}", {"number": row.number})
