"""An open complaint of harm keeps its pair apart: a hard exclusion of matching and dispatch (DOMAIN.md 2.3)."""

from collections.abc import Collection
from uuid import UUID

from bangfu.complaints.rules import OPEN
from bangfu.complaints.tables import Complaint

STAYS = ("substantiated", "partly")
"""Results after which the pair stays apart."""


async def harmed_by(needs: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Need -> carers about whom a complaint of harm of its household is open, or was not found groundless; where the
    complaint names an organisation and nobody of it, the organisation."""
    found: dict[UUID, set[UUID]] = {}
    for row in await Complaint.raw(
        "SELECT n.id AS need, coalesce(c.carer, c.organization) AS who FROM need n"
        " JOIN complaint c ON c.household = n.household"
        " WHERE n.id = ANY({}) AND c.kind = 'harm' AND coalesce(c.carer, c.organization) IS NOT NULL"
        " AND (c.status = ANY({}::varchar[]) OR c.result = ANY({}::varchar[]))",
        list(needs), list(OPEN), list(STAYS),
    ):  # fmt: skip
        found.setdefault(row["need"], set()).add(row["who"])
    return found
