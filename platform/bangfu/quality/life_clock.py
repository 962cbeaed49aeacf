"""What time does to scores: quarters are frozen, scores become final, hearings that nobody recorded lapse."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from bangfu.quality import life
from bangfu.quality.freezing import freeze
from bangfu.quality.life_open import Waiting, waiting
from bangfu.quality.life_tables import ScoreVeto
from bangfu.quality.life_vetoing import hear_absent
from bangfu.quality.tables import QuarterScore
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction
from bangfu.supervision.calendar import current_calendar

log = logging.getLogger("bangfu.quality")


async def look_after(at: datetime) -> int:
    """Freeze quarters whose time has come, finish scores whose window is over, let hearings lapse.

    Safe to repeat, and with several workers: each in a transaction of its own; one that fails is logged and left for
    the next round.

    Returns:
        How many moved on.
    """
    moved = 0
    for each in await waiting(at, await current_calendar()):
        if each.ready(at):
            moved += await _tried("quarter of %s", each.subject, partial(_freeze, each, at))
    for row in await QuarterScore.raw(
        "SELECT id FROM quarter_score WHERE status IN ('published_prelim', 'appealed') AND appeal_until < {}"
        " ORDER BY id",
        at,
    ):
        moved += await _tried("score %s", row["id"], partial(life.finish, row["id"], at))
    for row in await ScoreVeto.raw(
        "SELECT id FROM score_veto WHERE status = 'summoned' AND hearing_at < {} ORDER BY id", at
    ):
        moved += await _tried("veto %s", row["id"], partial(hear_absent, row["id"], at))
    return moved


async def _freeze(each: Waiting, at: datetime) -> bool:
    async with transaction():
        score = await freeze(SYSTEM, each.kind, each.subject, each.year, each.quarter, at)
        await life.begun(score, at)
    return True


async def _tried(what: str, subject: UUID, act: Callable[[], Awaitable[bool]]) -> bool:
    try:
        return await act()
    except Exception:
        log.exception(what + " could not be looked after", subject)
        return False
