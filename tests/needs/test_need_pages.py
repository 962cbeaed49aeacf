"""Needs on the pages: record, submit, decide; who may do what, and what happens when two do it at once."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.accounts.tables import User
from bangfu.households.tables import Consent
from bangfu.messages.tables import Message
from bangfu.needs.tables import Need
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.households.household_support import record, withdrawal
from tests.support import NEAR_VILLAGE, Visitor, World

pytestmark = pytest.mark.database


def typed(household: UUID, **changes: Any) -> dict[str, Any]:
    """The form of /needs/new, filled in without a fault and submitted."""
    form = {
        "key": str(uuid4()), "household": str(household), "service": "daily_care", "reason": "独居，不能做饭",
        "windows": ["0-morning", "2-morning"], "hours": "周六 14:00-17:00", "sex_rule": "required:f", "do": "submit",
    }  # fmt: skip
    return {**form, **changes}


async def need_of(browser: Visitor, **changes: Any) -> UUID:
    """Record a household and one need of it; the need's id."""
    household = changes.pop("household", None) or await record(browser)
    answer = await browser.post("/needs/new", typed(household, **changes))
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rpartition("/")[2])


async def state(need: UUID) -> Need:
    found = await Need.objects().get(Need.id == need)
    assert found is not None
    return found


async def ground_of(need: UUID) -> str:
    row = await state(need)
    found = await Consent.objects().where(Consent.household == row.household).first()
    assert found is not None
    return str(found.id)


async def confirmed(visit: Any) -> UUID:
    need = await need_of(await visit("coordinator"))
    answer = await (await visit("officer")).post(f"/needs/{need}/confirm", {"consent": await ground_of(need)})
    assert answer.status_code == 303, answer.text
    return need


async def test_a_need_takes_its_open_values_from_the_service_and_its_priority_from_the_layer(
    visit, world: World
) -> None:
    need = await state(await need_of(await visit("coordinator"), visits="6"))
    assert (need.status, need.visits, need.minutes, need.priority) == ("submitted", 6, 90, "key")
    assert need.windows == "[[0, 480, 720], [2, 480, 720], [5, 840, 1020]]"
    assert (need.gender_required, need.submitted_by) == ("f", world["coordinator"].user)
    assert '"H"' in need.qualifications
    assert need.due_at is not None
    assert need.due_at > now() + timedelta(days=2)


async def test_a_draft_is_kept_changed_and_submitted(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    need = await need_of(coordinator, do="draft", reason="")
    page = await coordinator.get(f"/needs/{need}")
    assert "has to say why" in page.text
    assert (await coordinator.post(f"/needs/{need}/submit")).status_code == 409
    form = await coordinator.get(f"/needs/{need}/edit")
    assert 'value="0-morning" checked' in form.text
    assert "14:00-17:00" in form.text
    row = await state(need)
    changed = typed(row.household, version=str(row.version), hours="", windows=["4-evening"])
    assert (await coordinator.post(f"/needs/{need}/edit", changed)).status_code == 303
    assert (await state(need)).status == "submitted"
    assert (await state(need)).windows == "[[4, 1080, 1260]]"
    assert (await coordinator.post(f"/needs/{need}/edit", {**changed, "do": "draft"})).status_code == 409


async def test_what_was_typed_stays_and_faults_stand_beside_their_fields(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await record(coordinator)
    bad = typed(household, reason="", visits="0", hours="someday", windows=["6-evening"], minutes="90")
    answer = await coordinator.post("/needs/new", bad)
    assert answer.status_code == 422
    assert 'value="someday"' in answer.text
    assert 'value="6-evening" checked' in answer.text
    for told in ("Please fill this in.", "from 1 to 112", "no weekly hours"):
        assert told in answer.text
    short = await coordinator.post("/needs/new", typed(household, windows=[], hours="周一 08:00-09:00"))
    assert "long enough for a visit of 90 minutes" in short.text
    urgent = await coordinator.post("/needs/new", typed(household, urgent="yes", reason="", do="draft"))
    assert urgent.status_code == 422, "urgent needs a reason, also as a draft"
    assert await Need.count() == 0


async def test_a_double_click_creates_one_need(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    form = typed(await record(coordinator))
    answers = await asyncio.gather(*(coordinator.post("/needs/new", form) for _ in range(3)))
    assert {answer.headers["location"] for answer in answers} == {f"/needs/{form['key']}"}
    assert await Need.count() == 1
    assert await AuditEvent.count().where(AuditEvent.action == "need.submitted") == 1


async def test_an_officer_confirms_on_a_live_ground_and_the_submitter_hears_of_it(visit, world: World) -> None:
    need = await need_of(await visit("coordinator"))
    officer, ground = await visit("officer"), await ground_of(need)
    page = (await officer.get(f"/needs/{need}")).text
    assert "Confirm the need" in page
    assert "Suspend" not in page, "only what the table lists"
    assert (await officer.post(f"/needs/{need}/confirm", {"consent": ground})).status_code == 303
    assert (await officer.post(f"/needs/{need}/confirm", {"consent": ground})).status_code == 303, (
        "a repeat is no error"
    )
    row = await state(need)
    assert (row.status, row.confirmed_by, str(row.consent)) == ("confirmed", world["officer"].user, ground)
    assert row.due_at is None
    messages = await Message.objects().where(Message.kind == "need_confirmed")
    assert [message.user for message in messages] == [world["coordinator"].user]
    assert await AuditEvent.count().where(AuditEvent.action == "need.confirmed") == 1


async def test_two_officers_confirming_at_once_confirm_once(visit, world: World) -> None:
    need = await need_of(await visit("coordinator"))
    ground = {"consent": await ground_of(need)}
    first, second = await visit("officer"), await visit("officer_too")
    answers = await asyncio.gather(*(who.post(f"/needs/{need}/confirm", ground) for who in (first, second)))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert await AuditEvent.count().where(AuditEvent.action == "need.confirmed") == 1


@pytest.fixture
async def world(world: World) -> World:
    """The cast with a second officer of the same township, and an aide who is going to become an officer."""
    from bangfu.shared.actor import Actor
    from tests.support import TOWN

    made = world
    for name, roles in (("officer_too", ["township_officer"]), ("promoted", ["assist_coordinator"])):
        user = User(id=uuid4(), username=name, display_name=name, password_hash="-", roles=roles, scope=TOWN, lang="en")
        await user.save()
        made.cast[name] = Actor(user.id, name, name, frozenset(roles), TOWN)
    return made


async def test_nobody_confirms_what_they_submitted_or_recorded_and_the_try_is_logged(visit, world: World) -> None:
    promoted = await visit("promoted")
    need = await need_of(promoted)
    await User.update(roles=["township_officer"]).where(User.id == world["promoted"].user)
    assert "another officer decides" in (await promoted.get(f"/needs/{need}")).text
    for verb in ("confirm", "reject"):
        answer = await promoted.post(f"/needs/{need}/{verb}", {"consent": await ground_of(need), "remark": "x"})
        assert answer.status_code == 403
        assert "another officer decides" in answer.text
    assert (await state(need)).status == "submitted"
    assert await AuditEvent.count().where(AuditEvent.action == "need.refused_two_people") == 2


async def test_the_database_itself_refuses_one_person_on_both_sides(visit, world: World) -> None:
    from asyncpg import CheckViolationError

    need = await need_of(await visit("coordinator"))
    with pytest.raises(CheckViolationError, match="two_people"):
        await Need.update({Need.confirmed_by: world["coordinator"].user}).where(Need.id == need)
    with pytest.raises(CheckViolationError, match="ground"):
        await Need.update({Need.status: "confirmed"}).where(Need.id == need)


async def test_without_a_ground_in_force_nothing_is_confirmed_and_the_page_says_what_to_do(visit, world: World) -> None:
    coordinator, officer = await visit("coordinator"), await visit("officer")
    need = await need_of(coordinator)
    household, ground = (await state(need)).household, await ground_of(need)
    unchosen = await officer.post(f"/needs/{need}/confirm", {})
    assert unchosen.status_code == 422
    assert "Choose the ground" in unchosen.text
    await coordinator.post(f"/households/{household}/grounds/{ground}/withdraw", withdrawal())
    answer = await officer.post(f"/needs/{need}/confirm", {"consent": ground})
    assert answer.status_code == 409
    assert "neither a consent nor a statutory ground" in answer.text
    assert (await state(need)).status == "submitted"


async def test_a_rejection_needs_a_reason_which_the_submitter_reads(visit, world: World) -> None:
    coordinator, officer = await visit("coordinator"), await visit("officer")
    need = await need_of(coordinator)
    assert (await officer.post(f"/needs/{need}/reject", {})).status_code == 422
    assert (await officer.post(f"/needs/{need}/reject", {"remark": "已有家人照料"})).status_code == 303
    page = (await coordinator.get(f"/needs/{need}")).text
    assert "已有家人照料" in page
    assert "Record it anew" in page
    start = (await coordinator.get("/")).text
    assert "My rejected needs" in start
    again = await officer.post(f"/needs/{need}/confirm", {"consent": await ground_of(need)})
    assert again.status_code == 409


async def test_cancelling_closing_and_reopening_follow_the_table(visit, world: World) -> None:
    officer = await visit("officer")
    need = await confirmed(visit)
    ground = {"consent": await ground_of(need), "remark": "又需要照料"}
    assert (await officer.post(f"/needs/{need}/close", {"code": "goals_met"})).status_code == 409
    await Need.update({Need.status: "in_service"}).where(Need.id == need)
    assert (await officer.post(f"/needs/{need}/close", {"code": "nonsense"})).status_code == 422
    assert (await officer.post(f"/needs/{need}/close", {"code": "goals_met"})).status_code == 303
    assert "Goals met" in (await officer.get(f"/needs/{need}")).text
    assert (await officer.post(f"/needs/{need}/reopen", ground)).status_code == 303
    assert (await state(need)).status == "confirmed"
    await Need.update({Need.status: "closed", Need.due_at: now() - timedelta(days=1)}).where(Need.id == need)
    late = await officer.post(f"/needs/{need}/reopen", ground)
    assert late.status_code == 409
    assert "more than 30 days ago" in late.text
    await Need.update({Need.status: "assigned"}).where(Need.id == need)
    assert (await officer.post(f"/needs/{need}/cancel", {"code": "other"})).status_code == 422
    assert (await officer.post(f"/needs/{need}/cancel", {"code": "moved", "remark": "迁往外地"})).status_code == 303
    assert (await officer.post(f"/needs/{need}/cancel", {"code": "moved"})).status_code == 303, "a repeat is no error"
    assert (await (await visit("officer_too")).post(f"/needs/{need}/cancel", {"code": "moved"})).status_code == 409


@pytest.mark.parametrize("before", ["assigned", "in_service"])
async def test_a_social_worker_suspends_and_the_service_returns_to_where_it_was(
    visit, world: World, before: str
) -> None:
    need = await confirmed(visit)
    await Need.update({Need.status: before}).where(Need.id == need)
    worker = await visit("worker")
    path = f"/needs/{need}/suspend"
    assert (await worker.post(path, {"code": "hospital", "until": "2020-01-01"})).status_code == 422
    until = f"{now() + timedelta(days=20):%Y-%m-%d}"
    assert (await (await visit("coordinator")).post(path, {"code": "hospital", "until": until})).status_code == 403
    assert (await worker.post(path, {"code": "hospital", "until": until})).status_code == 303
    assert (await state(need)).status == "suspended"
    assert "Resume the service" in (await worker.get(f"/needs/{need}")).text
    assert (await worker.post(f"/needs/{need}/resume")).status_code == 303
    assert (await worker.post(f"/needs/{need}/resume")).status_code == 303
    assert (await state(need)).status == before


async def test_a_need_of_another_county_looks_like_a_missing_one(visit, world: World) -> None:
    need = await need_of(await visit("coordinator"))
    household = (await state(need)).household
    for name in ("outsider", "outside_officer", "outside_coordinator", "admin", "manager", "volunteer"):
        assert (await (await visit(name)).get(f"/needs/{need}")).status_code == 404, name
    officer, coordinator = await visit("outside_officer"), await visit("outside_coordinator")
    for verb in ("confirm", "reject", "cancel", "close", "reopen"):
        assert (await officer.post(f"/needs/{need}/{verb}", {"code": "moved", "remark": "x"})).status_code == 404
    for verb in ("submit", "suspend", "resume", "edit"):
        assert (await coordinator.post(f"/needs/{need}/{verb}", {})).status_code == 404
    assert (await coordinator.post("/needs/new", typed(household))).status_code == 404
    assert (await coordinator.get(f"/needs/new?household={household}")).status_code == 404
    assert (await officer.get(f"/households/{household}/needs")).status_code == 404
    assert (await (await visit("coordinator")).post(f"/needs/{need}/confirm", {})).status_code == 403


async def test_the_start_page_shows_the_officer_what_is_late_and_counts_open_the_list(visit, world: World) -> None:
    coordinator, officer = await visit("coordinator"), await visit("officer")
    need = await need_of(coordinator)
    await need_of(coordinator, household=(await state(need)).household, service="meal", do="draft")
    await Need.update({Need.due_at: now() - timedelta(hours=1)}).where(Need.id == need)
    start = (await officer.get("/")).text
    assert "/needs?status=submitted&amp;overdue=1" in start
    assert f"/needs/{need}" in start
    listed = (await officer.get("/needs?status=submitted&overdue=1")).text
    assert f"/needs/{need}" in listed
    assert "overdue" in listed
    drafts = (await coordinator.get("/needs?status=draft&mine=1")).text
    assert "Meals and company" in drafts
    assert "/needs?status=draft&amp;mine=1" in (await coordinator.get("/")).text


async def test_the_list_stands_in_order_of_due_dates_and_filters_by_the_url(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    later = await need_of(coordinator)
    household = (await state(later)).household
    sooner = await need_of(coordinator, household=household, service="meal", windows=[], hours="", urgent="yes")
    text = (await coordinator.get("/needs")).text
    assert text.index(str(sooner)) < text.index(str(later))
    assert str(later) not in (await coordinator.get("/needs?priority=urgent")).text
    assert str(sooner) not in (await coordinator.get("/needs?service=daily_care")).text
    assert "No need fits" in (await coordinator.get(f"/needs?division={NEAR_VILLAGE}")).text
    number = (await state(later)).number
    assert str(sooner) not in (await coordinator.get(f"/needs?q={number}")).text
    assert str(later) in (await coordinator.get("/needs?q=欧阳")).text
    tab = (await coordinator.get(f"/households/{household}/needs")).text
    assert str(later) in tab
    assert str(sooner) in tab


async def test_a_household_that_moves_takes_its_needs_along(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    need = await need_of(coordinator)
    household = (await state(need)).household
    change = {"version": "1", "division": NEAR_VILLAGE, "category": "tekun", "datum": "wgs84"}
    assert (await coordinator.post(f"/households/{household}/edit", change)).status_code == 303
    assert (await state(need)).division == NEAR_VILLAGE
