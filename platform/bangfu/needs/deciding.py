"""What people decide about a need: confirm, reject, suspend, resume, close, cancel, reopen (DOMAIN.md 8.3, 8.11).

Each verb is one transaction; a repeat by the same person changes nothing.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused, for_second_duty
from bangfu.households.consent_queries import live_grounds
from bangfu.households.consents import grounds_for, missing
from bangfu.households.kinship import refuse_relative
from bangfu.households.status_rules import SERVED
from bangfu.households.tables import Household
from bangfu.messages.actions import send
from bangfu.needs import rules
from bangfu.needs.actions import react
from bangfu.needs.moves import already, check_role, had_a_hand_in, locked_for, move
from bangfu.needs.tables import Need
from bangfu.needs.timing import CONFIRM, RESUME, watch_pause
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.database import transaction
from bangfu.supervision import actions as supervision
from bangfu.supervision.calendar import current_calendar


async def confirm_need(actor: Actor, need: UUID, consent: UUID | None, at: datetime) -> None:
    """submitted -> confirmed on a live consent or statutory ground of the household; the submitter hears of it.

    Raises:
        NotYours: for a need of another area.
        NotAllowed: for the one who submitted or recorded it; the try is logged.
        Refused: from another state, or where the household has no ground at all.
        FormError: if the chosen ground is none of the household's live ones.
    """
    await check_decider(actor, need, at)
    async with _deciding(actor, need, "confirm") as row:
        if row is None:
            return
        ground = await _live_ground(row, consent, civil_date(at))
        await move(
            actor, row, "confirm", at, data={"consent": ground}, consent=ground, confirmed_by=actor.user,
            confirmed_at=at, binding_reason="", binding_detail="{}",
        )  # fmt: skip
        await supervision.settle(actor, CONFIRM, need, at, evidence="need.confirmed")
        await _tell_submitter(row, "need_confirmed")


async def reject_need(actor: Actor, need: UUID, reason: str, at: datetime) -> None:
    """submitted -> rejected; the reason is told to the submitter. Raises as `confirm_need`."""
    await check_decider(actor, need, at)
    async with _deciding(actor, need, "reject") as row:
        if row is not None:
            await move(actor, row, "reject", at, reason=reason, closed_reason=reason)
            await supervision.settle(actor, CONFIRM, need, at, evidence="need.rejected")
            await _tell_submitter(row, "need_rejected")


async def cancel_need(actor: Actor, need: UUID, code: str, text: str, at: datetime) -> None:
    """Any open state -> cancelled; an open assignment ends with it.

    Raises:
        NotYours, NotAllowed, Refused: by area, role and state.
    """
    await _end(actor, need, "cancel", code, text, at)


async def close_need(actor: Actor, need: UUID, code: str, text: str, at: datetime) -> None:
    """in_service -> closed with its outcome; it may be reopened for 30 days. Raises as `cancel_need`."""
    await _end(actor, need, "close", code, text, at)


async def _end(actor: Actor, need: UUID, action: str, code: str, text: str, at: datetime) -> None:
    await _unrelated(actor, need, at)
    async with _deciding(actor, need, action) as row:
        if row is None:
            return
        step = rules.transition(row.status, action)
        due = rules.deadline(step.deadline, row.priority, at, await current_calendar())
        stored = f"{code} {text}".strip()
        await move(actor, row, action, at, reason=text, data={"code": code}, closed_reason=stored, due_at=due)
        for kind in (CONFIRM, RESUME):
            await supervision.drop(actor, kind, need, at, reason=code)
        await react(actor, need, action, at)


async def suspend_need(actor: Actor, need: UUID, code: str, text: str, until: date, at: datetime) -> None:
    """assigned or in_service -> suspended, with its expected end, the last minute of that day. Raises as above."""
    async with _deciding(actor, need, "suspend") as row:
        if row is None:
            return
        kept = json.dumps({"suspended_from": row.status, "suspend_reason": code})
        due = day_span(until)[1] - timedelta(minutes=1)
        await move(actor, row, "suspend", at, reason=text, data={"code": code}, binding_detail=kept, due_at=due)
        await watch_pause(actor, row, due, at)
        await react(actor, need, "suspend", at)


async def resume_need(actor: Actor, need: UUID, at: datetime) -> None:
    """suspended -> the state before it. Raises as `cancel_need`."""
    async with transaction():
        row = await locked_for(actor, need)
        if await already(actor, row, "resume_assigned") or await already(actor, row, "resume_service"):
            return
        before = json.loads(row.binding_detail).get("suspended_from", "in_service")
        action = "resume_assigned" if before == "assigned" else "resume_service"
        check_role(actor, row, action)
        await move(actor, row, action, at, binding_detail="{}")
        await supervision.settle(actor, RESUME, need, at, evidence="need.resumed")
        await react(actor, need, action, at)


async def reopen_need(actor: Actor, need: UUID, consent: UUID | None, reason: str, at: datetime) -> None:
    """closed -> confirmed within 30 days, on a live ground. Raises as `confirm_need`."""
    await check_decider(actor, need, at)
    async with _deciding(actor, need, "reopen") as row:
        if row is None:
            return
        if row.due_at is not None and at > row.due_at:
            raise Refused(N_("The need was closed more than 30 days ago. Record a new need for the household instead."))
        ground = await _live_ground(row, consent, civil_date(at))
        await move(
            actor, row, "reopen", at, reason=reason, data={"consent": ground}, consent=ground, closed_reason="",
            confirmed_by=actor.user, confirmed_at=at,
        )  # fmt: skip
        await react(actor, need, "reopen", at)


@asynccontextmanager
async def _deciding(actor: Actor, need: UUID, action: str) -> AsyncIterator[Need | None]:
    """The locked need inside a transaction, allowed to take the action; None where this is a repeat."""
    async with transaction():
        row = await locked_for(actor, need)
        if await already(actor, row, action):
            yield None
            return
        check_role(actor, row, action)
        yield row


async def check_decider(actor: Actor, need: UUID, at: datetime) -> None:
    """Neither a near relative of the household (DOMAIN.md 2.3) nor who submitted, recorded or changed the need decides
    on it; a try is refused and logged (DOMAIN.md 8.11)."""
    row = await _unrelated(actor, need, at)
    if not await had_a_hand_in(actor, need, row.submitted_by, row.created_by):
        return
    async with transaction():
        await audit.record(actor, "need.refused_two_people", "need", need, division=row.division)
    sentence = N_("You recorded, changed or submitted this need yourself: another officer decides on it.")
    raise for_second_duty(NotAllowed(sentence), "confirm_need")


async def _unrelated(actor: Actor, need: UUID, at: datetime) -> Need:
    """The need, if the actor is no near relative of its household; a try is refused and logged."""
    row: Need | None = await Need.objects().get(Need.id == need)
    if row is None or not actor.sees(row.division):
        raise NotYours
    await refuse_relative(actor, row.household, "need.decide", at)
    return row


async def _live_ground(row: Need, consent: UUID | None, today: date) -> UUID:
    """The chosen ground, held until the end of the transaction so that nobody withdraws it meanwhile."""
    if not await Household.exists().where((Household.id == row.household) & Household.status.is_in(sorted(SERVED))):
        raise Refused(N_("This household has left the register: its needs are not confirmed any more."))
    covering = await grounds_for(row.household, "service", today, row.person, hold=True)
    if not covering and not await live_grounds(row.household, today):
        raise Refused(
            N_("The household has neither a consent nor a statutory ground in force. Have one recorded on the"
               " household's page, then confirm the need.")
        )  # fmt: skip
    if not covering:
        raise Refused(await missing(row.household, "service", today, row.person))
    if consent not in covering:
        raise FormError({"consent": (N_("Choose the ground on which the household's data may be used."), {})})
    assert consent is not None  # noqa: S101 (it is in the list)
    return consent


async def _tell_submitter(row: Need, kind: str) -> None:
    if row.submitted_by is not None:
        await send([row.submitted_by], kind, f"/needs/{row.id}", {"number": row.number})
