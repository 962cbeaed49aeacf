"""What a calendar keeps beside its library: states of a plan, limits by kind of carer, spacing, holidays. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bangfu.errors import N_
from bangfu.shared.states import Machine

PLANNER: Final = frozenset({"provider_manager", "station_dispatcher"})
SYSTEM: Final = frozenset({"system"})
STATES: Final = ("queued", "running", "draft", "published", "superseded", "failed", "cancelled")
UNDER_WAY: Final = frozenset({"queued", "running"})
HORIZON_DAYS: Final = 28
STAY_DAYS: Final = 2
"""Visits of so many days from the first planned day on stay as they are: people have been told [D]."""
SLOT: Final = 5
"""Starts that a plan proposes lie on this grid of minutes; a person may set any minute."""
MOST_VISITS_A_DAY: Final = 12
MOST_MINUTES_A_DAY: Final = 600
WEEKLY: Final = {"worker": 2400, "volunteer": 480}
"""Most minutes a week including travel, whatever is agreed with the carer (DOMAIN.md 2.4)."""
DAILY_NEED: Final = 20
"""From so many visits in four weeks on a need is served on holidays too [D]."""
PARTS: Final = {"morning": (480, 720), "afternoon": (780, 1080), "evening": (1080, 1260)}
"""Parts of the day that households wish for (as needs reads them)."""
SERVED: Final = frozenset({"accepted", "scheduled", "active"})
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")

Window = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table: who may take a plan from where to where."""

    source: str
    action: str
    target: str
    roles: frozenset[str]


def _table() -> list[Transition]:
    return [
        Transition("queued", "start", "running", SYSTEM),
        Transition("running", "finish", "draft", SYSTEM),
        *(Transition(state, "fail", "failed", SYSTEM) for state in ("queued", "running")),
        *(Transition(state, "cancel", "cancelled", PLANNER | SYSTEM) for state in ("queued", "running", "draft")),
        Transition("draft", "publish", "published", PLANNER),
        *(Transition(state, "supersede", "superseded", SYSTEM) for state in ("draft", "published")),
    ]


MACHINE: Final = Machine(
    _table(),
    N_("The calendar is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "plan_status",
    "plan_action",
)


def weekly_limit(kind: str, minutes_per_week: int) -> int:
    """The most minutes a week of a carer: what is agreed, and never more than DOMAIN.md 2.4 allows the kind."""
    return min(minutes_per_week, WEEKLY.get(kind, minutes_per_week))


def spacing_days(visits: int) -> int:
    """The least difference of days between two visits of a need with so many in four weeks: half of the even distance,
    at least one; none where there is more than one visit a day."""
    return 0 if visits > HORIZON_DAYS else max(1, HORIZON_DAYS // (2 * max(1, visits)))


def on_holidays(priority: str, visits: int) -> bool:
    """Whether a need is served on public holidays too: urgent ones, and care on most days."""
    return priority == "urgent" or visits >= DAILY_NEED


def household_windows(
    agreed: Collection[Window], wishes: Collection[str], carer: Collection[Window], minutes: int
) -> tuple[Window, ...] | None:
    """The weekly times in which a plan looks: the need's, else the parts of the day that the household wishes for if
    the carer can keep them at all; None: any time."""
    if agreed:
        return tuple(sorted(agreed))
    wished = tuple((day, *PARTS[part]) for day in range(7) for part in PARTS if part in wishes)
    fits = any(
        min(end, last) - max(start, first) >= minutes
        for day, start, end in wished
        for weekday, first, last in carer
        if weekday == day
    )
    return wished if wished and fits else None


def at_minute(day: date, minute: int) -> datetime:
    """The instant of a minute of a civil day in China."""
    return datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minute)


def minute_of(moment: datetime) -> int:
    """The minute of the civil day, begun minutes not counted."""
    local = moment.astimezone(SHANGHAI)
    return local.hour * 60 + local.minute


def day_of(moment: datetime) -> date:
    """The civil day in China."""
    return moment.astimezone(SHANGHAI).date()
