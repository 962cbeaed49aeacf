"""Which quarters wait to be frozen, and what still stands open in them (DOMAIN.md 8.9: open -> frozen)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from bangfu.quality.gathering import owes
from bangfu.quality.late_visits import LATE
from bangfu.quality.life_moves import after_quarter
from bangfu.quality.life_rules import FREEZE_DAYS, PUBLISH_DAYS
from bangfu.quality.tables import QuarterScore
from bangfu.shared.civil_time import WorkingCalendar, civil_date, day_span, quarter_of, quarter_span

QUARTERS: int = 2
"""Quarters back that are frozen; what is older was before the portal."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A subject's quarter without frozen facts, and what stands in the way: visits sent and not judged, flagged ones,
    spot checks without a final result."""

    kind: str
    subject: UUID
    number: str
    organization: UUID | None
    organization_name: str
    division: str
    year: int
    quarter: int
    unjudged: int
    flagged: int
    checks: int
    from_day: datetime
    """The end of the working day from which it is frozen."""
    publish_until: datetime

    @property
    def open(self) -> int:
        """Everything that stands in the way."""
        return self.unjudged + self.flagged + self.checks

    def ready(self, at: datetime) -> bool:
        """Whether the clock freezes it now."""
        return at > self.from_day and not self.open


def over(today: date, count: int = QUARTERS) -> list[tuple[int, int]]:
    """The last quarters that are over on a day, the newest first."""
    year, quarter = quarter_of(today)
    index = year * 4 + quarter - 1
    return [((index - n) // 4, (index - n) % 4 + 1) for n in range(1, count + 1)]


async def waiting(at: datetime, calendar: WorkingCalendar, scope: str = "") -> list[Waiting]:
    """Contracts and agreements of a quarter that is over and not frozen, by number: those with a visit in it (where
    nothing was due it is frozen as not scored, DOMAIN.md 6.1) and those of which a visit was due and none was made.
    Where nothing was due and nobody came there is nothing to freeze.

    Args:
        scope: a prefix of divisions; "" for all (the clock).
    """
    found: list[Waiting] = []
    for year, quarter in over(civil_date(at)):
        first, last = quarter_span(year, quarter)
        span = (day_span(first)[0], day_span(last)[1])
        dates = (
            after_quarter(year, quarter, FREEZE_DAYS, calendar), after_quarter(year, quarter, PUBLISH_DAYS, calendar),
        )  # fmt: skip
        for row in [*await _contracts(year, quarter, span, scope), *await _agreements(year, quarter, span, scope)]:
            visited = row.pop("visited")
            if visited or await owes(row["kind"], row["subject"], year, quarter, at):
                found.append(Waiting(**row, year=year, quarter=quarter, from_day=dates[0], publish_until=dates[1]))
    return found


_COUNTS: Final = (
    " (SELECT count(*) FROM visit v WHERE {0} AND v.planned_start >= q.since AND v.planned_start < q.until"
    " AND v.status = 'submitted') AS unjudged,"
    " (SELECT count(*) FROM visit v WHERE {0} AND v.planned_start >= q.since AND v.planned_start < q.until"
    " AND v.status = 'flagged') AS flagged, {1} AS visited"
)
_VISITED: Final = (
    "EXISTS (SELECT 1 FROM visit v WHERE {0} AND v.planned_start >= q.since AND v.planned_start < q.until"
    " AND v.status <> 'cancelled')"
)
_TAKEN_UP: Final = f"EXISTS ({LATE.format(contract='x.id', since='q.since', year='q.year', quarter='q.quarter')})"
"""Visits that came too late for their own quarter are paid with this one, even if nothing else was owed in it."""
_SERVED: Final = (
    " AND ({1} OR EXISTS (SELECT 1 FROM assignment v WHERE {0} AND v.answered_at IS NOT NULL"
    " AND v.answered_at < q.until AND coalesce(v.ended_at, q.until) > q.since))"
)
"""Something may have been owed: a visit ({1}), or a task that ran. {0} ties `v` to the subject."""
_UNSCORED: Final = (
    " AND NOT EXISTS (SELECT 1 FROM quarter_score s WHERE s.kind = '{0}' AND s.subject = x.id AND s.year = q.year"
    " AND s.quarter = q.quarter) ORDER BY x.number, x.id"
)
_QUARTER: Final = (
    "(SELECT {}::timestamptz AS since, {}::timestamptz AS until, {}::int AS year, {}::int AS quarter,"
    " {}::text AS scope) q"
)
_OF_CONTRACT: Final = "v.contract_line IN (SELECT l.id FROM contract_line l WHERE l.contract = x.id)"
_CAME: Final = f"({_VISITED.format(_OF_CONTRACT)} OR {_TAKEN_UP})"
_OF_AGREEMENT: Final = "v.carer = x.carer AND v.household = x.household AND v.contract_line IS NULL"


async def _contracts(year: int, quarter: int, span: Sequence[datetime], scope: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await QuarterScore.raw(
        "SELECT 'contract' AS kind, x.id AS subject, x.number, x.supplier AS organization,"  # noqa: S608 (constants)
        " coalesce(o.name, '') AS organization_name, x.division,"
        + _COUNTS.format(_OF_CONTRACT, _CAME)
        + ", (SELECT count(*) FROM spot_check k WHERE k.contract = x.id AND k.period = q.year || 'Q' || q.quarter"  # noqa: S608
        f" AND k.status NOT IN ('closed', 'redrawn')) AS checks FROM {_QUARTER}"
        " CROSS JOIN contract x LEFT JOIN organization o ON o.id = x.supplier"
        " WHERE x.division LIKE q.scope || '%'"
        " AND x.status IN ('active', 'suspended', 'accepting', 'closed', 'terminated')"
        + _SERVED.format(_OF_CONTRACT, _CAME)
        + _UNSCORED.format("contract"),
        *span, year, quarter, scope,
    )  # fmt: skip
    return rows


async def _agreements(year: int, quarter: int, span: Sequence[datetime], scope: str) -> list[dict[str, Any]]:
    """Agreements whose caregiver is paid by the quarter and known to the register."""
    rows: list[dict[str, Any]] = await QuarterScore.raw(
        "SELECT 'agreement' AS kind, x.id AS subject, x.number, x.organization,"  # noqa: S608 (constants)
        " coalesce(o.name, '') AS organization_name, x.division,"
        + _COUNTS.format(_OF_AGREEMENT, _VISITED.format(_OF_AGREEMENT))
        + f", 0 AS checks FROM {_QUARTER} CROSS JOIN care_agreement x"
        " LEFT JOIN organization o ON o.id = x.organization"
        " WHERE x.division LIKE q.scope || '%' AND x.pay_month IS NOT NULL AND x.carer IS NOT NULL"
        " AND x.activated_at IS NOT NULL AND x.starts_on <= (q.until AT TIME ZONE 'Asia/Shanghai')::date"
        " AND coalesce(x.ended_on, x.ends_on) >= (q.since AT TIME ZONE 'Asia/Shanghai')::date"
        + _SERVED.format(_OF_AGREEMENT, _VISITED.format(_OF_AGREEMENT))
        + _UNSCORED.format("agreement"),
        *span, year, quarter, scope,
    )  # fmt: skip
    return rows
