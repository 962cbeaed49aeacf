"""What other features do to needs: each verb joins the open transaction, takes the row lock, audits (DOMAIN.md 8.3).

What people do on the pages stands in recording.py (draft, submit) and deciding.py (confirm, reject, close ...).
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.errors import Refused
from bangfu.households.actions import on_relocation
from bangfu.households.consents import Follower, ground_for, missing, on_withdrawal
from bangfu.needs import rules
from bangfu.needs.moves import locked, move
from bangfu.needs.tables import Need
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction

Reaction = Callable[[Actor, UUID, str, datetime], Awaitable[None]]
"""Called with (actor, need, action, at) inside the transaction in which a person moved the need."""

_reactions: list[Reaction] = []


def on_move(reaction: Reaction) -> None:
    """Let a later feature answer what a person does to a need (cancel, close, suspend ...); registered once."""
    if reaction not in _reactions:
        _reactions.append(reaction)


async def react(actor: Actor, need: UUID, action: str, at: datetime) -> None:
    """Tell the later features, in the transaction of the change."""
    for reaction in _reactions:
        await reaction(actor, need, action, at)


async def start_matching(actor: Actor, needs: Sequence[UUID], at: datetime) -> list[UUID]:
    """confirmed -> matching for those that are confirmed now and in the actor's scope; others, and those without a
    ground in force for arranging services, are passed over.

    Returns:
        The ids of the needs that were moved.
    """
    moved: list[UUID] = []
    async with transaction():
        rows = await Need.objects().where(Need.id.is_in(list(needs))).order_by(Need.id).lock_rows("UPDATE")
        for row in rows:
            own = actor.user is None or actor.sees(row.division)
            if own and rules.may(row.status, "start_matching", actor.roles) and await _has_ground(row, at):
                await move(actor, row, "start_matching", at)
                moved.append(row.id)
    return moved


async def back_to_confirmed(actor: Actor, need: UUID, reason: str, detail: Mapping[str, object], at: datetime) -> None:
    """matching -> confirmed, keeping why nobody was found (codes of DOMAIN.md 8.4) for the page.

    `detail` holds codes and numbers only. A need that is confirmed already keeps the newer reason.

    Raises:
        Refused: if the need is in another state (cancelled in the meantime, say).
        ValueError: for an unknown reason.
    """
    if reason not in rules.BINDING_REASONS:
        raise ValueError(f"unknown binding reason {reason!r}")
    detail_text = json.dumps(dict(detail), default=str)
    async with transaction():
        row = await locked(need)
        if row.status == "confirmed":
            await Need.update({Need.binding_reason: reason, Need.binding_detail: detail_text}).where(Need.id == need)
            return
        await move(
            actor, row, "return", at, data={"binding_reason": reason}, binding_reason=reason, binding_detail=detail_text
        )


async def mark_assigned(actor: Actor, need: UUID, carer: UUID, at: datetime) -> None:
    """matching -> assigned: an offer was accepted; `carer` becomes the current one. A repeat changes nothing.

    Raises:
        Refused: if the need is in another state, or the household has no ground in force any more
            (DOMAIN.md 9.1: nothing is shared from then on).
    """
    async with transaction():
        row = await locked(need)
        if row.status == "assigned" and row.current_carer == carer:
            return
        if not await _has_ground(row, at):
            raise Refused(await missing(row.household, "service", civil_date(at), row.person))
        await move(actor, row, "assign", at, current_carer=carer, binding_reason="", binding_detail="{}")


async def begin_service(actor: Actor, need: UUID, at: datetime) -> None:
    """assigned -> in_service with the first verified visit; in any other state nothing happens."""
    async with transaction():
        row = await locked(need)
        if row.status == "assigned":
            await move(actor, row, "begin_service", at)


async def _has_ground(row: Need, at: datetime) -> bool:
    """Whether arranging services is covered now; the ground is held until the end of the transaction."""
    return await ground_for(row.household, "service", civil_date(at), row.person, hold=True) is not None


async def lose_ground(actor: Actor, need: UUID, at: datetime) -> None:
    """Any state from matching to suspended -> confirmed, where it waits for a new ground; a confirmed need gets the
    reason only, others stay as they are. Whoever caused the loss stands in the audit trail."""
    async with transaction():
        row = await locked(need)
        kept: dict[str, Any] = {"binding_reason": "no_ground", "binding_detail": "{}"}
        if row.status == "confirmed":
            await Need.update(**kept).where(Need.id == need)
        elif (row.status, "lose_ground") in rules.TRANSITIONS:
            await move(actor, row, "lose_ground", at, data={"binding_reason": "no_ground"}, **kept)


async def _hold(household: UUID) -> None:
    await Need.raw("SELECT id FROM need WHERE household = {} ORDER BY id FOR UPDATE", household)


async def _stop_without_ground(actor: Actor, household: UUID, at: datetime) -> None:
    """After a withdrawal: what no other ground of the household covers waits for a new one (DOMAIN.md 9.1)."""
    rows = await Need.raw(
        "SELECT id FROM need WHERE household = {} AND status IN ('confirmed', 'matching', 'assigned', 'in_service',"
        " 'suspended') AND NOT has_ground(household, 'service', {}, person) ORDER BY id",
        household, civil_date(at),
    )  # fmt: skip
    for row in rows:
        await lose_ground(actor, row["id"], at)


async def back_to_matching(actor: Actor, need: UUID, at: datetime) -> None:
    """assigned or in_service -> matching: the assignment ended early. The last carer is kept for continuity.

    A need that waits for a match already is left as it is (an offer that nobody accepted).

    Raises:
        Refused: if the need is in another state.
    """
    async with transaction():
        row = await locked(need)
        if row.status != "matching":
            await move(actor, row, "release", at)


async def _follow_household(household: UUID, division: str) -> None:
    """A household that moves takes its needs along: a need's area is that of its household."""
    await Need.update({Need.division: division}).where(Need.household == household)


on_relocation(_follow_household)
on_withdrawal(Follower(_hold, _stop_without_ground))
