"""When carers are there in a period: what the matching and the roster read (DOMAIN.md 2.4)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from bangfu.providers import roster_rules as rules
from bangfu.providers.roster_rules import Away, Leave, Span, Window
from bangfu.providers.roster_tables import CarerDay, CarerLeave
from bangfu.providers.tables import Availability

__all__ = ["Away", "Presence", "Times", "presence_of", "times_of", "windows_for"]


@dataclass(slots=True)
class Times:
    """A carer's weekly windows, approved leaves and differing days, as far as they touch a period."""

    windows: list[Window] = field(default_factory=list)
    leaves: list[Leave] = field(default_factory=list)
    differing: dict[date, list[Span]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Presence:
    """What is left of a carer's week in a period.

    Attributes:
        windows: weekly (weekday, start, end) that hold in the period.
        minutes_share: part of the period in which the carer is there, 0 to 1.
        days_off: days with windows that are lost.
    """

    windows: list[Window]
    minutes_share: Decimal
    days_off: int = 0


async def windows_for(carers: Collection[UUID], first: date, days: int = 28) -> dict[UUID, Presence]:
    """Every one of the carers with what holds from `first` on for so many days; three queries for any number."""
    known = await times_of(carers, first, days)
    return {carer: presence_of(known[carer], first, days) for carer in carers}


def presence_of(times: Times, first: date, days: int) -> Presence:
    """One carer's week in a period."""
    parts: tuple[Sequence[Window], date, int, list[Leave], dict[date, list[Span]]]
    parts = (times.windows, first, days, times.leaves, times.differing)
    if not times.leaves and not times.differing:
        return Presence(times.windows, Decimal(1))
    gone = rules.away(*parts)
    return Presence(rules.holding(*parts), gone.share, gone.days_off)


async def times_of(carers: Collection[UUID], first: date, days: int) -> dict[UUID, Times]:
    """The times of each carer as far as they touch the period."""
    asked, last = list(carers), first + timedelta(days=days - 1)
    found = {carer: Times() for carer in asked}
    for row in await Availability.raw(
        "SELECT carer, weekday, start_minute, end_minute FROM availability WHERE carer = ANY({})"
        " ORDER BY weekday, start_minute, end_minute",
        asked,
    ):
        found[row["carer"]].windows.append((row["weekday"], row["start_minute"], row["end_minute"]))
    for row in await CarerLeave.raw(
        "SELECT carer, starts_on, ends_on FROM carer_leave WHERE carer = ANY({}) AND status = {} AND starts_on <= {}"
        " AND ends_on >= {} ORDER BY starts_on",
        asked, rules.COUNTING, last, first,
    ):  # fmt: skip
        found[row["carer"]].leaves.append(Leave(row["starts_on"], row["ends_on"]))
    for row in await CarerDay.raw(
        "SELECT carer, day, start_minute, end_minute FROM carer_day WHERE carer = ANY({}) AND removed_at IS NULL"
        " AND day BETWEEN {} AND {} ORDER BY day, start_minute",
        asked, first, last,
    ):  # fmt: skip
        spans = found[row["carer"]].differing.setdefault(row["day"], [])
        if row["start_minute"] is not None:
            spans.append((row["start_minute"], row["end_minute"]))
    return found
