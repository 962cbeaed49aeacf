"""When a carer is ill: for each visit who can stand in, ranked, with what it adds and who has to be told."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.planning.judging import problems_of_visits
from bangfu.providers import roster_actions
from bangfu.providers.roster_actions import Wanted
from bangfu.providers.roster_people import person_for
from bangfu.providers.roster_rules import week_of
from bangfu.providers.tables import Carer
from bangfu.schedules import rules
from bangfu.schedules.checking import SPAN_DAYS, holidays_of
from bangfu.schedules.findings import Sentence, sentence_of
from bangfu.schedules.items import Item, around, of_carers, people, visit_item
from bangfu.schedules.moving import move
from bangfu.schedules.picture import picture
from bangfu.schedules.sides import check_plans, side_of
from bangfu.shared.actor import Actor
from bangfu.shared.coordinates import haversine_m
from bangfu.supervision.calendar import current_calendar
from matching.schedule.replace import replacements

ASKED = 24
"""So many of the nearest people of the side are judged for one visit."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Who could stand in: minutes of way that the day gets longer, minutes of that week afterwards and its limit, and
    what stands against it (empty: can take it). `knows`: has served this household."""

    carer: UUID
    number: str
    name: str
    added_travel: int
    week_minutes: int
    week_limit: int
    knows: bool
    problems: tuple[Sentence, ...]


async def offers(actor: Actor, visit: UUID, at: datetime, *, show_barred: int = 5) -> list[Offer]:
    """The ranked list for one visit: who breaks nothing first (who knows the household, least way, lightest week), then
    a few who cannot, with the reason.

    Raises:
        NotYours, NotAllowed: if the visit is not the actor's to plan.
    """
    item = await visit_item(visit)
    if item is None:
        raise NotYours
    check_plans(actor, item)
    first = week_of(rules.day_of(item.start)) - timedelta(days=7)
    known = await people(await _nearest(actor, item), first, SPAN_DAYS)
    candidates = [each for each in known.values() if each.lat is not None]
    span = rules.at_minute(first, 0), rules.at_minute(first + timedelta(days=SPAN_DAYS), 0)
    near = {each.id: each for each in await of_carers([each.id for each in candidates], *span)}
    near |= {each.id: each for each in await around(item, *span)}
    near.pop(item.id, None)
    everybody = {carer for each in near.values() for carer in each.carers} | set(item.carers) | set(known)
    folk = await people(everybody, first, SPAN_DAYS)
    seen = picture(first, SPAN_DAYS, [item, *near.values()], folk, holidays_of(await current_calendar()))
    if item.id not in seen.visit_of:
        return []
    asked = [str(each.id) for each in candidates]
    listed = replacements(seen.problem, seen.visits, seen.visit_of[item.id], asked, str(item.carer))
    judged = await problems_of_visits(item.task["need"], [each.id for each in candidates], rules.day_of(item.start))
    knows, names = await _served(item), {str(key): person.name for key, person in folk.items()}
    found = []
    for each in listed:
        person = folk[UUID(each.carer)]
        faults = [*judged[person.id], *(sentence_of(finding, seen, names) for finding in each.problems)]
        limit = rules.weekly_limit(person.kind, person.minutes_per_week)
        found.append(
            Offer(
                person.id,
                person.number,
                person.name,
                each.added_travel,
                each.week_minutes,
                limit,
                person.id in knows,
                tuple(faults),
            )
        )
    found.sort(key=lambda o: (len(o.problems), not o.knows, o.added_travel, o.week_minutes, o.number))
    free = [each for each in found if not each.problems]
    return free + [each for each in found if each.problems][:show_barred]


async def _nearest(actor: Actor, item: Item) -> list[UUID]:
    """The people of the visit's side nearest to the home, but for who comes already."""
    condition, values = (await side_of(actor)).carers()
    rows = await Carer.raw(
        "SELECT c.id, coalesce(c.lat, d.lat) AS lat, CASE WHEN c.lat IS NOT NULL THEN c.lon ELSE d.lon END AS lon"  # noqa: S608
        f" FROM carer c LEFT JOIN division d ON d.code = c.division WHERE c.active AND {condition}",
        *values,
    )
    home = (item.task["lat"] or 0.0, item.task["lon"] or 0.0)
    placed = [row for row in rows if row["lat"] is not None and row["id"] not in item.carers]
    placed.sort(key=lambda row: (haversine_m(home, (row["lat"], row["lon"])), str(row["id"])))
    return [row["id"] for row in placed[:ASKED]]


async def _served(item: Item) -> set[UUID]:
    rows = await Carer.raw(
        "SELECT DISTINCT carer FROM visit WHERE household = {} AND status IN ('submitted', 'verified', 'settled')",
        item.task["household"],
    )
    return {row["carer"] for row in rows}


async def take(actor: Actor, visit: UUID, carer: UUID, version: int, at: datetime) -> bool:
    """Let somebody stand in at the same time; checked and told as every move by hand."""
    item = await visit_item(visit)
    if item is None:
        raise NotYours
    return await move(actor, visit, item.start, carer, item.partner, version, at)


async def ill(actor: Actor, carer: UUID, last: date, key: UUID, at: datetime) -> None:
    """Enter sick leave from today on for somebody whose times the actor keeps; visits stay until they are given on.

    Raises:
        NotYours: if the actor does not keep the carer's times.
        FormError: as roster_actions.ask_leave (overlapping leave, impossible days).
    """
    who = await person_for(actor, carer, keep=True)
    wanted = Wanted(key, rules.day_of(at), last, "sick")
    await roster_actions.ask_leave(actor, who, wanted, at, keeper=True)


async def affected(carer: UUID, first: datetime, last: datetime) -> list[Item]:
    """The carer's planned visits in a span, in their order."""
    return [item for item in await of_carers([carer], first, last) if item.status == "planned"]
