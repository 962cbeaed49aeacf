"""Every rule of the calendar for one move: the library's independent checker, and who may serve on that day.

Hand moves, swaps, replacements, make-ups and volunteers' swaps all ask here; hard rules have no override. What the
calendar broke before the move is not held against it.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from bangfu.errors import N_, NotYours
from bangfu.planning.judging import problems_of_visits
from bangfu.providers.roster_rules import week_of
from bangfu.schedules import rules
from bangfu.schedules.findings import Sentence, sentence_of
from bangfu.schedules.items import Item, Person, around, people, visit_item
from bangfu.schedules.picture import Picture, picture
from bangfu.shared.actor import Actor
from bangfu.shared.working_calendar import WorkingCalendar
from bangfu.supervision.calendar import current_calendar
from bangfu.visits.life_rules import OWN_PLANNERS
from bangfu.visits.tables import Visit
from matching.schedule import problems_with

SPAN_DAYS = 21
"""The week of a visit with the weeks around it: enough for spacing, limits of the day and of the week."""


async def problems_of_move(
    actor: Actor, visit: Visit | UUID, start: datetime, carer: UUID | None, at: datetime, *,
    partner: UUID | None = None, keep_partner: bool = True, besides: Collection[Item] = (),
) -> list[Sentence]:  # fmt: skip
    """Why a visit cannot take place at that time by that carer; nothing is good. Whose visit it is, is the caller's.

    Args:
        visit: the row or its id, in whatever state (a missed one that is made up for).
        carer: None keeps the visit's own.
        partner: who comes along instead, unless `keep_partner`.
        besides: items that stand differently from what is published (the other half of a swap).

    Returns:
        (message id, parameters) of each broken rule.

    Raises:
        NotYours: if there is no such visit.
    """
    known = await visit_item(visit if isinstance(visit, UUID) else visit.id)
    if known is None:
        raise NotYours
    moved = replace(
        known, start=start, carer=carer or known.carer, partner=known.partner if keep_partner else partner,
        status="planned",
    )  # fmt: skip
    return await problems_of_item(moved, at, besides)


async def hold(carers: Collection[UUID]) -> None:
    """Let nobody else change the calendars of these carers until the transaction ends: taken before any row, in one
    order, so that two moves onto one hour do not both find it free."""
    keys = sorted({f"bangfu.calendar:{carer}" for carer in carers})
    for key in keys:
        await Visit.raw("SELECT pg_advisory_xact_lock(hashtextextended({}, 0))", key)


async def problems_of_item(
    moved: Item, at: datetime, besides: Collection[Item] = (), others: Sequence[Item] | None = None
) -> list[Sentence]:
    """The same for an item as it would be; `others` instead of the published visits (a draft's)."""
    if not date(2000, 1, 1) <= rules.day_of(moved.start) <= at.date() + timedelta(days=400):
        return [(N_("The day lies too far off."), {})]
    if moved.start <= at:
        return [(N_("That time is over already."), {})]
    first = week_of(rules.day_of(moved.start)) - timedelta(days=7)
    if others is None:
        last = rules.at_minute(first + timedelta(days=SPAN_DAYS), 0)
        others = await around(moved, rules.at_minute(first, 0), last)
    changed = {item.id: item for item in besides}
    rest = [changed.pop(item.id, item) for item in others if item.id != moved.id]
    rest += [item for item in changed.values() if item.id != moved.id]
    carers = {carer for item in (moved, *rest) for carer in item.carers}
    known = await people(carers, first, SPAN_DAYS)
    plain = [*_crew(moved, known), *_place(moved, known)]
    if plain:
        return plain
    seen = picture(first, SPAN_DAYS, [moved, *rest], known, holidays_of(await current_calendar()))
    return [*await _standing(moved), *_calendar(moved, seen, known)]


def holidays_of(calendar: WorkingCalendar) -> set[date]:
    """The public holidays of the calendar: days off that a weekday rule alone would not explain, weekends inside of a
    holiday included."""
    return {day for day, special in calendar.special.items() if not special.working}


def _crew(moved: Item, known: dict[UUID, Person]) -> list[Sentence]:
    """Two people where the home asks for it, of the side that has the task."""
    found: list[Sentence] = []
    if moved.task["two"] and moved.partner is None:
        found.append((N_("This home is visited by two people; please name who comes along."), {}))
    if moved.partner == moved.carer:
        found.append((N_("The second person has to be somebody else."), {}))
    for carer in moved.carers:
        person = known.get(carer)
        if person is None or not _same_side(person, moved.task["organization"]):
            found.append((N_("That carer does not belong to the side that has this task."), {}))
    return found


def _same_side(person: Person, organization: UUID | None) -> bool:
    """An organisation's tasks are its workers'; the others a social worker's or volunteer's own."""
    if organization is None:
        return person.kind in OWN_PLANNERS
    return person.kind == "worker" and person.organization == organization


def _place(moved: Item, known: dict[UUID, Person]) -> list[Sentence]:
    found: list[Sentence] = []
    if moved.task["lat"] is None:
        found.append((N_("The home of this need has no place on the map."), {}))
    return found + [
        (N_("{who} has no place on the map or is not active, so no way can be reckoned."), {"who": known[each].name})
        for each in moved.carers
        if known[each].lat is None or not known[each].active
    ]


async def _standing(moved: Item) -> list[Sentence]:
    """Who may serve this need on that day: qualifications, exclusions, bars (DOMAIN.md 2.3)."""
    judged = await problems_of_visits(moved.task["need"], moved.carers, rules.day_of(moved.start))
    return [problem for carer in moved.carers for problem in judged[carer]]


def _calendar(moved: Item, seen: Picture, known: dict[UUID, Person]) -> list[Sentence]:
    mine = seen.visit_of[moved.id]
    rest = [visit for key, visit in seen.visit_of.items() if key != moved.id]
    near = [visit for visit in rest if visit.day == mine.day or visit.task == mine.task]
    before = problems_with(seen.problem, rest, near)
    names = {str(key): person.name for key, person in known.items()}
    found: list[Sentence] = []
    for finding in problems_with(seen.problem, [*rest, mine], [mine]):
        said = sentence_of(finding, seen, names)
        # a person may agree on any minute; the grid is the plan's own
        if finding.code != "grid" and finding not in before and said not in found:
            found.append(said)
    return found
