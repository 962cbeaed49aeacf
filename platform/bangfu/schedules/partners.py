"""Who comes along to homes that are visited by two people (household.two_person_visits)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from bangfu.planning.judging import problems_of_visits
from bangfu.providers.tables import Carer
from bangfu.schedules.items import Item, Person, people
from bangfu.schedules.sides import Side
from bangfu.shared.coordinates import haversine_m

ASKED = 6
"""How many of the nearest are judged by every rule before a home counts as having nobody."""


async def crews(
    side: Side, tasks: Sequence[Mapping[str, Any]], visits: Mapping[UUID, Sequence[Item]], first: date
) -> dict[UUID, tuple[UUID, ...]]:
    """Task -> its carer, with the second person where the home asks for one: who came along last, else the nearest fit
    person of the same side with the fewest such homes. A crew of one for such a home: there is nobody."""
    found: dict[UUID, tuple[UUID, ...]] = {}
    load: dict[UUID, int] = {}
    folk = await _folk(side, first) if any(task["two"] for task in tasks) else {}
    for task in tasks:
        found[task["id"]] = (task["carer"],)
        if not task["two"]:
            continue
        used = [item.partner for item in visits.get(task["id"], ()) if item.partner and item.partner != task["carer"]]
        second = used[-1] if used and used[-1] in folk else await _choose(task, folk, load, first)
        if second is not None:
            load[second] = load.get(second, 0) + 1
            found[task["id"]] = (task["carer"], second)
    return found


async def _folk(side: Side, first: date) -> dict[UUID, Person]:
    condition, values = side.carers()
    rows = await Carer.raw(f"SELECT c.id FROM carer c WHERE c.active AND {condition}", *values)  # noqa: S608
    return await people([row["id"] for row in rows], first, 28)


async def _choose(
    task: Mapping[str, Any], folk: Mapping[UUID, Person], load: Mapping[UUID, int], first: date
) -> UUID | None:
    """The best who may serve the need; of those whose week meets the carer's week the longest."""
    head = folk.get(task["carer"])
    ranked = sorted(
        (person for person in folk.values() if person.id != task["carer"] and _near(person, task)),
        key=lambda person: (-_together(person, head, task), load.get(person.id, 0), _km(person, task), person.number),
    )[:ASKED]
    judged = await problems_of_visits(task["need"], [person.id for person in ranked], first) if ranked else {}
    return next((person.id for person in ranked if not judged[person.id]), None)


def _near(person: Person, task: Mapping[str, Any]) -> bool:
    return person.lat is not None and task["lat"] is not None and _km(person, task) <= person.max_km


def _km(person: Person, task: Mapping[str, Any]) -> float:
    return float(haversine_m((person.lat or 0.0, person.lon or 0.0), (task["lat"], task["lon"])) / 1000)


def _together(person: Person, head: Person | None, task: Mapping[str, Any]) -> int:
    """On how many weekdays both have time for the visit at once, as far as the household agreed."""
    if head is None:
        return 0
    agreed = task["windows"] or tuple((day, 0, 1440) for day in range(7))
    days = {
        day
        for day, start, end in person.times.windows
        for other, first, last in head.times.windows
        for weekday, begin, stop in agreed
        if day == other == weekday and min(end, last, stop) - max(start, first, begin) >= task["minutes"]
    }
    return min(len(days), 1 + int(task["visits"]) // 4)
