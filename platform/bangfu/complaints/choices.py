"""What a complaint may be linked to, chosen from what the person may see; and the places that a complainant names."""

from typing import Any
from uuid import UUID

from bangfu.accounts.tables import User
from bangfu.complaints.routing import UNDER_BUREAU
from bangfu.divisions.tables import Division
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import word


async def places(county: str = "") -> list[tuple[str, list[tuple[str, str]]]]:
    """Counties with their townships, the county itself first (for who does not know the township)."""
    rows = await Division.raw(
        "SELECT code, name, level, left(code, 6) AS county FROM division WHERE level IN (3, 4)"
        " AND coalesce(valid_to >= (now() AT TIME ZONE 'Asia/Shanghai')::date, true) AND code LIKE {}"
        " ORDER BY left(code, 6), level, code LIMIT 3000",
        f"{county}%",
    )  # fmt: skip
    found: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for row in rows:
        if row["level"] == 3:
            found[row["county"]] = (row["name"], [(row["code"], row["name"])])
        elif row["county"] in found:
            found[row["county"]][1].append((row["code"], row["name"]))
    return list(found.values())


async def own_places(actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the person's own area: it, and the counties and townships in it."""
    rows = await Division.raw(
        "SELECT code, name FROM division WHERE level <= 4 AND {} <> '' AND code LIKE {} ORDER BY code LIMIT 600",
        actor.scope, f"{actor.scope}%",
    )  # fmt: skip
    return [(row["code"], row["name"]) for row in rows]


async def organizations(actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of organisations that serve in the person's area."""
    rows = await User.raw(
        "SELECT id, name FROM organization WHERE {} <> '' AND org_type NOT IN ('department')"
        " AND (division LIKE {} OR {} LIKE rtrim(division, '0') || '%') ORDER BY name LIMIT 400",
        actor.scope, f"{actor.scope}%", actor.scope,
    )  # fmt: skip
    return [(str(row["id"]), row["name"]) for row in rows]


async def staff(actor: Actor) -> list[tuple[str, str]]:
    """(id, name and role) of the people of offices in the person's county; the person too: who errs says so."""
    roles = sorted(UNDER_BUREAU | {"bureau_lead", "auditor"})
    rows = await User.raw(
        "SELECT id, display_name, roles FROM app_user WHERE active AND {} <> '' AND roles && {}::varchar[]"
        " AND scope <> '' AND (scope LIKE {} OR {} LIKE scope || '%') ORDER BY display_name LIMIT 600",
        actor.scope, roles, f"{actor.scope[:6]}%", actor.scope,
    )  # fmt: skip
    return [
        (str(row["id"]), f"{row['display_name']} · " + " ".join(word("role", role) for role in row["roles"]))
        for row in rows
    ]


async def handlers(actor: Actor, level: str, division: str, excluded: list[UUID]) -> list[tuple[str, str]]:
    """(id, name) of those to whom a case of this level may be given."""
    roles = {"township": ["township_officer", "bureau_officer"], "bureau": ["bureau_officer", "bureau_lead"],
             "lead": ["bureau_lead"], "above": ["bureau_officer", "bureau_lead"]}[level]  # fmt: skip
    rows = await User.raw(
        "SELECT id, display_name FROM app_user WHERE active AND roles && {}::varchar[] AND scope <> ''"
        " AND {} LIKE scope || '%' AND NOT id = ANY({}::uuid[]) ORDER BY display_name LIMIT 100",
        roles, division, list(excluded),
    )  # fmt: skip
    return [(str(row["id"]), row["display_name"]) for row in rows if row["id"] != actor.user]


async def numbered(actor: Actor, what: str, number: str) -> UUID | None:
    """The visit, carer, contract or household with this number that lies in the person's area; None otherwise."""
    sql = {
        "visit": "SELECT id FROM visit WHERE number = {} AND division LIKE {}",
        "carer": "SELECT id FROM carer WHERE number = {} AND division LIKE {}",
        "contract": "SELECT id FROM contract WHERE number = {} AND (division LIKE {} OR {} LIKE rtrim(division, '0')"
                    " || '%') ORDER BY starts_on DESC LIMIT 1",
        "household": "SELECT id FROM household WHERE number = {} AND division LIKE {}",
    }[what]  # fmt: skip
    if not actor.scope or not number:
        return None
    values: list[Any] = [number.strip(), f"{actor.scope}%"] + ([actor.scope] if what == "contract" else [])
    rows = await User.raw(sql, *values)
    return rows[0]["id"] if rows else None


async def own_numbered(actor: Actor, number: str) -> tuple[UUID, str] | None:
    """Id and division of a visit of the person's organisation, or served by the person."""
    rows = await User.raw(
        "SELECT id, division FROM visit WHERE number = {} AND ((organization IS NOT NULL AND organization = {})"
        " OR carer = {})",
        number.strip(), actor.organization, actor.carer,
    )  # fmt: skip
    return (rows[0]["id"], rows[0]["division"]) if rows else None
