"""Showing a report's hidden values, after the reason is logged (DOMAIN.md 9.3)."""

from datetime import datetime
from uuid import UUID

from bangfu.discovery.moves import locked_for, note
from bangfu.households.reading import note_read
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction


async def log_unmasking(actor: Actor, report: UUID, reason: str, text: str, at: datetime) -> None:
    """Note that the actor is shown hidden values; the page shows them only after this.

    Raises:
        NotYours: for a report that the actor may not see.
    """
    async with transaction():
        row = await locked_for(actor, report)
        if row.household is not None:
            await note_read(actor, row.household, None, "contact", f"{reason} {text}".strip(), at)
        await note(actor, row, "unmasked", at, reason=text, data={"reason": reason})
