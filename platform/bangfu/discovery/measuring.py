"""Measures of a prescription: done by the responsible unit, closed with evidence by somebody else (销号)."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.accounts.queries import users_with
from bangfu.discovery import clocks, measure_rules
from bangfu.discovery.moves import is_visible, locked
from bangfu.discovery.reviewing import last_due
from bangfu.discovery.tables import Measure, Report
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.households.sealing import seal
from bangfu.households.timeline import add_page
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.permissions import LIAISON, STATION, TOWNSHIP
from bangfu.shared.tables import AuditEvent
from bangfu.supervision.rules import end_of_day

add_page("measure", "/measures/{}", "discovery.measures")
_ENDED = N_("The report of this measure is not in the intervention any more.")


def is_own_unit(actor: Actor, line: Measure) -> bool:
    """Whether the actor works for the responsible unit: the same organisation, the township office, the station."""
    if line.unit == "organization":
        return actor.has(*LIAISON) and actor.organization is not None and actor.organization == line.organization
    if line.unit == "township":
        return actor.has("township_officer")
    return actor.me == line.responsible or not actor.roles.isdisjoint(STATION | TOWNSHIP - {"township_officer"})


def is_measure_visible(actor: Actor, line: Measure, row: Report) -> bool:
    """A liaison sees the issued measures of the own organisation; an office person those of visible reports."""
    if actor.has(*LIAISON):
        return is_own_unit(actor, line) and row.status != "reviewed" and actor.user not in row.excluded
    return is_visible(actor, row)


async def report_done(actor: Actor, measure: UUID, evidence: str, at: datetime) -> None:
    """open or returned -> done_reported, with what was done; the township hears of it.

    Raises:
        NotYours, NotAllowed, Refused: for another unit's measure, by role and state.
    """
    async with _deciding(actor, measure, "report_done") as found:
        if found is None:
            return
        line, row = found
        if not is_own_unit(actor, line):
            raise NotAllowed(N_("Only the responsible unit reports its measure as done."))
        sealed = seal("measure", "evidence_enc", line.id, evidence)
        await _move(actor, line, "report_done", at, done_by=actor.user, done_at=at, evidence_enc=sealed)
        officers = await users_with("township_officer", row.division)
        await _tell(actor, row, line, officers, "measure_done")


async def close_measure(actor: Actor, measure: UUID, at: datetime) -> None:
    """done_reported -> closed, by somebody other than who did it.

    Raises:
        NotYours, NotAllowed, Refused: for another unit's measure, by role and state, and for the doer.
    """
    async with _deciding(actor, measure, "close") as found:
        if found is None:
            return
        line, row = found
        if line.done_by == actor.user:
            raise NotAllowed(N_("You reported this measure as done yourself: another person closes it."))
        await _move(actor, line, "close", at, closed_by=actor.user, closed_at=at)
        await clocks.settle(actor, clocks.MEASURE, line, at, "closed")
        await _tell(actor, row, line, [line.done_by], "measure_closed")


async def send_back(actor: Actor, measure: UUID, reason: str, at: datetime) -> None:
    """done_reported -> returned, with a reason that the doer reads. Raises as `close_measure`."""
    async with _deciding(actor, measure, "send_back") as found:
        if found is None:
            return
        line, row = found
        await _move(actor, line, "send_back", at, reason_enc=_sealed(line, reason))
        await _tell(actor, row, line, [line.done_by], "measure_returned")


async def extend(actor: Actor, measure: UUID, due_on: date, reason: str, at: datetime) -> None:
    """A later day with a reason; the intervention is due with its last measure.

    Raises:
        NotYours, NotAllowed, Refused: by role and state.
        FormError: for a day that is not later.
    """
    async with _deciding(actor, measure, "extend") as found:
        if found is None:
            return
        line, row = found
        due_at = end_of_day(due_on)
        if due_at <= max(line.due_at, at):
            raise FormError({"due_on": (N_("The new day lies after the present one and after today."), {})})
        more = line.extensions + 1
        await _move(actor, line, "extend", at, due_at=due_at, extensions=more, reason_enc=_sealed(line, reason))
        if row.status == "intervening":
            await clocks.watch_measure(actor, line, at)
            await _follow(actor, row, at)
        await _tell(actor, row, line, [line.responsible], "measure_extended")


async def cancel_measure(actor: Actor, measure: UUID, reason: str, at: datetime) -> None:
    """Not needed any more, with a reason. Raises as `close_measure`."""
    async with _deciding(actor, measure, "cancel") as found:
        if found is None:
            return
        line, row = found
        await _move(actor, line, "cancel", at, reason_enc=_sealed(line, reason))
        await clocks.drop(actor, clocks.MEASURE, line, at, "cancelled")
        if row.status == "intervening":
            await _follow(actor, row, at)
            await _tell(actor, row, line, [line.responsible], "measure_cancelled")


@asynccontextmanager
async def _deciding(actor: Actor, measure: UUID, action: str) -> AsyncIterator[tuple[Measure, Report] | None]:
    """The locked measure and its locked report, allowed to take the action; None where this is a repeat."""
    async with transaction():
        line, row = await locked_measure(actor, measure)
        if await _already(actor, line, action):
            yield None
            return
        step = measure_rules.MACHINE.step(line.status, action)
        if step.roles.isdisjoint(actor.roles):
            raise NotAllowed
        if row.status != "intervening" and not (row.status == "reviewed" and action in {"extend", "cancel"}):
            raise Refused(_ENDED)
        yield line, row


async def locked_measure(actor: Actor, measure: UUID) -> tuple[Measure, Report]:
    """The measure and its report, locked in one order.

    Raises:
        NotYours: if there is none, or it is not to be seen.
    """
    known = await Measure.objects().get(Measure.id == measure)
    if known is None:
        raise NotYours
    row = await locked(known.report)
    line = await Measure.objects().where(Measure.id == measure).first().lock_rows("UPDATE")
    if line is None or not is_measure_visible(actor, line, row):
        raise NotYours
    return line, row


async def _move(actor: Actor, line: Measure, action: str, at: datetime, **changes: Any) -> None:
    step = measure_rules.MACHINE.step(line.status, action)
    before = {"status": line.status, "version": line.version}
    after = {"status": step.target, "version": line.version + 1}
    values = {**changes, **after}
    await Measure.update(**values).where(Measure.id == line.id)
    for name, value in values.items():
        setattr(line, name, value)
    await audit.record(
        actor, f"measure.{step.event}", "measure", line.id, division=line.division, at=at,
        data={"number": line.number, "from": step.source, "to": step.target}, before=before, after=after,
    )  # fmt: skip


async def _already(actor: Actor, line: Measure, action: str) -> bool:
    """Whether this very person took the action last; extending again is a new decision, not a repeat."""
    if action == "extend" or measure_rules.MACHINE.table.get((line.status, action)) is not None:
        return False
    last = await AuditEvent.raw(
        "SELECT action, actor FROM audit_event WHERE subject = {} AND subject_type = 'measure'"
        " ORDER BY id DESC LIMIT 1",
        str(line.id),
    )
    events = {f"measure.{step.event}" for (_, name), step in measure_rules.MACHINE.table.items() if name == action}
    return bool(last) and last[0]["action"] in events and last[0]["actor"] == actor.user


async def _follow(actor: Actor, row: Report, at: datetime) -> None:
    """The intervention is due with the last of its open measures."""
    due = await last_due(row.id)
    if due is None or row.clearing_proposed_by is not None:
        return
    row.due_at = due
    await Report.update({Report.due_at: due}).where(Report.id == row.id)
    await clocks.start(actor, row, at)


def _sealed(line: Measure, reason: str) -> str:
    return seal("measure", "reason_enc", line.id, reason)


async def _tell(actor: Actor, row: Report, line: Measure, people: Sequence[UUID | None], kind: str) -> None:
    users = [user for user in people if user is not None and user != actor.user and user not in row.excluded]
    await send(users, kind, f"/measures/{line.id}", {"number": line.number})
