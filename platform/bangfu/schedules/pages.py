"""What the pages of the calendar share: the asked days, links around them, and how a time is read from a form."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from bangfu.errors import N_
from bangfu.providers.roster_rules import week_of
from bangfu.schedules import rules
from bangfu.shared.civil_time import parse_date
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Request

SHOWN_WEEKS = 60


def asked_day(request: Request, name: str, otherwise: date) -> date:
    """A day of the address; `otherwise` for anything that is none or too far off."""
    try:
        day = parse_date(request.query_params.get(name, ""))
    except (ValueError, OverflowError):
        return otherwise
    return day if abs((day - otherwise).days) <= 7 * SHOWN_WEEKS else otherwise


def around(monday: date, today: date) -> dict[str, Any]:
    """The links to the weeks before and after, and the days."""
    week = timedelta(days=7)
    return {
        "monday": monday, "sunday": monday + timedelta(days=6), "before": monday - week, "after": monday + week,
        "days": [monday + timedelta(days=number) for number in range(7)], "today": today, "this_week": week_of(today),
    }  # fmt: skip


def read_start(form: Form) -> datetime | None:
    """Day and time of a form as an instant; faults stand with the fields."""
    day = form.day("day", parse_date)
    text = form.text("time", most=5)
    minute = read_clock(text or "")
    if text and minute is None:
        form.fault("time", N_("Please enter a time such as 09:30."))
    return None if day is None or minute is None else rules.at_minute(day, minute)


def read_clock(text: str) -> int | None:
    """A time of the day (9:30, 09：30) as a minute."""
    hour, mark, minute = text.strip().replace("：", ":").partition(":")
    digits = hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit()
    if not mark or not digits or len(hour) > 2 or len(minute) != 2 or int(hour) > 23 or int(minute) > 59:
        return None
    return int(hour) * 60 + int(minute)


def read_version(form: Form, name: str = "version") -> int:
    """The version that the page showed; -1 (never right) for anything odd."""
    found = form.whole(name, required=False, most=2**31 - 1)
    return -1 if found is None else found


def back_to(form: Form, otherwise: str) -> str:
    """Where the person came from, if that is a page of the calendar."""
    asked = form.get("back", "")
    known = asked.startswith(("/schedule?", "/schedule/")) or asked == "/schedule"
    return asked if known and "//" not in asked and "\\" not in asked and len(asked) < 300 else otherwise


def chosen(form: Form, name: str) -> UUID | None:
    """A person chosen of a list; nobody for nothing."""
    return form.uuid(name, required=False)
