"""Moving a task: locks in one order, table of transitions, change, step and audit event in one go.

The chain of the audit trail is locked before the task's row, everywhere: callers come here with their own events
written or not, and must not wait in a circle with the worker.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.errors import NotAllowed, NotYours
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import WorkingCalendar
from bangfu.shared.crypto import decrypt, encrypt
from bangfu.supervision import rules
from bangfu.supervision.people import CONFIDENTIAL, is_doer, oversees
from bangfu.supervision.rules import Clock
from bangfu.supervision.tables import SupervisionStep, SupervisionTask

BATCH = 400


def seal(table: str, column: str, row: UUID, text: str) -> str:
    """Free text as it is stored: sealed for its place, as households.sealing does."""
    return encrypt(text, f"{table}:{column}:{row}")


def unseal(table: str, column: str, row: UUID, stored: str) -> str:
    """The text behind it."""
    return decrypt(stored, f"{table}:{column}:{row}")


def clock_of(row: SupervisionTask) -> Clock:
    """The time given to a task."""
    return Clock(row.clock_from, row.due_at, row.by_hours)


def next_look(row: SupervisionTask, stage: int, clock: Clock, calendar: WorkingCalendar) -> datetime | None:
    """When the engine has something to do for a running task."""
    return rules.moment_of(stage, clock, calendar)


async def locked(task: UUID) -> SupervisionTask:
    """The task with its row lock, its audit chain locked before it.

    Raises:
        NotYours: if there is none.
    """
    rows = await SupervisionTask.raw("SELECT division FROM supervision_task WHERE id = {}", task)
    if not rows:
        raise NotYours
    await audit.hold(rows[0]["division"])
    found: SupervisionTask | None = (
        await SupervisionTask.objects().where(SupervisionTask.id == task).first().lock_rows("UPDATE")
    )
    if found is None:
        raise NotYours
    return found


async def locked_open(kind: str, subject: UUID) -> SupervisionTask | None:
    """The open task of a kind about a subject with its row lock, or None."""
    rows = await SupervisionTask.raw(
        "SELECT id FROM supervision_task WHERE kind = {} AND subject = {} AND status <> ALL({}::varchar[])",
        kind, subject, sorted(rules.TERMINAL),
    )  # fmt: skip
    if not rows:
        return None
    row = await locked(rows[0]["id"])
    return row if row.status in rules.OPEN else None


def check(actor: Actor, row: SupervisionTask, action: str) -> rules.Transition:
    """The line of the table that the actor may take.

    Raises:
        NotYours: if the actor neither does nor oversees the task.
        Refused: if the table does not list the move (409).
        NotAllowed: if it does, but for others (403), or the matter is confidential and another's.
    """
    doer, overseer = is_doer(actor, row), oversees(actor, row)
    if not (doer or overseer):
        raise NotYours
    if row.kind in CONFIDENTIAL and not doer:
        raise NotAllowed
    step = rules.step(row.status, action)
    fits = {"doer": doer, "overseer": overseer, "either": True, "any": False}[step.whose]
    if not fits or not rules.may(row.status, action, actor.roles):
        raise NotAllowed
    return step


async def take(
    actor: Actor, row: SupervisionTask, action: str, at: datetime, *, text: str = "", reference: str = "",
    data: Mapping[str, object] | None = None, **changes: Any,
) -> None:  # fmt: skip
    """Take one line of the table; `text` is sealed and stands in the task's own steps, never in the audit trail.

    Raises:
        Refused: if the table does not list the transition (409).
    """
    step = rules.step(row.status, action)
    before = {"status": row.status, "version": row.version, "level": row.level}
    values: dict[str, Any] = {**changes, "status": step.target, "version": row.version + 1, "updated_at": at}
    if reference:
        values["reference"] = reference
    if step.target in rules.TERMINAL:
        values |= {"closed_at": at, "next_at": None, "paused_at": None, "paused_until": None}
    await SupervisionTask.update(**values).where(SupervisionTask.id == row.id)
    for name, value in values.items():
        setattr(row, name, value)
    await note(actor, row, step.event, at, text=text, reference=reference)
    after = {"status": row.status, "version": row.version, "level": row.level}
    await told(actor, row, step.event, at, before=before, after=after, data=data)


async def note(
    actor: Actor, row: SupervisionTask, event: str, at: datetime, *, text: str = "", reference: str = ""
) -> None:
    """Add one step to the task's own history."""
    step = uuid4()
    rows = await SupervisionStep.raw(
        "SELECT coalesce(max(place), 0) + 1 AS n FROM supervision_step WHERE task = {}", row.id
    )
    await SupervisionStep(
        id=step, task=row.id, place=rows[0]["n"], at=at, actor=actor.user, event=event, status=row.status,
        level=row.level, due_at=row.due_at, text_enc=seal("supervision_step", "text_enc", step, text),
        reference=reference,
    ).save()  # fmt: skip


async def forward_all(actor: Actor, rows: Sequence[SupervisionTask], at: datetime) -> None:
    """Store many new tasks and forward them, as `take` does for one."""
    step, entries = rules.step("issued", "forward"), []
    steps: list[SupervisionStep] = []
    for row in rows:
        before = {"status": row.status, "version": row.version, "level": row.level}
        row.status, row.version = step.target, row.version + 1
        after = {"status": row.status, "version": row.version, "level": row.level}
        steps.append(
            SupervisionStep(
                id=uuid4(), task=row.id, place=1, at=at, actor=actor.user, event=step.event, status=row.status,
                level=row.level, due_at=row.due_at, text_enc="", reference="",
            )
        )  # fmt: skip
        entries.append(
            audit.Entry(
                f"supervision.{step.event}", "supervision_task", row.id, row.division, _facts(row),
                audit.state_hash(before), audit.state_hash(after),
            )
        )  # fmt: skip
    for start in range(0, len(rows), BATCH):
        await SupervisionTask.insert(*rows[start : start + BATCH])
        await SupervisionStep.insert(*steps[start : start + BATCH])
    if entries:
        await audit.record_all(actor, entries, at=at)


async def told(
    actor: Actor, row: SupervisionTask, event: str, at: datetime, *, before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None, data: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    """The audit event of a step: numbers and codes only."""
    await audit.record(
        actor, f"supervision.{event}", "supervision_task", row.id, division=row.division,
        data={**_facts(row), **(data or {})}, before=before, after=after, at=at,
    )  # fmt: skip


def _facts(row: SupervisionTask) -> dict[str, object]:
    found: dict[str, object] = {
        "number": row.number, "kind": row.kind, "unit": row.unit, "level": row.level,
        "due": row.due_at.isoformat(timespec="minutes"),
    }  # fmt: skip
    if row.household is not None:
        found["household"] = str(row.household)
    return found
