"""Who sees a complaint: one condition, used by every list, count, page, file and timeline.

Never the people whom it goes past. Of its level whoever may handle it; few where it is confidential: the handler, the
lead and the auditor (and, until somebody took it on, those who may). Who entered it at the desk sees it where it is
neither confidential nor routed past the township.
"""

from typing import Any, Final
from uuid import UUID

from bangfu.complaints import rules
from bangfu.complaints.tables import Complaint
from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt, encrypt
from bangfu.shared.permissions import allows

READ: Final = "complaints.read"
_COUNTY_DIGITS: Final = 6


def levels_of(actor: Actor) -> list[str]:
    """The levels whose complaints this person may take on."""
    found = set()
    if actor.has("township_officer"):
        found.add("township")
    if actor.has("bureau_officer"):
        found |= {"township", "bureau"}
    if actor.has("bureau_lead"):
        found |= {"township", "bureau", "lead"}
    if found - {"township"} and len(actor.scope) < _COUNTY_DIGITS:
        found.add("above")
    return sorted(found)


def condition(actor: Actor) -> tuple[str, list[Any]]:
    """What rows `c` of complaint this person sees, as SQL with its values."""
    overall = ["township", "bureau", "lead", "above"] if actor.has("auditor") else []
    if actor.has("bureau_lead"):
        overall = levels_of(actor)
    sql = (
        "NOT ({}::uuid = ANY(c.excluded)) AND c.division LIKE {} AND (c.level = ANY({}::varchar[])"
        " OR c.handler = {} OR (c.level = ANY({}::varchar[]) AND (NOT c.confidential OR c.status = 'received'))"
        " OR (c.entered_by = {} AND NOT c.confidential AND c.level = 'township'))"
    )
    scope = f"{actor.scope}%" if actor.scope else ""
    return sql, [actor.user, scope, overall, actor.user, levels_of(actor), actor.user]


async def complaint_for(actor: Actor, complaint: UUID) -> Complaint:
    """One complaint that this person sees.

    Raises:
        NotYours: if there is none.
    """
    sql, values = condition(actor)
    if allows(actor.roles, READ) and await Complaint.raw(
        " ".join(("SELECT 1 FROM complaint c WHERE c.id = {} AND", sql)), complaint, *values
    ):
        found = await Complaint.objects().get(Complaint.id == complaint)
        if found is not None:
            return found
    raise NotYours


async def sees(actor: Actor, complaint: UUID) -> bool:
    """Whether `complaint_for` would give it."""
    try:
        await complaint_for(actor, complaint)
    except NotYours:
        return False
    return True


def may_take(actor: Actor, row: Complaint) -> bool:
    """Whether it is of a level and area that this person takes complaints of, and does not go past them."""
    own = not actor.roles.isdisjoint(rules.TAKERS) and row.level in levels_of(actor)
    return own and actor.sees(row.division) and actor.user not in row.excluded


def may_know_reporter(actor: Actor, row: Complaint) -> bool:
    """Whether this person may be shown who complained, with a reason: of what came from 12388 the auditor alone."""
    if row.discipline:
        return actor.has("auditor")
    return actor.has("auditor", "bureau_lead") or row.handler == actor.user or may_take(actor, row)


async def of_household(actor: Actor, household: str) -> list[str]:
    """The ids of a household's complaints that this person sees: their events stand on its timeline."""
    if not allows(actor.roles, READ):
        return []
    sql, values = condition(actor)
    rows = await Complaint.raw(
        " ".join(("SELECT c.id FROM complaint c WHERE c.household = {} AND", sql)), UUID(household), *values
    )
    return [str(row["id"]) for row in rows]


def sealed(column: str, row: UUID, text: str, table: str = "complaint") -> str:
    """Ciphertext for a column of a complaint; empty stays empty."""
    return encrypt(text.strip(), f"{table}:{column}:{row}")


def opened(column: str, row: UUID, stored: str, table: str = "complaint") -> str:
    """The words behind it."""
    return decrypt(stored, f"{table}:{column}:{row}") if stored else ""
