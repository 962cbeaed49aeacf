"""Recording a need: draft, change, submit (DOMAIN.md 8.3). One transaction each."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import UniqueViolationError

from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.households.status_rules import SERVED
from bangfu.households.tables import Household
from bangfu.needs import rules
from bangfu.needs.facts import Wish
from bangfu.needs.items import offered_items
from bangfu.needs.moves import already, check_role, locked_for, move
from bangfu.needs.tables import Need, Service
from bangfu.needs.timing import watch_confirming
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number
from bangfu.supervision.calendar import current_calendar


async def record_need(actor: Actor, key: UUID, household: UUID, wish: Wish, at: datetime, *, submit: bool) -> UUID:
    """A draft, submitted at once if asked. The same key again is the same need.

    Raises:
        NotYours: for a household of another area.
        Refused: for a household that has left the register.
        FormError: for an unknown service.
    """
    try:
        async with transaction():
            if await _is_own_repeat(actor, key):
                return key
            home = await _household(actor, household)
            if home.status not in SERVED:
                raise Refused(N_("This household has left the register: no needs are recorded for it any more."))
            values = await _columns(wish, home)
            number = await fresh_number(Need)
            row = Need(
                id=key, number=number, household=household, division=home.division, status="draft",
                created_by=actor.user, **values,
            )  # fmt: skip
            await row.save()
            await audit.record(
                actor, "need.recorded", "need", key, division=home.division, at=at,
                data={"number": number, "service": wish.service, "priority": values["priority"]}, after=values,
            )  # fmt: skip
            if submit:
                await _submit(actor, row, at)
    except UniqueViolationError:
        if not await _is_own_repeat(actor, key):
            raise
    return key


async def change_draft(actor: Actor, need: UUID, version: int, wish: Wish, at: datetime, *, submit: bool) -> None:
    """Change a draft, and submit it if asked.

    Raises:
        NotYours: for a need of another area.
        Refused: if it is no draft any more, or somebody changed it meanwhile.
    """
    async with transaction():
        row = await locked_for(actor, need)
        if submit and await already(actor, row, "submit"):
            return
        if row.status != "draft" or row.version != version:
            raise Refused(N_("This draft was changed or submitted meanwhile. Look at its page, then decide again."))
        home = await _household(actor, row.household)
        values = await _columns(wish, home)
        await Need.update(**values, version=row.version + 1, updated_at=at).where(Need.id == need)
        row.version += 1
        for name, value in values.items():
            setattr(row, name, value)
        await audit.record(
            actor, "need.changed", "need", need, division=row.division, at=at,
            data={"number": row.number, "priority": row.priority}, after=values,
        )  # fmt: skip
        if submit:
            await _submit(actor, row, at)


async def submit_need(actor: Actor, need: UUID, at: datetime) -> None:
    """draft -> submitted; confirming is due after 3 working days, urgent after 24 hours. A repeat changes nothing.

    Raises:
        NotYours: for a need of another area.
        Refused: from another state, or if the reason is missing.
    """
    async with transaction():
        row = await locked_for(actor, need)
        if await already(actor, row, "submit"):
            return
        if not row.reason:
            raise Refused(
                N_("The draft says no reason yet. Open “Change draft”, write why the service is needed, submit.")
            )
        await _submit(actor, row, at)


async def _submit(actor: Actor, row: Need, at: datetime) -> None:
    check_role(actor, row, "submit")
    due = rules.deadline("confirm", row.priority, at, await current_calendar())
    await move(
        actor, row, "submit", at, data={"priority": row.priority}, submitted_by=actor.user, submitted_at=at, due_at=due
    )
    await watch_confirming(actor, row, due, at)


async def _is_own_repeat(actor: Actor, key: UUID) -> bool:
    row = await Need.objects().get(Need.id == key)
    if row is not None and row.created_by != actor.user:
        raise NotYours
    return row is not None


async def _household(actor: Actor, household: UUID) -> Household:
    row = await Household.objects().get(Household.id == household)
    if row is None or not actor.sees(row.division):
        raise NotYours
    return row


async def _columns(wish: Wish, home: Household) -> dict[str, Any]:
    """The need's columns: what was left open comes from the service, the priority from the household's layer."""
    service = await Service.objects().get(Service.code == wish.service)
    if service is None:
        raise FormError({"service": (N_("Please choose one of the list."), {})})
    version = await _item_version(wish)
    return {
        "service": service.code,
        "person": wish.person,
        "priority": rules.priority_of(home.category, urgent=wish.urgent or wish.emergency),
        "visits": wish.visits or service.visits,
        "minutes": wish.minutes or service.minutes,
        "qualifications": service.qualifications,
        "kinds": service.kinds,
        "gender_required": wish.gender_required,
        "gender_wish": wish.gender_wish,
        "language_wish": wish.language_wish,
        "windows": json.dumps(wish.windows),
        "reason": wish.reason,
        "item": wish.item,
        "item_version": version,
        "emergency": wish.emergency,
        "origin": wish.origin,
        "proposal": wish.proposal,
    }


async def _item_version(wish: Wish) -> int | None:
    """The version of the item that the need names; it has to be one of the service."""
    if not wish.item:
        return None
    for item in await offered_items(wish.service):
        if item.code == wish.item:
            return item.version
    raise FormError({"item": (N_("This item belongs to another service, or is not offered any more."), {})})
