"""Cards with a code for scores: one per household and quarter, printed by the village aide or the township.

Only the keyed hash is kept: a sheet cannot be printed twice, printing it again makes fresh codes for the cards that
nobody used yet, and the paper before is void. Who serves a home does not hold its card (DOMAIN.md 5.4).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.errors import N_, NotYours, Refused
from bangfu.feedback import codes, policy
from bangfu.feedback.serving import by_village, of_area
from bangfu.feedback.tables import RatingCode
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, quarter_of, quarter_span
from bangfu.shared.database import transaction

MOST: Final = 120
"""Cards of one sheet."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card to be printed: the code, and the household's number for who hands it out."""

    code: str
    household_number: str


@dataclass(frozen=True, slots=True)
class HomeCard:
    """A home of a village that was served, and its card of the quarter. `own`: the reader serves it."""

    household: UUID
    number: str
    head_name: str
    code: UUID | None
    printed_at: datetime | None
    uses: int
    own: bool


async def homes(actor: Actor, village: str, at: datetime) -> list[HomeCard]:
    """The homes of a village that were served in the quarter, with their cards.

    Raises:
        NotYours: for a village of elsewhere.
    """
    if not actor.sees(village):
        raise NotYours
    year, quarter = quarter_of(civil_date(at))
    served = await of_area(village, year, quarter, actor.user)
    rows = await RatingCode.raw(
        "SELECT h.id AS household, h.number, h.head_name, c.id AS code, c.printed_at, coalesce(c.uses, 0) AS uses"
        " FROM household h LEFT JOIN rating_code c ON c.household = h.id AND c.year = {} AND c.quarter = {}"
        " AND c.status = 'printed' WHERE h.id = ANY({}::uuid[]) AND h.status IN ('active', 'grace') ORDER BY h.number",
        year, quarter, list(served),
    )  # fmt: skip
    return [HomeCard(**row, own=served[row["household"]]) for row in rows]


async def served_homes(actor: Actor, at: datetime) -> dict[str, int]:
    """Village -> how many of its homes were served in the quarter, in the actor's area."""
    return await by_village(actor.scope, *quarter_of(civil_date(at)))


async def print_sheet(
    actor: Actor, key: UUID, village: str, at: datetime, *, again: frozenset[UUID] = frozenset(), code: str = ""
) -> list[Card]:
    """Fresh cards for the homes of a village that have none for the quarter, and for those in `again`, whose card is
    void from now on (lost). The same key again: fresh codes for that sheet's cards that nobody used.

    Args:
        code: for the sample only: the first card's.

    Raises:
        NotYours: for a village of elsewhere, or a key of another person.
        Refused: where there is nothing to print.
    """
    if not actor.sees(village):
        raise NotYours
    year, quarter = quarter_of(civil_date(at))
    async with transaction():
        await audit.hold(village)
        known = await RatingCode.objects().where(RatingCode.sheet == key).order_by(RatingCode.id)
        if known:
            if known[0].printed_by != actor.user:
                raise NotYours
            cards = [await _again(row) for row in known if row.status == "printed" and not row.uses]
        else:
            wanted = [each for each in await homes(actor, village, at) if not each.own]
            wanted = [each for each in wanted if each.code is None or each.household in again][:MOST]
            cards = [
                await _card(actor, key, each, village, (year, quarter), at, code if n == 0 else "")
                for n, each in enumerate(wanted)
            ]
        if not cards:
            raise Refused(N_("Every home of this village that was served has its card, or you serve it yourself."))
        await audit.record(
            actor, "rating_code.printed", "rating_sheet", key, division=village, at=at,
            data={"cards": len(cards), "year": year, "quarter": quarter, "again": len(known)},
        )  # fmt: skip
        return cards


async def _again(row: RatingCode) -> Card:
    code = codes.fresh()
    await RatingCode.update({RatingCode.code_hash: codes.hashed(code)}).where(RatingCode.id == row.id)
    return Card(code, await _number(row.household))


async def _card(
    actor: Actor, key: UUID, home: HomeCard, village: str, term: tuple[int, int], at: datetime, given: str
) -> Card:
    year, quarter = term
    if home.code is not None:
        await RatingCode.update({RatingCode.status: "replaced"}).where(RatingCode.id == home.code)
    code = given or codes.fresh()
    days = policy.in_force(quarter_span(year, quarter)[0]).code_days
    await RatingCode(
        id=uuid4(), sheet=key, household=home.household, division=village, year=year, quarter=quarter,
        code_hash=codes.hashed(code), printed_by=actor.me, printed_at=at, expires_at=codes.ends(year, quarter, days),
    ).save()  # fmt: skip
    return Card(code, home.number)


async def _number(household: UUID) -> str:
    rows: list[dict[str, Any]] = await RatingCode.raw("SELECT number FROM household WHERE id = {}", household)
    return str(rows[0]["number"])
