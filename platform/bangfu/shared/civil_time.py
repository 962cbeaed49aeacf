"""Civil dates of Asia/Shanghai, and the dates that real lists hold (DOMAIN.md conventions, DESIGN.md "Time").

Instants are stored in UTC; days, months and quarters are those of Shanghai (UTC+8, no summer time). Nothing here reads
the clock.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

from bangfu.shared.faults import N_, Fault
from bangfu.shared.typed_text import compact, plain
from bangfu.shared.weekly_windows import Window, format_windows, merge_windows, parse_weekly
from bangfu.shared.working_calendar import Deadline, WorkingCalendar, published_calendar

__all__ = [
    "SHANGHAI",
    "Deadline",
    "Window",
    "WorkingCalendar",
    "add_months",
    "age_on",
    "civil_date",
    "civil_datetime",
    "day_span",
    "format_windows",
    "merge_windows",
    "month_span",
    "parse_date",
    "parse_weekly",
    "published_calendar",
    "quarter_of",
    "quarter_span",
]

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

_EXCEL_DAY_ZERO = date(1899, 12, 30)
# 1910 to 2199: smaller numbers are more likely years or ages than dates.
_SERIALS = range(3654, 109_575)
_YMD = re.compile(r"([0-9]{4})([-./年])([0-9]{1,2})[-./月]([0-9]{1,2})[日号]?(?:T?[0-9]{1,2}:[0-9:.]+(?:Z|\+08:?00)?)?")
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def civil_datetime(instant: datetime) -> datetime:
    """The instant as clocks in Shanghai show it; a datetime without a zone is refused."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(SHANGHAI)


def civil_date(instant: datetime) -> date:
    """The day in Shanghai of an instant."""
    return civil_datetime(instant).date()


def day_span(day: date) -> tuple[datetime, datetime]:
    """First instant of a civil day and of the next one, in UTC."""
    start = datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
    return start, start + timedelta(days=1)


def quarter_of(day: date) -> tuple[int, int]:
    """Year and number (1-4) of the calendar quarter."""
    return day.year, (day.month + 2) // 3


def quarter_span(year: int, quarter: int) -> tuple[date, date]:
    """First and last day of a calendar quarter."""
    return date(year, quarter * 3 - 2, 1), month_span(year, quarter * 3)[1]


def month_span(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month."""
    first = date(year, month, 1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day so many months later (or earlier); the last day of a month that does not have it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, month_span(year, month + 1)[1].day))


def age_on(day: date, born: date) -> int:
    """Completed years of life."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def parse_date(value: object) -> date:
    """A day as lists hold it: 2024-5-1, 2024.5.1, 2024/05/01, 20240501, 2024年5月1日, with a time behind it, in
    full-width digits, as a spreadsheet's serial number or date object.

    Raises Fault: date_unreadable, date_impossible.
    """
    if isinstance(value, datetime):
        return civil_date(value) if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    text = compact(value)
    if found := _YMD.fullmatch(text):
        year, _, month, day = found.groups()
        return _existing_day(year, month, day)
    if found := _DIGITS.fullmatch(text):
        return _existing_day(*found.groups())
    number = _number(text)
    if number is not None and int(number) in _SERIALS:
        return _EXCEL_DAY_ZERO + timedelta(days=int(number))
    raise Fault(
        "date_unreadable",
        N_("This is not a date with year, month and day: {value}."),
        {"value": plain(value)[:40]},
        N_("Write the date as 2024-05-01."),
    )


def _existing_day(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Fault(
            "date_impossible",
            N_("This day does not exist: {value}."),
            {"value": f"{year}-{month}-{day}"},
            N_("Write the date as 2024-05-01."),
        ) from None


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]{4,6}(\.[0-9]+)?", text) else None
