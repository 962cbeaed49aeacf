"""Calendars of the sample: an organisation's is published, the station's waits as a draft."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from bangfu.dispatch.actions import accept
from bangfu.errors import Refused, Told
from bangfu.sample.accounts import actor_of
from bangfu.schedules import publishing, running
from bangfu.schedules.tables import VisitPlan
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.clock import now

_SPACE = UUID("5b0f6f0e-7d0a-4a6e-9a3c-0c5f3f5a9933")
ACCEPTED, SECONDS = 9, 5


async def load(at: datetime) -> None:
    """Some offers are accepted and given their dates. Once."""
    if await VisitPlan.exists():
        return
    manager = await actor_of("manager1")
    await _accept(manager, "organization = {}::uuid", manager.organization, ACCEPTED, at)
    for name in ("socialworker", "volunteer1"):
        actor = await actor_of(name)
        await _accept(actor, "organization IS NULL AND carer = {}::uuid", actor.carer, 1, at)
    first = civil_date(at) + timedelta(days=1)
    plan = await _planned(manager, "organisation", first)
    if plan is not None and plan["status"] == "draft":
        await publishing.publish(manager, plan["id"], now())
    await _planned(await actor_of("dispatcher"), "station", first)


async def _planned(actor: Actor, side: str, first: date) -> dict[str, Any] | None:
    """The calendar of a side; none where nothing was accepted (a city that was not matched)."""
    try:
        return await running.plan_now(actor, uuid5(_SPACE, side), first, SECONDS)
    except Refused:
        return None


async def _accept(actor: Actor, whose: str, owner: UUID | None, count: int, at: datetime) -> None:
    """The owner accepts some open offers; one whose time has run out stays as it is."""
    rows = await VisitPlan.raw(
        f"SELECT id FROM assignment WHERE status = 'offered' AND {whose} ORDER BY number LIMIT {{}}",  # noqa: S608
        owner, count,
    )  # fmt: skip
    for row in rows:
        try:
            await accept(actor, row["id"], None, at)
        except Told:
            continue
