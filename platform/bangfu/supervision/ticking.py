"""The engine's round in the worker: reminders, the ladder, pauses that are over. Safe with several workers.

A task is looked at when its `next_at` has come; what it then gets is exactly the next of two reminders and three
levels, under the row lock. A row that somebody else holds is passed over: the next round is soon.
"""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import SHANGHAI, WorkingCalendar, day_span
from bangfu.shared.database import transaction
from bangfu.supervision import rules
from bangfu.supervision.actions import resume_row
from bangfu.supervision.calendar import current_calendar
from bangfu.supervision.moves import clock_of, note, take, told
from bangfu.supervision.people import doers_of, told_at
from bangfu.supervision.tables import SupervisionTask

log = logging.getLogger("bangfu.supervision")
BATCH = 200


async def tick(at: datetime) -> int:
    """Do what has come due, each task in a transaction of its own; one that fails is logged and holds up no other.

    Returns:
        How many reminders, levels and ended pauses this call wrote.
    """
    calendar = await current_calendar()
    done, seen = 0, list[UUID]()
    while rows := await _due(at, seen):
        for row in rows:
            seen.append(row["id"])
            try:
                done += await _look(row["id"], row["division"], at, calendar)
            except Exception:
                log.exception("supervision task %s could not be looked at", row["id"])
    return done


async def _due(at: datetime, seen: list[UUID]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await SupervisionTask.raw(
        "SELECT id, division FROM supervision_task WHERE next_at <= {} AND NOT id = ANY({}) ORDER BY next_at LIMIT {}",
        at, seen, BATCH,
    )  # fmt: skip
    return rows


async def _look(task: UUID, division: str, at: datetime, calendar: WorkingCalendar) -> int:
    """All that has come due for one task, oldest first."""
    done = 0
    async with transaction():
        # The chain first, as everywhere (moves.py); the row itself is never waited for.
        await audit.hold(division)
        row = (
            await SupervisionTask.objects()
            .where((SupervisionTask.id == task) & (SupervisionTask.next_at <= at))
            .first()
            .lock_rows("UPDATE", skip_locked=True)
        )
        if row is None or row.division != division:
            return 0
        while row.next_at is not None and row.next_at <= at:
            await _act(row, at, calendar)
            done += 1
    return done


async def _act(row: SupervisionTask, at: datetime, calendar: WorkingCalendar) -> None:
    if row.paused_at is not None:
        ended = day_span(row.paused_until)[1] if row.paused_until else at
        await resume_row(SYSTEM, row, ended)
        return
    # What was due may have moved since (a calendar replaced, say): only what has come is done.
    moment = rules.moment_of(row.stage, clock_of(row), calendar)
    if row.status not in rules.GOING or moment is None or moment > at:
        await _next(row, moment if row.status in rules.GOING else None)
        return
    if row.stage < len(rules.REMINDERS):
        await _remind(row, at, calendar)
    else:
        await _raise(row, row.stage - len(rules.REMINDERS) + 1, at, calendar)


async def _remind(row: SupervisionTask, at: datetime, calendar: WorkingCalendar) -> None:
    percent = round(rules.REMINDERS[row.stage] * 100)
    await _next(row, rules.moment_of(row.stage + 1, clock_of(row), calendar), stage=row.stage + 1)
    await note(SYSTEM, row, f"reminded_{percent}", at)
    await told(SYSTEM, row, "reminded", at, data={"percent": percent})
    due = f"{row.due_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    await send(
        await doers_of(row), "supervision_reminder", row.href or f"/supervision/{row.id}",
        {"number": row.number, "timed_kind": row.kind, "deadline": due},
    )  # fmt: skip


async def _raise(row: SupervisionTask, level: int, at: datetime, calendar: WorkingCalendar) -> None:
    coming = rules.moment_of(row.stage + 1, clock_of(row), calendar)
    await take(SYSTEM, row, "urge", at, stage=row.stage + 1, level=level, next_at=coming)
    await send(
        await told_at(row, level), f"supervision_level_{level}", f"/supervision/{row.id}",
        {"number": row.number, "timed_kind": row.kind},
    )  # fmt: skip


async def _next(row: SupervisionTask, moment: datetime | None, stage: int | None = None) -> None:
    row.next_at, row.stage = moment, row.stage if stage is None else stage
    await SupervisionTask.update({SupervisionTask.next_at: row.next_at, SupervisionTask.stage: row.stage}).where(
        SupervisionTask.id == row.id
    )
