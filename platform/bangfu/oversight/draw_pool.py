"""Who may be drawn to check in a county: kept by its bureau, read as it stood at any moment (DOMAIN.md 5.3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, NotYours
from bangfu.oversight.draw_tables import DrawPool
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.permissions import INSPECTORS, allows

CITY_DIGITS: Final = 4
"""A scope of at most so many digits is the city's: its people do surveys again (DOMAIN.md 4.1)."""
KEEP: Final = "draws.pool"

_FIT: Final = (
    "u.active AND u.roles && {}::varchar[] AND u.scope <> '' AND (left({}, length(u.scope)) = u.scope"
    " OR u.scope LIKE left({}, 6) || '%')"
)
"""An active account with a role of INSPECTORS that works in the county, above it or in a part of it."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the pool as the page lists it."""

    id: UUID
    inspector: UUID
    name: str
    roles: tuple[str, ...]
    scope: str
    area: str
    organization: str
    added_at: datetime
    added_by: str
    active: bool

    @property
    def city(self) -> bool:
        """Whether the person works for the city: only such do surveys again."""
        return len(self.scope) <= CITY_DIGITS


def county_of(division: str) -> str:
    """The county of any division in it, 12 digits."""
    return division[:6].ljust(12, "0")


async def pool_of(division: str, at: datetime) -> list[UUID]:
    """The accounts that may be drawn to check in the division's county at a moment, by id: members of the pool then
    whose account is active and still holds a role that checks."""
    county = county_of(division)
    rows = await DrawPool.raw(
        "SELECT DISTINCT p.inspector FROM draw_pool p JOIN app_user u ON u.id = p.inspector"  # noqa: S608 (constants)
        " WHERE p.division = {}"
        " AND p.added_at <= {} AND (p.removed_at IS NULL OR p.removed_at > {}) AND " + _FIT + " ORDER BY 1",
        county, at, at, sorted(INSPECTORS), county, county,
    )  # fmt: skip
    return [row["inspector"] for row in rows]


async def fit(people: Collection[UUID], division: str) -> set[UUID]:
    """Those of some people who may still check in the division's county: active, with a role that checks there."""
    county = county_of(division)
    rows = await DrawPool.raw(
        "SELECT u.id FROM app_user u WHERE u.id = ANY({}::uuid[]) AND " + _FIT,  # noqa: S608 (a constant)
        list(people), sorted(INSPECTORS), county, county,
    )  # fmt: skip
    return {row["id"] for row in rows}


async def members(division: str) -> list[Member]:
    """The pool of a county now, by name."""
    rows = await DrawPool.raw(
        "SELECT p.id, p.inspector, p.added_at, u.display_name AS name, u.roles, u.scope, u.active,"
        " coalesce(d.name, '') AS area, coalesce(o.name, '') AS organization, coalesce(b.display_name, '') AS added_by"
        " FROM draw_pool p JOIN app_user u ON u.id = p.inspector"
        " LEFT JOIN division d ON d.code = rpad(u.scope, 12, '0') LEFT JOIN organization o ON o.id = u.organization"
        " LEFT JOIN app_user b ON b.id = p.added_by WHERE p.division = {} AND p.removed_at IS NULL"
        " ORDER BY length(u.scope), u.display_name, u.id",
        county_of(division),
    )
    return [_member(row) for row in rows]


def _member(row: Mapping[str, Any]) -> Member:
    roles = tuple(role for role in row["roles"] if role in INSPECTORS)
    return Member(**{**{name: row[name] for name in Member.__slots__}, "roles": roles})


async def candidates(division: str) -> list[tuple[str, str]]:
    """(account, name and area) of those who could be added to a county's pool."""
    county = county_of(division)
    rows = await DrawPool.raw(
        "SELECT u.id, u.display_name, coalesce(d.name, o.name, '') AS area FROM app_user u"  # noqa: S608 (constants)
        " LEFT JOIN division d ON d.code = rpad(u.scope, 12, '0') LEFT JOIN organization o ON o.id = u.organization"
        " WHERE " + _FIT + " AND NOT EXISTS (SELECT 1 FROM draw_pool p WHERE p.inspector = u.id AND p.division = {}"
        " AND p.removed_at IS NULL) ORDER BY length(u.scope), u.display_name, u.id LIMIT 500",
        sorted(INSPECTORS), county, county, county,
    )  # fmt: skip
    return [(str(row["id"]), f"{row['display_name']} {row['area']}".strip()) for row in rows]


async def add(actor: Actor, division: str, inspector: UUID, at: datetime) -> None:
    """Let somebody be drawn from now on; closed lists keep the pool that they were closed with. Repeats change nothing.

    Raises:
        NotYours: for a county that is not the actor's.
        NotAllowed: without the permission.
        FormError: for an account that does not check.
    """
    county = _checked(actor, division)
    async with transaction():
        await audit.hold(county)
        fit = await DrawPool.raw(
            "SELECT 1 FROM app_user u WHERE u.id = {} AND " + _FIT,  # noqa: S608 (a constant)
            inspector, sorted(INSPECTORS), county, county,
        )  # fmt: skip
        if not fit:
            raise FormError({"inspector": (N_("Please choose one of the list."), {})})
        made = await DrawPool.raw(
            "INSERT INTO draw_pool (id, division, inspector, added_by, added_at) VALUES (gen_random_uuid(), {}, {}, {},"
            " {}) ON CONFLICT (division, inspector) WHERE removed_at IS NULL DO NOTHING RETURNING id",
            county, inspector, actor.user, at,
        )  # fmt: skip
        if made:
            await _note(actor, "added", made[0]["id"], county, inspector, at)


async def remove(actor: Actor, member: UUID, at: datetime) -> None:
    """Lists that are closed from now on do not hold this person; for closed ones the person can still be drawn (and may
    step aside), so that nobody is taken off a check whose inspectors can be foreseen. Repeats change nothing.

    Raises:
        NotYours: for a member of another county's pool.
        NotAllowed: without the permission.
    """
    async with transaction():
        row = await DrawPool.objects().get(DrawPool.id == member)
        if row is None:
            raise NotYours
        county = _checked(actor, row.division)
        await audit.hold(county)
        gone = await DrawPool.raw(
            "UPDATE draw_pool SET removed_at = {}, removed_by = {} WHERE id = {} AND removed_at IS NULL RETURNING id",
            at, actor.user, member,
        )  # fmt: skip
        if gone:
            await _note(actor, "removed", member, county, row.inspector, at)


def _checked(actor: Actor, division: str) -> str:
    county = county_of(division)
    if not actor.sees(county):
        raise NotYours
    if not allows(actor.roles, KEEP):
        raise NotAllowed
    return county


async def _note(actor: Actor, what: str, member: UUID, county: str, inspector: UUID, at: datetime) -> None:
    await audit.record(
        actor, f"draw_pool.{what}", "draw_pool", member, division=county, at=at, data={"inspector": str(inspector)}
    )
