"""Reads of the network of divisions, always below the actor's scope (DOMAIN.md 1.3)."""

from dataclasses import dataclass

from bangfu.divisions.tables import Division
from bangfu.errors import NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.division_codes import ancestors, division_prefix, pad_division

MOST_VILLAGES = 800
"""More than these are not offered in one select; the form asks for the code then."""


@dataclass(frozen=True, slots=True)
class Place:
    """A division as a list shows it; `below` counts the divisions directly under it."""

    code: str
    name: str
    level: int
    below: int
    has_point: bool


async def division_for(actor: Actor, code: str) -> Division:
    """A division in the actor's scope.

    Raises:
        NotYours: if there is none, or it lies elsewhere.
    """
    found = await Division.objects().get(Division.code == code)
    if found is None or not actor.sees(found.code):
        raise NotYours
    return found


async def top_of(actor: Actor) -> str:
    """The code of the division that the actor's scope names.

    Raises:
        NotYours: if the actor has no scope.
    """
    if not actor.scope:
        raise NotYours
    return pad_division(actor.scope)


async def children(parent: str, limit: int, offset: int) -> tuple[list[Place], int]:
    """One page of the divisions directly below another, by code, and how many there are."""
    rows = await Division.raw(
        "SELECT d.code, d.name, d.level, d.lat IS NOT NULL AS has_point, count(*) OVER () AS total,"
        " (SELECT count(*) FROM division b WHERE b.parent = d.code) AS below"
        " FROM division d WHERE d.parent = {}"
        " AND coalesce(d.valid_to >= (now() AT TIME ZONE 'Asia/Shanghai')::date, true)"
        " ORDER BY d.code LIMIT {} OFFSET {}",
        parent, limit, offset,
    )  # fmt: skip
    places = [Place(row["code"], row["name"], row["level"], row["below"], row["has_point"]) for row in rows]
    return places, rows[0]["total"] if rows else 0


async def path_of(actor: Actor, code: str) -> list[tuple[str, str]]:
    """(code, name) from the top of the actor's scope down to the division itself."""
    codes = [found for found in [*reversed(ancestors(code)), code] if actor.sees(found)]
    names = await names_of(codes)
    return [(found, names.get(found, found)) for found in codes]


async def names_of(codes: list[str]) -> dict[str, str]:
    """Code -> name, of those that exist."""
    rows = await Division.raw("SELECT code, name FROM division WHERE code = ANY({}::varchar[])", codes)
    return {row["code"]: row["name"] for row in rows}


async def villages_for(actor: Actor) -> list[tuple[str, list[tuple[str, str]]]]:
    """(township, [(code, village)]) of the actor's scope, for a select; empty where they are too many for one."""
    if not actor.scope:
        return []
    rows = await Division.raw(
        "SELECT v.code, v.name, coalesce(t.name, '') AS township FROM division v"
        " LEFT JOIN division t ON t.code = v.parent WHERE v.code LIKE {} AND v.level = 5"
        " AND coalesce(v.valid_to >= (now() AT TIME ZONE 'Asia/Shanghai')::date, true)"
        " ORDER BY v.code LIMIT {}",
        f"{actor.scope}%", MOST_VILLAGES + 1,
    )  # fmt: skip
    if len(rows) > MOST_VILLAGES:
        return []
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        groups.setdefault(row["township"], []).append((row["code"], row["name"]))
    return list(groups.items())


async def areas_for(actor: Actor) -> list[tuple[str, str]]:
    """(prefix, name) of the divisions one level below the actor's scope, to filter a list by."""
    if not actor.scope:
        return []
    rows = await Division.raw(
        "SELECT code, name FROM division WHERE parent = {}"
        " AND coalesce(valid_to >= (now() AT TIME ZONE 'Asia/Shanghai')::date, true)"
        " ORDER BY code LIMIT 400",
        pad_division(actor.scope),
    )
    return [(division_prefix(row["code"]), row["name"]) for row in rows]


async def nearest_point(division: str) -> tuple[float, float] | None:
    """Latitude and longitude of the division, or of the nearest one above that has a known point (WGS-84)."""
    codes = [division, *ancestors(division)]
    rows = await Division.raw(
        "SELECT lat, lon FROM division WHERE code = ANY({}::varchar[]) AND lat IS NOT NULL AND level >= 3"
        " ORDER BY level DESC LIMIT 1",
        codes,
    )
    return (rows[0]["lat"], rows[0]["lon"]) if rows else None
