"""What supervision watches of a need: confirming it in time, and ending a suspension (DOMAIN.md 8.3, 8.10)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from bangfu.households.actions import on_relocation
from bangfu.needs.tables import Need
from bangfu.shared.actor import Actor
from bangfu.supervision.actions import Timed, moved_home, watch, watch_all

CONFIRM: Final = "need.confirm"
RESUME: Final = "need.resume"


async def watch_confirming(actor: Actor, need: Need, due: datetime | None, at: datetime) -> None:
    """The township's officer has to decide on a submitted need: 3 working days, urgent 24 plain hours."""
    if due is not None:
        await watch(actor, _timed(CONFIRM, need, due, unit="township", by_hours=need.priority == "urgent"), at)


async def watch_confirming_all(actor: Actor, needs: Iterable[Need], at: datetime) -> None:
    """As `watch_confirming` for the submitted needs of a list, each due as it says itself."""
    due = [(need, need.due_at) for need in needs if need.status == "submitted" and need.due_at is not None]
    things = [
        _timed(CONFIRM, need, due_at, unit="township", by_hours=need.priority == "urgent") for need, due_at in due
    ]
    await watch_all(actor, things, at)


async def watch_pause(actor: Actor, need: Need, due: datetime, at: datetime) -> None:
    """The station's social worker has to end a suspension, or prolong it, by the expected end."""
    await watch(actor, _timed(RESUME, need, due, unit="station", role="social_worker", by_hours=True), at)


def _timed(kind: str, need: Need, due: datetime, *, unit: str, role: str = "", by_hours: bool = False) -> Timed:
    return Timed(
        kind=kind, subject_type="need", subject=need.id, href=f"/needs/{need.id}", division=need.division, due_at=due,
        number=need.number, unit=unit, role=role, by_hours=by_hours, household=need.household,
    )  # fmt: skip


on_relocation(moved_home)
