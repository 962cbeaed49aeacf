"""Reads of outreach, always inside the actor's scope; names come masked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.households.rules import needs_guardian, shows_person
from bangfu.households.sealing import unseal
from bangfu.outreach.tables import OutreachContact, OutreachRow, OutreachState
from bangfu.shared.actor import Actor
from bangfu.shared.masking import mask_name


@dataclass(frozen=True, slots=True)
class Row:
    """One person or household that is due a service; `last_result` of the latest contact, "" for none."""

    id: UUID
    household: UUID
    number: str
    head: str
    person: UUID | None
    who: str
    division_name: str
    township_name: str
    contact_channel: str
    service: str
    norm: str
    kind: str
    child: bool
    times: int
    period: str
    visits: int
    has_visits: int
    since: date
    as_of: datetime
    last_result: str
    last_at: datetime | None
    revisit_on: date | None

    @property
    def target(self) -> str:
        """The target group of the deciding norm, `health` where it stays hidden."""
        return self.norm.partition(".")[0]


_ROW = (
    "SELECT r.*, h.number, h.head_name, h.contact_channel, p.name AS person_name, p.birth_date,"
    " coalesce(d.name, '') AS division_name, coalesce(t.name, '') AS township_name,"
    " coalesce(c.result, '') AS last_result, c.made_at AS last_at, c.revisit_on, count(*) OVER () AS total"
    " FROM outreach_row r JOIN household h ON h.id = r.household LEFT JOIN person p ON p.id = r.person"
    " LEFT JOIN division d ON d.code = r.division LEFT JOIN division t ON t.code = left(r.division, 9) || '000'"
    " LEFT JOIN LATERAL (SELECT o.result, o.made_at, o.revisit_on FROM outreach_contact o WHERE"
    " o.household = r.household AND o.service = r.service AND o.person IS NOT DISTINCT FROM r.person"
    " AND o.fingerprint = r.fingerprint ORDER BY o.made_at DESC LIMIT 1) c ON true WHERE "
)
_ORDER = " ORDER BY array_position(ARRAY['gap', 'missing', 'below']::varchar[], r.kind), r.since, h.number, r.service"
_RESTING = "c.result = 'refused' AND c.revisit_on > {}"
_COUNTS = (
    "SELECT r.kind, count(*) AS n FROM outreach_row r LEFT JOIN LATERAL (SELECT o.result, o.revisit_on FROM"
    " outreach_contact o WHERE o.household = r.household AND o.service = r.service AND o.person IS NOT DISTINCT"
    " FROM r.person AND o.fingerprint = r.fingerprint ORDER BY o.made_at DESC LIMIT 1) c ON true"
    " WHERE r.division LIKE {} AND (c.result = 'refused' AND c.revisit_on > {}) IS NOT TRUE GROUP BY r.kind"
)
_ANSWERED = (
    "NOT EXISTS (SELECT 1 FROM need n WHERE n.household = r.household AND n.service = r.service AND n.created_at >"
    " r.as_of AND n.status NOT IN ('closed', 'cancelled', 'rejected') AND (r.person IS NULL OR n.person IS NULL OR"
    " n.person = r.person))"
)


async def rows(actor: Actor, filters: Mapping[str, str], today: date, limit: int, offset: int) -> tuple[list[Row], int]:
    """One page of the rows, gaps first, then the oldest; and how many there are.

    `filters`: kind, service, target, division (prefix), child, state ("" without those who refused for now, "new"
    nobody asked, "asked", "resting" refused for now); empty ones do not restrict.
    """
    parts, values = ["r.division LIKE {}", _ANSWERED], [_scope(actor)]
    for name in ("kind", "service"):
        if filters.get(name):
            parts.append(f"r.{name} = {{}}")
            values.append(filters[name])
    if filters.get("target"):
        parts.append("split_part(r.norm, '.', 1) = {}")
        values.append(filters["target"])
    if filters.get("child"):
        parts.append("r.child")
    if (division := filters.get("division", "")).isdecimal():
        parts.append("r.division LIKE {}")
        values.append(f"{division}%")
    parts.append(_of_state(filters.get("state", "")))
    if "{}" in parts[-1]:
        values.append(today)  # type: ignore[arg-type]
    sql = "".join((_ROW, " AND ".join(parts), _ORDER, " LIMIT {} OFFSET {}"))
    found = await OutreachRow.raw(sql, *values, limit, offset)
    return [_row(row, actor, today) for row in found], found[0]["total"] if found else 0


def _of_state(state: str) -> str:
    if state == "new":
        return "c.result IS NULL"
    if state == "asked":
        return "c.result IS NOT NULL"
    return _RESTING if state == "resting" else f"({_RESTING}) IS NOT TRUE"


async def row_for(actor: Actor, row: UUID, today: date) -> Row:
    """One row of the actor's scope.

    Raises:
        NotYours: if there is none.
    """
    found = await OutreachRow.raw(_ROW + "r.id = {} AND r.division LIKE {}", row, _scope(actor))
    if not found:
        raise NotYours
    return _row(found[0], actor, today)


def _row(row: Mapping[str, Any], actor: Actor, today: date) -> Row:
    shown = {name: row[name] for name in Row.__slots__ if name not in {"head", "who"}}
    return Row(**shown, head=mask_name(row["head_name"]), who=_who(row, actor, today))


def _who(row: Mapping[str, Any], actor: Actor, today: date) -> str:
    """The person's masked name; of a child under 14 nothing for those who may not read children's data."""
    if row["person"] is None or not shows_person(actor.roles, row["birth_date"], today):
        return ""
    return mask_name(row["person_name"] or "") if not needs_guardian(row["birth_date"], today) else ""


async def contacts(actor: Actor, row: Row, today: date) -> list[dict[str, Any]]:
    """Who asked before, the newest first; the words opened for those who may see the row, about a child under 14 for
    those only who may read children's data."""
    born = await OutreachRow.raw("SELECT birth_date FROM person WHERE id = {}", row.person)
    whole = shows_person(actor.roles, born[0]["birth_date"] if born else None, today)
    found = await OutreachContact.raw(
        "SELECT o.*, coalesce(u.display_name, '') AS who FROM outreach_contact o LEFT JOIN app_user u ON u.id ="
        " o.made_by WHERE o.household = {} AND o.service = {} AND o.person IS NOT DISTINCT FROM {}"
        " ORDER BY o.made_at DESC LIMIT 20",
        row.household, row.service, row.person,
    )  # fmt: skip
    return [{**entry, "words": unseal("outreach_contact", entry, "words_enc") if whole else ""} for entry in found]


async def counts(actor: Actor, today: date) -> dict[str, int]:
    """kind -> rows of the actor's scope that wait (refusals that rest are left out)."""
    found = await OutreachRow.raw(_COUNTS, _scope(actor), today)
    return {row["kind"]: row["n"] for row in found}


async def as_of(actor: Actor) -> datetime | None:
    """How old the oldest township's rows are."""
    township = f"{actor.scope[:9]}%" if actor.scope else ""
    found = await OutreachState.raw("SELECT min(as_of) AS at FROM outreach_state WHERE township LIKE {}", township)
    at: datetime | None = found[0]["at"]
    return at


def _scope(actor: Actor) -> str:
    return f"{actor.scope}%" if actor.scope else ""
