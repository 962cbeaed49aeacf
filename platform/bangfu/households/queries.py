"""Reads about households, always inside the actor's scope; hidden values come masked unless a group is revealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.households import rules, searching
from bangfu.households.sealing import health_of, plain_tags, unseal
from bangfu.households.tables import Consent, Household, Person
from bangfu.shared.actor import Actor
from bangfu.shared.masking import mask_address, mask_bank, mask_coordinates, mask_id, mask_name, mask_phone
from bangfu.shared.phones import national_phone

HIDDEN = "***"


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
    status: str
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member as a page shows them."""

    id: UUID
    name: str
    relation: str
    is_head: bool
    sex: str
    birth_date: date | None
    id_type: str
    id_number: str
    phone: str
    bank: str
    health: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroundView:
    """A consent or a statutory ground; `live` says whether it counts today."""

    id: UUID
    ground: str
    giver: str
    giver_relation: str
    method: str
    given_on: date | None
    statute: str
    purposes: tuple[str, ...]
    recorded_at: datetime
    withdrawn_at: datetime | None
    live: bool


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
    members: int
    has_ground: bool
    updated_at: datetime


_HOUSEHOLD = (
    "SELECT h.*, coalesce(d.name, '') AS division_name, coalesce(t.name, '') AS township_name FROM household h"
    " LEFT JOIN division d ON d.code = h.division LEFT JOIN division t ON t.code = left(h.division, 9) || '000'"
)
_LIST = (
    "SELECT h.id, h.number, h.head_name, h.category, h.risk_color, h.updated_at, coalesce(d.name, '')"
    " AS division_name, coalesce(t.name, '') AS township_name, count(*) OVER () AS total,"
    " (SELECT count(*) FROM person m WHERE m.household = h.id) AS members,"
    " EXISTS (SELECT 1 FROM consent c WHERE c.household = h.id AND c.withdrawn_at IS NULL) AS has_ground"
    " FROM household h LEFT JOIN division d ON d.code = h.division"
    " LEFT JOIN division t ON t.code = left(h.division, 9) || '000' WHERE"
)
_MEMBER = "EXISTS (SELECT 1 FROM person p WHERE p.household = h.id AND"
_ORDER = "ORDER BY h.head_pinyin, h.number LIMIT {} OFFSET {}"
_SHOWN = {"layer", "head_name", "address", "note", "lat", "lon"}


async def household_for(actor: Actor, household: UUID, reveal: str = "") -> HouseholdView:
    """One household; `reveal` names a group of hidden values that is shown (log it first).

    Raises:
        NotYours: if there is none in the actor's scope.
    """
    rows = await Household.raw(_HOUSEHOLD + " WHERE h.id = {} AND h.division LIKE {}", household, _scope(actor))
    if not rows:
        raise NotYours
    row, open_contact = rows[0], reveal == "contact"
    address, note = unseal("household", row, "address_enc"), unseal("household", row, "note_enc")
    lat, lon = row["lat"], row["lon"]
    if lat is not None and not open_contact:
        lat, lon = mask_coordinates(lat, lon)
    return HouseholdView(
        **{name: row[name] for name in HouseholdView.__slots__ if name not in _SHOWN},
        layer=rules.layer_of(row["category"]),
        head_name=row["head_name"] if open_contact else mask_name(row["head_name"]),
        address=address if open_contact else mask_address(address),
        note=note if reveal == "health" else (HIDDEN if note else ""),
        lat=lat,
        lon=lon,
    )


async def members(household: UUID, today: date, reveal: str = "") -> list[MemberView]:
    """The members, the head first."""
    rows = await Person.raw(
        "SELECT * FROM person WHERE household = {} ORDER BY is_head DESC, created_at, id", household
    )
    return [_member(row, today, reveal) for row in rows]


def _member(row: Mapping[str, Any], today: date, reveal: str) -> MemberView:
    number, phone = unseal("person", row, "id_number_enc"), unseal("person", row, "phone_enc")
    bank, (health, health_tags) = unseal("person", row, "bank_enc"), health_of(row)
    contact, identity, open_health = reveal == "contact", reveal == "identity", reveal == "health"
    minor = rules.is_minor(row["birth_date"], today)
    return MemberView(
        id=row["id"],
        name=row["name"] if contact else mask_name(row["name"]),
        relation=row["relation"],
        is_head=row["is_head"],
        sex=row["sex"],
        birth_date=row["birth_date"],
        id_type=row["id_type"],
        id_number=number if identity else mask_id(number, minor=minor),
        phone=national_phone(phone) if contact else mask_phone(phone),
        bank=bank if identity else mask_bank(bank),
        health=health if open_health else (HIDDEN if health or health_tags else ""),
        tags=(*plain_tags(row), *(health_tags if open_health else ())),
    )


async def grounds(household: UUID, today: date) -> list[GroundView]:
    """Consents and statutory grounds, the newest first; the giver's name is masked."""
    rows = await Consent.raw("SELECT * FROM consent WHERE household = {} ORDER BY recorded_at DESC, id", household)
    return [
        GroundView(
            **{name: row[name] for name in GroundView.__slots__ if name not in {"giver", "purposes", "live"}},
            giver=mask_name(row["giver"]),
            purposes=tuple(row["purposes"]),
            live=rules.is_live(row["withdrawn_at"], row["given_on"], today),
        )
        for row in rows
    ]


async def live_grounds(household: UUID, today: date) -> list[GroundView]:
    """The grounds that count today: what a need can be confirmed on."""
    return [ground for ground in await grounds(household, today) if ground.live]


async def households(actor: Actor, filters: Mapping[str, str], limit: int, offset: int) -> tuple[list[Row], int]:
    """One page of the households of the actor's scope, by the pinyin of the head, and how many there are.

    `filters`: category, layer, division (prefix), risk, q; empty or odd ones do not restrict.
    """
    where, values = _conditions(actor, filters)
    rows = await Household.raw(" ".join((_LIST, where, _ORDER)), *values, limit, offset)
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
