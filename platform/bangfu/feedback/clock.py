"""What feedback looks after by the clock: rounds of this quarter and the last one, and who is late with calling."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.feedback import policy, rounds
from bangfu.feedback.tables import Callback
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import civil_date, day_span, quarter_of, quarter_span
from bangfu.shared.database import transaction
from bangfu.shared.division_codes import pad_division
from bangfu.supervision.actions import Timed, drop, settle, watch

KIND: Final = "callback.quota"


def subject_of(township: str, year: int, quarter: int) -> UUID:
    """What supervision watches: one township's call-backs of one quarter."""
    return uuid5(NAMESPACE_URL, f"bangfu:callbacks:{township}:{year}:{quarter}")


async def look_after(at: datetime) -> None:
    """Open and fill the rounds of this quarter (and of the last one until its term is over), watch the townships' lists
    from 20 days before the quarter's end, close what is over."""
    today = civil_date(at)
    year, quarter = quarter_of(today)
    last = quarter_of(quarter_span(year, quarter)[0] - timedelta(days=1))
    for each in (last, (year, quarter)):
        await rounds.open_rounds(*each, at)
    await rounds.close_due(at)
    await _watch(at)


async def _watch(at: datetime) -> None:
    rows: list[dict[str, Any]] = await Callback.raw(
        "SELECT left(c.division, 9) AS township, r.year, r.quarter, max(r.due_at) AS due_at,"
        " bool_or(c.status = 'open' AND r.status = 'open') AS waiting, bool_or(r.status = 'open') AS going"
        " FROM callback c JOIN callback_round r ON r.id = c.round WHERE r.due_at > {}"
        " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        at - timedelta(days=30),
    )
    for row in rows:
        await _watch_one(row, at)


async def _watch_one(row: dict[str, Any], at: datetime) -> None:
    year, quarter = row["year"], row["quarter"]
    first, last = quarter_span(year, quarter)
    subject = subject_of(row["township"], year, quarter)
    since = day_span(last)[1] - timedelta(days=policy.in_force(first).watch_days)
    async with transaction():
        if not row["going"]:
            await drop(SYSTEM, KIND, subject, at, reason="closed")
        elif not row["waiting"]:
            await settle(SYSTEM, KIND, subject, at, evidence="callback.answered")
        elif at >= since:
            timed = Timed(
                KIND, "callback_quarter", subject, f"/callbacks/calls?term={year}Q{quarter}",
                pad_division(row["township"]), row["due_at"], number=f"{year}Q{quarter}", unit="station",
                role="station_dispatcher",
            )  # fmt: skip
            await watch(SYSTEM, timed, at)
