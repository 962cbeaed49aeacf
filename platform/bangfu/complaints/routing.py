"""Whom a complaint is about, past whom it therefore goes, and who may not handle it (DOMAIN.md 5.4, PRODUCT.md)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from bangfu.accounts.tables import User
from bangfu.complaints import rules
from bangfu.complaints.tables import Complaint
from bangfu.errors import N_
from bangfu.shared.permissions import STATION, TOWNSHIP
from bangfu.visits.tables import Visit

UNDER_TOWNSHIP: Final = STATION | TOWNSHIP | {"child_supervisor"}
UNDER_BUREAU: Final = UNDER_TOWNSHIP | {"bureau_officer", "finance_officer"}
STATION_PEOPLE: Final = frozenset({"station_dispatcher", "social_worker"})
_STAFF_OF: Final[Mapping[str, frozenset[str]]] = {
    "township_officer": UNDER_TOWNSHIP, "bureau_officer": UNDER_BUREAU, "finance_officer": UNDER_BUREAU,
    "bureau_lead": UNDER_BUREAU, "station_dispatcher": STATION_PEOPLE,
}  # fmt: skip
"""Role complained about -> roles in the same area or below that are its staff."""

TARGET_BARS: Final = N_("The complaint is about you or your side: somebody else handles it.")
SERVED_BARS: Final = N_("You served or checked this visit: somebody else handles the complaint.")


@dataclass(frozen=True, slots=True)
class About:
    """What a complaint is linked to; ids that the person who links may see."""

    target: str = "unknown"
    organization: UUID | None = None
    carer: UUID | None = None
    visit: UUID | None = None
    contract: UUID | None = None
    household: UUID | None = None
    staff: UUID | None = None

    def columns(self) -> dict[str, Any]:
        """The columns of a complaint."""
        return {name: getattr(self, name) for name in self.__slots__}


async def completed(about: About) -> About:
    """The links with what follows from them: of a visit who served it, for whom and under which contract; of a carer
    and of a contract the organisation."""
    if about.visit is not None:
        rows = await Visit.raw(
            "SELECT v.carer, v.organization, v.household, l.contract FROM visit v"
            " LEFT JOIN contract_line l ON l.id = v.contract_line WHERE v.id = {}",
            about.visit,
        )
        row = rows[0]
        about = replace(
            about, carer=row["carer"], organization=row["organization"], household=row["household"],
            contract=row["contract"] or about.contract,
        )  # fmt: skip
    if about.carer is not None and about.organization is None:
        rows = await Visit.raw("SELECT organization FROM carer WHERE id = {}", about.carer)
        about = replace(about, organization=rows[0]["organization"])
    if about.contract is not None and about.organization is None:
        rows = await Visit.raw("SELECT supplier FROM contract WHERE id = {}", about.contract)
        about = replace(about, organization=rows[0]["supplier"])
    return about


async def past(about: About, division: str, intake: str) -> tuple[str, list[UUID]]:
    """The level that handles it, and the users whom it goes past: the target and its staff."""
    levels, users = [rules.INTAKES[intake].level], set[UUID]()
    if division[6:9] == "000":
        levels.append("bureau")  # nobody of a township has it
    if about.target == "township_office":
        levels.append("bureau")
        users |= await _in_area(UNDER_TOWNSHIP, division[:9])
    if about.target == "bureau_office":
        levels.append("lead")
        users |= await _in_area(UNDER_BUREAU, division[:6])
    if about.staff is not None:
        level, found = await _of_person(about.staff)
        levels.append(level)
        users |= found
    if about.organization is not None:
        users |= await _of_organization(about.organization)
    if about.carer is not None:
        users |= _ids(await User.raw("SELECT id FROM app_user WHERE carer = {}", about.carer))
    if about.visit is not None:
        users |= _ids(
            await User.raw("SELECT u.id FROM app_user u JOIN visit v ON u.carer IN (v.carer, v.partner)"
                           " WHERE v.id = {}", about.visit)
        )  # fmt: skip
    return rules.highest(levels), sorted(users)


async def _of_person(user: UUID) -> tuple[str, set[UUID]]:
    rows = await User.raw("SELECT id, roles, scope FROM app_user WHERE id = {}", user)
    row = rows[0]
    staff = frozenset[str]().union(*(_STAFF_OF.get(role, frozenset()) for role in row["roles"]))
    users = {user}
    if staff and row["scope"]:
        users |= await _in_area(staff, row["scope"])
    return rules.level_of_person(row["roles"]), users


async def _of_organization(organization: UUID) -> set[UUID]:
    """Its accounts, those of the stations that it runs, and the people of a station that it is or runs."""
    users = _ids(
        await User.raw(
            "SELECT u.id FROM app_user u JOIN organization o ON o.id = u.organization WHERE o.id = {} OR o.run_by = {}",
            organization, organization,
        )
    )  # fmt: skip
    towns = await User.raw(
        "SELECT DISTINCT left(division, 9) AS town FROM organization WHERE org_type = 'station'"
        " AND (id = {} OR run_by = {}) AND substr(division, 7, 3) <> '000'",
        organization, organization,
    )  # fmt: skip
    for row in towns:
        users |= await _in_area(STATION_PEOPLE, row["town"])
    return users


async def _in_area(roles: Collection[str], prefix: str) -> set[UUID]:
    return _ids(
        await User.raw(
            "SELECT id FROM app_user WHERE roles && {}::varchar[] AND scope LIKE {} AND scope <> ''",
            sorted(roles), f"{prefix}%",
        )
    )  # fmt: skip


def _ids(rows: list[dict[str, Any]]) -> set[UUID]:
    return {row["id"] for row in rows}


async def barred(user: UUID, row: Complaint) -> str:
    """Why this person may not handle the complaint, as a message id, or "" (DOMAIN.md 5.4, 8.11)."""
    if user in row.excluded or user == row.staff or (row.self_reported and user == row.entered_by):
        return TARGET_BARS
    rows = await User.raw("SELECT organization, carer FROM app_user WHERE id = {}", user)
    who = rows[0]
    for name in ("organization", "carer"):
        if who[name] is not None and who[name] == getattr(row, name):
            return TARGET_BARS
    if row.visit is not None:
        served = await Visit.raw(
            "SELECT 1 AS n FROM visit WHERE id = {} AND ({} IN (submitted_by, decided_by, approved_by)"
            " OR {}::uuid IN (carer, partner))",
            row.visit, user, who["carer"],
        )  # fmt: skip
        if served:
            return SERVED_BARS
    return ""


async def takers(row: Complaint) -> list[UUID]:
    """The active people of the level and area who may take it on: they hear that it came in."""
    roles = {"township": ["township_officer"], "bureau": ["bureau_officer"], "lead": ["bureau_lead"],
             "above": ["bureau_officer", "bureau_lead"]}[row.level]  # fmt: skip
    least = 5 if row.level == "above" else 12
    rows = await User.raw(
        "SELECT id FROM app_user WHERE active AND roles && {}::varchar[] AND {} LIKE scope || '%' AND scope <> ''"
        " AND length(scope) <= {} AND NOT id = ANY({}::uuid[]) ORDER BY id",
        roles, row.division, least, list(row.excluded),
    )  # fmt: skip
    return [user["id"] for user in rows]
