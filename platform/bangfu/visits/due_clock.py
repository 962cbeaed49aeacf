"""What the clock says about visits that did not come: missed the next day, or begun and never ended (DOMAIN.md 8.8).

A planned visit is missed when its planned time and its due window have been over for a whole day: a record may be on
its way from a phone without a line for 24 hours (5.1), and inside of its window a visit can still be moved. What was
begun is told after 24 hours and missed after three days, when its window is over too.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bangfu.accounts import queries as accounts
from bangfu.messages.actions import send
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.database import transaction
from bangfu.shared.tracing import where
from bangfu.visits import moves
from bangfu.visits.due_rules import GRACE
from bangfu.visits.tables import Visit

log = logging.getLogger("bangfu.visits")
GIVEN_UP: Final = timedelta(hours=72)
MOST: Final = 2000
"""So many visits in one round; the next round takes the rest."""


async def look_after(at: datetime) -> int:
    """Mark what was missed, tell of visits without an end and of days that are over without a record.

    Returns:
        How many visits were marked as missed.
    """
    missed = 0
    for visit in await _ids(_OVER, at - GRACE, at - GIVEN_UP, at - GRACE):
        missed += await _quietly(_miss, visit, at)
    for visit in await _ids(_UNFINISHED, at - GRACE):
        await _quietly(_tell_unfinished, visit, at)
    for visit in await _ids(_DAY_OVER, day_span(civil_date(at))[0] - timedelta(days=3), day_span(civil_date(at))[0]):
        await _quietly(_tell_day_over, visit, at)
    return missed


_OVER = (
    "SELECT id FROM visit WHERE planned_end <= {} AND (status = 'planned' OR (status = 'in_progress' AND"
    " started_at <= {})) AND due_until <= {}"
)
_UNFINISHED = "SELECT id FROM visit WHERE status = 'in_progress' AND started_at <= {}"
_DAY_OVER = "SELECT id FROM visit WHERE status = 'planned' AND planned_end >= {} AND planned_end < {}"


async def _ids(sql: str, *values: object) -> list[UUID]:
    return [row["id"] for row in await Visit.raw(f"{sql} ORDER BY planned_end, id LIMIT {MOST}", *values)]


async def _quietly(act: Any, visit: UUID, at: datetime) -> int:
    """One visit in a transaction of its own: what is wrong with one holds up no other."""
    try:
        async with transaction():
            return int(await act(visit, at))
    except Exception as error:
        log.error("a visit could not be looked after\n%s", where(error))
        return 0


async def _miss(visit: UUID, at: datetime) -> bool:
    row = await moves.locked(visit, line=False)
    begun = row.status == "in_progress" and row.started_at is not None and row.started_at <= at - GIVEN_UP
    if not (row.status == "planned" or begun) or max(row.planned_end, row.due_until) > at - GRACE:
        return False
    await moves.move(SYSTEM, row, "miss", at, reason="unfinished" if begun else "window_over")
    station = await accounts.users_with("station_dispatcher", row.division)
    await _tell_side(row, "visit_missed", f"{row.id}:{row.version}")
    await send(station, "visit_missed_station", f"/due/{row.assignment}", _params(row), f"{row.id}:{row.version}")
    return True


async def _tell_unfinished(visit: UUID, at: datetime) -> bool:
    row = await Visit.objects().get(Visit.id == visit)
    if row is None or row.status != "in_progress":
        return False
    await _tell_side(row, "visit_unfinished", f"{row.id}:{row.started_at.isoformat()}")
    return True


async def _tell_day_over(visit: UUID, at: datetime) -> bool:
    row = await Visit.objects().get(Visit.id == visit)
    if row is None or row.status != "planned" or row.due_until <= at:
        return False
    await _tell_side(row, "visit_day_over", f"{row.id}:{row.planned_start.isoformat()}")
    return True


async def _tell_side(row: Visit, kind: str, event: str) -> None:
    """Tell who serves and, for an organisation's worker, its managers; each gets the page that is theirs."""
    managers = set(await accounts.managers_of(row.organization)) if row.organization is not None else set()
    servers = set(await accounts.user_of_carer(row.carer)) - managers
    await send(managers, kind, f"/org-visits/{row.id}", _params(row), event)
    await send(servers, kind, f"/my-due/{row.assignment}", _params(row), event)


def _params(row: Visit) -> dict[str, object]:
    return {"number": row.number, "service": row.service, "day": civil_date(row.planned_start).isoformat()}
