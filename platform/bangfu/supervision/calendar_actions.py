"""Replacing a year of the calendar: as a whole, with what it means for running tasks told before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bangfu.errors import NotAllowed
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import day_span
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows
from bangfu.shared.working_calendar import SpecialDay
from bangfu.supervision.calendar import store_year
from bangfu.supervision.tables import CalendarYear, SupervisionTask, WorkingDay


@dataclass(frozen=True, slots=True)
class Year:
    """A year of the calendar as the page lists it."""

    year: int
    provisional: bool
    by_hand: bool
    loaded_at: datetime
    holidays: int
    make_up: int


async def years() -> list[Year]:
    """The years of the database, the newest first."""
    rows = await CalendarYear.raw(
        "SELECT y.year, y.provisional, y.loaded_by IS NOT NULL AS by_hand, y.loaded_at,"
        " count(*) FILTER (WHERE NOT d.working) AS holidays, count(*) FILTER (WHERE d.working) AS make_up"
        " FROM calendar_year y LEFT JOIN working_day d ON extract(year FROM d.day) = y.year"
        " GROUP BY y.year ORDER BY y.year DESC"
    )
    return [Year(**{name: row[name] for name in Year.__slots__}) for row in rows]


async def days_of(year: int) -> list[SpecialDay]:
    """The special days of a year in their order."""
    rows = await WorkingDay.raw("SELECT * FROM working_day WHERE extract(year FROM day) = {} ORDER BY day", year)
    return [
        SpecialDay(row["day"], row["working"], row["provisional"], row["occasion_zh"], row["occasion_en"])
        for row in rows
    ]


async def promised(year: int) -> int:
    """How many open tasks are due in the year: their due dates were told to people and stay as they are."""
    rows = await SupervisionTask.raw(
        "SELECT count(*) AS n FROM supervision_task WHERE status NOT IN ('cancelled', 'dropped')"
        " AND extract(year FROM due_at AT TIME ZONE 'Asia/Shanghai') = {}",
        year,
    )
    return int(rows[0]["n"])


async def replace_year(actor: Actor, year: int, days: Sequence[SpecialDay], at: datetime) -> int:
    """Put in a year anew. Due dates that were set stay; reminders and levels that are still to come follow the new
    days from the engine's next round on.

    Returns:
        How many open tasks keep a due date in the year.

    Raises:
        NotAllowed: for whoever does not keep the calendar.
        ValueError: if a day is of another year, or there is none.
    """
    if not allows(actor.roles, "calendar.manage"):
        raise NotAllowed
    if not days or any(special.day.year != year for special in days):
        raise ValueError("the days of one year")
    async with transaction():
        provisional = any(special.provisional for special in days)
        await store_year(year, days, provisional=provisional, loaded_by=actor.user)
        kept = await promised(year)
        await SupervisionTask.raw(
            "UPDATE supervision_task SET next_at = least(next_at, {}) WHERE paused_at IS NULL"
            " AND status IN ('forwarded', 'tracking', 'urged') AND next_at IS NOT NULL AND due_at >= {}",
            at, day_span(days[0].day.replace(month=1, day=1))[0],
        )  # fmt: skip
        await audit.record(
            actor, "calendar.year_replaced", "calendar", str(year), at=at,
            data={"year": year, "days": len(days), "make_up": sum(day.working for day in days), "kept_due_dates": kept},
        )  # fmt: skip
    return kept
