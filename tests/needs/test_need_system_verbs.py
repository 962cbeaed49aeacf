"""What dispatch and planning do to needs: each verb moves along the table and leaves an audit event."""

import asyncio
from uuid import UUID, uuid4

import pytest

from bangfu.errors import NotYours, Refused
from bangfu.households.tables import Consent, Household
from bangfu.needs import actions, queries
from bangfu.needs.tables import Need
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.support import FOREIGN_VILLAGE, VILLAGE, World

pytestmark = pytest.mark.database


async def make_need(status: str = "confirmed", division: str = VILLAGE, **more: object) -> UUID:
    """A need of a new household, in a state reached without the pages."""
    household = Household(
        id=uuid4(), number=f"HH-{uuid4().hex[:6]}", division=division, category="tekun", head_name="张明"
    )
    await household.save()
    consent = Consent(id=uuid4(), household=household.id, ground="statutory", statute="社会救助暂行办法")
    await consent.save()
    values = {"consent": consent.id, "priority": "key", "visits": 4, "minutes": 30, **more}
    need = Need(
        id=uuid4(), number=f"ND-{uuid4().hex[:6]}", household=household.id, division=division, service="visit_check",
        status=status, **values,
    )  # fmt: skip
    await need.save()
    return need.id


async def state(need: UUID) -> Need:
    found = await Need.objects().get(Need.id == need)
    assert found is not None
    return found


async def test_a_run_takes_the_confirmed_needs_of_its_own_area_only(world: World) -> None:
    own, draft, foreign = await make_need(), await make_need("draft"), await make_need(division=FOREIGN_VILLAGE)
    assert await actions.start_matching(world["dispatcher"], [own, draft, foreign], now()) == [own]
    assert (await state(own)).status == "matching"
    assert (await state(foreign)).status == "confirmed"
    event = await AuditEvent.objects().get(AuditEvent.subject == str(own))
    assert event is not None
    assert (event.action, event.actor) == ("need.matching", world["dispatcher"].user)


async def test_an_unserved_need_goes_back_with_its_reason(world: World) -> None:
    need = await make_need("matching")
    await actions.back_to_confirmed(SYSTEM, need, "too_far", {"km": 7.5}, now())
    view = await queries.need_for(world["dispatcher"], need)
    assert (view.status, view.binding_reason, view.binding_detail) == ("confirmed", "too_far", {"km": 7.5})
    with pytest.raises(ValueError, match="because"):
        await actions.back_to_confirmed(SYSTEM, need, "because", {}, now())


async def test_an_accepted_offer_names_the_carer_and_a_withdrawal_keeps_who_it_was(world: World) -> None:
    need, nurse = await make_need("matching", binding_reason="no_time"), world.carers["nurse"]
    await actions.mark_assigned(SYSTEM, need, nurse, now())
    await actions.mark_assigned(SYSTEM, need, nurse, now())
    row = await state(need)
    assert (row.status, row.current_carer, row.binding_reason) == ("assigned", nurse, "")
    await actions.back_to_matching(SYSTEM, need, now())
    row = await state(need)
    assert (row.status, row.current_carer) == ("matching", nurse)
    assert await AuditEvent.count().where(AuditEvent.subject == str(need)) == 2, "the repeat left no second event"


async def test_what_the_table_does_not_list_is_refused_and_changes_nothing(world: World) -> None:
    need = await make_need("cancelled")
    with pytest.raises(Refused):
        await actions.mark_assigned(SYSTEM, need, world.carers["nurse"], now())
    with pytest.raises(Refused):
        await actions.back_to_matching(SYSTEM, need, now())
    assert (await state(need)).status == "cancelled"
    with pytest.raises(NotYours):
        await actions.back_to_matching(SYSTEM, uuid4(), now())


async def test_two_runs_at_once_take_a_need_once(world: World) -> None:
    need = await make_need()
    taken = await asyncio.gather(*(actions.start_matching(world["dispatcher"], [need], now()) for _ in range(4)))
    assert sorted(len(moved) for moved in taken) == [0, 0, 0, 1]


async def test_a_foreign_need_looks_like_a_missing_one(world: World) -> None:
    need = await make_need()
    for outsider in ("outsider", "outside_officer", "admin"):
        with pytest.raises(NotYours):
            await queries.need_for(world[outsider], need)
