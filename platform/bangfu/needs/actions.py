"""What other features do to needs: each verb joins the open transaction, takes the row lock, audits (DOMAIN.md 8.3).

What people do on the pages stands in recording.py (draft, submit) and deciding.py (confirm, reject, close ...).
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from bangfu.errors import N_, Refused
from bangfu.households.actions import on_relocation
from bangfu.households.tables import Consent
from bangfu.needs import rules
from bangfu.needs.moves import locked, move
from bangfu.needs.tables import Need
from bangfu.shared.actor import Actor
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
    """confirmed -> matching for those that are confirmed now and in the actor's scope; others, and those whose consent
    was withdrawn, are passed over.

    Returns:
        The ids of the needs that were moved.
    """
    moved: list[UUID] = []
    async with transaction():
        rows = await Need.objects().where(Need.id.is_in(list(needs))).order_by(Need.id).lock_rows("UPDATE")
        withdrawn = await _withdrawn([row.consent for row in rows])
        for row in rows:
            own = row.consent not in withdrawn and (actor.user is None or actor.sees(row.division))
            if own and rules.may(row.status, "start_matching", actor.roles):
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
        Refused: if the need is in another state, or the consent that it stands on was withdrawn (DOMAIN.md 9.1:
            nothing is shared from then on).
    """
    async with transaction():
        row = await locked(need)
        if row.status == "assigned" and row.current_carer == carer:
            return
        if await _withdrawn([row.consent]):
            raise Refused(
                N_("The household withdrew its consent after this task was offered; it cannot be accepted any more.")
            )
        await move(actor, row, "assign", at, current_carer=carer, binding_reason="", binding_detail="{}")


async def _withdrawn(consents: Iterable[UUID | None]) -> set[UUID]:
    """Which of the consents no longer count; they are held until the end of the transaction."""
    ids = sorted({consent for consent in consents if consent is not None})
    rows = await Consent.raw("SELECT id, withdrawn_at FROM consent WHERE id = ANY({}) ORDER BY id FOR SHARE", ids)
    return {row["id"] for row in rows if row["withdrawn_at"] is not None}


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
