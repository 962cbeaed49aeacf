"""What every feature asks of supervision: watch, settle, drop, pause, resume, issue (DOMAIN.md 8.10).

Each verb joins the caller's transaction (or makes one), takes the row lock, writes its audit event, and changes
nothing when repeated. A task that a feature watches is settled by that feature's own event; a task that is issued is
closed on evidence by somebody else than its doer (handling.py).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from bangfu.errors import NotAllowed, NotYours
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import WorkingCalendar, day_span
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number, fresh_numbers
from bangfu.supervision import rules
from bangfu.supervision.calendar import current_calendar
from bangfu.supervision.moves import clock_of, forward_all, locked_open, note, seal, take, told
from bangfu.supervision.people import confidential
from bangfu.supervision.rules import BY_HAND
from bangfu.supervision.tables import SupervisionTask

__all__ = [
    "BY_HAND", "Ended", "Timed", "confidential", "drop", "issue", "moved_home", "on_end", "pause", "pause_row",
    "resume", "resume_row", "settle", "watch",
]  # fmt: skip

Closing = Literal["event", "feedback"]
Ended = Callable[[Actor, UUID, str, datetime], Awaitable[None]]
"""Called with (actor, subject, "closed" or "dropped", at) in the transaction in which a person ended an issued task."""

ENDED: dict[str, list[Ended]] = {}


@dataclass(frozen=True, slots=True)
class Timed:
    """A thing with a deadline. `unit` (village, station, township, bureau, organization) has it to do; of the unit
    whoever holds `role`, or the one `owner`. `by_hours`: plain hours instead of working days.
    """

    kind: str
    subject_type: str
    subject: UUID
    href: str
    division: str
    due_at: datetime
    number: str = ""
    unit: str = "township"
    organization: UUID | None = None
    role: str = ""
    owner: UUID | None = None
    by_hours: bool = False
    household: UUID | None = None
    excluded: tuple[UUID, ...] = ()
    """Users whom the matter concerns: the task goes past them."""


def on_end(kind: str, reaction: Ended) -> None:
    """Let a feature answer the end of tasks that it issued; registered once."""
    known = ENDED.setdefault(kind, [])
    if reaction not in known:
        known.append(reaction)


async def watch(actor: Actor, timed: Timed, at: datetime) -> UUID:
    """Put a thing under supervision (issued -> forwarded to who has it to do); its own event settles it.

    While one of the kind is open for the subject it is that one: a changed due date is taken over.
    """
    async with transaction():
        await audit.hold(timed.division)
        row = await locked_open(timed.kind, timed.subject)
        if row is None:
            return (await _issued(actor, timed, at, "event")).id
        if row.due_at != timed.due_at:
            await _new_due(actor, row, timed.due_at, at)
        return row.id


async def issue(
    actor: Actor, timed: Timed, title: str, at: datetime, *, text: str = "", key: UUID | None = None
) -> UUID:
    """A task that is done by feedback with evidence and closed by somebody else; `title` and `text` are sealed.

    The same key (or an open task of the same kind and subject) is the same task.

    Raises:
        NotAllowed, NotYours: a task issued by hand needs an overseer of the division.
    """
    if timed.subject_type == BY_HAND and actor.user is not None:
        if not actor.has(*rules.OVERSEERS):
            raise NotAllowed
        if not actor.sees(timed.division):
            raise NotYours
    async with transaction():
        await audit.hold(timed.division)
        if key is not None and (known := await SupervisionTask.objects().get(SupervisionTask.id == key)):
            if known.issued_by != actor.user:
                raise NotYours
            return key
        row = await locked_open(timed.kind, timed.subject)
        if row is not None:
            return row.id
        return (await _issued(actor, timed, at, "feedback", title=title, text=text, key=key)).id


async def settle(actor: Actor, kind: str, subject: UUID, at: datetime, *, evidence: str) -> None:
    """The thing was done by its own event: `evidence` is that event's name ("need.confirmed"). Nothing open: nothing.

    Raises:
        ValueError: without evidence.
    """
    if not evidence.strip():
        raise ValueError("a task is settled by a named event")
    async with transaction():
        row = await locked_open(kind, subject)
        if row is not None:
            await take(
                actor, row, "settle", at, data={"evidence": evidence[:60]}, settled_event=evidence[:60],
                closed_by=actor.user,
            )  # fmt: skip


async def drop(actor: Actor, kind: str, subject: UUID, at: datetime, *, reason: str) -> None:
    """The thing fell away and need not be done any more. Nothing open: nothing."""
    async with transaction():
        row = await locked_open(kind, subject)
        if row is not None:
            await take(actor, row, "drop", at, text=reason)


async def pause(
    actor: Actor, kind: str, subject: UUID, at: datetime, *, reason: str, until: date | None = None
) -> None:
    """Stop the clock; with `until` it goes on by itself after that day. Paused already: the new end counts."""
    async with transaction():
        row = await locked_open(kind, subject)
        if row is not None and row.status in rules.GOING:
            await pause_row(actor, row, at, reason=reason, until=until)


async def resume(actor: Actor, kind: str, subject: UUID, at: datetime) -> None:
    """Let the clock go on; the due date moves by the paused time. Not paused: nothing."""
    async with transaction():
        row = await locked_open(kind, subject)
        if row is not None and row.paused_at is not None:
            await resume_row(actor, row, at)


async def pause_row(
    actor: Actor, row: SupervisionTask, at: datetime, *, reason: str, until: date | None, action: str = "pause"
) -> None:
    """Stop the clock of a locked task."""
    ends = day_span(until)[1] if until else None
    if row.paused_at is not None and row.paused_until == until:
        return
    await take(
        actor, row, action, at, text=reason, data={"until": until.isoformat() if until else ""},
        paused_at=row.paused_at or at, paused_until=until, next_at=ends,
    )  # fmt: skip


async def resume_row(actor: Actor, row: SupervisionTask, at: datetime) -> None:
    """Let the clock of a locked task go on, with the due date moved by the paused time."""
    calendar = await current_calendar()
    assert row.paused_at is not None  # noqa: S101 (the callers have asked)
    clock = rules.shifted(clock_of(row), row.paused_at, at, calendar)
    await take(
        actor, row, "resume", at, data={"was_due": row.due_at.isoformat(timespec="minutes")}, paused_at=None,
        paused_until=None, clock_from=clock.start, due_at=clock.due,
        next_at=rules.moment_of(row.stage, clock, calendar),
    )  # fmt: skip


async def moved_home(household: UUID, division: str) -> None:
    """The open tasks of a household that has moved belong to its new division; inside the caller's transaction."""
    await SupervisionTask.raw(
        "UPDATE supervision_task SET division = {}, version = version + 1 WHERE household = {}"
        " AND status <> ALL({}::varchar[])",
        division, household, sorted(rules.TERMINAL),
    )  # fmt: skip


async def _issued(
    actor: Actor, timed: Timed, at: datetime, closing: Closing, *, title: str = "", text: str = "",
    key: UUID | None = None,
) -> SupervisionTask:  # fmt: skip
    number, calendar = await fresh_number(SupervisionTask), await current_calendar()
    row = _new(actor, timed, at, closing, key or uuid4(), number, calendar, title)
    await row.save()
    await take(actor, row, "forward", at, text=text)
    return row


def _new(
    actor: Actor, timed: Timed, at: datetime, closing: Closing, task: UUID, number: str, calendar: WorkingCalendar,
    title: str = "",
) -> SupervisionTask:  # fmt: skip
    by_hand = timed.subject_type == BY_HAND
    return SupervisionTask(
        id=task, number=number, kind=timed.kind, subject_type=timed.subject_type,
        subject=task if by_hand else timed.subject, href=f"/supervision/{task}" if by_hand else timed.href,
        subject_number=timed.number, title_enc=seal("supervision_task", "title_enc", task, title),
        division=timed.division, household=timed.household, unit=timed.unit, organization=timed.organization,
        role=timed.role, owner=timed.owner, excluded=list(timed.excluded),
        closing=closing, status="issued", by_hours=timed.by_hours, clock_from=at,
        due_at=timed.due_at, issued_by=actor.user, issued_at=at, updated_at=at,
        next_at=rules.moment_of(0, rules.Clock(at, timed.due_at, timed.by_hours), calendar),
    )  # fmt: skip


async def watch_all(actor: Actor, things: Sequence[Timed], at: datetime) -> None:
    """`watch` for the thousands of things that a list brings, in a few statements instead of some for each."""
    async with transaction():
        for county in sorted({audit.stream_of(timed.division): timed.division for timed in things}.items()):
            await audit.hold(county[1])
        rows = await SupervisionTask.raw(
            "SELECT kind, subject FROM supervision_task WHERE subject = ANY({}::uuid[])"
            " AND status <> ALL({}::varchar[])",
            [timed.subject for timed in things], sorted(rules.TERMINAL),
        )  # fmt: skip
        known = {(row["kind"], row["subject"]) for row in rows}
        for timed in things:
            if (timed.kind, timed.subject) in known:
                await watch(actor, timed, at)
        fresh = {(timed.kind, timed.subject): timed for timed in things if (timed.kind, timed.subject) not in known}
        numbers, calendar = await fresh_numbers(SupervisionTask, len(fresh)), await current_calendar()
        tasks = [
            _new(actor, timed, at, "event", uuid4(), number, calendar)
            for timed, number in zip(fresh.values(), numbers, strict=True)
        ]
        await forward_all(actor, tasks, at)


async def _new_due(actor: Actor, row: SupervisionTask, due_at: datetime, at: datetime) -> None:
    was: dict[str, Any] = {"was_due": row.due_at.isoformat(timespec="minutes")}
    row.due_at = due_at
    coming = rules.moment_of(row.stage, clock_of(row), await current_calendar())
    running = row.status in rules.GOING and row.paused_at is None
    changes: dict[Any, Any] = {
        "due_at": due_at,
        "version": row.version + 1,
        "next_at": coming if running else row.next_at,
    }
    await SupervisionTask.update(changes).where(SupervisionTask.id == row.id)
    row.version += 1
    await note(actor, row, "due_changed", at)
    await told(actor, row, "due_changed", at, data=was)
