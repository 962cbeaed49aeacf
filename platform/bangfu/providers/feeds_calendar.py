"""A calendar as text (RFC 5545, 7986), made with the icalendar library. The same content is the same text."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from icalendar import Calendar, Event, Timezone, TimezoneStandard, vRecur

from bangfu.providers.feeds_entries import Content, Off
from bangfu.providers.roster_rules import Span
from bangfu.providers.roster_work import Work
from bangfu.providers.rules import grouped_windows
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.i18n import _, word

TZID = "Asia/Shanghai"
REFRESH = timedelta(hours=6)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def calendar_text(content: Content, portal: str) -> bytes:
    """The calendar in the current language.

    Args:
        content: what stands in it.
        portal: address of the portal without a slash at its end, for links.
    """
    calendar = Calendar()
    name = _("Bangfu: our organisation") if content.team else _("Bangfu: my tasks")
    about = _(
        "Planned visits, accepted tasks without dates with their weekly times, leave and single days. Tasks by"
        " arrangement and the times in which you could be asked are not shown here; the portal has them."
    )
    for key, value in (
        ("prodid", "-//Bangfu//Calendar//EN"), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH"),
        ("name", name), ("x-wr-calname", name), ("description", about), ("x-wr-caldesc", about),
        ("x-wr-timezone", TZID),
    ):  # fmt: skip
        calendar.add(key, value)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    calendar.add_component(_timezone())
    for event in (*_visit_events(content, portal), *_work_events(content, portal), *_off_events(content, portal)):
        calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text


def _timezone() -> Timezone:
    """China's one zone, without summer time since 1991."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", TZID)
    standard.add("dtstart", datetime(1991, 9, 15))  # noqa: DTZ001 (local time by its nature)
    standard.add("tzoffsetfrom", timedelta(hours=8))
    standard.add("tzoffsetto", timedelta(hours=8))
    standard.add("tzname", "CST")
    zone.add_component(standard)
    return zone


def _visit_events(content: Content, portal: str) -> Iterable[Event]:
    for visit in content.dated:
        event = Event()
        event.add("uid", f"visit-{visit.id}-{visit.carer}@bangfu")
        event.add("summary", f"{_prefix(content, visit.carer)}{word('service', visit.service)} {visit.number}")
        event.add("location", content.counties.get(visit.division[:6], ""))
        for name, moment in (("dtstart", visit.start), ("dtend", visit.end)):
            event.add(name, moment.astimezone(SHANGHAI).replace(tzinfo=None), parameters={"TZID": TZID})
        event.add("url", f"{portal}/{'schedule' if content.team else 'my-schedule'}")
        _stamp(event, visit.changed_at, visit.version, busy=not content.team)
        yield event


def _work_events(content: Content, portal: str) -> Iterable[Event]:
    for work in content.work:
        # Every named time is used each week: then it is taken; else it says only when a visit may fall.
        fixed = work.visits >= 4 * len(work.windows)
        for weekdays, spans in grouped_windows(work.windows):
            for span in spans:
                yield _weekly(content, work, weekdays, span, portal, busy=fixed and not content.team)


def _weekly(content: Content, work: Work, weekdays: list[int], span: Span, portal: str, *, busy: bool) -> Event:
    event = Event()
    who = _prefix(content, work.carer)
    event.add("uid", f"{work.id}-{''.join(str(day) for day in weekdays)}-{span[0]}-{span[1]}@bangfu")
    event.add("summary", f"{who}{word('service', work.service)} {work.number}")
    event.add("description", _amount(work))
    event.add("location", content.counties.get(work.division[:6], ""))
    first = _first_day(work, weekdays)
    event.add("dtstart", _at(first, span[0]), parameters={"TZID": TZID})
    event.add("dtend", _at(first, span[1]), parameters={"TZID": TZID})
    event.add("rrule", vRecur({"FREQ": "WEEKLY", "WKST": "MO", "BYDAY": [_DAYS[day] for day in weekdays]}))
    event.add("url", f"{portal}/{'tasks' if content.team else 'my-tasks'}/{work.id}")
    _stamp(event, work.changed_at, work.version, busy=busy)
    return event


def _amount(work: Work) -> str:
    text = _("{visits} visits in 4 weeks, {minutes} minutes each, within this time.")
    return text.format(visits=work.visits, minutes=work.minutes)


def _first_day(work: Work, weekdays: list[int]) -> date:
    day = work.starts_on or work.since.astimezone(SHANGHAI).date()
    return min(day + timedelta(days=(weekday - day.weekday()) % 7) for weekday in weekdays)


def _at(day: date, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 (the zone stands beside)


def _off_events(content: Content, portal: str) -> Iterable[Event]:
    for off in content.off:
        event = Event()
        event.add("uid", f"{off.name}@bangfu")
        event.add("summary", _prefix(content, off.carer) + _off_words(off))
        event.add("dtstart", off.first)
        event.add("dtend", off.last + timedelta(days=1))
        event.add("url", f"{portal}/roster/{off.carer}" if content.team else f"{portal}/my-times")
        _stamp(event, off.changed_at, off.version, busy=not off.spans and not content.team)
        yield event


def _off_words(off: Off) -> str:
    """What kind of leave it is stays in the portal."""
    if off.leave:
        return _("Leave")
    if not off.spans:
        return _("Not there")
    return _("There {times} only").format(times=_(", ").join(f"{_clock(a)}–{_clock(b)}" for a, b in off.spans))


def _prefix(content: Content, carer: UUID) -> str:
    if not content.team:
        return ""
    who = content.people[carer]
    return f"{who.number} {who.short}{_(': ')}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _stamp(event: Event, changed_at: datetime, version: int, *, busy: bool) -> None:
    """A fetch tells nothing new about an entry that has not changed, so all stamps are those of its last change."""
    moment = changed_at.astimezone(UTC).replace(microsecond=0)
    event.add("dtstamp", moment)
    event.add("last-modified", moment)
    event.add("sequence", version)
    event.add("transp", "OPAQUE" if busy else "TRANSPARENT")
    event.add("class", "PRIVATE")
