"""Under which commission contract an assessment was delivered (DOMAIN.md 4.1): fixed when it is completed."""

from collections.abc import Collection
from datetime import date
from typing import Final
from uuid import UUID

from bangfu.contracts.tables import Contract

IN_FORCE: Final = ["active", "suspended", "accepting", "terminated", "closed"]


async def commission_of(assessors: Collection[UUID], division: str, day: date) -> UUID | None:
    """The commission whose agency employs one of the assessors, in force on the day and in that place; the latest one
    where several do, None where none does: it was not delivered under a commission."""
    rows = await Contract.raw(
        "SELECT c.id FROM contract c JOIN app_user u ON u.organization = c.supplier AND u.id = ANY({}::uuid[])"
        " WHERE c.kind = 'commission' AND c.status = ANY({}::varchar[]) AND {}::date BETWEEN c.starts_on AND c.ends_on"
        " AND left({}, 6) = left(c.division, 6)"
        " AND (cardinality(c.scope) = 0 OR EXISTS (SELECT 1 FROM unnest(c.scope) part WHERE {} LIKE part || '%'))"
        " ORDER BY c.starts_on DESC, c.number, c.id LIMIT 1",
        list(assessors), IN_FORCE, day, division, division,
    )  # fmt: skip
    found: UUID | None = rows[0]["id"] if rows else None
    return found
