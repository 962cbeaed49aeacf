"""What the calendar gives to earlier features: checks of moves, reasons for planning, dated visits for calendars."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from bangfu.dispatch.moves import OVER
from bangfu.dispatch.pages import NOTES
from bangfu.errors import N_
from bangfu.planning.faults import Listed
from bangfu.planning.returned import WITHOUT_CALENDAR
from bangfu.providers.feeds_entries import DATED, Dated
from bangfu.schedules import refusing
from bangfu.schedules.checking import hold, problems_of_move
from bangfu.schedules.findings import Sentence
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import day_span
from bangfu.visits import checks
from bangfu.visits.life_rules import FILLS
from bangfu.visits.tables import Visit


async def check_move(actor: Actor, visit: UUID, start: datetime, carer: UUID, at: datetime) -> list[Sentence]:
    """visits.checks: why the visit may not begin then with this carer."""
    return await problems_of_move(actor, visit, start, carer, at)


async def note_of(assignment: UUID) -> list[Sentence]:
    """dispatch.pages: why a task has no calendar."""
    codes = await refusing.of_task(assignment)
    if not codes:
        return []
    text = N_("This task has no complete calendar with its carer. What stands against it: {rules}.")
    return [(text, {"rules": Listed("calendar_rule", codes)})]


async def dated(carers: Collection[UUID], first: date, last: date) -> list[Dated]:
    """providers.feeds_entries: the visits of carers, also those in which they come along."""
    rows = await Visit.raw(
        "SELECT v.id, v.number, c.id AS carer, v.assignment, v.service, v.planned_start AS start,"
        " v.planned_end AS \"end\", v.division, v.updated_at AS changed_at, v.version, v.fixed FROM visit v"
        " JOIN carer c ON c.id = v.carer OR c.id = v.partner WHERE c.id = ANY({}) AND v.status = ANY({})"
        " AND v.planned_start >= {} AND v.planned_start < {} ORDER BY v.planned_start, v.number, c.number",
        list(carers), sorted(FILLS), day_span(first)[0], day_span(last)[1],
    )  # fmt: skip
    return [Dated(**row) for row in rows]


def register() -> None:
    """Register all hooks; repeating it changes nothing."""
    checks.register(check_move)
    checks.register_hold(hold)
    if refusing.settle_ended not in OVER:
        OVER.append(refusing.settle_ended)
    if refusing.open_refusals not in WITHOUT_CALENDAR:
        WITHOUT_CALENDAR.append(refusing.open_refusals)
    if note_of not in NOTES:
        NOTES.append(note_of)
    if dated not in DATED:
        DATED.append(dated)
