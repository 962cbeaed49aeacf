"""The states of a timed task as one table (DOMAIN.md 8.10: 转办 督办 跟踪 反馈 销号), and its clock. Pure.

`whose` says on whose task a person acts: `doer` is who has to do it, `overseer` has it in the divisions that they see,
`either` is one of both. `system` stands for the engine, and for what follows from another feature's own event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from bangfu.errors import N_
from bangfu.shared.civil_time import SHANGHAI, WorkingCalendar, civil_date, day_span
from bangfu.shared.permissions import WORKERS
from bangfu.shared.states import Machine

OVERSEERS: Final = frozenset({"township_officer", "bureau_officer", "bureau_lead"})
SYSTEM: Final = frozenset({"system"})
DOERS: Final = WORKERS

BY_HAND: Final = "supervision_task"
"""The subject type of a task that somebody issued on the page: it is its own subject."""

STATES: Final = ("issued", "forwarded", "tracking", "urged", "feedback", "cancelled", "dropped")
UNITS: Final = ("village", "station", "township", "bureau", "organization")
UNIT_ROLES: Final[dict[str, frozenset[str]]] = {
    "village": frozenset({"assist_coordinator", "child_director"}),
    "station": frozenset({"station_dispatcher", "social_worker"}),
    "township": frozenset({"township_officer"}),
    "bureau": frozenset({"bureau_officer"}),
    "organization": frozenset({"provider_manager", "department_liaison"}),
}
"""Who of a unit is told and may act, where a task names no role."""

REMINDERS: Final = (0.5, 0.8)
"""Shares of the time given at which the doer is reminded (DOMAIN.md 8)."""
LEVEL_1: Final = timedelta(days=1)
LEVEL_WORKING_DAYS: Final = {2: 3, 3: 5}
"""Overdue 1 day: level 1, the unit; 3 working days: 2, the township leader; 5: 3, the bureau lead (DOMAIN.md 8.10)."""
STAGES: Final = len(REMINDERS) + 3
LEAST_WORDS: Final = 10
"""Characters that evidence needs at least [D]: "done" is none."""

Whose = Literal["doer", "overseer", "either", "any"]


@dataclass(frozen=True, slots=True)
class Transition:
    """One line: guards (running, paused, by_hand, unit, reason, words, not_doer, event) are checked by the action."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    whose: Whose
    event: str
    guards: tuple[str, ...] = ()
    deadline: str = ""


def _table() -> list[Transition]:
    going = ("forwarded", "tracking", "urged")
    both = OVERSEERS | SYSTEM
    return [
        Transition("issued", "forward", "forwarded", both, "overseer", "forwarded", ("unit",), "due"),
        *(Transition(s, "forward", "forwarded", OVERSEERS, "overseer", "forwarded", ("unit", "reason")) for s in going),
        *(Transition(s, "track", "tracking", DOERS, "either", "tracked", ("words",)) for s in going),
        *(Transition(s, "urge", "urged", both, "overseer", "urged", ("running", "reason")) for s in going),
        *(
            Transition(s, "feed_back", "feedback", DOERS, "doer", "fed_back", ("by_hand", "words"))
            for s in going
        ),
        *(Transition(s, "pause", s, both, "overseer", "paused", ("running", "reason")) for s in going),
        *(Transition(s, "resume", s, both, "overseer", "resumed", ("paused",)) for s in going),
        Transition("feedback", "return", "tracking", OVERSEERS, "overseer", "returned", ("not_doer", "reason")),
        Transition("feedback", "close", "cancelled", OVERSEERS, "overseer", "closed", ("not_doer", "words")),
        *(
            Transition(s, "settle", "cancelled", SYSTEM, "any", "settled", ("event",))
            for s in ("issued", *going, "feedback")
        ),
        *(
            Transition(s, "drop", "dropped", both, "overseer", "dropped", ("by_hand", "reason"))
            for s in ("issued", *going, "feedback")
        ),
    ]  # fmt: skip


MACHINE: Final = Machine(
    _table(),
    N_("The task is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "supervision_status",
    "supervision_action",
)
TRANSITIONS: Final = MACHINE.table
ACTIONS: Final = MACHINE.actions
TERMINAL: Final = MACHINE.ends(STATES)
OPEN: Final = frozenset(STATES) - TERMINAL
GOING: Final = frozenset({"forwarded", "tracking", "urged"})
"""The clock runs: the doer has it."""

step = MACHINE.step
may = MACHINE.may


@dataclass(frozen=True, slots=True)
class Clock:
    """The time given: from its start to the end, in plain hours or in working days."""

    start: datetime
    due: datetime
    by_hours: bool


def is_working(calendar: WorkingCalendar, day: date) -> bool:
    """Like the calendar, but Monday to Friday in a year that nobody has entered: a reminder may be off by a day,
    a promised due date may not (that one is reckoned by end_of_working_day, which refuses)."""
    return calendar.is_working_day(day) if day.year in calendar.years else day.weekday() < 5


def later(at: datetime, days: int, calendar: WorkingCalendar) -> datetime:
    """The same time of day so many working days later; 0 changes nothing."""
    day = civil_date(at)
    left = days
    while left > 0:
        day += timedelta(days=1)
        left -= is_working(calendar, day)
    return at + (day - civil_date(at))


def working_days(start: date, end: date, calendar: WorkingCalendar) -> int:
    """Working days after the start up to and including the end; 0 where the end is not later."""
    return sum(is_working(calendar, start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def shifted(clock: Clock, paused: datetime, resumed: datetime, calendar: WorkingCalendar) -> Clock:
    """The clock after a pause: start and due date moved by the paused time, so that what was left is still left.

    Plain hours move by the exact time. Working days move by the working days on which the pause began and had not
    ended: within one day nothing moves, over a night one working day, and a due time stays at its time of day.
    """
    if clock.by_hours:
        gone = max(resumed - paused, timedelta())
        return Clock(clock.start + gone, clock.due + gone, True)
    days = working_days(civil_date(paused), civil_date(resumed), calendar)
    return Clock(later(clock.start, days, calendar), later(clock.due, days, calendar), False)


def moment_of(stage: int, clock: Clock, calendar: WorkingCalendar) -> datetime | None:
    """When the reminder or level after `stage` of them is due: 50 %, 80 %, level 1, 2, 3; None after the last."""
    if stage < len(REMINDERS):
        return at_share(clock, REMINDERS[stage], calendar)
    level = stage - len(REMINDERS) + 1
    if level == 1:
        return clock.due + LEVEL_1
    return later(clock.due, LEVEL_WORKING_DAYS[level], calendar) if level in LEVEL_WORKING_DAYS else None


def at_share(clock: Clock, share: float, calendar: WorkingCalendar) -> datetime:
    """When so much of the time given has gone by; in working days only the hours of working days count."""
    spans = [] if clock.by_hours else _working_spans(clock, calendar)
    whole = sum((end - start for start, end in spans), timedelta())
    if not whole:
        return clock.start + (clock.due - clock.start) * share
    left = whole * share
    for start, end in spans:
        if left <= end - start:
            return start + left
        left -= end - start
    return clock.due


def _working_spans(clock: Clock, calendar: WorkingCalendar) -> Sequence[tuple[datetime, datetime]]:
    spans, day = [], civil_date(clock.start)
    while day <= civil_date(clock.due):
        start, end = day_span(day)
        if is_working(calendar, day) and max(start, clock.start) < min(end, clock.due):
            spans.append((max(start, clock.start), min(end, clock.due)))
        day += timedelta(days=1)
    return spans


def end_of_day(day: date) -> datetime:
    """The last minute of a day in China, as deadlines in days end."""
    return day_span(day)[1] - timedelta(minutes=1)


def days_left(due: datetime, at: datetime) -> int:
    """Civil days to the due date: 0 today, negative when late."""
    return (due.astimezone(SHANGHAI).date() - at.astimezone(SHANGHAI).date()).days


def urgency(clock: Clock, at: datetime, calendar: WorkingCalendar) -> Literal["bad", "warn", "info"]:
    """State colour, always shown with its word: overdue, soon due (80 % gone), in time."""
    if at > clock.due:
        return "bad"
    return "warn" if at >= at_share(clock, REMINDERS[-1], calendar) else "info"


def enough_words(text: str) -> bool:
    """Whether evidence says something: ten characters without spaces at least."""
    return len("".join(text.split())) >= LEAST_WORDS
