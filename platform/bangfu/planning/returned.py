"""Offers that came back (declined, expired, withdrawn): the next alternative, offered by a person or not at all."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.dispatch.actions import OfferInput, make_offer
from bangfu.errors import N_, NotYours, Refused
from bangfu.needs.actions import back_to_confirmed
from bangfu.planning.faults import Because
from bangfu.planning.judging import next_best, problems_of_pair
from bangfu.planning.tables import Proposal
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction

SHOWN = 3
WAITING = (
    " FROM need n JOIN household h ON h.id = n.household JOIN LATERAL (SELECT * FROM assignment x WHERE x.need = n.id"
    " ORDER BY x.offered_at DESC, x.number DESC LIMIT 1) a ON true JOIN carer c ON c.id = a.carer"
    " LEFT JOIN organization o ON o.id = a.organization"
    " WHERE n.status = 'matching' AND n.division LIKE {}"
    " AND a.status IN ('declined', 'expired', 'withdrawn', 'cancelled', 'replaced')"
    " AND NOT EXISTS (SELECT 1 FROM proposal p WHERE p.need = n.id AND p.status IN ('proposed', 'edited', 'approved'))"
)


Beside = Callable[[Actor], Awaitable[Sequence[object]]]
WITHOUT_CALENDAR: Final[list[Beside]] = []
"""`await hook(actor)`: accepted tasks that have no calendar, with the rules that stand against each other (the calendar
registers it; the page shows them beside the offers that came back)."""


async def without_calendar(actor: Actor) -> list[object]:
    """What the calendar gave back to planning in the actor's divisions."""
    return [each for hook in WITHOUT_CALENDAR for each in await hook(actor)]


@dataclass(frozen=True, slots=True)
class Returned:
    """A need whose offer came back, how, and who could take it now (best first)."""

    row: dict[str, Any]
    next: list[dict[str, Any]]
    from_offer: bool
    """Whether the candidates stood in the list that was kept with the offer; else everybody was asked again."""


async def count_returned(actor: Actor) -> int:
    """How many needs wait for the dispatcher's decision."""
    rows = await Proposal.raw("SELECT count(*) AS n" + WAITING, _scope(actor))
    return int(rows[0]["n"])


async def returned(actor: Actor, at: datetime, limit: int, offset: int) -> list[Returned]:
    """One page of them, urgent and old first, each with its candidates checked by today's data."""
    rows = await Proposal.raw(
        "SELECT n.id, n.number, n.division, n.service, n.priority, n.visits, n.minutes, h.id AS household,"
        " h.head_name, a.id AS assignment, a.number AS task, a.status, a.answer_reason, a.ended_at, a.offered_at,"
        " a.alternatives, a.km, c.name AS carer_name, coalesce(o.name, '') AS organization_name" + WAITING
        + " ORDER BY array_position(ARRAY['urgent', 'key', 'edge', 'general']::varchar[], n.priority), a.ended_at,"
        " n.number"        " LIMIT {} OFFSET {}",
        _scope(actor), limit, offset,
    )  # fmt: skip
    return [await _with_candidates(row, at) for row in rows]


async def _with_candidates(row: dict[str, Any], at: datetime) -> Returned:
    asked = await _asked(row["id"])
    kept = [UUID(other["carer"]) for other in json.loads(row["alternatives"])]
    stored = await next_best(row["id"], at, [carer for carer in kept if carer not in asked], [], SHOWN)
    listed = stored or await next_best(row["id"], at, None, asked, SHOWN)
    return Returned(row, await _named(listed), bool(stored))


async def _asked(need: UUID) -> list[UUID]:
    """Who has already declined this need, let it expire or given it back."""
    rows = await Proposal.raw(
        "SELECT DISTINCT carer FROM assignment WHERE need = {} AND status IN ('declined', 'expired', 'withdrawn')"
        " UNION SELECT c.id FROM assignment a JOIN carer c ON c.organization = a.organization WHERE a.need = {}"
        " AND a.status IN ('declined', 'withdrawn')",
        need, need,
    )  # fmt: skip
    return [row["carer"] for row in rows]


async def _named(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = await Proposal.raw(
        "SELECT c.id, c.name, c.kind, coalesce(o.name, '') AS organization_name FROM carer c"
        " LEFT JOIN organization o ON o.id = c.organization WHERE c.id = ANY({}::uuid[])",
        [other["carer"] for other in listed],
    )
    names = {str(row["id"]): row for row in rows}
    return [{**other, "who": names[other["carer"]]} for other in listed]


async def offer_next(actor: Actor, need: UUID, carer: UUID, at: datetime) -> UUID:
    """Offer a returned need to a carer of the dispatcher's choice; every hard rule is checked again.

    Returns:
        The new assignment; a repeat returns the same.

    Raises:
        NotYours: outside the dispatcher's divisions.
        Refused: if the need waits no longer, or the carer breaks a rule by today's data.
    """
    async with transaction():
        row = await _locked(actor, need)
        if not await _open_with(need, carer) and (problems := await problems_of_pair(need, carer, at)):
            raise Refused(N_("This carer cannot take the need any more. {why}"), why=Because(problems))
        others = await next_best(need, at, None, [carer, *await _asked(need)], SHOWN)
        km = next((other["km"] for other in await next_best(need, at, [carer], [], 1)), None)
        offer = OfferInput(
            need=need, household=row["household"], division=row["division"], service=row["service"],
            priority=row["priority"], carer=carer, visits=row["visits"], minutes=row["minutes"], km=km,
            alternatives=others,
        )  # fmt: skip
        return await make_offer(actor, offer, at)


async def sent(assignment: UUID) -> tuple[str, datetime]:
    """The number of a task and until when it is to be answered."""
    rows = await Proposal.raw("SELECT number, deadline FROM assignment WHERE id = {}", assignment)
    return rows[0]["number"], rows[0]["deadline"]


async def _open_with(need: UUID, carer: UUID) -> bool:
    rows = await Proposal.raw(
        "SELECT 1 AS one FROM assignment WHERE need = {} AND matched_carer = {} AND status = 'offered'", need, carer
    )
    return bool(rows)


async def to_next_run(actor: Actor, need: UUID, at: datetime) -> None:
    """Send a returned need back to confirmed, for the next match run. A repeat changes nothing.

    Raises:
        NotYours: outside the dispatcher's divisions.
        Refused: if it has moved on.
    """
    async with transaction():
        row = await _locked(actor, need)
        if row["status"] == "confirmed":
            return
        if row["status"] != "matching" or await _is_open(need):
            raise Refused(N_("Need {number} has moved on in the meantime; look at its page."), number=row["number"])
        await back_to_confirmed(SYSTEM, need, "returned", {}, at)
        await audit.record(
            actor, "need.to_next_run", "need", need, division=row["division"], at=at, data={"number": row["number"]}
        )


async def _is_open(need: UUID) -> bool:
    rows = await Proposal.raw(
        "SELECT 1 AS one FROM assignment WHERE need = {} AND status IN ('offered', 'accepted', 'scheduled', 'active')",
        need,
    )
    return bool(rows)


async def _locked(actor: Actor, need: UUID) -> dict[str, Any]:
    rows = await Proposal.raw("SELECT * FROM need WHERE id = {} FOR UPDATE", need)
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    found: dict[str, Any] = rows[0]
    return found


def _scope(actor: Actor) -> str:
    return f"{actor.scope}%" if actor.scope else ""


async def note_end(assignment: UUID, how: str, at: datetime) -> None:
    """Keep with the proposal how its offer ended, for the review page (dispatch.ENDED)."""
    await Proposal.raw(
        "UPDATE proposal SET reason_detail = reason_detail || jsonb_build_object('ended', {}::text),"
        " version = version + 1 WHERE id = (SELECT proposal FROM assignment WHERE id = {})",
        how, assignment,
    )  # fmt: skip
