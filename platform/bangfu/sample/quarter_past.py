"""The quarter that is over, as the sample's people live through it: who acts, when, and how far time has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.contracts.tables import Contract
from bangfu.sample.accounts import actor_of
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import WorkingCalendar, civil_date, day_span, quarter_of, quarter_span
from bangfu.supervision.calendar import current_calendar, end_of_working_day

PEOPLE: Final = (
    "coordinator", "dispatcher", "officer", "officer2", "bureau", "bureau2", "auditor", "assessor1", "assessor2",
    "lead", "finance",
)  # fmt: skip
SERVICE: Final = "daily_care"
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


class NotYetError(Exception):
    """What comes next lies ahead of the day on which the sample is loaded."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How one visit went: metres from the home, minutes late, share of its time; `how`: served, missed, excused or
    afterwards; `cleared`: why its flag does not speak against it."""

    metres: int = 25
    late: int = 3
    share: float = 1.0
    how: str = "served"
    cleared: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """Whose quarter: `homes` from the `first` member on; `turns`: (home, window) -> what was out of the ordinary."""

    name: str
    manager: str
    carer: str
    first: int
    homes: int
    turns: Mapping[tuple[int, int], Turn]


@dataclass(frozen=True, slots=True)
class Past:
    """The last quarter before `at`, under one contract. Its tasks run from `begins` to `ends`, in its last month."""

    story: Story
    at: datetime
    year: int
    quarter: int
    contract: UUID
    division: str
    begins: datetime
    ends: datetime
    calendar: WorkingCalendar
    cast: Mapping[str, Actor]

    def key(self, name: str) -> UUID:
        """The same id in every load, so that a repeat changes nothing."""
        return uuid5(NAMESPACE_URL, f"sample-quarter:{self.story.name}{name}")

    @property
    def month(self) -> date:
        """The first day of the quarter's last month."""
        return quarter_span(self.year, self.quarter)[1].replace(day=1)

    @property
    def over(self) -> datetime:
        """The first instant after the quarter."""
        return day_span(quarter_span(self.year, self.quarter)[1])[1]

    def due(self, instant: datetime) -> datetime:
        """The instant, if it has come.

        Raises:
            NotYetError: otherwise; the story goes no further.
        """
        if instant >= self.at:
            raise NotYetError
        return instant

    def working(self, since: datetime, number: int, hour: int = 10) -> datetime:
        """The n-th working day after an instant's day, at an hour, if it has come.

        Raises:
            NotYetError: otherwise.
        """
        day = civil_date(end_of_working_day(since, number, self.calendar))
        return self.due(day_span(day)[0] + hour * HOUR)


async def past_of(story: Story, at: datetime) -> Past | None:
    """The quarter before `at` and the contract of the manager's organisation; None without one that ran."""
    cast = {name: await actor_of(name) for name in PEOPLE}
    cast |= {"manager": await actor_of(story.manager), "carer": await actor_of(story.carer)}
    first = quarter_span(*quarter_of(civil_date(at)))[0]
    year, quarter = quarter_of(first - DAY)
    last = quarter_span(year, quarter)[1]
    rows = await Contract.raw(
        "SELECT c.id, c.division, c.starts_on FROM contract c JOIN contract_line l ON l.contract = c.id"
        " WHERE c.supplier = {} AND c.status = 'active' AND l.service = {} AND c.starts_on < {}"
        " ORDER BY c.starts_on, c.number LIMIT 1",
        cast["manager"].organization, SERVICE, last - timedelta(days=14),
    )  # fmt: skip
    if not rows:
        return None
    begins = max(rows[0]["starts_on"], last.replace(day=1) - timedelta(days=3))
    return Past(
        story, at, year, quarter, rows[0]["id"], rows[0]["division"], day_span(begins)[0] + 11 * HOUR,
        day_span(last)[0] + 18 * HOUR, await current_calendar(), cast,
    )  # fmt: skip
