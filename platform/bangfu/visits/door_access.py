"""Whose visit it is at the door: the named server acts, who comes along looks on, everybody else finds nothing."""

from uuid import UUID

from bangfu.errors import N_, NotAllowed, NotYours
from bangfu.shared.actor import Actor
from bangfu.visits import life_rules, moves
from bangfu.visits.tables import Visit


def check_server(actor: Actor, row: Visit) -> None:
    """Only the named server checks in, out and records (DOMAIN.md 8.8).

    Raises:
        NotYours: for whoever has nothing to do with the visit.
        NotAllowed: for who comes along.
    """
    if not moves.serves(actor, row) or not actor.has(*life_rules.SERVERS):
        raise NotYours
    if actor.carer != row.carer:
        raise NotAllowed(N_("The named carer checks in and records; you come along on this visit."))


async def visit_for(actor: Actor, visit: UUID) -> Visit:
    """A visit of one's own, also as the one who comes along.

    Raises:
        NotYours: for any other.
    """
    row: Visit | None = await Visit.objects().get(Visit.id == visit)
    if row is None or not moves.serves(actor, row) or not actor.has(*life_rules.SERVERS):
        raise NotYours
    return row
