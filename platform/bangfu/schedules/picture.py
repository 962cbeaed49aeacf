"""From items and people to the records of the calendar's library. Every item has its own due window, so that what two
visits of one task fill is judged by whoever makes them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, floor
from typing import Any
from uuid import UUID

from bangfu.planning.weights import DETOUR
from bangfu.providers.roster_rules import spans_on
from bangfu.schedules import rules
from bangfu.schedules.items import Item, Person
from matching.schedule import CalendarProblem, Carer, Due, Horizon, Task, Visit

ALL_DAY = 1440


@dataclass(frozen=True, slots=True)
class Picture:
    """A problem with its visits: `visit_of` by the item's id, `item_of` by the visit's key."""

    problem: CalendarProblem
    visit_of: dict[UUID, Visit]
    item_of: dict[tuple[str, int], Item]

    @property
    def visits(self) -> list[Visit]:
        """All of them."""
        return list(self.visit_of.values())


def picture(
    first: date, days: int, items: Iterable[Item], people: Mapping[UUID, Person], holidays: Collection[date]
) -> Picture:
    """The items of a span of days; what begins outside of it, or has no place on the map, is left out."""
    kept = [
        item
        for item in items
        if 0 <= (rules.day_of(item.start) - first).days < days
        and item.task["lat"] is not None
        and all(known(people, carer) for carer in item.carers)
    ]
    of_task: dict[UUID, list[Item]] = {}
    for item in kept:
        of_task.setdefault(item.assignment, []).append(item)
    tasks, visit_of, item_of = [], {}, {}
    for own in of_task.values():
        # tasks of one length and crew: the length of a visit may have been changed for that visit alone
        for part, group in enumerate(_alike(own)):
            task = _task(group, part, first)
            tasks.append(task)
            for window, item in enumerate(group):
                visit_of[item.id] = placed(task.id, window, item, first)
                item_of[task.id, window] = item
    problem = CalendarProblem(
        horizon=horizon(first, days, holidays),
        carers=tuple(carer(person, first, days) for person in people.values() if person.lat is not None),
        tasks=tuple(tasks),
        detour=DETOUR,
    )
    return Picture(problem, visit_of, item_of)


def known(people: Mapping[UUID, Person], carer: UUID) -> bool:
    """Whether the carer is in the picture and stands somewhere."""
    return carer in people and people[carer].lat is not None


def horizon(first: date, days: int, holidays: Collection[date]) -> Horizon:
    """The days of a picture."""
    off = frozenset((day - first).days for day in holidays if 0 <= (day - first).days < days)
    return Horizon(first=first, days=days, slot=rules.SLOT, holidays=off)


def carer(person: Person, first: date, days: int) -> Carer:
    """A person's concrete times; leave is said apart so that it is named."""
    times, windows, leave = person.times, [], set()
    for number in range(days):
        day = first + timedelta(days=number)
        if any(away.covers(day) for away in times.leaves):
            leave.add(number)
            continue
        spans = spans_on(day, times.windows, times.leaves, times.differing)
        windows += [(number, start, min(end, ALL_DAY)) for start, end in spans]
    return Carer(
        id=str(person.id), lat=person.lat or 0.0, lon=person.lon or 0.0, speed_kmh=max(person.speed_kmh, 1.0),
        windows=tuple(windows), leave=frozenset(leave), max_minutes_day=rules.MOST_MINUTES_A_DAY,
        max_minutes_week=rules.weekly_limit(person.kind, person.minutes_per_week),
        max_visits_day=rules.MOST_VISITS_A_DAY,
    )  # fmt: skip


def due(start: datetime, end: datetime, first: date) -> Due:
    """A span of instants as whole minutes from the first day's midnight."""
    zero = rules.at_minute(first, 0)
    begin = ceil((start - zero).total_seconds() / 60)
    return Due(first=begin, end=max(begin + 1, floor((end - zero).total_seconds() / 60)))


def placed(task: str, window: int, item: Item, first: date) -> Visit:
    """An item as a visit of a task."""
    start = rules.minute_of(item.start)
    return Visit(
        task=task, window=window, day=(rules.day_of(item.start) - first).days, start=start, end=start + item.minutes,
        carers=tuple(str(each) for each in item.carers),
    )  # fmt: skip


def _alike(items: list[Item]) -> list[list[Item]]:
    groups: dict[tuple[int, int], list[Item]] = {}
    for item in items:
        groups.setdefault((item.minutes, len(item.carers)), []).append(item)
    return list(groups.values())


def _task(items: list[Item], part: int, first: date) -> Task:
    head = items[0]
    return Task(
        id=f"{head.assignment}/{part}" if part else str(head.assignment),
        carers=tuple(str(each) for each in head.carers), minutes=head.minutes,
        due=tuple(due(item.due_from, item.due_until, first) for item in items), **asked(head.task),
    )  # fmt: skip


def asked(task: Mapping[str, Any]) -> dict[str, Any]:
    """What a task asks of every visit: home, times, spacing, priority, holidays."""
    return {
        "household": str(task["household"]), "lat": task["lat"], "lon": task["lon"],
        "windows": task["windows"] or None, "spacing_days": rules.spacing_days(task["visits"]),
        "priority": task["priority"], "on_holidays": rules.on_holidays(task["priority"], task["visits"]),
    }  # fmt: skip
