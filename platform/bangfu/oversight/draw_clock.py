"""What happens by itself: rounds open ahead of their month, lists close on day 1 of the next, refusals end a round."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bangfu.oversight import draw_closing, draws
from bangfu.oversight import draw_rounds as rounds
from bangfu.oversight import draw_rules as rules
from bangfu.oversight.draw_tables import DrawRound
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import civil_date, month_span
from bangfu.shared.database import transaction

AHEAD: Final = timedelta(days=10)
"""How long before a month begins its hashes are taken [D]."""
_RUNNING: Final = (
    "SELECT DISTINCT division FROM contract WHERE status IN ('published', 'active', 'suspended', 'accepting')"
    " AND starts_on <= {} AND ends_on >= {} ORDER BY division"
)


async def look_after(at: datetime) -> int:
    """Open, close, end, and see to second draws. Returns how many rounds moved; a repeat moves none."""
    await _open_months(at)
    due = await DrawRound.raw(
        "SELECT id FROM draw_round WHERE (status = 'open' AND commit_until <= {}) OR"
        " (status = 'closed' AND reveal_until <= {}) ORDER BY division, year, month, id",
        at, at,
    )  # fmt: skip
    moved = sum([await _move(row["id"], at) for row in due])
    return moved + await draws.look_for_second(at)


async def _open_months(at: datetime) -> None:
    for first in {civil_date(at).replace(day=1), civil_date(at + AHEAD).replace(day=1)}:
        last = month_span(first.year, first.month)[1]
        for row in await DrawRound.raw(_RUNNING, last, first):
            async with transaction():
                await rounds.open_month(rounds_division(row["division"]), first, at)


def rounds_division(division: str) -> str:
    """The county of a contract, 12 digits."""
    return division[:6].ljust(12, "0")


async def _move(draw_round: UUID, at: datetime) -> bool:
    """One round whose time has come; whoever locks it first moves it."""
    async with transaction():
        row = await rounds.locked(draw_round)
        standing = rounds.held(await rounds.standing_of(row.id))
        if row.status == "closed" and row.reveal_until is not None and row.reveal_until <= at:
            await rounds.end(SYSTEM, row, "end", "not_revealed", rules.unrevealed(standing), at)
            return True
        if row.status != "open" or at < row.commit_until:
            return False
        if rounds.last_moment(row) is None:
            await rounds.end(SYSTEM, row, "end", "not_committed", rules.missing(standing), at)
            return True
        await draw_closing.close_lists(row.division, row.year, row.month, at)
        if not await rounds.lists_of(row):
            await rounds.end(SYSTEM, row, "end", "empty", (), at)
        elif rules.missing(standing):
            await rounds.end(SYSTEM, row, "end", "not_committed", rules.missing(standing), at)
        else:
            await rounds.close(row, at)
        return True
