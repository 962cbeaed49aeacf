"""Who may not assess whom: employed by who serves there, serving there, related, or one of the first assessors."""

from datetime import date
from typing import Any
from uuid import UUID

from bangfu.accounts.tables import User
from bangfu.assessments import rules
from bangfu.dispatch.rules import OPEN as LIVE
from bangfu.dispatch.tables import Assignment
from bangfu.errors import N_, Refused
from bangfu.shared.i18n import Word

_PEOPLE = (
    "SELECT u.id, u.display_name, coalesce(u.organization, c.organization) AS organization, u.carer,"
    " EXISTS (SELECT 1 FROM kinship k WHERE k.household = {} AND (k.user = u.id OR k.carer = u.carer)"
    " AND k.starts_on <= {} AND (k.ends_on IS NULL OR k.ends_on >= {}))"
    " OR EXISTS (SELECT 1 FROM person p WHERE p.household = {} AND c.id_number_index <> ''"
    " AND p.id_number_index = c.id_number_index) AS related"
    " FROM app_user u LEFT JOIN carer c ON c.id = u.carer WHERE u.active"
)


async def tie_of(user: UUID, household: UUID, disputed: UUID | None, today: date) -> rules.Tie | None:
    """Why a user may not assess a member of a household, or None. `disputed`: the assessment that is looked at anew."""
    rows = await User.raw(_PEOPLE + " AND u.id = {}", household, today, today, household, user)
    return (await _ties(rows, household, disputed)).get(user) if rows else None


async def check_apart(user: UUID, household: UUID, disputed: UUID | None, today: date) -> None:
    """Raises:
    Refused: with the reason why this person may not assess here (409).
    """
    tie = await tie_of(user, household, disputed, today)
    if tie is not None:
        rows = await User.raw("SELECT display_name FROM app_user WHERE id = {}", user)
        raise Refused(
            N_("{name} may not assess here: {why}."), name=rows[0]["display_name"],
            why=Word("assessment_conflict", tie.code),
        )  # fmt: skip


async def possible_seconds(
    first: UUID, household: UUID, division: str, disputed: UUID | None, today: date
) -> list[tuple[str, str]]:
    """(id, name and body) of those who may sign as the second assessor."""
    rows = await User.raw(
        _PEOPLE + " AND u.id <> {} AND u.roles && {}::varchar[] AND u.scope <> '' AND {} LIKE u.scope || '%'"
        " ORDER BY u.display_name, u.username LIMIT 200",
        household, today, today, household, first, sorted(rules.ASSESSORS), division,
    )  # fmt: skip
    ties = await _ties(rows, household, disputed)
    bodies = await _names([row["organization"] for row in rows if row["organization"]])
    return [
        (str(row["id"]), " · ".join(filter(None, (row["display_name"], bodies.get(row["organization"], "")))))
        for row in rows
        if row["id"] not in ties
    ]


async def _ties(rows: list[dict[str, Any]], household: UUID, disputed: UUID | None) -> dict[UUID, rules.Tie]:
    live = await Assignment.raw(
        "SELECT DISTINCT organization, carer FROM assignment WHERE household = {} AND status = ANY({}::varchar[])",
        household, sorted(LIVE),
    )  # fmt: skip
    excluded = await _assessors_of(disputed) if disputed else set()
    found = {
        row["id"]: rules.conflict_of(
            serving={one["organization"] for one in live if one["organization"]}, carers={one["carer"] for one in live},
            organization=row["organization"], carer=row["carer"], related=row["related"],
            excluded=row["id"] in excluded,
        )
        for row in rows
    }  # fmt: skip
    return {user: tie for user, tie in found.items() if tie is not None}


async def _assessors_of(assessment: UUID) -> set[UUID]:
    rows = await Assignment.raw("SELECT first_assessor, second_assessor FROM assessment WHERE id = {}", assessment)
    return {user for row in rows for user in row.values() if user is not None}


async def _names(organizations: list[UUID]) -> dict[UUID, str]:
    rows = await User.raw("SELECT id, name FROM organization WHERE id = ANY({})", organizations)
    return {row["id"]: row["name"] for row in rows}
