"""The survey by village on a phone: each home once, with a report or with nothing needed (DOMAIN.md 8.1)."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import UniqueViolationError

from bangfu.discovery.actions import collect
from bangfu.discovery.facts import ReportFacts
from bangfu.discovery.field_tables import FieldEntry
from bangfu.divisions.tables import Division
from bangfu.errors import N_, FormError, NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.database import transaction

OUTCOMES: Final = ("report", "nothing")
_SOURCES: Final = {"grid_worker": "grid_worker", "volunteer": "volunteer"}


def source_of(roles: Collection[str]) -> str:
    """From whom a survey's report comes, by the role of who fills it in."""
    return next((source for role, source in _SOURCES.items() if role in roles), "aide")


async def enter(actor: Actor, key: UUID, outcome: str, facts: ReportFacts, at: datetime) -> str:
    """One home of the survey; the same key again, from a draft that was sent twice, is the same home.

    Returns:
        The number of its report, "" where nothing is needed.

    Raises:
        NotYours: if the key is another person's.
        FormError: by field.
    """
    try:
        async with transaction():
            if await _is_own_repeat(actor, key):
                return await _number_of(key)
            if outcome == "report":
                await collect(actor, key, facts, at)
            else:
                await _check_village(actor, facts.division)
            report = key if outcome == "report" else None
            await FieldEntry(
                id=key, user=actor.me, division=facts.division, outcome=outcome, report=report, entered_at=at
            ).save()
    except UniqueViolationError:
        if not await _is_own_repeat(actor, key):
            raise
    return await _number_of(key)


async def tally(actor: Actor, at: datetime) -> list[tuple[str, int, int]]:
    """(village, homes, reports) that this person entered today."""
    start, end = day_span(civil_date(at))
    rows = await FieldEntry.raw(
        "SELECT coalesce(d.name, f.division) AS village, count(*) AS homes, count(f.report) AS reports"
        ' FROM field_entry f LEFT JOIN division d ON d.code = f.division WHERE f."user" = {}'
        " AND f.entered_at >= {} AND f.entered_at < {} GROUP BY 1 ORDER BY max(f.entered_at) DESC",
        actor.me, start, end,
    )  # fmt: skip
    return [(row["village"], row["homes"], row["reports"]) for row in rows]


async def _check_village(actor: Actor, division: str) -> None:
    known = await Division.exists().where((Division.code == division) & (Division.level == 5))
    if not known or not actor.sees(division):
        raise FormError({"division": (N_("Please choose a village or community of your area."), {})})


async def _is_own_repeat(actor: Actor, key: UUID) -> bool:
    row = await FieldEntry.objects().get(FieldEntry.id == key)
    if row is not None and row.user != actor.user:
        raise NotYours
    return row is not None


async def _number_of(key: UUID) -> str:
    rows = await FieldEntry.raw("SELECT number FROM report WHERE id = {}", key)
    return str(rows[0]["number"]) if rows else ""
