"""Needs that norms propose: recorded, changed or declined with a reason, asked again when the facts change."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.catalogue.tables import CatalogueItem, NormProposal
from bangfu.households.tables import Household, ReadLog
from bangfu.needs.tables import Need
from bangfu.shared.clock import today
from bangfu.shared.tables import AuditEvent
from tests.households.household_support import record
from tests.support import Visitor, World

pytestmark = pytest.mark.database


async def semi(browser: Visitor, **changes: Any) -> UUID:
    """A person in special difficulty, supported at home, partial self-care, living alone at 81."""
    return await record(browser, selfcare_level="semi", **changes)


async def offered(browser: Visitor, household: UUID) -> dict[str, dict[str, str]]:
    """Service -> the hidden and number fields of its form."""
    text = (await browser.get(f"/households/{household}/proposals")).text
    found = {}
    for form in re.findall(r'proposals/accept".*?</form>', text, re.S):
        fields = dict(re.findall(r'name="(key|service|person|fingerprint|visits|minutes)"[^>]*?value="([^"]*)"', form))
        found[fields["service"]] = fields
    return found


async def test_the_norms_propose_care_and_checks_with_their_reasons(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await semi(coordinator)
    page = (await coordinator.get(f"/households/{household}/proposals")).text
    assert "Supported at home, partial self-care: 3 × a week" in page
    fields = await offered(coordinator, household)
    assert fields["daily_care"]["visits"] == "12"
    assert fields["visit_check"]["visits"] == "4"
    assert fields["visit_check"]["person"] == "", "checks are for the whole home"


async def test_a_proposal_becomes_one_submitted_need_that_remembers_its_origin(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await semi(coordinator)
    fields = {**(await offered(coordinator, household))["daily_care"], "reason": "按标准", "do": "submit"}
    answers = await asyncio.gather(
        *(coordinator.post(f"/households/{household}/proposals/accept", fields) for _ in range(3))
    )
    assert {answer.headers["location"] for answer in answers} == {f"/needs/{fields['key']}"}
    (need,) = await Need.objects()
    assert (need.status, need.visits, need.origin, str(need.proposal)) == ("submitted", 12, "norm", fields["key"])
    (kept,) = await NormProposal.objects()
    assert (kept.decision, kept.norm, kept.need) == ("accepted", "tekun_semi.daily_care", need.id)
    assert "daily_care" not in await offered(coordinator, household)
    assert await AuditEvent.count().where(AuditEvent.action == "norm.accepted") == 1
    assert "Need recorded by a norm" in (await coordinator.get(f"/households/{household}")).text


async def test_two_workers_who_answer_the_same_proposal_make_one_need(visit, world: World) -> None:
    coordinator, worker = await visit("coordinator"), await visit("worker")
    household = await semi(coordinator)
    forms = [
        {**(await offered(browser, household))["daily_care"], "reason": "x", "do": "draft"}
        for browser in (coordinator, worker)
    ]
    answers = await asyncio.gather(
        coordinator.post(f"/households/{household}/proposals/accept", forms[0]),
        worker.post(f"/households/{household}/proposals/accept", forms[1]),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert await Need.count() == 1


async def test_a_change_needs_a_reason_and_counts_as_agreed(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await semi(coordinator)
    fields = (await offered(coordinator, household))["daily_care"]
    bare = await coordinator.post(
        f"/households/{household}/proposals/accept", {**fields, "visits": "8", "reason": "", "do": "draft"}
    )
    assert bare.status_code == 422
    assert "differs from the norm" in bare.text
    done = {**fields, "visits": "8", "reason": "女儿每周来一次", "do": "submit"}
    assert (await coordinator.post(f"/households/{household}/proposals/accept", done)).status_code == 303
    page = (await coordinator.get(f"/households/{household}/proposals")).text
    assert "Recorded with fewer visits, for a reason" in page
    assert "女儿每周来一次" in page
    assert "女儿" not in (await NormProposal.objects().first()).words_enc


async def test_a_declined_proposal_rests_until_the_facts_change(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await semi(coordinator)
    fields = (await offered(coordinator, household))["daily_care"]
    path = f"/households/{household}/proposals/decline"
    assert (await coordinator.post(path, {**fields, "code": "other", "words": ""})).status_code == 422
    yesterday = (today() - timedelta(days=1)).isoformat()
    late = await coordinator.post(path, {**fields, "code": "family", "revisit_on": yesterday})
    assert late.status_code == 422
    for _ in range(2):
        assert (await coordinator.post(path, {**fields, "code": "family", "words": "儿子同住"})).status_code == 303
    assert await NormProposal.count() == 1
    page = (await coordinator.get(f"/households/{household}/proposals")).text
    assert "The family sees to it" in page
    assert "儿子同住" in page
    await Household.update({Household.selfcare_level: "full_care"}).where(Household.id == household)
    again = (await coordinator.get(f"/households/{household}/proposals")).text
    assert "the facts have changed since" in again
    assert (await offered(coordinator, household))["daily_care"]["visits"] == "28"
    stale = await coordinator.post(path, {**fields, "key": str(uuid4()), "code": "family"})
    assert stale.status_code == 409, "the form of the old facts"


async def test_reasons_about_health_stay_hidden_until_somebody_says_why(visit, world: World) -> None:
    coordinator, worker = await visit("coordinator"), await visit("worker")
    household = await record(coordinator, category="dibao", support_mode="", tags=["mental_severe"])
    plain = (await worker.get(f"/households/{household}/proposals")).text
    assert "A health situation (hidden): 1 × a month" in plain
    assert "mental" not in re.sub(r'href="[^"]*"|value="[^"]*"', "", plain.lower()).replace("mental_", "")
    path = f"/households/{household}/proposals/unmask"
    assert (await coordinator.post(path, {"group": "health", "reason": "visit"})).status_code == 422, "role-bound"
    assert (await worker.post(path, {"group": "health", "reason": ""})).status_code == 422
    opened = await worker.post(path, {"group": "health", "reason": "visit"})
    assert "People with severe mental disorders" in opened.text
    assert await AuditEvent.exists().where(AuditEvent.action == "household.unmasked")
    fields = (await offered(worker, household))["visit_check"]
    await worker.post(f"/households/{household}/proposals/accept", {**fields, "reason": "x", "do": "draft"})
    (kept,) = await NormProposal.objects()
    assert kept.norm == "health", "no table says which illness"
    events = await AuditEvent.objects().where(AuditEvent.action == "norm.accepted")
    assert "mental" not in str(events[0].data)
    assert await ReadLog.count() >= 0


async def test_a_service_for_the_wrong_group_warns(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await semi(coordinator)
    form = {
        "key": str(uuid4()), "household": str(household), "service": "tutoring", "reason": "x", "sex_rule": "",
        "do": "draft",
    }  # fmt: skip
    need = (await coordinator.post("/needs/new", form)).headers["location"]
    assert "not the usual group for this service" in (await coordinator.get(need)).text


async def test_a_need_may_name_an_item_of_its_service(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await semi(coordinator)
    form = {
        "key": str(uuid4()), "household": str(household), "service": "daily_care", "reason": "x", "sex_rule": "",
        "do": "draft", "item": "SH01",
    }  # fmt: skip
    assert "Help with bathing" in (await coordinator.get(f"/needs/new?household={household}")).text
    wrong = await coordinator.post("/needs/new", {**form, "service": "meal"})
    assert wrong.status_code == 422
    assert "belongs to another service" in wrong.text
    need = (await coordinator.post("/needs/new", form)).headers["location"]
    page = (await coordinator.get(need)).text
    item = await CatalogueItem.objects().get(CatalogueItem.code == "SH01")
    assert f"/catalogue/items/{item.id}" in page
    assert (await coordinator.get(f"{need}/edit")).text.count('value="SH01" selected') == 1


async def test_a_foreign_household_is_not_there(visit, world: World) -> None:
    household = await semi(await visit("coordinator"))
    outside = await visit("outside_coordinator")
    assert (await outside.get(f"/households/{household}/proposals")).status_code == 404
    for action in ("accept", "decline"):
        assert (await outside.post(f"/households/{household}/proposals/{action}", {})).status_code == 404
    officer = await visit("officer")
    assert (await officer.post(f"/households/{household}/proposals/accept", {})).status_code == 403
