"""Needs of people who died, were imprisoned or left, and of households that left, end in the same transaction."""

import json
from datetime import datetime
from uuid import UUID

from bangfu.households import history
from bangfu.households.leaving import Ending, on_leaving, on_return
from bangfu.needs import rules
from bangfu.needs.actions import react
from bangfu.needs.moves import move
from bangfu.needs.rules import OPEN, priority_of
from bangfu.needs.tables import Need
from bangfu.needs.timing import CONFIRM, RESUME, watch_confirming
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.supervision import actions as supervision
from bangfu.supervision.calendar import current_calendar

_CODES = {"died": "death", "imprisoned": "category_lost", "moved_out": "moved", "other": "other"}


async def end_needs(actor: Actor, ending: Ending, at: datetime) -> None:
    """Open needs of the person (or of the whole household) are cancelled; what hangs on them follows as usual."""
    for row in await _needs(ending, sorted(OPEN)):
        code = _CODES.get(ending.code, ending.code)
        before = row.status
        await move(
            actor, row, "cancel", at, closed_reason=code,
            data={"code": code, "household": str(ending.household), "leaving": ending.event, "before": before},
        )  # fmt: skip
        for kind in (CONFIRM, RESUME):
            await supervision.drop(actor, kind, row.id, at, reason=code)
        await react(actor, row.id, "cancel", at)


async def restore_needs(actor: Actor, ending: Ending, at: datetime) -> None:
    """What a wrongly recorded leaving cancelled is to be decided again: submitted, a draft stays a draft."""
    for row in await _needs(ending, ["cancelled"]):
        ended = await Need.raw(
            "SELECT data FROM audit_event WHERE subject = {} AND subject_type = 'need' AND action = 'need.cancelled'"
            " ORDER BY id DESC LIMIT 1",
            str(row.id),
        )
        data = json.loads(ended[0]["data"]) if ended else {}
        if data.get("leaving") != str(ending.event):
            continue
        action = "restore_draft" if data["before"] == "draft" else "restore"
        due = rules.deadline("confirm", row.priority, at, await current_calendar()) if action == "restore" else None
        await move(SYSTEM, row, action, at, closed_reason="", due_at=due, data={"household": str(ending.household)})
        await watch_confirming(SYSTEM, row, due, at)


async def _needs(ending: Ending, states: list[str]) -> list[Need]:
    where = (Need.household == ending.household) & Need.status.is_in(states)
    if ending.person is not None:
        where = where & (Need.person == ending.person)
    found: list[Need] = await Need.objects().where(where).order_by(Need.id).lock_rows("UPDATE")
    return found


async def follow_category(household: UUID, category: str) -> None:
    """The priority follows from the layer: open needs that nobody called urgent take the new one."""
    await Need.update({Need.priority: priority_of(category, urgent=False)}).where(
        (Need.household == household) & Need.status.is_in(sorted(OPEN)) & (Need.priority != "urgent")
    )


def register() -> None:
    """Follow leavings and categories from now on; repeating it changes nothing."""
    on_leaving(end_needs)
    on_return(restore_needs)
    history.on_category(follow_category)
