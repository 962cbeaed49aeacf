"""Help first, papers later: confirmed at once on the statutory ground, papers within 10 working days, watched."""

from uuid import UUID

import pytest

from bangfu.households.tables import Consent
from bangfu.needs import emergency
from bangfu.needs.tables import EmergencyPaper, Need
from bangfu.shared.clock import now
from bangfu.supervision.calendar import current_calendar, end_of_working_day
from bangfu.supervision.tables import SupervisionTask
from tests.households.household_support import record
from tests.needs.test_need_pages import need_of, state
from tests.support import Visitor, World

pytestmark = pytest.mark.database


async def without_consent(browser: Visitor) -> UUID:
    """A household whose only ground has been taken back."""
    household = await record(browser)
    await Consent.delete(force=True).where(Consent.household == household)
    return household


async def task(need: UUID) -> SupervisionTask:
    found = await SupervisionTask.objects().get(
        (SupervisionTask.subject == need) & (SupervisionTask.kind == emergency.KIND)
    )
    assert found is not None
    return found


async def helped(visit) -> UUID:
    coordinator = await visit("coordinator")
    need = await need_of(coordinator, household=await without_consent(coordinator), emergency="yes")
    answer = await (await visit("officer")).post(f"/needs/{need}/help-first", {"why": "家中失火"})
    assert answer.status_code == 303, answer.text
    return need


async def test_an_emergency_is_urgent_and_says_why(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    need = await state(await need_of(coordinator, emergency="yes"))
    assert (need.emergency, need.priority) == (True, "urgent")
    bare = await coordinator.post(
        "/needs/new",
        {
            "key": str(UUID(int=1)),
            "household": str(need.household),
            "service": "meal",
            "emergency": "yes",
            "do": "draft",
        },
    )
    assert bare.status_code == 422, "an emergency has a reason, also as a draft"


async def test_it_is_confirmed_without_a_consent_and_its_papers_are_due_in_ten_working_days(
    visit, world: World
) -> None:
    need = await helped(visit)
    row = await state(need)
    assert (row.status, row.papers) == ("confirmed", "due")
    assert row.papers_due_at == end_of_working_day(now(), 10, await current_calendar())
    ground = await Consent.objects().get(Consent.id == row.consent)
    assert ground.ground == "statutory"
    assert "（四）项" in ground.statute
    watched = await task(need)
    assert (watched.due_at, watched.role) == (row.papers_due_at, "township_officer")
    page = (await (await visit("coordinator")).get(f"/needs/{need}")).text
    assert "Papers missing" in page
    assert page.count(">missing<") + page.count("missing</span>") >= 6


async def test_only_the_officer_who_had_no_hand_in_it_helps_first_and_a_repeat_changes_nothing(
    visit, world: World
) -> None:
    need = await helped(visit)
    assert (await (await visit("coordinator")).post(f"/needs/{need}/help-first", {"why": "x"})).status_code == 403
    assert (await (await visit("outside_officer")).post(f"/needs/{need}/help-first", {"why": "x"})).status_code == 404
    due = (await state(need)).papers_due_at
    assert (await (await visit("officer")).post(f"/needs/{need}/help-first", {"why": "x"})).status_code == 303
    assert (await state(need)).papers_due_at == due
    assert await SupervisionTask.count().where(SupervisionTask.kind == emergency.KIND) == 1


async def test_a_need_that_is_no_emergency_waits_for_its_ground(visit, world: World) -> None:
    need = await need_of(await visit("coordinator"))
    answer = await (await visit("officer")).post(f"/needs/{need}/help-first", {"why": "x"})
    assert answer.status_code == 409
    assert (await state(need)).status == "submitted"


async def test_the_last_paper_ends_the_clock(visit, world: World) -> None:
    need, coordinator = await helped(visit), await visit("coordinator")
    assert (await coordinator.post(f"/needs/{need}/papers", {"kind": "identity", "reference": ""})).status_code == 422
    for kind in emergency.PAPERS:
        for _ in range(2):
            answer = await coordinator.post(f"/needs/{need}/papers", {"kind": kind, "reference": "档案盒3第2页"})
            assert answer.status_code in {303, 409}
    row = await state(need)
    assert row.papers == "done"
    assert await EmergencyPaper.count() == len(emergency.PAPERS)
    assert "档案盒" not in (await EmergencyPaper.objects().first()).reference_enc
    assert (await task(need)).settled_event == "need.papers_complete"
    assert "All papers are there" in (await coordinator.get(f"/needs/{need}")).text


async def test_a_consent_of_the_household_counts_as_its_paper(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    need = await need_of(coordinator, emergency="yes")
    await (await visit("officer")).post(f"/needs/{need}/help-first", {"why": "跌倒骨折"})
    papers = await emergency.papers_of(need, (await state(need)).household, now().date())
    assert [paper.kind for paper in papers if paper.done] == ["consent"]


async def test_a_reader_sees_what_is_missing_but_not_where_the_papers_are(visit, world: World) -> None:
    need, coordinator = await helped(visit), await visit("coordinator")
    await coordinator.post(f"/needs/{need}/papers", {"kind": "event", "reference": "消防证明23号"})
    assert "消防证明23号" in (await coordinator.get(f"/needs/{need}")).text
    dispatcher = await visit("dispatcher")
    page = (await dispatcher.get(f"/needs/{need}")).text
    assert "Papers missing" in page
    assert "消防证明" not in page
    assert (await dispatcher.post(f"/needs/{need}/papers", {"kind": "visit", "reference": "x"})).status_code == 403


async def test_a_cancelled_emergency_owes_no_papers(visit, world: World) -> None:
    need = await helped(visit)
    officer = await visit("officer")
    assert (await officer.post(f"/needs/{need}/cancel", {"code": "mistake"})).status_code == 303
    assert (await Need.objects().get(Need.id == need)).papers == ""
    assert (await task(need)).status != "issued"
