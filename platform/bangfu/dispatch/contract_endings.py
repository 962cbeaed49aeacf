"""What happens to offers and services when contract lines are suspended or end: they end, and their needs go back to
matching in the same transaction, so that nobody who is served is forgotten (DOMAIN.md 8.6: handover of recipients)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.accounts.queries import managers_of, users_with
from bangfu.contracts import life_hooks
from bangfu.contracts.actions import release
from bangfu.contracts.life_hooks import How, OpenTasks
from bangfu.dispatch import rules
from bangfu.dispatch.moves import locked, move
from bangfu.dispatch.queries import expiries
from bangfu.dispatch.tables import Assignment
from bangfu.messages.actions import send
from bangfu.needs import actions as needs
from bangfu.shared.actor import SYSTEM, Actor

REASON: Final = "contract_ended"
_RUNNING: Final = ("accepted", "scheduled", "active")


async def open_on(lines: Collection[UUID]) -> OpenTasks:
    """Offers without an answer and running services of lines."""
    rows = await Assignment.raw(
        "SELECT count(*) FILTER (WHERE status = 'offered') AS offers,"
        " count(*) FILTER (WHERE status = ANY({}::varchar[])) AS running FROM assignment"
        " WHERE contract_line = ANY({}::uuid[])",
        list(_RUNNING), list(lines),
    )  # fmt: skip
    return OpenTasks(rows[0]["offers"], rows[0]["running"])


async def hand_back(actor: Actor, lines: Sequence[UUID], how: How, running: bool, at: datetime) -> int:
    """End what hangs on lines that were suspended or have ended; each need waits for another match.

    Returns:
        How many ended.
    """
    wanted = ["offered", *(_RUNNING if running else ())]
    rows = await Assignment.raw(
        "SELECT id FROM assignment WHERE contract_line = ANY({}::uuid[]) AND status = ANY({}::varchar[])"
        " ORDER BY need, id",
        list(lines), wanted,
    )  # fmt: skip
    count = 0
    for found in rows:
        row = await locked(found["id"])
        if row.status in wanted:
            await _end(row, how, at)
            count += 1
    return count


async def _end(row: Assignment, how: How, at: datetime) -> None:
    step = rules.transition(row.status, "cancel")
    await release(SYSTEM, row.id, at)
    await move(SYSTEM, row, step, at, reason=REASON, answer_reason=REASON, data={"contract": how})
    await needs.back_to_matching(SYSTEM, row.need, at)
    if row.organization is not None:
        await send(await managers_of(row.organization), "cancelled", f"/tasks/{row.id}", {"number": row.number})
    dispatchers = await users_with("station_dispatcher", row.division)
    await send(dispatchers, "withdrawn", f"/assignments/{row.id}", {"number": row.number})


async def numbers_of(subjects: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of assignments among the subjects of ledger entries."""
    rows = await Assignment.raw("SELECT id, number FROM assignment WHERE id = ANY({}::uuid[])", list(subjects))
    return {row["id"]: row["number"] for row in rows}


def register() -> None:
    """Let contracts count, end and name what dispatch hangs on their lines; repeating it changes nothing."""
    life_hooks.on_listing(open_on)
    life_hooks.on_ended(hand_back)
    life_hooks.on_naming(numbers_of)
    life_hooks.on_expired(expiries)
