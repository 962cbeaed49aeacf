"""The station's side of what households ask for: the list, one wish, and how it ended."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.family import rules
from bangfu.family.saying import KIND
from bangfu.family.tables import FamilyWish
from bangfu.households.sealing import unseal
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.supervision.actions import settle
from bangfu.visits.code_cards import serves

STATES = ("open", "done", "all")
_FROM = (
    " FROM family_wish w JOIN visit v ON v.id = w.visit JOIN household h ON h.id = w.household"
    " JOIN carer c ON c.id = v.carer LEFT JOIN organization o ON o.id = v.organization"
    " LEFT JOIN app_user u ON u.id = w.done_by WHERE w.division LIKE {} AND ({} = 'all' OR w.status = {})"
)
_COLUMNS = (
    "SELECT w.id, w.household, w.division, w.visit, w.wish, w.day, w.part, w.words_enc, w.at, w.due_at, w.status,"
    " w.outcome, w.done_at, coalesce(u.display_name, '') AS done_name, h.head_name, h.number AS household_number,"
    " v.number AS visit_number, v.service, v.planned_start, v.assignment, v.status AS visit_status,"
    " c.name AS carer_name, coalesce(o.name, '') AS organization"
)


@dataclass(frozen=True, slots=True)
class WishView:
    """A wish with the visit that it is about. `words`: what the household wrote."""

    id: UUID
    household: UUID
    visit: UUID
    wish: str
    day: date | None
    part: str
    words: str
    at: datetime
    due_at: datetime
    status: str
    outcome: str
    done_at: datetime | None
    done_name: str
    head_name: str
    household_number: str
    visit_number: str
    service: str
    planned_start: datetime
    assignment: UUID
    visit_status: str
    carer_name: str
    organization: str


async def wishes(actor: Actor, state: str, limit: int, offset: int) -> tuple[list[WishView], int]:
    """The wishes of the actor's area, the most urgent first, and how many there are."""
    values = (f"{actor.scope}%" if actor.scope else "", state, state)
    rows = await FamilyWish.raw(
        _COLUMNS + _FROM + " ORDER BY w.status = 'open' DESC, w.due_at, w.id LIMIT {} OFFSET {}", *values, limit, offset
    )
    total = await FamilyWish.raw("SELECT count(*) AS n" + _FROM, *values)
    return [_view(row) for row in rows], total[0]["n"]


async def wish_for(actor: Actor, wish: UUID) -> WishView:
    """One wish of the actor's area.

    Raises:
        NotYours: for one of elsewhere, or of a home that the actor serves.
    """
    rows = await FamilyWish.raw(_COLUMNS + _FROM + " AND w.id = {}", f"{actor.scope}%", "all", "all", wish)
    if not rows or not actor.scope or await serves(actor, rows[0]["household"]):
        raise NotYours
    return _view(rows[0])


async def open_wishes(actor: Actor) -> int:
    """How many wait."""
    return (await wishes(actor, "open", 0, 0))[1]


async def close(actor: Actor, wish: UUID, outcome: str, at: datetime) -> None:
    """Say how a wish ended; the household reads it on its page. The same outcome again changes nothing.

    Raises:
        NotYours: as `wish_for`.
        FormError: without an outcome of OUTCOMES.
        Refused: where it ended another way already.
    """
    await wish_for(actor, wish)
    if outcome not in rules.OUTCOMES:
        raise FormError({"outcome": (N_("Please choose one of the list."), {})})
    async with transaction():
        held = await FamilyWish.select(FamilyWish.division).where(FamilyWish.id == wish).first()
        await audit.hold(held["division"] if held else "")
        row = await FamilyWish.objects().where(FamilyWish.id == wish).first().lock_rows("UPDATE")
        if row is None:
            raise NotYours
        if row.status == "done":
            if row.outcome == outcome:
                return
            raise Refused(N_("Somebody has answered this wish already. Look at the page again."))
        row.status, row.outcome, row.done_by, row.done_at = "done", outcome, actor.user, at
        row.version += 1
        await row.save()
        await audit.record(
            actor, "family_wish.done", "family_wish", wish, division=row.division, at=at,
            data={"household": str(row.household), "wish": row.wish, "outcome": outcome},
        )  # fmt: skip
        await settle(actor, KIND, wish, at, evidence="family_wish.done")


def _view(row: dict[str, Any]) -> WishView:
    plain = {name: row[name] for name in WishView.__slots__ if name != "words"}
    return WishView(words=unseal("family_wish", row, "words_enc"), **plain)
