"""Inspectors give their place away: of themselves at once, somebody else's on the word of two officers (DOMAIN.md 5.3).

Who checks is decided by a seed that is public by then: one officer alone who could take people off a check would choose
who comes next.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.accounts.queries import users_with
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.oversight import check_rules as rules
from bangfu.oversight import check_seating
from bangfu.oversight.check_reporting import SENT
from bangfu.oversight.check_seating import change, inspectors_of, locked, note
from bangfu.oversight.check_tables import CheckInspector, SpotCheck
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows

REASON = N_("Please choose a reason.")
OWN_WORD = N_("You asked for it yourself: another officer of the bureau has the second word.")
NOT_ASKED = N_("Nobody asks for this inspector to be replaced any more. Look at the page again.")


async def step_aside(actor: Actor, check: UUID, reason: str, at: datetime) -> None:
    """An inspector gives the own place to the next of the order. A repeat changes nothing.

    Raises:
        NotYours: for who has no place on it. Refused: when the check is done or its result sent.
        FormError: `replace_reason`.
    """
    _check_reason(reason)
    async with transaction():
        row, found = await _entered(actor, check, actor.me)
        if found.replaced:
            return
        _still_open(row)
        await _give_away(actor, row, found, reason, at)


async def ask(actor: Actor, check: UUID, inspector: UUID, reason: str, at: datetime) -> None:
    """An officer of the bureau says that somebody else cannot check: a second officer has to agree. Repeats, and asking
    what was asked already, change nothing.

    Raises:
        NotYours: for a check of another area, or a person without a place on it. NotAllowed: without the permission.
        Refused, FormError: as `step_aside`.
    """
    _check_reason(reason)
    async with transaction():
        row, found = await _entered(actor, check, inspector)
        if inspector == actor.user:
            raise Refused(N_("It is your own place: give it away on your own page of the check."))
        if found.replaced or found.asked_by is not None:
            return
        _still_open(row)
        await _write(found, asked_by=actor.me, asked_at=at, asked_reason=reason)
        await note(actor, row, "replace_asked", at, data={"inspector": str(inspector), "reason": reason})
        await send(await _others(row, actor, inspector), "check_replace_asked", f"/checks/{check}",
                   {"number": row.number})  # fmt: skip


async def answer(actor: Actor, check: UUID, inspector: UUID, at: datetime, *, agree: bool) -> None:
    """The second officer agrees, and the next of the order takes the place, or does not, and the inspector stays. A
    repeat changes nothing.

    Raises:
        NotYours, NotAllowed: as `ask`.
        Refused: for who asked, the inspector, or where nobody asks (any more).
    """
    async with transaction():
        row, found = await _entered(actor, check, inspector)
        if agree and found.replaced and found.replaced_by == actor.user:
            return
        if found.replaced or found.asked_by is None:
            raise Refused(NOT_ASKED)
        if actor.user in (found.asked_by, inspector):
            raise Refused(OWN_WORD)
        _still_open(row)
        if agree:
            await _give_away(actor, row, found, found.asked_reason, at)
            return
        await note(actor, row, "replace_refused", at, data={"inspector": str(inspector), "asked": str(found.asked_by)})
        await _write(found, asked_by=None, asked_at=None, asked_reason="")


async def _entered(actor: Actor, check: UUID, inspector: UUID) -> tuple[SpotCheck, CheckInspector]:
    """The locked check, its visit locked (shared) before it and before the audit chain, and the inspector's place."""
    seen = await SpotCheck.objects().get(SpotCheck.id == check)
    known = {one.inspector for one in await inspectors_of(check, everybody=True)}
    if seen is None or inspector not in known or (inspector != actor.user and not actor.sees(seen.division)):
        raise NotYours
    if inspector != actor.user and not allows(actor.roles, "checks.decide"):
        raise NotAllowed
    for table, subject in (("visit", seen.visit), ("assessment", seen.assessment)):
        if subject is not None:
            await SpotCheck.raw(f"SELECT id FROM {table} WHERE id = {{}} FOR SHARE", subject)  # noqa: S608 (two constants)
    row = await locked(check)
    assert row is not None  # noqa: S101 (checks are never deleted)
    return row, next(one for one in await inspectors_of(check, everybody=True) if one.inspector == inspector)


async def _give_away(actor: Actor, row: SpotCheck, found: CheckInspector, reason: str, at: datetime) -> None:
    await _write(found, replaced=True, replaced_reason=reason, replaced_by=actor.me, replaced_at=at)
    own = found.inspector == actor.user
    words = {"by": "self"} if own else {"by": "office", "asked": str(found.asked_by)}
    await note(actor, row, "replaced", at, data={"inspector": str(found.inspector), "reason": reason, **words})
    await change(row, missing=row.missing + 1)
    await check_seating.fill(row, at, actor=actor)
    await send(await _others(row, actor), "check_replaced", f"/checks/{row.id}", {"number": row.number})


async def _others(row: SpotCheck, actor: Actor, *apart: UUID) -> list[UUID]:
    desk = await users_with("bureau_officer", row.division)
    return [one for one in desk if one not in (actor.user, *apart)]


async def _write(found: CheckInspector, **columns: Any) -> None:
    await CheckInspector.update(**columns).where(CheckInspector.id == found.id)


def _check_reason(reason: str) -> None:
    if reason not in rules.REPLACEMENTS:
        raise FormError({"replace_reason": (REASON, {})})


def _still_open(row: SpotCheck) -> None:
    if row.status not in rules.OPEN:
        rules.MACHINE.step(row.status, "finish")
    if row.sent_at is not None:
        raise Refused(SENT)
