"""Checks are made of what a draw chose: one per visit or survey, with inspectors where there are enough."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.oversight import check_seating
from bangfu.oversight.check_facts import period_of
from bangfu.oversight.check_tables import SpotCheck
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import civil_date, quarter_of
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_numbers


async def make_checks(
    draw: UUID, contract: UUID, chosen: Sequence[tuple[UUID, str]], at: datetime, *, replaces: UUID | None = None
) -> list[UUID]:
    """A spot check for each chosen visit of the contract, in the order of the draw; a repeat finds the same ones.

    The visits are locked (shared) first: nobody becomes their verifier while inspectors are drawn.

    Args:
        chosen: (visit, origin as in check_rules.ORIGINS).
        replaces: the unreachable check that this draw stands for.

    Returns:
        The checks' ids in the order of `chosen`; a visit that the database does not hold is left out.
    """
    async with transaction():
        rows = await SpotCheck.raw(
            "SELECT v.id, v.household, v.organization, v.division, v.planned_start AS at FROM visit v"
            " WHERE v.id = ANY({}::uuid[]) AND v.organization IS NOT NULL ORDER BY v.id FOR SHARE",
            [visit for visit, _ in chosen],
        )  # fmt: skip
        known = {row["id"]: row for row in rows}
        wanted = [(visit, origin) for visit, origin in chosen if visit in known]
        return await _make(draw, contract, "visit", wanted, known, at, replaces)


async def make_survey_checks(
    draw: UUID, contract: UUID, chosen: Sequence[tuple[UUID, str]], at: datetime, *, replaces: UUID | None = None
) -> list[UUID]:
    """A check for each survey of a commission contract: it is done again by people of the city level (DOMAIN.md 4.1).

    Args:
        chosen, replaces: as `make_checks`, with assessments.

    Returns:
        The checks' ids in the order of `chosen`.
    """
    async with transaction():
        rows = await SpotCheck.raw(
            "SELECT a.id, a.household, c.supplier AS organization, a.division, coalesce(a.completed_at, a.created_at)"
            " AS at FROM assessment a, contract c WHERE a.id = ANY({}::uuid[]) AND c.id = {} ORDER BY a.id"
            " FOR SHARE OF a",
            [survey for survey, _ in chosen], contract,
        )  # fmt: skip
        known = {row["id"]: row for row in rows}
        wanted = [(one, origin) for one, origin in chosen if one in known]
        return await _make(draw, contract, "assessment", wanted, known, at, replaces)


async def _make(
    draw: UUID, contract: UUID, column: str, wanted: Sequence[tuple[UUID, str]],
    known: Mapping[UUID, Mapping[str, Any]], at: datetime, replaces: UUID | None,
) -> list[UUID]:  # fmt: skip
    there = await _there(draw, column)
    fresh = [(subject, origin) for subject, origin in dict(wanted).items() if subject not in there]
    numbers = await fresh_numbers(SpotCheck, len(fresh))
    for (subject, origin), number in zip(fresh, numbers, strict=True):
        facts = known[subject]
        about: dict[Any, Any] = {column: subject}
        row = SpotCheck(
            **about, id=uuid4(), number=number, draw=draw, household=facts["household"], contract=contract,
            organization=facts["organization"], division=facts["division"], origin=origin, replaces=replaces,
            period=period_of(*quarter_of(civil_date(facts["at"]))), created_at=at,
        )  # fmt: skip
        await row.save()
        await check_seating.note(SYSTEM, row, "drawn", at, data={"origin": origin, "draw": str(draw)})
        await check_seating.fill(row, at)
        there[subject] = row.id
    return [there[subject] for subject, _ in wanted]


async def _there(draw: UUID, column: str) -> dict[UUID, UUID]:
    rows = await SpotCheck.raw(
        f"SELECT id, {column} AS subject FROM spot_check WHERE draw = {{}} AND {column} IS NOT NULL",  # noqa: S608 (two constants)
        draw,
    )
    return {row["subject"]: row["id"] for row in rows}
