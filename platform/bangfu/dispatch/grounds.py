"""On which ground a household's data may go to who serves: asked when a task is offered, accepted and shown."""

from uuid import UUID

from bangfu.dispatch.tables import Assignment
from bangfu.errors import N_, Refused


async def check_ground(need: UUID, carer_kind: str) -> None:
    """The need's consent (or statutory ground) is in force, covers sharing with an organisation where one serves, and
    the household is still in care. The consent row is held until the transaction ends (DOMAIN.md 9.1).

    Raises:
        Refused: with the sentence why not.
    """
    rows = await Assignment.raw(
        "SELECT c.ground, c.purposes, c.withdrawn_at, h.status FROM need n JOIN consent c ON c.id = n.consent"
        " JOIN household h ON h.id = n.household WHERE n.id = {} FOR SHARE OF c",
        need,
    )
    if not rows or rows[0]["withdrawn_at"] is not None:
        raise Refused(N_("The household has withdrawn its consent; nothing is offered or shared any more."))
    if rows[0]["status"] != "active":
        raise Refused(N_("The household is not in care any more."))
    if carer_kind == "worker" and rows[0]["ground"] == "consent" and "share_provider" not in rows[0]["purposes"]:
        raise Refused(N_("The household's consent does not cover sharing with an organisation."))
