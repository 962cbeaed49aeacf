"""The line of changes: what to read again, in an order that no concurrent commit can slip behind.

Numbers that transactions draw become visible out of order: number 7 may be committed after number 8 was read. So a
change has no place when it is made; triggers only note it, in its own transaction. Whoever reads the line (and the
worker) first gives places to what is committed, one caller at a time: the lock is held until the places are, so every
place that becomes visible later is larger than every place that was visible before (docs/decisions/0062).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bangfu.exchange.read_cursor import KEEP_DAYS
from bangfu.exchange.tables import ApiChange
from bangfu.shared.database import transaction

BATCH: Final = 20_000
"""Changes that are given places in one transaction."""
COMMON: Final = ("divisions", "services")
"""Lists that belong to no organisation and that all may read."""
_LOCK: Final = 0x61706963
_MOVE: Final = (
    "WITH moved AS (DELETE FROM api_change_new WHERE id IN (SELECT id FROM api_change_new ORDER BY id LIMIT {})"
    " RETURNING id, resource, subject, division, organization), newest AS (SELECT resource, subject, division,"
    " organization, max(id) AS last, count(*) AS n FROM moved GROUP BY 1, 2, 3, 4), put AS (INSERT INTO api_change"
    " (resource, subject, division, organization, place, at) SELECT resource, subject, division, organization,"
    " nextval('api_change_line'), clock_timestamp() FROM (SELECT * FROM newest ORDER BY last) o"
    " ON CONFLICT (resource, subject, division, organization) DO UPDATE SET place = EXCLUDED.place, at = EXCLUDED.at)"
    " SELECT coalesce(sum(n), 0)::integer AS n FROM newest"
)


@dataclass(frozen=True, slots=True)
class Noted:
    """A place of the line."""

    place: int
    resource: str
    subject: str
    division: str
    organization: str
    at: datetime


async def put_in_line() -> int:
    """Give places to all changes that are committed; how many were noted."""
    total = 0
    while True:
        async with transaction():
            await ApiChange.raw("SELECT pg_advisory_xact_lock({})", _LOCK)
            # A statement of its own after the lock: it sees what the holder before committed.
            n: int = (await ApiChange.raw(_MOVE, BATCH))[0]["n"]
        total += n
        if n < BATCH:
            return total


async def end_of_line() -> int:
    """The last place that was given; 0 where there is none."""
    return int((await ApiChange.raw("SELECT coalesce(max(place), 0) AS place FROM api_change"))[0]["place"])


async def changes_after(
    place: int, resources: list[str], area: str, organization: UUID | None, limit: int
) -> list[Noted]:
    """The next places of some lists in an area; objects of everybody have the area "". An organisation has a seat
    but serves elsewhere, so its places are not narrowed by area."""
    own, values = "", list[Any]()
    if organization:
        own, values = "AND (organization = {} OR resource = ANY({}))", [str(organization), list(COMMON)]
    rows = await ApiChange.raw(
        "SELECT place, resource, subject, division, organization, at FROM api_change WHERE place > {}"  # noqa: S608
        " AND resource = ANY({}) AND (division = '' OR division LIKE {} || '%' OR resource = 'organizations')"
        f" {own} ORDER BY place LIMIT {{}}",
        place, resources, area, *values, limit,
    )  # fmt: skip
    return [Noted(**row) for row in rows]


async def changed_at(resource: str, subjects: list[str]) -> dict[str, datetime]:
    """When objects were put in line last; those that are not in it are left out."""
    rows = await ApiChange.raw(
        "SELECT subject, max(at) AS at FROM api_change WHERE resource = {} AND subject = ANY({}) GROUP BY subject",
        resource, subjects,
    )  # fmt: skip
    return {row["subject"]: row["at"] for row in rows}


async def look_after(at: datetime) -> None:
    """Give places and forget those that are too old; the worker repeats this."""
    await put_in_line()
    await ApiChange.raw("DELETE FROM api_change WHERE at < {}", at - timedelta(days=KEEP_DAYS))
