"""What the desk sees: the visits of a day in its area, found by number, name or the phone that calls."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import day_span
from bangfu.shared.crypto import blind_index
from bangfu.shared.faults import Fault
from bangfu.shared.identifiers import parse_phone
from bangfu.shared.like import containing
from bangfu.shared.masking import mask_name
from bangfu.visits.tables import Visit


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A visit as the desk's list and page show it; the household's name is masked, the carer's is not."""

    id: UUID
    number: str
    status: str
    service: str
    household: UUID
    household_number: str
    head: str
    division: str
    division_name: str
    carer: UUID
    carer_name: str
    organization: UUID | None
    organization_name: str
    planned_start: datetime
    planned_end: datetime
    minutes: int
    started_at: datetime | None
    in_method: str
    has_card: bool
    has_phone: bool


_ROW = (
    "SELECT v.*, h.number AS household_number, h.head_name, coalesce(d.name, '') AS division_name,"
    " c.name AS carer_name, coalesce(o.name, '') AS organization_name, EXISTS (SELECT 1 FROM home_code k"
    " WHERE k.household = v.household AND k.status = 'handed_over') AS has_card, EXISTS (SELECT 1 FROM person p"
    " WHERE p.household = v.household AND p.left_on IS NULL AND p.phone_index <> '') AS has_phone,"
    " count(*) OVER () AS total FROM visit v"
    " JOIN household h ON h.id = v.household JOIN carer c ON c.id = v.carer"
    " LEFT JOIN organization o ON o.id = v.organization LEFT JOIN division d ON d.code = v.division"
)


def _row(row: dict[str, Any]) -> DeskRow:
    picked = {name: row[name] for name in DeskRow.__slots__ if name != "head"}
    return DeskRow(head=mask_name(row["head_name"]), **picked)


async def visits_on(actor: Actor, day: date, query: str, limit: int, offset: int) -> tuple[list[DeskRow], int]:
    """One page of the day's visits in the actor's area, those under way first.

    `query`: a visit's or household's number, a part of the carer's name, a whole phone number or its last four digits
    (of the household or the carer).
    """
    first, last = day_span(day)
    where = "v.division LIKE {} AND v.planned_start >= {} AND v.planned_start < {} AND v.status <> 'cancelled'"
    values: list[Any] = [f"{actor.scope}%" if actor.scope else "", first, last]
    if asked := query.strip():
        where += (
            " AND (v.number = {} OR h.number = {} OR c.name LIKE {} OR c.phone_index = {} OR EXISTS (SELECT 1 FROM"
            " person q WHERE q.household = v.household AND q.left_on IS NULL"
            " AND (q.phone_index = {} OR q.phone_tail_index = {})))"
        )
        whole, tail = _phone(asked)
        name = containing(asked) if len(asked) > 1 else ""
        values += [asked.upper(), asked.upper(), name, whole, whole, tail]
    rows = await Visit.raw(
        f"{_ROW} WHERE {where} ORDER BY v.status = 'in_progress' DESC, v.planned_start, v.number"
        " LIMIT {} OFFSET {}",
        *values, limit, offset,
    )  # fmt: skip
    return [_row(row) for row in rows], rows[0]["total"] if rows else 0


def _phone(text: str) -> tuple[str, str]:
    """Keyed hashes of a whole number and of a tail; `-` where it is none."""
    digits = "".join(each for each in text if each.isdecimal())
    try:
        whole = blind_index(parse_phone(text), "phone")
    except Fault:
        whole = "-"
    return whole, blind_index(digits, "phone_tail") if len(digits) == 4 else "-"


async def visit_at_desk(actor: Actor, visit: UUID) -> DeskRow:
    """One visit of the actor's area.

    Raises:
        NotYours: for one of elsewhere.
    """
    scope = f"{actor.scope}%" if actor.scope else ""
    rows = await Visit.raw(f"{_ROW} WHERE v.id = {{}} AND v.division LIKE {{}}", visit, scope)
    if not rows:
        raise NotYours
    return _row(rows[0])
