"""Reads about organisations and the people who serve."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.providers.rules import Expiry, expiry
from bangfu.providers.tables import Carer, Organization, Qualification
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt
from bangfu.shared.like import containing
from bangfu.shared.masking import mask_phone

# An organisation belongs to an area if it has its seat there or serves it; a prefix covers another both ways, so that
# a township sees who serves its county and the county sees who serves one township.
VISIBLE = (
    "({} <> '' AND (o.division LIKE {} || '%' OR EXISTS (SELECT 1 FROM unnest(CASE WHEN cardinality(o.service_area) = 0"
    " THEN ARRAY[left(o.division, 6)] ELSE o.service_area END) p WHERE p LIKE {} || '%' OR {} LIKE p || '%')))"
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A qualification and where it stands today."""

    code: str
    number: str
    expires_on: date
    state: Expiry


@dataclass(frozen=True, slots=True)
class Person:
    """A carer as a page shows it; the phone is masked already. Weekly minutes include travel."""

    id: UUID
    number: str
    name: str
    kind: str
    sex: str
    phone: str
    travel_mode: str
    max_km: float
    minutes_per_week: int
    max_households: int
    blacklist_until: date | None
    certificates: list[Certificate] = field(default_factory=list)

    @property
    def minutes_per_4_weeks(self) -> int:
        return 4 * self.minutes_per_week

    @property
    def running_out(self) -> list[Certificate]:
        """Certificates that are expired or will be within 60 days, the nearest first."""
        return sorted((c for c in self.certificates if c.state != "valid"), key=lambda c: c.expires_on)


async def carers_of(organization: UUID, today: date) -> list[Person]:
    """The active carers of an organisation with their qualifications, by number."""
    rows = await Carer.raw("SELECT * FROM carer WHERE organization = {} AND active ORDER BY number", organization)
    held = await _certificates([row["id"] for row in rows], today)
    return [_person(row, held.get(row["id"], [])) for row in rows]


async def carers_alone(actor: Actor, today: date, most: int = 100) -> list[Person]:
    """The active social workers and volunteers of the actor's area who belong to no organisation, by number."""
    rows = await Carer.raw(
        "SELECT * FROM carer WHERE organization IS NULL AND active AND division LIKE {} ORDER BY number LIMIT {}",
        f"{actor.scope}%" if actor.scope else "", most,
    )  # fmt: skip
    held = await _certificates([row["id"] for row in rows], today)
    return [_person(row, held.get(row["id"], [])) for row in rows]


def _person(row: dict[str, Any], certificates: list[Certificate]) -> Person:
    phone = mask_phone(decrypt(row["phone_enc"], f"carer:phone_enc:{row['id']}"))
    plain = {name: row[name] for name in Person.__slots__ if name not in {"phone", "certificates"}}
    return Person(phone=phone, certificates=certificates, **plain)


async def _certificates(carers: Collection[UUID], today: date) -> dict[UUID, list[Certificate]]:
    rows = await Qualification.raw(
        "SELECT carer, code, number, expires_on FROM qualification WHERE carer = ANY({})"
        " AND status = 'verified' ORDER BY code, expires_on",
        list(carers),
    )
    found: dict[UUID, list[Certificate]] = {}
    for row in rows:
        state = expiry(row["expires_on"], today)
        found.setdefault(row["carer"], []).append(Certificate(row["code"], row["number"], row["expires_on"], state))
    return found


async def organizations(
    actor: Actor, query: str, limit: int, offset: int, *, org_type: str = "", only: list[UUID] | None = None
) -> tuple[list[dict[str, Any]], int]:
    """One page of the organisations of the actor's area, found by a part of the name, pinyin or the whole code; of one
    type, and among `only`, where given."""
    scope = actor.scope
    rows = await Organization.raw(
        "SELECT o.id, o.uscc, o.name, o.org_type, o.charity, o.active,"  # noqa: S608 (own constants)
        " o.blacklist_until, coalesce(d.name, '') AS seat, count(*) OVER () AS total,"
        " (SELECT count(*) FROM carer c WHERE c.organization = o.id AND c.active) AS carers"
        " FROM organization o LEFT JOIN division d ON d.code = o.division"
        " WHERE " + VISIBLE + " AND (o.name LIKE {} OR o.pinyin LIKE {} OR o.uscc = {})"
        " AND ({} = '' OR o.org_type = {}) AND ({}::uuid[] IS NULL OR o.id = ANY({}::uuid[]))"
        " ORDER BY o.pinyin, o.name LIMIT {} OFFSET {}",
        scope, scope, scope, scope, containing(query), containing(query.lower()), query.upper(),
        org_type, org_type, only, only, limit, offset,
    )  # fmt: skip
    return rows, rows[0]["total"] if rows else 0


async def organization_for(actor: Actor, organization: UUID) -> dict[str, Any]:
    """One organisation of the actor's area, or the manager's own.

    Raises:
        NotYours: if there is none, or it is another's.
    """
    scope = actor.scope
    rows = await Organization.raw(
        "SELECT o.*, coalesce(d.name, '') AS seat FROM organization o"  # noqa: S608 (own constants)
        " LEFT JOIN division d ON d.code = o.division"
        " WHERE o.id = {} AND (({}::uuid IS NOT NULL AND o.id = {}::uuid) OR " + VISIBLE + ")",
        organization, actor.organization, actor.organization, scope, scope, scope, scope,
    )  # fmt: skip
    if not rows:
        raise NotYours
    found: dict[str, Any] = rows[0]
    return found
