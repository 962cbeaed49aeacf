"""Who may be shown a child's data, and the record of who was shown what (DOMAIN.md 9.1, 9.5)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from bangfu.households.people import MemberView
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


async def note_children(actor: Actor, household: UUID, people: Iterable[MemberView], reason: str, at: datetime) -> None:
    """Note the opening of a page that shows the data of children under 14; `reason` says which page."""
    children = [person.id for person in people if person.child]
    if not children:
        return
    async with transaction():
        for child in children:
            await note_read(actor, household, child, "child", reason, at)
