"""Ten working days of silence after the reply close a complaint (DOMAIN.md 8.9); the worker repeats it."""

from datetime import datetime

from bangfu.complaints.deciding import close_row
from bangfu.complaints.moves import locked
from bangfu.complaints.tables import Complaint
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction

BATCH = 200


async def look_after(at: datetime, most: int = BATCH) -> int:
    """Close what nobody answered to. Returns how many were closed."""
    rows = await Complaint.raw(
        "SELECT id FROM complaint WHERE status = 'replied' AND silence_due < {} ORDER BY silence_due LIMIT {}", at, most
    )
    closed = 0
    for found in rows:
        async with transaction():
            row = await locked(found["id"])
            if row.status == "replied" and row.silence_due is not None and row.silence_due < at:
                await close_row(SYSTEM, row, "", at)
                closed += 1
    return closed
