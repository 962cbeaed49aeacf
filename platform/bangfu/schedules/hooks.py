"""What the calendar gives to earlier features: checks of moves, reasons for planning, dated visits for calendars."""

from datetime import datetime
from uuid import UUID

from bangfu.dispatch.moves import OVER
from bangfu.schedules import refusing
from bangfu.schedules.checking import problems_of_move
from bangfu.schedules.findings import Sentence
from bangfu.shared.actor import Actor
from bangfu.visits import checks


async def check_move(actor: Actor, visit: UUID, start: datetime, carer: UUID, at: datetime) -> list[Sentence]:
    """visits.checks: why the visit may not begin then with this carer."""
    return await problems_of_move(actor, visit, start, carer, at)


def register() -> None:
    """Register all hooks; repeating it changes nothing."""
    checks.register(check_move)
    if refusing.settle_ended not in OVER:
        OVER.append(refusing.settle_ended)
