"""On which ground a household's data may go to who serves: asked when a task is offered, accepted and shown, and what
ends when a ground is withdrawn (DOMAIN.md 9.1)."""

from datetime import datetime
from uuid import UUID

from bangfu.dispatch.tables import Assignment
from bangfu.errors import N_, Refused
from bangfu.households.consents import require_ground
from bangfu.shared.civil_time import civil_date


async def check_ground(need: UUID, carer_kind: str, at: datetime) -> None:
    """A ground for arranging services is in force, one for sharing where an organisation serves, and the household is
    still in care. The grounds are held until the transaction ends.

    Raises:
        Refused: with the sentence that names what is missing.
    """
    rows = await Assignment.raw(
        "SELECT h.id, n.person, h.status FROM need n JOIN household h ON h.id = n.household WHERE n.id = {}", need
    )
    if not rows or rows[0]["status"] != "active":
        raise Refused(N_("The household is not in care any more."))
    for purpose in purposes_of(carer_kind):
        await require_ground(rows[0]["id"], purpose, civil_date(at), rows[0]["person"])


def purposes_of(carer_kind: str) -> tuple[str, ...]:
    """What must be covered for a carer of this kind: an organisation's worker is somebody to share with."""
    return ("service", "share_provider") if carer_kind == "worker" else ("service",)


async def without_ground(household: UUID, at: datetime) -> list[UUID]:
    """The household's open assignments that no ground covers any more."""
    day = civil_date(at)
    rows = await Assignment.raw(
        "SELECT a.id FROM assignment a JOIN need n ON n.id = a.need WHERE a.household = {}"
        " AND a.status IN ('offered', 'accepted', 'scheduled', 'active')"
        " AND NOT (has_ground(a.household, 'service', {}, n.person)"
        " AND (a.carer_kind <> 'worker' OR has_ground(a.household, 'share_provider', {}, n.person))) ORDER BY a.id",
        household, day, day,
    )  # fmt: skip
    return [row["id"] for row in rows]
