"""Where a keeper's people may have their home base, and which teams they may belong to."""

from bangfu.divisions.queries import MOST_VILLAGES
from bangfu.divisions.tables import Division
from bangfu.errors import N_, FormError
from bangfu.providers.carer_facts import CarerFacts
from bangfu.providers.tables import Organization
from bangfu.shared.actor import Actor
from bangfu.shared.division_codes import division_prefix

TEAMS = {"volunteer": ("volunteer_team",), "social_worker": ("station",)}
"""Kinds of organisation that the station's own people may belong to; its workers are kept by a manager."""


async def areas_of(actor: Actor) -> list[str]:
    """Division prefixes: the actor's scope, or what the manager's organisation serves (its own county if unsaid)."""
    if actor.scope:
        return [actor.scope]
    if actor.organization is None:
        return []
    body = await Organization.objects().get(Organization.id == actor.organization)
    if body is None:
        return []
    return [division_prefix(area) or area for area in body.service_area] or [body.division[:6]]


async def places_for(actor: Actor) -> list[tuple[str, list[tuple[str, str]]]]:
    """(township, [(code, name)]) for a select, each township first among its villages; [] where they are too many."""
    rows = await Division.raw(
        "SELECT d.code, d.name, coalesce(t.name, '') AS township, d.level FROM division d LEFT JOIN division t"
        " ON t.code = left(d.code, 9) || '000' WHERE d.level >= 4 AND EXISTS (SELECT 1 FROM unnest({}::varchar[]) p"
        " WHERE d.code LIKE p || '%') AND coalesce(d.valid_to >= (now() AT TIME ZONE 'Asia/Shanghai')::date, true)"
        " ORDER BY d.code LIMIT {}",
        await areas_of(actor), MOST_VILLAGES + 1,
    )  # fmt: skip
    if len(rows) > MOST_VILLAGES:
        return []
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        groups.setdefault(row["township"], []).append((row["code"], row["name"]))
    return list(groups.items())


async def check_division(actor: Actor, division: str) -> None:
    """Raises FormError for a division that does not exist, or lies outside of the keeper's area."""
    inside = any(division.startswith(area) for area in await areas_of(actor))
    if not inside or not await Division.exists().where(Division.code == division):
        raise FormError({"division": (N_("This division does not lie in your area."), {})})


async def teams_for(actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of the stations and volunteer teams of the area that the station's own people may belong to."""
    kinds = [kind for kinds in TEAMS.values() for kind in kinds]
    rows = await Organization.raw(
        "SELECT id, name FROM organization WHERE active AND org_type = ANY({}::varchar[]) AND {} <> ''"
        " AND (division LIKE {} OR {} LIKE left(division, 6) || '%') ORDER BY pinyin, name LIMIT 200",
        kinds, actor.scope, f"{actor.scope}%", actor.scope,
    )  # fmt: skip
    return [(str(row["id"]), row["name"]) for row in rows]


async def check_employer(actor: Actor, facts: CarerFacts) -> None:
    """Raises FormError for a station or team that is not of the area, or does not fit the kind."""
    if facts.kind == "worker" or facts.employer is None:
        return
    known = dict(await teams_for(actor))
    body = await Organization.objects().get(Organization.id == facts.employer)
    if str(facts.employer) not in known or body is None or body.org_type not in TEAMS[facts.kind]:
        raise FormError({"employer": (N_("Please choose one of the list."), {})})
