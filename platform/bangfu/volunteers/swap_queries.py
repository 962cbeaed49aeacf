"""What a volunteer reads of others' questions for a swap: village, band and time, no home, no name (DOMAIN.md 9.2)."""

from datetime import datetime
from uuid import UUID

from bangfu.dispatch.rules import distance_band
from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.volunteers import partners
from bangfu.volunteers.fitting import Wanted, experience_of, faults, mine, volunteer
from bangfu.volunteers.tables import SwapRequest
from bangfu.volunteers.task_queries import Row, area_of, km_to

_SWAP = (
    "SELECT s.id, s.asked, s.asker, v.id AS visit, v.number, v.need, v.service, v.planned_start, v.planned_end,"
    " v.division, v.partner, v.household, h.lat, h.lon, h.two_person_visits, coalesce(d.name, '') AS village"
    " FROM swap_request s JOIN visit v ON v.id = s.visit JOIN household h ON h.id = v.household"
    " LEFT JOIN division d ON d.code = v.division WHERE s.status = 'asked' AND v.status = 'planned'"
    " AND v.planned_start > {} AND s.asker <> {} AND (s.asked = {} OR (s.asked IS NULL AND v.division LIKE {}))"
)


async def swaps_for(actor: Actor, at: datetime, most: int = 10) -> list[Row]:
    """Visits that other volunteers ask somebody to serve: those asked of this one, and those asked of everybody that
    this one may serve."""
    carer = await volunteer(mine(actor))
    rows = await SwapRequest.raw(
        _SWAP + " ORDER BY s.asked IS NULL, v.planned_start LIMIT 40", at, carer["id"], carer["id"],
        f"{area_of(carer)}%",
    )  # fmt: skip
    new = (await experience_of([carer["id"]]))[carer["id"]].newcomer
    found: list[Row] = []
    for row in rows:
        shown = await _shown(carer, row, new, at)
        if row["asked"] == carer["id"] or not shown["why_not"]:
            found.append(shown)
        if len(found) == most:
            break
    return found


async def swap_for(actor: Actor, swap: UUID, at: datetime) -> Row:
    """One of them, whether or not a rule stands in the way.

    Raises:
        NotYours: for one that was asked of others, is answered, or whose visit has begun.
    """
    carer = await volunteer(mine(actor))
    rows = await SwapRequest.raw(
        _SWAP + " AND s.id = {}", at, carer["id"], carer["id"], f"{area_of(carer)}%", swap
    )  # fmt: skip
    if not rows:
        raise NotYours
    return await _shown(carer, rows[0], (await experience_of([carer["id"]]))[carer["id"]].newcomer, at)


async def _shown(carer: Row, row: Row, new: bool, at: datetime) -> Row:
    alone = row["partner"] in {None, carer["id"]}
    return {
        **row, "why_not": await faults(carer["id"], wanted_of(row), at), "band": distance_band(km_to(carer, row)),
        "needs_partner": alone and (new or row["two_person_visits"]),
    }  # fmt: skip


def wanted_of(row: Row) -> Wanted:
    """What taking the visit over asks of a volunteer."""
    return Wanted(row["need"], [(row["planned_start"], row["planned_end"])], row["visit"])


async def mates_for(actor: Actor, row: Row, at: datetime) -> list[Row]:
    """Who may come along, where the visit needs somebody: never who asks for the swap."""
    if not row["needs_partner"] or row["why_not"]:
        return []
    return await partners.candidates(wanted_of(row), row["division"], [mine(actor), row["asker"]], at)
