"""What a visit moves in the ledger of its contract line: delivered when it is submitted, verified when it is verified.

A record is never refused for want of money: a line without room leaves the visit unbooked (`no_room`), for the bureau
to see; verifying it tries once more. Rejecting takes the delivery back by an entry of its own; nothing is edited.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from bangfu.contracts.actions import deliver, post
from bangfu.errors import Refused
from bangfu.shared.actor import Actor
from bangfu.visits.life_rules import Transition
from bangfu.visits.tables import Visit

_CORRECTIONS: Final = UUID("5b1d7c1e-9f0a-4f0e-8d55-1f6f2a1c0b77")
"""Names the entries that take a visit back, so that each is posted once."""


async def book(actor: Actor, row: Visit, step: Transition, at: datetime) -> dict[str, Any]:
    """Post what the transition moves, the line being locked.

    Returns:
        The columns of the visit that change with it.
    """
    if row.contract_line is None:
        return {}
    if step.target == "submitted" and row.booked in {"", "no_room"}:
        return {"booked": await _deliver(actor, row, at)}
    if step.target == "verified" and row.booked in {"delivered", "no_room"}:
        booked = row.booked if row.booked == "delivered" else await _deliver(actor, row, at)
        if booked == "delivered":
            await post(actor, row.contract_line, "verified", 1, row.unit_price, row.id, at)
        return {"booked": "verified" if booked == "delivered" else booked}
    if step.target == "rejected" and row.booked in {"delivered", "verified"}:
        return {"booked": await _take_back(actor, row, at)}
    return {}


async def _deliver(actor: Actor, row: Visit, at: datetime) -> str:
    try:
        await deliver(
            actor, row.contract_line, 1, row.unit_price, row.id, at, reservation=row.assignment, division=row.division
        )
    except Refused:
        return "no_room"
    return "delivered"


async def _take_back(actor: Actor, row: Visit, at: datetime) -> str:
    subject = uuid5(_CORRECTIONS, f"{row.id}:{row.version}")
    if row.booked == "verified":
        await post(actor, row.contract_line, "verified", -1, -row.unit_price, subject, at)
    await post(actor, row.contract_line, "delivered", -1, -row.unit_price, subject, at)
    return "taken_back"
