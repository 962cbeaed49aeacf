"""What volunteering looks after by the clock: reminders, open tasks and swaps whose time is over."""

from datetime import datetime
from uuid import UUID

from bangfu.accounts.queries import user_of_carer
from bangfu.messages.actions import send
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction
from bangfu.visits.tables import Visit
from bangfu.volunteers import task_life
from bangfu.volunteers import task_rules as rules
from bangfu.volunteers.tables import OpenTask, SwapRequest


async def look_after(at: datetime) -> None:
    """Remind of visits within a day, once each; end what is over. One failing task holds up nobody else."""
    await _remind(at)
    await _lapse(at)
    for task in await _over(at):
        await task_life.end(SYSTEM, task, at)


async def _remind(at: datetime) -> None:
    rows = await Visit.raw(
        "SELECT id, number, planned_start, carer, partner FROM visit WHERE carer_kind = 'volunteer'"
        " AND status = 'planned' AND planned_start > {} AND planned_start <= {}",
        at, at + rules.REMIND,
    )  # fmt: skip
    async with transaction():
        for row in rows:
            users = [*await user_of_carer(row["carer"])]
            users += await user_of_carer(row["partner"]) if row["partner"] else []
            event = f"{row['id']}:{row['planned_start'].isoformat()}"
            await send(users, "visit_reminder", f"/my-visits/{row['id']}", {"number": row["number"]}, event)


async def _lapse(at: datetime) -> None:
    """Questions for visits that have begun, were called off, or changed hands."""
    async with transaction():
        await SwapRequest.raw(
            "UPDATE swap_request s SET status = 'lapsed', answered_at = {} FROM visit v WHERE v.id = s.visit"
            " AND s.status = 'asked' AND (v.status <> 'planned' OR v.planned_start <= {} OR v.carer <> s.asker)",
            at, at,
        )  # fmt: skip


async def _over(at: datetime) -> list[UUID]:
    """Open tasks that nobody took in time or whose need is served otherwise, and taken ones without a visit ahead."""
    rows = await OpenTask.raw(
        "SELECT t.id FROM open_task t JOIN need n ON n.id = t.need WHERE (t.status = 'open' AND (EXISTS (SELECT 1 FROM"
        " open_slot s WHERE s.task = t.id AND s.starts_at <= {}) OR (t.assignment IS NULL AND n.status <> 'matching')))"
        " OR (t.status = 'taken' AND NOT EXISTS (SELECT 1 FROM open_slot s JOIN visit v ON v.id = s.visit"
        " WHERE s.task = t.id AND v.status IN ('planned', 'in_progress'))) ORDER BY t.id",
        at,
    )
    return [row["id"] for row in rows]
