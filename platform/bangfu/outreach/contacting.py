"""Recording that somebody was asked about a service that is due to them. One transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.errors import N_, NotYours, Refused
from bangfu.households.actions import on_relocation
from bangfu.households.locking import locked
from bangfu.households.sealing import seal
from bangfu.outreach.facts import Contact
from bangfu.outreach.tables import OutreachContact, OutreachRow
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction


async def contact(actor: Actor, row: UUID, said: Contact, at: datetime) -> None:
    """Keep who was asked, how and with which result. The same key again is the same contact.

    Raises:
        NotYours: for a row of another area, or another person's key.
        Refused: if the service is not due any more.
    """
    async with transaction():
        if await _is_own(actor, said.key):
            return
        found = await _row(actor, row)
        home = await locked(actor, found.household)
        await OutreachContact(
            id=said.key, household=home.id, person=found.person, division=home.division, service=found.service,
            fingerprint=found.fingerprint, channel=said.channel, result=said.result,
            words_enc=seal("outreach_contact", "words_enc", said.key, said.words), revisit_on=said.revisit_on,
            made_by=actor.user, made_at=at,
        ).save()  # fmt: skip
        await audit.record(
            actor, "outreach.refused" if said.result == "refused" else "outreach.contacted", "outreach_contact",
            said.key, division=home.division, at=at,
            data={"household": str(home.id), "service": found.service, "channel": said.channel, "result": said.result},
        )  # fmt: skip


async def was_contacted(actor: Actor, key: UUID | None) -> bool:
    """Whether this very form was stored before, though its row may be gone."""
    return key is not None and await _is_own(actor, key)


async def _row(actor: Actor, row: UUID) -> Any:
    found = await OutreachRow.objects().get(OutreachRow.id == row)
    if found is None:
        raise Refused(N_("This service is not due any more: a need was recorded, or the facts have changed."))
    if not actor.sees(found.division):
        raise NotYours
    return found


async def _is_own(actor: Actor, key: UUID) -> bool:
    known = await OutreachContact.objects().get(OutreachContact.id == key)
    if known is not None and known.made_by != actor.user:
        raise NotYours
    return known is not None


async def _follow_household(household: UUID, division: str) -> None:
    await OutreachContact.update({OutreachContact.division: division}).where(OutreachContact.household == household)


on_relocation(_follow_household)
