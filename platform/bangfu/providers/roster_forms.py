"""The forms of rosters: weekly spans, one day, a leave."""

from uuid import uuid4

from bangfu.errors import N_
from bangfu.providers import roster_rules as rules
from bangfu.providers.roster_actions import Wanted
from bangfu.providers.roster_rules import Span, Window
from bangfu.shared.civil_time import parse_date
from bangfu.shared.i18n import Word
from bangfu.shared.web.forms import Form


def read_week(form: Form) -> list[Window]:
    """The spans of every weekday: fields `d0_0_from` and `d0_0_to` (Monday's first) and so on, as HH:MM; an end of
    00:00 is midnight. A time without its other half is a fault of the weekday."""
    windows: list[Window] = []
    for weekday in range(7):
        for place in range(rules.SPANS_A_DAY):
            start, end = (
                form.get(f"d{weekday}_{place}_from", "").strip(),
                form.get(f"d{weekday}_{place}_to", "").strip(),
            )
            if not start and not end:
                continue
            span = _span(start, end)
            if span is None:
                message = N_("{weekday}: please enter both times, such as 08:00 and 12:00.")
                form.fault(f"day{weekday}", message, weekday=Word("weekday", weekday))
            else:
                windows.append((weekday, *span))
    return windows


def read_spans(form: Form) -> list[Span]:
    """The spans of a single day (`from0`, `to0`, `from1`, `to1`); at least one."""
    spans: list[Span] = []
    for place in range(2):
        start, end = form.get(f"from{place}", "").strip(), form.get(f"to{place}", "").strip()
        if not start and not end and (place or spans):
            continue
        span = _span(start, end)
        if span is None:
            form.fault("spans", N_("Please enter both times, such as 08:00 and 12:00."))
        else:
            spans.append(span)
    return spans


def read_leave(form: Form) -> Wanted | None:
    """A leave from a day to a day; None with faults on the form."""
    first, last = form.day("first", parse_date), form.day("last", parse_date)
    kind = form.choice("kind", rules.LEAVE_KINDS)
    key = form.uuid("key", required=False) or uuid4()
    return Wanted(key, first, last, kind) if first and last else None


def _span(start: str, end: str) -> Span | None:
    first, last = _minute(start), _minute(end)
    if first is None or last is None:
        return None
    return first, 1440 if last == 0 and first > 0 else last


def _minute(text: str) -> int | None:
    hour, colon, minute = text.partition(":")
    if not colon or not hour.isascii() or not hour.isdigit() or not minute[:2].isascii() or not minute[:2].isdigit():
        return None
    value = int(hour[:3]) * 60 + int(minute[:2])
    return value if int(minute[:2]) < 60 and value <= 1440 else None
