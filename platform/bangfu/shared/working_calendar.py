"""Working days of mainland China with make-up days (调休); a year without data is an error, never a guess."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources

from bangfu.shared.faults import N_, Fault


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that breaks the rule of Monday to Friday: a holiday, or a make-up working day at a weekend."""

    day: date
    working: bool
    provisional: bool = False
    occasion_zh: str = ""
    occasion_en: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day reached by counting working days; provisional while a year on the way is not yet published."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The years it has rows for, and the special days among them."""

    special: Mapping[date, SpecialDay]
    years: frozenset[int]
    provisional_years: frozenset[int]

    @classmethod
    def from_rows(cls, rows: Iterable[SpecialDay]) -> WorkingCalendar:
        """A calendar of the years that have at least one row."""
        special = {row.day: row for row in rows}
        provisional = frozenset(row.day.year for row in special.values() if row.provisional)
        return cls(special, frozenset(day.year for day in special), provisional)

    def is_working_day(self, day: date) -> bool:
        """Raises Fault: calendar_year_missing."""
        if day.year not in self.years:
            raise Fault(
                "calendar_year_missing",
                N_("The working days of {year} are not in the calendar."),
                {"year": day.year},
                N_("Enter the published holiday arrangement of that year."),
            )
        row = self.special.get(day)
        return row.working if row else day.weekday() < 5

    def add_working_days(self, start: date, number: int) -> date:
        """The day after `number` working days, the start not counted; 0 is the start itself or the next working day.

        Raises Fault: calendar_year_missing.
        """
        return self.deadline(start, number).day

    def deadline(self, start: date, number: int) -> Deadline:
        """Like `add_working_days`, and whether a provisional year was counted in."""
        if number < 0:
            raise ValueError("working days are counted forward")
        day, left = start, number
        while left > 0 or not self.is_working_day(day):
            day += timedelta(days=1)
            left -= self.is_working_day(day)
        passed = range(start.year, day.year + 1)
        return Deadline(day, any(year in self.provisional_years for year in passed))

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after the start up to and including the end; 0 where the end is not later."""
        span = range(1, (end - start).days + 1)
        return sum(self.is_working_day(start + timedelta(days=step)) for step in span)


def read_special_days(lines: Iterable[str]) -> list[SpecialDay]:
    """Rows of a `working_days_YEAR.csv`: date, working (yes/no), occasion_zh, occasion_en, provisional (yes/no)."""
    return [
        SpecialDay(
            date.fromisoformat(row["date"]),
            row["working"] == "yes",
            row["provisional"] == "yes",
            row["occasion_zh"],
            row["occasion_en"],
        )
        for row in csv.DictReader(lines)
    ]


@cache
def published_calendar() -> WorkingCalendar:
    """The years that come with the program; provisional years are flagged in every deadline that touches them."""
    folder = resources.files("bangfu.shared") / "data"
    files = sorted(entry.name for entry in folder.iterdir() if entry.name.startswith("working_days_"))
    texts = [(folder / name).read_text(encoding="utf-8") for name in files]
    return WorkingCalendar.from_rows(row for text in texts for row in read_special_days(text.splitlines()))
