"""The row of a household, held for the transaction that changes it."""

from uuid import UUID

from bangfu.errors import N_, NotYours, Refused
from bangfu.households.tables import Household
from bangfu.shared.actor import Actor


async def locked(actor: Actor, household: UUID) -> Household:
    """The household with its row lock.

    Raises:
        NotYours: if there is none in the actor's scope.
        Refused: if it was merged into another one (409).
    """
    row: Household | None = await Household.objects().where(Household.id == household).first().lock_rows("UPDATE")
    if row is None or not actor.sees(row.division):
        raise NotYours
    if row.status == "merged":
        raise Refused(N_("This household was merged into another one. Work with the household that was kept."))
    return row
