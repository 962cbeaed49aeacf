"""The calendar of working days as the database holds it, year by year, and deadlines reckoned by it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bangfu.errors import N_, Refused
from bangfu.shared.civil_time import WorkingCalendar, civil_date, published_calendar
from bangfu.shared.database import transaction
from bangfu.shared.faults import Fault
from bangfu.shared.working_calendar import SpecialDay
from bangfu.supervision.rules import end_of_day
from bangfu.supervision.tables import CalendarYear, WorkingDay


async def current_calendar() -> WorkingCalendar:
    """The years of the database; a year that it does not hold is the published one, if there is one."""
    rows = await WorkingDay.raw("SELECT day, working, provisional, occasion_zh, occasion_en FROM working_day")
    held = [_special(row) for row in rows]
    years = {special.day.year for special in held}
    published = [special for special in published_calendar().special.values() if special.day.year not in years]
    return WorkingCalendar.from_rows([*held, *published])


def end_of_working_day(at: datetime, number: int, calendar: WorkingCalendar) -> datetime:
    """The last minute of the n-th working day after the day of `at` in China.

    Raises:
        Refused: where a year on the way is not in the calendar, with what to do about it.
    """
    try:
        return end_of_day(calendar.add_working_days(civil_date(at), number))
    except Fault as fault:
        raise Refused(
            N_("The working days of {year} are not in the calendar, so no deadline can be set. A bureau officer enters"
               " the published holiday arrangement on the page “Working days”."),
            year=fault.params["year"],
        ) from fault  # fmt: skip


async def load_defaults() -> None:
    """Put in the published years that the database lacks; a provisional one of the program gives way to its final one.

    What a person has entered stays.
    """
    published = published_calendar()
    async with transaction():
        rows = await CalendarYear.raw("SELECT year, provisional, loaded_by FROM calendar_year FOR UPDATE")
        known = {row["year"]: row for row in rows}
        for year in sorted(published.years):
            provisional, row = year in published.provisional_years, known.get(year)
            outdated = row is not None and row["loaded_by"] is None and row["provisional"] and not provisional
            if row is None or outdated:
                days = [special for special in published.special.values() if special.day.year == year]
                await store_year(year, days, provisional=provisional, loaded_by=None)


async def store_year(year: int, days: Sequence[SpecialDay], *, provisional: bool, loaded_by: Any) -> None:
    """Replace a year as a whole, inside the caller's transaction."""
    await CalendarYear.raw(
        "INSERT INTO calendar_year (year, provisional, loaded_by, loaded_at) VALUES ({}, {}, {}, now())"
        " ON CONFLICT (year) DO UPDATE SET provisional = excluded.provisional, loaded_by = excluded.loaded_by,"
        " loaded_at = excluded.loaded_at",
        year, provisional, loaded_by,
    )  # fmt: skip
    await WorkingDay.raw("DELETE FROM working_day WHERE extract(year FROM day) = {}", year)
    for special in days:
        await WorkingDay.raw(
            "INSERT INTO working_day (day, working, occasion_zh, occasion_en, provisional) VALUES ({}, {}, {}, {}, {})"
            " ON CONFLICT (day) DO NOTHING",
            special.day, special.working, special.occasion_zh, special.occasion_en, provisional,
        )  # fmt: skip


def _special(row: dict[str, Any]) -> SpecialDay:
    return SpecialDay(row["day"], row["working"], row["provisional"], row["occasion_zh"], row["occasion_en"])
