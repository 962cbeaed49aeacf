"""No paid time counts as volunteering, whichever of the two records comes first (DOMAIN.md 7)."""

from datetime import datetime
from uuid import UUID

from bangfu.shared.actor import SYSTEM, Actor
from bangfu.visits.tables import Visit
from bangfu.volunteers import ledger
from bangfu.volunteers.hours_rules import days_of

_SAME_PERSON = (
    "SELECT DISTINCT me.id FROM carer paid JOIN carer me ON me.kind = 'volunteer' AND (me.id = paid.id OR"
    " (me.id_number_index <> '' AND me.id_number_index = paid.id_number_index)) JOIN volunteer_service s"
    " ON s.carer = me.id AND s.status = 'confirmed' AND s.started_at < {} AND s.ended_at > {}"
    " WHERE paid.id = ANY({}) AND paid.kind <> 'volunteer' ORDER BY me.id"
)


async def heed(actor: Actor, row: Visit, at: datetime) -> None:
    """A paid visit was recorded or rejected: voluntary minutes of the same person at that time, confirmed before, are
    counted anew (a reaction: visits.hooks "submitted", "rejected")."""
    if row.carer_kind == "volunteer" or row.started_at is None or row.ended_at is None:
        return
    if row.ended_at <= row.started_at:
        return
    served: list[UUID] = [row.carer] if row.partner is None else [row.carer, row.partner]
    for found in await Visit.raw(_SAME_PERSON, row.ended_at, row.started_at, served):
        await ledger.hold_clock(found["id"])
        await ledger.recount(SYSTEM, found["id"], days_of(row.started_at, row.ended_at), "recounted", row.id, at)
