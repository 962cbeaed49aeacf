"""What the page of a home's cards shows, and which of today's visits a scanned code leads to."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.visits import code_rules
from bangfu.visits.code_tables import HomeCode
from bangfu.visits.codes import place_mark, secret_mark
from bangfu.visits.life_rules import SERVERS

scan_tries: Final = code_rules.Tries(20)
"""Codes scanned by one account that led nowhere."""


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as the page shows it; `placed`: the address is still the one it was printed for."""

    id: UUID
    serial: int
    status: str
    printed_at: datetime
    printed_name: str
    handed_on: date | None
    handed_name: str
    ended_at: datetime | None
    reason: str
    placed: bool
    used: int
    last_used: datetime | None

    @property
    def live(self) -> bool:
        return self.status in code_rules.LIVE


async def cards_of(household: UUID) -> list[CardView]:
    """The cards of a home, the newest first; the caller has checked whose it is."""
    rows = await HomeCode.raw(
        "SELECT c.*, h.address_enc, h.division AS now_in, coalesce(p.display_name, '') AS printed_name,"
        " coalesce(g.display_name, '') AS handed_name, u.used, u.last_used FROM home_code c"
        " JOIN household h ON h.id = c.household LEFT JOIN app_user p ON p.id = c.printed_by"
        " LEFT JOIN app_user g ON g.id = c.handed_by"
        " LEFT JOIN LATERAL (SELECT count(*) AS used, max(v.at) AS last_used FROM visit_proof v"
        " JOIN visit i ON i.id = v.visit AND i.household = c.household WHERE v.code = c.id) u ON true"
        " WHERE c.household = {} ORDER BY c.serial DESC",
        household,
    )
    return [
        CardView(
            **{name: row[name] for name in CardView.__slots__ if name != "placed"},
            placed=row["place_mark"] == place_mark(household, row["address_enc"], row["now_in"]),
        )
        for row in rows
    ]


async def card_of(household: UUID, card: UUID) -> None:
    """That the card is this home's.

    Raises:
        NotYours: if it is not.
    """
    if not await HomeCode.exists().where((HomeCode.id == card) & (HomeCode.household == household)):
        raise NotYours


async def visit_behind(actor: Actor, typed: str, at: datetime) -> UUID | None:
    """The signed-in named server's visit of today in the home whose card this is: the one that has begun, else the
    next one; None for everybody else and every other code, without a difference."""
    secret = code_rules.typed_secret(typed)
    if not secret or actor.carer is None or not actor.has(*SERVERS) or scan_tries.full(actor.user, at):
        return None
    first, last = day_span(civil_date(at))
    rows = await HomeCode.raw(
        "SELECT v.id FROM home_code c JOIN visit v ON v.household = c.household AND v.carer = {}"
        " AND v.status IN ('planned', 'in_progress') AND v.planned_start >= {} AND v.planned_start < {}"
        " WHERE c.secret_index = {} AND c.status = 'handed_over'"
        " ORDER BY v.status = 'in_progress' DESC, abs(extract(epoch FROM v.planned_start - {})) LIMIT 1",
        actor.carer, first, last, secret_mark(secret), at,
    )  # fmt: skip
    if rows:
        scan_tries.right(actor.user)
        found: UUID = rows[0]["id"]
        return found
    scan_tries.wrong(actor.user, at)
    return None
