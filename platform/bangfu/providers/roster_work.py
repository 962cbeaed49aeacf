"""What carers have accepted to do in a week, as far as a roster may know it: service, number and times, no household.

Assignments belong to a later feature; they are read here by their table's name, as accounts are joined with carers.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bangfu.providers.roster_rules import Window
from bangfu.providers.rules import Spans, day_runs, grouped_windows
from bangfu.providers.tables import Carer


@dataclass(frozen=True, slots=True)
class Work:
    """An accepted assignment. Visits per four weeks, minutes per visit; `windows` are the need's weekly ones."""

    id: UUID
    number: str
    carer: UUID
    service: str
    visits: int
    minutes: int
    windows: list[Window]
    starts_on: date | None
    since: datetime
    changed_at: datetime
    version: int
    division: str

    @property
    def a_week(self) -> float:
        """Visits a week on average."""
        return self.visits / 4

    @property
    def times(self) -> list[tuple[list[tuple[int, int]], Spans]]:
        """The windows with their weekdays as runs (first, last)."""
        return [(day_runs(days), spans) for days, spans in grouped_windows(self.windows)]

    def on(self, weekday: int) -> bool:
        """Whether a visit may fall on this weekday by the need's windows."""
        return any(window[0] == weekday for window in self.windows)


async def work_of(carers: Collection[UUID]) -> dict[UUID, list[Work]]:
    """What each carer has accepted and not ended, by number."""
    rows = await Carer.raw(
        "SELECT a.id, a.number, a.carer, a.service, a.visits, a.minutes, n.windows, a.starts_on,"
        " coalesce(a.answered_at, a.offered_at) AS since,"
        " greatest(coalesce(a.answered_at, a.offered_at), n.updated_at) AS changed_at,"
        " a.version + n.version AS version, a.division"
        " FROM assignment a JOIN need n ON n.id = a.need"
        " WHERE a.carer = ANY({}) AND a.status IN ('accepted', 'scheduled', 'active') ORDER BY a.number",
        list(carers),
    )
    found: dict[UUID, list[Work]] = {carer: [] for carer in carers}
    for row in rows:
        windows = [(day, start, end) for day, start, end in json.loads(row["windows"])]
        found[row["carer"]].append(Work(**{**row, "windows": windows}))
    return found
