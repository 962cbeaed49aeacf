"""Made-up carers, households and rules for tests of the calendar: a flat town where a degree is far."""

from __future__ import annotations

from datetime import date
from typing import Any

from matching.schedule import CalendarProblem, Carer, Due, Horizon, Task, Visit
from matching.values import DAY_MINUTES

MONDAY = date(2026, 11, 23)
LAT, LON = 32.0, 118.0
KM_EAST = 1 / 94.5  # degrees of longitude of about a kilometre here


def carer(name: str = "li", *, days: range = range(7), hours: tuple[int, int] = (480, 720), **given: Any) -> Carer:
    """A carer at the centre, 12 km/h, eight to twelve on each of the days."""
    windows = given.pop("windows", [(day, *hours) for day in days])
    return Carer(**{"id": name, "lat": LAT, "lon": LON, "speed_kmh": 12.0, "windows": windows, **given})


def task(name: str, *, km: float = 0.0, minutes: int = 60, days: tuple[int, int] = (0, 7), **given: Any) -> Task:
    """A task `km` east of the centre with one visit due in the days from .. to."""
    due = given.pop("due", [Due(first=days[0] * DAY_MINUTES, end=days[1] * DAY_MINUTES)])
    household, carers = given.pop("household", f"home of {name}"), given.pop("carers", ("li",))
    place = {"lat": LAT, "lon": LON + km * KM_EAST}
    return Task(id=name, household=household, carers=carers, minutes=minutes, due=due, **place, **given)


def problem(carers: list[Carer], tasks: list[Task], **given: Any) -> CalendarProblem:
    """A week from Monday on a grid of a quarter of an hour."""
    horizon = given.pop("horizon", Horizon(first=MONDAY, days=7, slot=15))
    return CalendarProblem(horizon=horizon, carers=tuple(carers), tasks=tuple(tasks), **given)


def visit(of: Task, day: int, start: int, window: int = 0, carers: tuple[str, ...] | None = None) -> Visit:
    """A visit of a task."""
    named = of.carers if carers is None else carers
    return Visit(task=of.id, window=window, day=day, start=start, end=start + of.minutes, carers=named)
