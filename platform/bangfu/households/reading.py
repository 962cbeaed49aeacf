"""Who may be shown a child's data, and the record of who was shown what (DOMAIN.md 9.1, 9.5)."""

from datetime import datetime
from uuid import UUID

from bangfu.households.tables import ReadLog
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction


async def note_read(actor: Actor, household: UUID, person: UUID | None, what: str, reason: str, at: datetime) -> None:
    """Note that the actor is shown something of a person, or of a household where `person` is None.

    `what` is a code (`child`, `contact`, `identity`, `health`); `reason` a code or the actor's words. The page shows
    the data only after this; it joins an open transaction.
    """
    async with transaction():
        await ReadLog(
            user=actor.user, actor_name=actor.username[:64], role=",".join(sorted(actor.roles))[:120],
            address=actor.address[:64], household=household, person=person, what=what[:24], why=reason[:240], at=at,
        ).save()  # fmt: skip
