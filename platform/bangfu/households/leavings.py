"""Reads about members who left: which entries may still be taken back."""

from datetime import date
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.households.tables import PersonLeaving
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.permissions import allows


async def undoable(household: UUID, actor: Actor, today: date) -> dict[UUID, UUID]:
    """Member -> entry that this person may take back: of today, recorded by somebody else."""
    if not allows(actor.roles, "households.record"):
        return {}
    rows = await PersonLeaving.raw(
        "SELECT id, person, recorded_by, recorded_at FROM person_leaving WHERE household = {} AND undone_at IS NULL",
        household,
    )
    return {
        row["person"]: row["id"]
        for row in rows
        if row["recorded_by"] != actor.user and civil_date(row["recorded_at"]) == today
    }


async def leaving_of(household: UUID, entry: UUID) -> PersonLeaving:
    """One entry of this household.

    Raises:
        NotYours: if there is none.
    """
    found: PersonLeaving | None = await PersonLeaving.objects().get(PersonLeaving.id == entry)
    if found is None or found.household != household:
        raise NotYours
    return found
