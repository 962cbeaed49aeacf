"""Without its ground nothing is offered, accepted or shown (DOMAIN.md 9.1, 9.2)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bangfu.dispatch.actions import accept, make_offer
from bangfu.dispatch.tables import Assignment
from bangfu.errors import Refused
from bangfu.households.tables import Consent, Household
from bangfu.providers.tables import Carer, Organization, Qualification
from bangfu.shared.clock import now, today
from tests.dispatch.tasks import ADDRESS, make_need, offer_of, offered
from tests.support import World


async def _withdraw() -> None:
    await Consent.raw("UPDATE consent SET withdrawn_at = now()")


async def _status(assignment: UUID) -> str:
    rows = await Assignment.raw("SELECT status FROM assignment WHERE id = {}", assignment)
    return str(rows[0]["status"])


async def test_nothing_is_offered_after_the_consent_was_withdrawn(world: World) -> None:
    need = await make_need()
    await _withdraw()
    with pytest.raises(Refused, match="withdrawn its consent"):
        await make_offer(world["dispatcher"], offer_of(need, world.carers["nurse"]), now())
    assert await Assignment.count() == 0


async def test_a_consent_that_does_not_name_sharing_keeps_organisations_out_but_not_the_station(world: World) -> None:
    need = await make_need()
    await Consent.raw("UPDATE consent SET purposes = ARRAY['service']::varchar[]")
    with pytest.raises(Refused, match="sharing with an organisation"):
        await make_offer(world["dispatcher"], offer_of(need, world.carers["nurse"]), now())
    assert await make_offer(world["dispatcher"], offer_of(need, world.carers["social_worker"]), now())


async def test_nobody_is_offered_a_household_that_is_not_in_care(world: World) -> None:
    need = await make_need()
    await Household.raw("UPDATE household SET status = 'left'")
    with pytest.raises(Refused, match="not in care"):
        await make_offer(world["dispatcher"], offer_of(need, world.carers["nurse"]), now())


async def test_nobody_sends_tasks_to_the_organisation_they_work_for_without_the_township(world: World) -> None:
    need = await make_need()
    linked = replace(world["dispatcher"], organization=world.organization)
    with pytest.raises(Refused, match="township must agree first"):
        await make_offer(linked, offer_of(need, world.carers["nurse"]), now())
    assert await make_offer(linked, offer_of(need, world.carers["rival"]), now())


async def test_the_address_is_gone_from_the_page_once_the_consent_is_withdrawn(world: World, visit) -> None:
    task = await offered(world)
    await accept(world["manager"], task, None, now())
    browser = await visit("manager")
    reason = {"contact_reason": "first_contact", "contact_text": "call before the first visit"}
    await _withdraw()
    answer = await browser.post(f"/tasks/{task}/contact", reason)
    assert ADDRESS not in answer.text
    assert ADDRESS not in (await browser.get(f"/tasks/{task}")).text


@pytest.mark.parametrize("change", ["inactive", "barred", "organisation_barred", "expired"])
async def test_the_matched_carer_is_checked_again_when_the_task_is_accepted(world: World, change: str) -> None:
    task = await offered(world)
    nurse, yesterday = world.carers["nurse"], today() - timedelta(days=1)
    if change == "inactive":
        await Carer.raw("UPDATE carer SET active = false WHERE id = {}", nurse)
    elif change == "barred":
        await Carer.raw("UPDATE carer SET blacklist_until = {} WHERE id = {}", today(), nurse)
    elif change == "organisation_barred":
        await Organization.raw("UPDATE organization SET blacklist_until = {}", today())
    else:
        await Qualification.raw("UPDATE qualification SET expires_on = {} WHERE carer = {}", yesterday, nurse)
    with pytest.raises(Refused):
        await accept(world["manager"], task, None, now())
    assert await _status(task) == "offered"
