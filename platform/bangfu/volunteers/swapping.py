"""Cancelling one visit, and asking other volunteers to serve it: one transaction each, every rule asked anew."""

from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.accounts.queries import user_of_carer, users_with
from bangfu.dispatch.actions import Because
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.schedules.checking import problems_of_move
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.visits import making, moves
from bangfu.visits.tables import Visit
from bangfu.volunteers import task_rules as rules
from bangfu.volunteers.fitting import Wanted, faults, hold, mine
from bangfu.volunteers.partners import check_partner, two_person_home
from bangfu.volunteers.tables import SwapRequest
from bangfu.volunteers.task_life import in_reach, step


async def own_visit(actor: Actor, visit: UUID, *, along: bool = False) -> Visit:
    """A volunteer's own visit (or one where the volunteer comes along), unlocked.

    Raises:
        NotYours: for any other.
    """
    carer = mine(actor)
    found = await Visit.objects().get(Visit.id == visit)
    if found is None or found.carer_kind != "volunteer" or (found.partner if along else found.carer) != carer:
        raise NotYours
    return found


async def cancel_visit(actor: Actor, visit: UUID, at: datetime) -> None:
    """Call one visit off without a reason; what it would have filled is due again, and the station hears of it.

    Raises:
        NotYours: for another's visit. Refused: if it has begun or is over.
    """
    known = await own_visit(actor, visit)
    async with transaction():
        row = await moves.locked(known.id, line=False)
        if row.status == "cancelled":
            return
        minutes, short = rules.notice(row.planned_start, at)
        await moves.move(
            actor, row, "call_off", at, reason="other", data={"notice_minutes": minutes, "short_notice": short}
        )
        await step(mine(actor), "called_off", at, visit=row.id, minutes=minutes, short=short)
        await SwapRequest.update({"status": "withdrawn", "answered_at": at}).where(
            (SwapRequest.visit == row.id) & (SwapRequest.status == "asked")
        )
        await send(
            await users_with("station_dispatcher", row.division), "volunteer_cancelled", "/volunteer-tasks",
            {"number": row.number}, urgent=short,
        )  # fmt: skip
        if row.partner is not None:
            await send(await user_of_carer(row.partner), "volunteer_cancelled", "/open-tasks", {"number": row.number})


async def step_back(actor: Actor, visit: UUID, at: datetime) -> None:
    """Who comes along steps back; the server and the station hear that somebody else is looked for.

    Raises:
        NotYours: unless the actor comes along. Refused: if the visit has begun.
    """
    known = await own_visit(actor, visit, along=True)
    async with transaction():
        row = await moves.locked(known.id, line=False)
        if row.partner != actor.carer:
            return
        minutes, short = rules.notice(row.planned_start, at)
        await making.reschedule(
            actor, row.id, row.planned_start, at, partner=None, keep_partner=False,
            window=(row.window_start, row.window_end),
        )  # fmt: skip
        await step(mine(actor), "called_off", at, visit=row.id, minutes=minutes, short=short)
        told = [*await users_with("station_dispatcher", row.division), *await user_of_carer(row.carer)]
        await send(told, "volunteer_alone", "/open-tasks", {"number": row.number}, urgent=short)


async def ask(actor: Actor, key: UUID, visit: UUID, number: str, at: datetime) -> UUID:
    """Ask one volunteer (by the number that they know) or everybody to serve a planned visit instead.

    Raises:
        NotYours: for another's visit. FormError: for a number that is nobody's in reach, or one's own.
        Refused: if the visit has begun, or is being asked for already.
    """
    known, carer = await own_visit(actor, visit), mine(actor)
    asked = await _asked(number.strip(), carer, known.division)
    async with transaction():
        row = await moves.locked(known.id, line=False)
        former = await SwapRequest.objects().get(SwapRequest.id == key)
        if former is not None:
            if former.asker != carer or former.visit != row.id:
                raise NotYours
            return key
        if row.status != "planned" or row.planned_start <= at:
            raise Refused(N_("Only a planned visit that lies ahead can be swapped."))
        if await SwapRequest.exists().where((SwapRequest.visit == row.id) & (SwapRequest.status == "asked")):
            raise Refused(N_("You have asked for this visit already."))
        await SwapRequest(id=key, visit=row.id, asker=carer, asked=asked, asked_at=at).save()
        await _tell(actor, row, "asked", at)
        if asked is not None:
            await send(await user_of_carer(asked), "swap_asked", "/open-tasks", {"number": row.number})
        return key


async def _asked(number: str, carer: UUID, division: str) -> UUID | None:
    if not number:
        return None
    rows = await Visit.raw(
        "SELECT id FROM carer WHERE number = {} AND kind = 'volunteer' AND active AND id <> {} AND division LIKE {}",
        number, carer, f"{division[:6]}%",
    )  # fmt: skip
    if not rows:
        raise FormError({"number": (N_("No other volunteer of the county has this number."), {})})
    found: UUID = rows[0]["id"]
    return found


async def accept(actor: Actor, swap: UUID, partner: UUID | None, at: datetime) -> UUID:
    """Serve the visit that another volunteer has asked for; every rule is asked anew, one of several wins.

    Returns:
        The visit.

    Raises:
        NotYours: if the actor was not asked. Refused: if somebody was faster, or a rule stands in the way.
    """
    carer = mine(actor)
    first = await asked_of(carer, swap)
    async with transaction():
        await hold(carer, first.asker, partner)
        row = await moves.locked(first.visit, line=False)
        request = await _locked(swap)
        await in_reach(carer, row.division)
        if request.status == "accepted" and request.answered_by == carer:
            return row.id
        rules.SWAP_MACHINE.step(request.status, "accept")
        if row.status != "planned" or row.planned_start <= at or row.carer != request.asker:
            raise Refused(N_("This visit has changed; the swap is not possible any more."))
        along = row.partner if row.partner != carer else None
        along = along or partner
        if along == request.asker:
            raise Refused(N_("Who asks for the swap cannot come along; please choose somebody else."))
        wanted = Wanted(row.need, [(row.planned_start, row.planned_end)], row.id)
        if problems := await faults(carer, wanted, at):
            raise Refused(N_("You cannot take this visit. {why}"), why=Because(problems))
        await check_partner(carer, along, wanted, at, two_persons=await two_person_home(row.household))
        if problems := await problems_of_move(
            actor, row.id, row.planned_start, carer, at, partner=along, keep_partner=False
        ):
            raise Refused(N_("You cannot take this visit. {why}"), why=Because(problems))
        await making.reschedule(
            actor, row.id, row.planned_start, at, carer=carer, partner=along, keep_partner=False, reason="swapped",
            window=(row.window_start, row.window_end),
        )  # fmt: skip
        await _answer(request, "accepted", carer, at)
        minutes, short = rules.notice(row.planned_start, at)
        await step(request.asker, "swapped_out", at, visit=row.id, minutes=minutes, short=short)
        await step(carer, "swapped_in", at, visit=row.id)
        if along is not None and along != row.partner:
            await step(along, "accompanies", at, visit=row.id)
            await send(await user_of_carer(along), "volunteer_along_visit", "/open-tasks", {"number": row.number})
        told = [*await user_of_carer(request.asker), *await users_with("station_dispatcher", row.division)]
        await send(told, "swap_done", "/open-tasks", {"number": row.number})
        return row.id


async def refuse(actor: Actor, swap: UUID, at: datetime) -> None:
    """Say no, without a reason, to a swap that was asked of oneself.

    Raises:
        NotYours: if somebody else (or everybody) was asked. Refused: if it was answered.
    """
    carer = mine(actor)
    async with transaction():
        request = await _locked(swap)
        if request.asked != carer:
            raise NotYours
        if request.status == "refused":
            return
        rules.SWAP_MACHINE.step(request.status, "refuse")
        await _answer(request, "refused", carer, at)
        await send(await user_of_carer(request.asker), "swap_refused", "/open-tasks", {})


async def withdraw(actor: Actor, swap: UUID, at: datetime) -> None:
    """Stop asking.

    Raises:
        NotYours: for another's asking. Refused: if it was answered.
    """
    carer = mine(actor)
    async with transaction():
        request = await _locked(swap)
        if request.asker != carer:
            raise NotYours
        if request.status == "withdrawn":
            return
        rules.SWAP_MACHINE.step(request.status, "withdraw")
        await _answer(request, "withdrawn", carer, at)


async def asked_of(carer: UUID, swap: UUID) -> SwapRequest:
    """A request that this volunteer may answer.

    Raises:
        NotYours: for one that was asked of somebody else, or by oneself.
    """
    found = await SwapRequest.objects().get(SwapRequest.id == swap)
    if found is None or found.asker == carer or found.asked not in {None, carer}:
        raise NotYours
    return found


async def _locked(swap: UUID) -> SwapRequest:
    found: SwapRequest | None = (
        await SwapRequest.objects().where(SwapRequest.id == swap).first().lock_rows("NO KEY UPDATE")
    )
    if found is None:
        raise NotYours
    return found


async def _answer(request: SwapRequest, status: str, carer: UUID, at: datetime) -> None:
    changes: dict[Any, Any] = {"status": status, "answered_by": carer, "answered_at": at}
    await SwapRequest.update(changes).where(SwapRequest.id == request.id)


async def _tell(actor: Actor, row: Visit, event: str, at: datetime) -> None:
    await audit.record(
        actor, f"visit.swap_{event}", "visit", row.id, division=row.division, data={"number": row.number}, at=at
    )
