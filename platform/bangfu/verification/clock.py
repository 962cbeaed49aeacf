"""Visits that nobody had to look at verify themselves after five working days (DOMAIN.md 8.8); the worker repeats it.

The task of a flagged visit and that of a dispute remind and climb by supervision's own clock.
"""

from datetime import datetime, timedelta

from bangfu.supervision.calendar import current_calendar, end_of_working_day
from bangfu.verification.deciding import verify_by_clock
from bangfu.verification.flagging import WORKING_DAYS
from bangfu.visits.tables import Visit

BATCH = 300


async def look_after(at: datetime, most: int = BATCH) -> int:
    """Verify what is due, flag what has come up since. Returns how many verified themselves."""
    calendar = await current_calendar()
    rows = await Visit.raw(
        "SELECT v.id, greatest(v.submitted_at, v.approved_at) AS since FROM visit v WHERE v.status = 'submitted'"
        " AND v.submitted_at < {} AND v.approval NOT IN ('waiting', 'refused')"
        " ORDER BY v.submitted_at LIMIT {}",
        at - timedelta(days=WORKING_DAYS), most,
    )  # fmt: skip
    due = [row["id"] for row in rows if end_of_working_day(row["since"], WORKING_DAYS, calendar) < at]
    late = await Visit.raw(
        "SELECT v.id FROM visit v WHERE v.status = 'submitted' AND EXISTS (SELECT 1 FROM visit_flag f"
        " WHERE f.visit = v.id AND f.status = 'open') LIMIT {}",
        most,
    )
    return sum([await verify_by_clock(visit, at) for visit in dict.fromkeys([*due, *(row["id"] for row in late)])])
