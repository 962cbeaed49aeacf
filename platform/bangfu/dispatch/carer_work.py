"""The running services of a carer, for the page of the person (providers.carer_hooks)."""

from uuid import UUID

from bangfu.dispatch.tables import Assignment
from bangfu.providers.carer_hooks import Running, add_running


async def running(carer: UUID) -> list[Running]:
    """Offered, accepted, scheduled and active assignments; with minors if a member of the home is under 18."""
    rows = await Assignment.raw(
        "SELECT a.id, a.number, a.service, a.status, EXISTS (SELECT 1 FROM service s WHERE s.code = a.service AND"
        " s.with_minors = 'y') OR EXISTS (SELECT 1 FROM person p WHERE p.household = a.household AND p.left_on IS NULL"
        " AND p.birth_date > (now() AT TIME ZONE 'Asia/Shanghai')::date - interval '18 years') AS with_minors"
        " FROM assignment a WHERE a.carer = {} AND a.status IN ('offered', 'accepted', 'scheduled', 'active')"
        " ORDER BY a.number",
        carer,
    )
    return [
        Running(row["number"], row["service"], row["status"], row["with_minors"], f"/assignments/{row['id']}")
        for row in rows
    ]


def register() -> None:
    """Let the pages of carers name them; repeating it changes nothing."""
    add_running(running)
