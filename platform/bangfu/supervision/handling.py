"""What people do with a task: 转办 督办 跟踪 反馈, pause and resume, return or close (销号), withdraw (DOMAIN.md 8.10).

Each verb is one transaction; a repeat by the same person changes nothing; free text is sealed.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, Refused
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.supervision import rules
from bangfu.supervision.actions import ENDED, pause_row, resume_row
from bangfu.supervision.calendar import current_calendar
from bangfu.supervision.moves import check, clock_of, locked, seal, take, unseal
from bangfu.supervision.people import doers_of, is_doer, overseers_of, oversees
from bangfu.supervision.tables import SupervisionStep, SupervisionTask


@dataclass(frozen=True, slots=True)
class Unit:
    """To whom a task goes: a kind of unit in a division, of it an organisation or one person."""

    unit: str
    division: str
    organization: UUID | None = None
    owner: UUID | None = None


async def forward(actor: Actor, task: UUID, to: Unit, reason: str, at: datetime) -> None:
    """转办: give an open task to another unit or person, with the reason; the due date stays.

    Raises:
        NotYours, NotAllowed, Refused: by whose it is, role and state.
        FormError: without a reason, or to whom has it already.
    """
    async with _doing(actor, task, "forward") as row:
        if row is None:
            return
        if _same(row, to) and await _last_is(row, actor, "forwarded"):
            return
        _require(reason, "reason")
        if _same(row, to):
            raise FormError({"unit": (N_("This unit has the task already."), {})})
        await take(
            actor, row, "forward", at, text=reason, data={"to": to.unit, "division": to.division}, unit=to.unit,
            division=to.division, organization=to.organization, owner=to.owner, role="", **await _running(row, at),
        )  # fmt: skip
        await _tell(await doers_of(row), "supervision_assigned", row)


async def track(actor: Actor, task: UUID, text: str, at: datetime) -> None:
    """跟踪: take the task up, or note how far it is. Raises as `forward`."""
    async with _doing(actor, task, "track", text) as row:
        if row is not None:
            _require(text, "text")
            await take(actor, row, "track", at, text=text)


async def urge(actor: Actor, task: UUID, text: str, at: datetime) -> None:
    """督办: a person urges before the ladder does; whoever has the task hears of it. Raises as `forward`."""
    async with _doing(actor, task, "urge", text) as row:
        if row is None:
            return
        _require(text, "text")
        if row.paused_at is not None:
            raise Refused(N_("The clock of this task stands still; let it go on before you urge."))
        await take(actor, row, "urge", at, text=text)
        await _tell(await doers_of(row), "supervision_urged", row)


async def feed_back(actor: Actor, task: UUID, evidence: str, reference: str, at: datetime) -> None:
    """反馈: the doer says what was done, with evidence in words and perhaps a reference; the clock stops.

    Raises:
        Refused: for a task that its own event settles.
        FormError: with fewer than ten characters of evidence.
    """
    async with _doing(actor, task, "feed_back") as row:
        if row is None:
            return
        _by_hand(row)
        _check_words(evidence)
        await take(
            actor, row, "feed_back", at, text=evidence, reference=reference, next_at=None, paused_at=None,
            paused_until=None, evidence_enc=seal("supervision_task", "evidence_enc", row.id, evidence),
            doers=_with(row.doers, actor.me), **await _resumed(row, at),
        )  # fmt: skip
        await _tell([user for user in await overseers_of(row) if user != actor.user], "supervision_feedback", row)


async def give_back(actor: Actor, task: UUID, reason: str, at: datetime) -> None:
    """Feedback that does not do goes back to the doer with a reason; the clock goes on where it was."""
    await _refuse_doer(actor, task, "return")
    async with _doing(actor, task, "return") as row:
        if row is None:
            return
        _check_not_doer(actor, row)
        _require(reason, "reason")
        await take(actor, row, "return", at, text=reason, **await _running(row, at))
        await _tell(await doers_of(row), "supervision_returned", row)


async def close(actor: Actor, task: UUID, finding: str, at: datetime) -> None:
    """销号: closed on the doer's evidence by somebody else, who says what they found.

    Raises:
        NotAllowed: for whoever gave feedback on it or owns it; the try is logged.
        FormError: without words.
    """
    await _refuse_doer(actor, task, "close")
    async with _doing(actor, task, "close") as row:
        if row is None:
            return
        _check_not_doer(actor, row)
        _require(finding, "finding")
        await take(actor, row, "close", at, text=finding, closed_by=actor.user)
        await _tell([user for user in row.doers if user != actor.user], "supervision_closed", row)
        await _ended(actor, row, "closed", at)


async def withdraw(actor: Actor, task: UUID, reason: str, at: datetime) -> None:
    """Take back a task that was issued by hand and fell away. Raises as `forward`."""
    async with _doing(actor, task, "drop") as row:
        if row is None:
            return
        _by_hand(row)
        _require(reason, "reason")
        await take(actor, row, "drop", at, text=reason)
        await _tell(await doers_of(row), "supervision_dropped", row)
        await _ended(actor, row, "dropped", at)


async def hold(actor: Actor, task: UUID, reason: str, until: date | None, at: datetime) -> None:
    """Stop the clock of a task, with a reason and perhaps a day after which it goes on by itself; never one's own."""
    async with _doing(actor, task, "pause") as row:
        if row is None or row.paused_at is not None:
            return
        if is_doer(actor, row):
            raise NotAllowed(N_("This task is yours to do: another person stops its clock."))
        _require(reason, "reason")
        if until is not None and until < civil_date(at):
            raise FormError({"until": (N_("Choose today or a later day."), {})})
        await pause_row(actor, row, at, reason=reason, until=until)


async def go_on(actor: Actor, task: UUID, at: datetime) -> None:
    """Let the clock of a task go on."""
    async with _doing(actor, task, "resume") as row:
        if row is not None and row.paused_at is not None:
            await resume_row(actor, row, at)


@asynccontextmanager
async def _doing(
    actor: Actor, task: UUID, action: str, text: str | None = None
) -> AsyncIterator[SupervisionTask | None]:
    """The locked task, allowed to take the action; None where this very person has just taken it."""
    async with transaction():
        row = await locked(task)
        if await _already(actor, row, action, text):
            yield None
            return
        check(actor, row, action)
        yield row


async def _already(actor: Actor, row: SupervisionTask, action: str, text: str | None) -> bool:
    """Whether the last step is this person's very action; a step that may be repeated must have the same text."""
    events = {step.event for step in rules.TRANSITIONS.values() if step.action == action and step.target == row.status}
    return action != "forward" and any([await _last_is(row, actor, event, text) for event in events])


async def _last_is(row: SupervisionTask, actor: Actor, event: str, text: str | None = None) -> bool:
    rows = await SupervisionStep.raw(
        "SELECT id, event, actor, text_enc FROM supervision_step WHERE task = {} ORDER BY place DESC LIMIT 1", row.id
    )
    if not rows or rows[0]["event"] != event or rows[0]["actor"] != actor.user:
        return False
    return text is None or unseal("supervision_step", "text_enc", rows[0]["id"], rows[0]["text_enc"]) == text


async def _refuse_doer(actor: Actor, task: UUID, action: str) -> None:
    """Who did it does not judge it; a try is refused and logged (DOMAIN.md 8.10, 8.11)."""
    async with transaction():
        row = await locked(task)
        if row.status != "feedback" or not _did(actor, row):
            return
        if not oversees(actor, row):
            return
        await audit.record(
            actor, "supervision.refused_doer", "supervision_task", task, division=row.division,
            data={"number": row.number, "action": action},
        )  # fmt: skip
    raise NotAllowed(_DONE_BY_YOU)


_DONE_BY_YOU = N_("You did this task yourself: another person decides whether it is closed.")


def _did(actor: Actor, row: SupervisionTask) -> bool:
    return actor.user in row.doers or actor.user == row.owner


def _check_not_doer(actor: Actor, row: SupervisionTask) -> None:
    """Once more under the row lock: the feedback may have come between the first look and the lock."""
    if _did(actor, row):
        raise NotAllowed(_DONE_BY_YOU)


async def _running(row: SupervisionTask, at: datetime) -> dict[str, Any]:
    """When the engine looks at a running task next; nothing is changed for a paused one."""
    if row.paused_at is not None:
        return {}
    return {"next_at": rules.moment_of(row.stage, clock_of(row), await current_calendar())}


async def _resumed(row: SupervisionTask, at: datetime) -> dict[str, Any]:
    """Feedback ends a pause: the due date is the one after it."""
    if row.paused_at is None:
        return {}
    clock = rules.shifted(clock_of(row), row.paused_at, at, await current_calendar())
    return {"clock_from": clock.start, "due_at": clock.due}


async def _ended(actor: Actor, row: SupervisionTask, how: str, at: datetime) -> None:
    for reaction in ENDED.get(row.kind, ()):
        await reaction(actor, row.subject, how, at)


async def _tell(users: Sequence[UUID], kind: str, row: SupervisionTask) -> None:
    await send(users, kind, f"/supervision/{row.id}", {"number": row.number, "timed_kind": row.kind})


def _same(row: SupervisionTask, to: Unit) -> bool:
    return (row.unit, row.division, row.organization, row.owner, row.role) == (
        to.unit, to.division, to.organization, to.owner, "",
    )  # fmt: skip


def _by_hand(row: SupervisionTask) -> None:
    if row.closing != "feedback":
        raise Refused(N_("This task ends by the thing itself: open it and do it there; the task is then closed."))


def _require(text: str, field: str) -> None:
    if not text.strip():
        raise FormError({field: (N_("Please fill this in."), {})})


def _check_words(text: str) -> None:
    if not rules.enough_words(text):
        raise FormError(
            {"evidence": (N_("Say in at least {least} characters what was done."), {"least": rules.LEAST_WORDS})}
        )


def _with(doers: list[UUID], user: UUID) -> list[UUID]:
    return doers if user in doers else [*doers, user]
