"""Made-up regions for the calendar: carers in towns, households around them, services of several rhythms."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from matching.schedule import CalendarProblem, Carer, Due, Fixed, Horizon, Task
from matching.schedule.due import equal_windows
from matching.values import DAY_MINUTES

FIRST = date(2026, 11, 23)  # a Monday
# Visits in 28 days, minutes, share of the tasks, priority.
SERVICES = (
    (28, 30, 0.06, "key"),
    (20, 45, 0.10, "key"),
    (12, 60, 0.20, "edge"),
    (8, 60, 0.20, "general"),
    (4, 90, 0.24, "general"),
    (2, 60, 0.12, "general"),
    (1, 45, 0.08, "urgent"),
)
TOWN = 20
HOLIDAY = 10
WAY = 22  # minutes a visit, as planning guesses them
TROUBLE = 0.03  # share of daily tasks that ask for days on which the carer does not work


@dataclass(frozen=True, slots=True)
class Region:
    """How big a region is, and how much of each week's limit its tasks ask for at most (travel guessed)."""

    carers: int
    tasks: int
    fill: float = 0.85
    two_carers: float = 0.02
    fixed: float = 0.03


def _windows(dice: random.Random) -> list[tuple[int, int, int]]:
    early, late = dice.choice((420, 450, 480)), dice.choice((1020, 1050, 1080))
    short, off_sundays = dice.random() < 0.15, dice.random() < 0.3
    found = []
    for day in range(28):
        weekday = day % 7
        if (weekday == 6 and off_sundays) or (short and weekday in (1, 3)):
            continue
        found.append((day, early, 720 if weekday == 6 else late))
    return found


def _carer(dice: random.Random, number: int, lat: float, lon: float) -> Carer:
    leave = set(range(first := dice.randrange(25), first + 3)) if dice.random() < 0.08 else set()
    return Carer(
        id=f"c{number}",
        lat=lat + dice.gauss(0, 0.02),
        lon=lon + dice.gauss(0, 0.02),
        speed_kmh=dice.choice((15.0, 20.0, 25.0)),
        windows=tuple(_windows(dice)),
        leave=frozenset(leave),
        max_minutes_day=540,
    )


def _home_windows(dice: random.Random, visits: int) -> tuple[tuple[int, int, int], ...] | None:
    kind = dice.random()
    if kind < 0.5:
        return None
    span = (480, 720) if kind < 0.7 else (840, 1080) if kind < 0.8 else (480, 1020)
    days = range(7) if visits > 12 else sorted(dice.sample(range(6), 4)) if kind > 0.9 and visits <= 4 else range(6)
    return tuple((day, *span) for day in days)


def _due(dice: random.Random, visits: int, carer: Carer) -> tuple[Due, ...]:
    """Daily rhythms ask for the days the carer works, but for a few that ask for more than there is."""
    if visits >= 20:
        works = {day for day, _, _ in carer.windows} - carer.leave if dice.random() > TROUBLE else set(range(28))
        days = [day for day in sorted(works) if visits == 28 or (day % 7 < 5 and day != HOLIDAY)]
        return tuple(Due(first=day * DAY_MINUTES, end=(day + 1) * DAY_MINUTES) for day in days)
    return equal_windows(0, 28, visits, by_days=2 if visits in (1, 2, 4) else None)


def _fix(dice: random.Random, due: tuple[Due, ...], share: float, carer: Carer) -> tuple[Fixed, ...]:
    """One appointment at ten o'clock on a day the carer works."""
    if dice.random() > share:
        return ()
    window = dice.randrange(len(due))
    days = [day for day, start, end in carer.windows if day not in carer.leave and start <= 600 and end >= 720]
    days = [day for day in days if day != HOLIDAY and due[window].first <= day * DAY_MINUTES + 600 < due[window].end]
    return (Fixed(window=window, day=dice.choice(days), start=600),) if days else ()


def make_region(region: Region, seed: int) -> CalendarProblem:
    """A calendar problem of four weeks; each carer's load stays below `fill` of the limits, as planning keeps it."""
    dice = random.Random(seed)
    towns = [(32.0 + dice.random(), 118.0 + dice.random() * 2) for _ in range(max(1, region.carers // TOWN))]
    carers = [_carer(dice, n, *towns[n % len(towns)]) for n in range(region.carers)]
    left = {c.id: region.fill * 4 * min(c.max_minutes_week, 5 * 480) * len(c.windows) / 27 for c in carers}
    tasks: list[Task] = []
    busy: set[tuple[str, int]] = set()
    near = {c.id: {carers[(n + k * len(towns)) % len(carers)].id for k in (1, 2, -1)} for n, c in enumerate(carers)}
    homes: list[tuple[str, float, float, Carer]] = []
    while len(tasks) < region.tasks and max(left.values()) > 0:
        visits, minutes, _, priority = dice.choices(SERVICES, [service[2] for service in SERVICES])[0]
        carer = carers[len(tasks) % len(carers)]
        if left[carer.id] < visits * (minutes + WAY):
            carer = max(carers, key=lambda c: left[c.id])
        known = [h for h in homes if h[3] is carer or h[3].id in near[carer.id]] if dice.random() < 0.35 else []
        if known:
            home, lat, lon, _ = dice.choice(known)
        else:
            home = f"h{len(homes)}"
            lat, lon = carer.lat + dice.gauss(0, 0.015), carer.lon + dice.gauss(0, 0.015)
            homes.append((home, lat, lon, carer))
        second = carers[int(min(near[carer.id])[1:])] if dice.random() < region.two_carers else carer
        due = _due(dice, visits, carer)
        served = (carer.id,) if second.id == carer.id or visits > 8 else (carer.id, second.id)
        fixed = _fix(dice, due, region.fixed, carer) if len(served) == 1 else ()
        if any((carer.id, kept.day) in busy or (home, kept.day) in busy for kept in fixed):
            fixed = ()
        busy |= {(carer.id, kept.day) for kept in fixed} | {(home, kept.day) for kept in fixed}
        tasks.append(
            Task(
                id=f"t{len(tasks)}",
                household=home,
                carers=served,
                lat=lat,
                lon=lon,
                minutes=minutes,
                due=due,
                windows=None if fixed else _home_windows(dice, visits),
                fixed=fixed,
                priority=priority,
                on_holidays=visits == 28,
            )
        )
        for name in served:
            left[name] -= visits * (minutes + WAY)
    horizon = Horizon(first=FIRST, days=28, slot=5, holidays=frozenset({HOLIDAY}))
    return CalendarProblem(horizon=horizon, carers=tuple(carers), tasks=tuple(tasks))
