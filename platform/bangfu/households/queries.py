"""Reads about households, always inside the actor's scope; hidden values come masked unless a group is revealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.errors import Elsewhere, NotYours
from bangfu.households import rules, searching, status_rules
from bangfu.households.consent_queries import GroundView, grounds, live_grounds
from bangfu.households.people import HIDDEN, MemberView, members
from bangfu.households.sealing import unseal
from bangfu.households.tables import Household
from bangfu.shared.actor import Actor
from bangfu.shared.masking import mask_address, mask_coordinates, mask_name

__all__ = ["GroundView", "MemberView", "grounds", "live_grounds", "members"]


@dataclass(frozen=True, slots=True)
class HouseholdView:
    """One household as a page shows it."""

    id: UUID
    number: str
    division: str
    division_name: str
    township_name: str
    category: str
    layer: str
    category_since: date | None
    admission_mode: str
    support_mode: str
    selfcare_level: str
    risk_color: str
    head_name: str
    address: str
    lat: float | None
    lon: float | None
    location_source: str
    two_person_visits: bool
    trained_only: bool
    language: str
    gender_wish: str
    note: str
    food: str
    time_wishes: tuple[str, ...]
    contact_channel: str
    income_stable: bool
    able_bodied: bool
    valid_until: date | None
    reviewed_on: date | None
    next_review_on: date | None
    exit_on: date | None
    grace_until: date | None
    status: str
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Row:
    """A household in a list, its name masked."""

    id: UUID
    number: str
    head: str
    category: str
    layer: str
    division_name: str
    township_name: str
    risk_color: str
    status: str
    members: int
    has_ground: bool
    updated_at: datetime


_HOUSEHOLD = (
    "SELECT h.*, coalesce(d.name, '') AS division_name, coalesce(t.name, '') AS township_name,"
    " EXISTS (SELECT 1 FROM person p WHERE p.household = h.id AND p.is_head AND p.birth_date >"
    " (now() AT TIME ZONE 'Asia/Shanghai')::date - interval '14 years') AS head_is_child FROM household h"
    " LEFT JOIN division d ON d.code = h.division LEFT JOIN division t ON t.code = left(h.division, 9) || '000'"
)
_BY_NAME = 'ORDER BY h.head_pinyin COLLATE "C", h.number COLLATE "C"'
_PAGE = (
    "WITH page AS (SELECT h.id, count(*) OVER () AS total FROM household h WHERE {where}"
    " {order} LIMIT {{}} OFFSET {{}})"
    " SELECT h.id, h.number, h.head_name, h.category, h.risk_color, h.status, h.updated_at, page.total,"
    " coalesce(d.name, '') AS division_name, coalesce(t.name, '') AS township_name,"
    " (SELECT count(*) FROM person m WHERE m.household = h.id AND m.left_on IS NULL) AS members,"
    " EXISTS (SELECT 1 FROM consent c WHERE c.household = h.id AND c.withdrawn_at IS NULL"
    " AND (c.valid_until IS NULL OR c.valid_until >= (now() AT TIME ZONE 'Asia/Shanghai')::date)) AS has_ground"
    " FROM page JOIN household h ON h.id = page.id LEFT JOIN division d ON d.code = h.division"
    " LEFT JOIN division t ON t.code = left(h.division, 9) || '000' "
    "{order}"
)
"""The page is chosen first; what its rows say beside that is looked up for them only."""
_MEMBER = "EXISTS (SELECT 1 FROM person p WHERE p.household = h.id AND"
_SHOWN = {"layer", "head_name", "address", "note", "food", "time_wishes", "lat", "lon"}


async def household_for(actor: Actor, household: UUID, reveal: str = "") -> HouseholdView:
    """One household; `reveal` names a group of hidden values that is shown (log it first).

    Raises:
        NotYours: if there is none in the actor's scope.
    """
    rows = await Household.raw(_HOUSEHOLD + " WHERE h.id = {} AND h.division LIKE {}", household, _scope(actor))
    if not rows:
        raise NotYours
    if rows[0]["merged_into"] is not None:
        raise Elsewhere(f"/households/{rows[0]['merged_into']}")
    row, open_contact = rows[0], reveal == "contact"
    address, note, food = (unseal("household", row, f"{name}_enc") for name in ("address", "note", "food"))
    open_name = open_contact and not (row["head_is_child"] and rules.CHILD_READERS.isdisjoint(actor.roles))
    lat, lon = row["lat"], row["lon"]
    if lat is not None and not open_contact:
        lat, lon = mask_coordinates(lat, lon)
    return HouseholdView(
        **{name: row[name] for name in HouseholdView.__slots__ if name not in _SHOWN},
        layer=rules.layer_of(row["category"]),
        head_name=row["head_name"] if open_name else mask_name(row["head_name"]),
        address=address if open_contact else mask_address(address),
        note=note if reveal == "health" else (HIDDEN if note else ""),
        food=food if reveal == "health" else (HIDDEN if food else ""),
        time_wishes=tuple(row["time_wishes"]),
        lat=lat,
        lon=lon,
    )


async def households(actor: Actor, filters: Mapping[str, str], limit: int, offset: int) -> tuple[list[Row], int]:
    """One page of the households of the actor's scope, by the pinyin of the head, and how many there are.

    `filters`: status (a state, "all", or "" for those served), category, layer, division (prefix), risk, q; empty or
    odd ones do not restrict.
    """
    where, values = _conditions(actor, filters)
    rows = await Household.raw(_PAGE.format(where=where, order=_BY_NAME), *values, limit, offset)
    found = [
        Row(
            **{name: row[name] for name in Row.__slots__ if name not in {"head", "layer"}},
            head=mask_name(row["head_name"]), layer=rules.layer_of(row["category"]),
        )
        for row in rows
    ]  # fmt: skip
    return found, rows[0]["total"] if rows else 0


def _conditions(actor: Actor, filters: Mapping[str, str]) -> tuple[str, list[Any]]:
    parts, values = ["h.division LIKE {}"], [_scope(actor)]
    status = filters.get("status", "")
    if status in status_rules.STATES:
        parts.append("h.status = {}")
        values.append(status)
    elif status != "all":
        parts.append("h.status IN ('active', 'grace')")
    if category := filters.get("category"):
        parts.append("h.category = {}")
        values.append(category)
    if layer := filters.get("layer"):
        parts.append("h.category = ANY({}::varchar[])")
        values.append(rules.categories_of(layer))  # type: ignore[arg-type]
    if risk := filters.get("risk"):
        parts.append("h.risk_color = {}")
        values.append(risk)
    if (division := filters.get("division", "")).isdecimal():
        parts.append("h.division LIKE {}")
        values.append(f"{division}%")
    if query := filters.get("q"):
        asked = searching.condition(query)
        parts.append(" ".join((_MEMBER, asked[0], ")")) if asked else "false")
        values += asked[1] if asked else []
    return " AND ".join(parts), values


def _scope(actor: Actor) -> str:
    """The LIKE pattern of the actor's divisions; one that fits nothing for an empty scope."""
    return f"{actor.scope}%" if actor.scope else ""
