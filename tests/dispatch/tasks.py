"""Households, needs and offers for the tests of dispatch; everybody is made up."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.dispatch.actions import OfferInput, make_offer
from bangfu.dispatch.tables import Assignment
from bangfu.households.tables import Consent, Household, Person
from bangfu.needs.tables import Need
from bangfu.shared.clock import now
from bangfu.shared.crypto import encrypt
from tests.support import VILLAGE, World

ADDRESS, PHONE, NAME = "测试省测试市东区河东街道柳树村3组17号", "13900000017", "欧阳秀英"


async def make_need(
    status: str = "matching", service: str = "visit_check", division: str = VILLAGE, priority: str = "key", **more: Any
) -> Need:
    """A need of a household of its own, ready to be offered."""
    home, person, consent = uuid4(), uuid4(), uuid4()
    number = home.hex[:8]
    await Household(
        id=home, number=f"H-{number}", division=division, category="tekun", head_name=NAME, two_person_visits=True,
        address_enc=encrypt(ADDRESS, f"household:address_enc:{home}"), lat=31.78, lon=119.95, location_source="map",
    ).save()  # fmt: skip
    await Person(
        id=person, household=home, is_head=True, name=NAME, sex="f",
        phone_enc=encrypt(PHONE, f"person:phone_enc:{person}"),
    ).save()  # fmt: skip
    await Consent(id=consent, household=home, ground="consent", purposes=["service", "share_provider"]).save()
    values = {
        "visits": 4, "minutes": 30, "reason": "独居，行动不便，想有人常来看看。",
        "kinds": ["worker", "social_worker", "volunteer"], "windows": json.dumps([[0, 540, 660], [3, 840, 960]]),
    }  # fmt: skip
    need = Need(
        id=uuid4(), number=f"N-{number}", household=home, person=person, division=division, service=service,
        status=status, priority=priority, consent=consent, **{**values, **more},
    )  # fmt: skip
    await need.save()
    return need


def offer_of(need: Need, carer: UUID, **more: Any) -> OfferInput:
    """The offer of a need to a carer."""
    values: dict[str, Any] = {
        "need": need.id, "household": need.household, "division": need.division, "service": need.service,
        "priority": need.priority, "carer": carer, "visits": need.visits, "minutes": need.minutes, "km": 1.4,
    }  # fmt: skip
    return OfferInput(**{**values, **more})


async def offered(world: World, carer: str = "nurse", at: datetime | None = None, **more: Any) -> UUID:
    """An open offer to one of the cast's carers, made by the dispatcher."""
    need = await make_need(**more)
    return await make_offer(world["dispatcher"], offer_of(need, world.carers[carer]), at or now())


async def status_of(assignment: UUID) -> str:
    """The assignment's state."""
    rows = await Assignment.raw("SELECT status FROM assignment WHERE id = {}", assignment)
    return str(rows[0]["status"])


async def need_status(assignment: UUID) -> str:
    """The state of the need behind an assignment."""
    rows = await Assignment.raw(
        "SELECT n.status FROM need n JOIN assignment a ON a.need = n.id WHERE a.id = {}", assignment
    )
    return str(rows[0]["status"])


async def kinds_told(user: UUID) -> list[str]:
    """The kinds of messages in a person's inbox, oldest first."""
    rows = await Assignment.raw('SELECT kind FROM message WHERE "user" = {} ORDER BY created_at', user)
    return [row["kind"] for row in rows]
