"""What stands in a calendar: dated visits, accepted tasks without dates with their weekly times, leave, days that
differ. Nothing about households.

The weekly times in which somebody could serve are not published: they would fill a calendar with what is not fixed.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from bangfu.providers.feeds import Reader
from bangfu.providers.roster_people import Who
from bangfu.providers.roster_rules import Span
from bangfu.providers.roster_tables import CarerDay, CarerLeave
from bangfu.providers.roster_work import Work, work_of
from bangfu.providers.tables import Carer
from bangfu.shared.civil_time import civil_date

BACK, AHEAD = timedelta(days=60), timedelta(days=400)
"""How far leave and single days are published."""


@dataclass(frozen=True, slots=True)
class Off:
    """A leave, or one day that differs (`spans`: there at these times instead; none and no leave: not there); `name`
    stays the same for the same leave or day."""

    name: str
    carer: UUID
    first: date
    last: date
    leave: bool
    spans: tuple[Span, ...]
    changed_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Dated:
    """One visit with its date: service and number, no household. `id` stays the same when it is moved."""

    id: UUID
    number: str
    carer: UUID
    assignment: UUID
    service: str
    start: datetime
    end: datetime
    division: str
    changed_at: datetime
    version: int
    fixed: bool


DatedOf = Callable[[Collection[UUID], date, date], Awaitable[list[Dated]]]
DATED: Final[list[DatedOf]] = []
"""`await hook(carers, first, last)`: their planned visits in a span of days (the calendar registers it)."""


@dataclass(frozen=True, slots=True)
class Content:
    """All of a calendar: `team` is that of an organisation, whose entries name the person by number. `work` are the
    tasks without a dated visit; of the others the visits stand in `dated`."""

    team: bool
    people: dict[UUID, Who]
    work: list[Work]
    off: list[Off]
    counties: dict[str, str]
    dated: list[Dated] = field(default_factory=list)


async def content_of(reader: Reader, today: date) -> Content:
    """What the reader's calendar holds: of the whole own organisation for its manager, else one's own."""
    team = "provider_manager" in reader.roles and reader.organization is not None
    rows = await Carer.raw(
        "SELECT id, number, name, kind, organization, division FROM carer WHERE active AND"
        " (({} AND organization = {}::uuid) OR (NOT {} AND id = {}::uuid)) ORDER BY number",
        team, reader.organization, team, reader.carer,
    )  # fmt: skip
    people = {row["id"]: Who(**row) for row in rows}
    dated = [each for hook in DATED for each in await hook(list(people), today - BACK, today + AHEAD)]
    ahead = {each.assignment for each in dated if civil_date(each.start) >= today}
    work = [each for own in (await work_of(list(people))).values() for each in own if each.id not in ahead]
    counties = await _counties({each.division[:6] for each in work} | {each.division[:6] for each in dated})
    return Content(team, people, work, await _off(list(people), today), counties, dated)


async def _off(carers: list[UUID], today: date) -> list[Off]:
    first, last = today - BACK, today + AHEAD
    leaves = await CarerLeave.raw(
        "SELECT id, carer, starts_on, ends_on, coalesce(decided_at, requested_at) AS changed_at, version"
        " FROM carer_leave WHERE carer = ANY({}) AND status = 'approved' AND ends_on >= {} AND starts_on <= {}"
        " ORDER BY starts_on, id",
        carers, first, last,
    )  # fmt: skip
    days = await CarerDay.raw(
        "SELECT carer, day, max(created_at) AS changed_at,"
        " array_agg(start_minute ORDER BY start_minute) AS starts, array_agg(end_minute ORDER BY start_minute) AS ends,"
        " (SELECT count(*) FROM carer_day o WHERE o.carer = d.carer AND o.day = d.day AND o.removed_at IS NOT NULL)"
        " AS changes FROM carer_day d WHERE carer = ANY({}) AND removed_at IS NULL AND day BETWEEN {} AND {}"
        " GROUP BY carer, day ORDER BY day, carer",
        carers, first, last,
    )  # fmt: skip
    found = [
        Off(
            f"leave-{row['id']}",
            row["carer"],
            row["starts_on"],
            row["ends_on"],
            True,
            (),
            row["changed_at"],
            row["version"],
        )
        for row in leaves
    ]
    for row in days:
        spans = tuple((a, b) for a, b in zip(row["starts"], row["ends"], strict=True) if a is not None)
        day, changed = row["day"], row["changed_at"]
        found.append(
            Off(f"day-{row['carer']}-{day}", row["carer"], day, day, False, spans, changed, row["changes"] + 1)
        )
    return found


async def _counties(prefixes: set[str]) -> dict[str, str]:
    rows = await Carer.raw(
        "SELECT left(code, 6) AS prefix, name FROM division WHERE code = ANY({})",
        [prefix.ljust(12, "0") for prefix in sorted(prefixes)],
    )
    return {row["prefix"]: row["name"] for row in rows}
