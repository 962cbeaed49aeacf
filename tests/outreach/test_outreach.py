"""Policy looks for people: who is due a service and has none; and the quarterly lists."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.households.tables import Household, Person
from bangfu.needs.tables import Need
from bangfu.outreach import quarters, refreshing
from bangfu.outreach.tables import OutreachContact, OutreachRow, OutreachState, QuarterLine, QuarterList
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now, today
from bangfu.shared.tables import AuditEvent
from bangfu.supervision.tables import SupervisionTask
from tests.catalogue.test_proposals import offered, semi
from tests.households.household_support import record
from tests.support import FOREIGN_VILLAGE, TOWN, Visitor, World

pytestmark = pytest.mark.database


async def due(browser: Visitor) -> dict[str, OutreachRow]:
    """A household with partial self-care and nothing recorded; its rows by service."""
    household = await semi(browser)
    await refreshing.refresh_all(now())
    return {row.service: row for row in await OutreachRow.objects().where(OutreachRow.household == household)}


def said(**changes: Any) -> dict[str, str]:
    return {"key": str(uuid4()), "channel": "phone", "result": "interested", "words": "同意上门", **changes}


async def test_the_list_names_who_is_due_what_and_since_when(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    rows = await due(coordinator)
    assert {name: (row.kind, row.visits) for name, row in rows.items()} == {
        "daily_care": ("missing", 12), "visit_check": ("missing", 4)
    }  # fmt: skip
    page = (await coordinator.get("/outreach")).text
    assert "Supported at home, partial self-care: 3 × a week" in page
    assert "欧阳小明" not in page, "names are masked"
    assert "欧***" in page
    assert "Services due without a need" in (await coordinator.get("/")).text
    state = await OutreachState.objects().get(OutreachState.township == TOWN)
    assert (state.households, state.rows) == (1, 2)


async def test_a_second_look_keeps_the_rows_and_since_when(visit, world: World) -> None:
    rows = await due(await visit("coordinator"))
    await refreshing.refresh_all(now() + timedelta(days=3))
    again = await OutreachRow.objects()
    assert {(row.id, row.since) for row in again} == {(row.id, row.since) for row in rows.values()}


async def test_a_recorded_need_takes_the_row_away_and_its_end_brings_it_back(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    rows = await due(coordinator)
    household = rows["daily_care"].household
    fields = {**(await offered(coordinator, household))["daily_care"], "reason": "按标准", "do": "submit"}
    assert (await coordinator.post(f"/households/{household}/proposals/accept", fields)).status_code == 303
    assert [row.service for row in await OutreachRow.objects()] == ["visit_check"]
    officer = await visit("officer")
    assert (await officer.post(f"/needs/{fields['key']}/cancel", {"code": "mistake"})).status_code == 303
    assert {row.service for row in await OutreachRow.objects()} == {"daily_care", "visit_check"}


async def test_fewer_visits_than_the_norm_are_below_it(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = (await due(coordinator))["daily_care"].household
    need = {
        "key": str(uuid4()), "household": str(household), "service": "daily_care", "visits": "4", "reason": "x",
        "sex_rule": "", "do": "submit",
    }  # fmt: skip
    assert (await coordinator.post("/needs/new", need)).status_code == 303
    await refreshing.refresh_all(now())
    row = await OutreachRow.objects().get(OutreachRow.service == "daily_care")
    assert (row.kind, row.has_visits, row.visits) == ("below", 4, 12)


async def test_people_who_must_not_be_left_alone_are_gaps_and_their_health_stays_hidden(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    await record(coordinator, category="dibao", support_mode="", tags=["mental_severe"])
    await refreshing.refresh_all(now())
    (row,) = await OutreachRow.objects()
    assert (row.kind, row.norm) == ("gap", "health")
    page = (await coordinator.get("/outreach?kind=gap")).text
    assert "Gap in care" in page
    assert "A health situation (hidden)" in page
    assert "severe mental" not in re.sub(r"<option.*?</option>", "", page, flags=re.S)
    assert "Gaps in care" in (await coordinator.get("/")).text


async def test_a_child_is_on_the_list_without_a_name(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await record(coordinator, category="dibao", support_mode="", tags=[], risk_color="red")
    await Person(
        id=uuid4(), household=household, name="小小", relation="grandchild", birth_date=today() - timedelta(days=3300)
    ).save()
    await Household.update({Household.risk_color: "red"}).where(Household.id == household)
    await refreshing.refresh_all(now())
    page = (await coordinator.get("/outreach?child=1")).text
    assert "a child" in page
    assert "小*" not in page
    assert "Children with risk colour red" in page


async def test_a_contact_is_kept_once_and_leads_to_the_proposed_need(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    row = (await due(coordinator))["daily_care"]
    path, form = f"/outreach/{row.id}/contact", said()
    assert (await coordinator.post(path, {**form, "channel": "pigeon"})).status_code == 422
    for _ in range(2):
        answer = await coordinator.post(path, form)
        assert answer.headers["location"] == f"/households/{row.household}/proposals"
    (kept,) = await OutreachContact.objects()
    assert "同意" not in kept.words_enc
    assert "同意上门" in (await coordinator.get(f"/outreach/{row.id}")).text
    event = await AuditEvent.objects().get(AuditEvent.action == "outreach.contacted")
    assert "同意" not in str(event.data)
    await OutreachRow.delete(force=True)
    assert (await coordinator.post(path, form)).status_code == 303, "a repeat, though the row is gone"
    assert (await coordinator.post(path, said())).status_code == 404


async def test_a_refusal_says_why_and_rests_until_its_day(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    row = (await due(coordinator))["daily_care"]
    path = f"/outreach/{row.id}/contact"
    bare = await coordinator.post(path, said(result="refused", words=""))
    assert bare.status_code == 422
    assert bare.text.count("Please fill this in") >= 2, "why, and when to ask again"
    form = said(result="refused", words="想先自己试试", revisit_on=(today() + timedelta(days=60)).isoformat())
    assert (await coordinator.post(path, form)).status_code == 303
    assert f"/outreach/{row.id}" not in (await coordinator.get("/outreach")).text
    assert f"/outreach/{row.id}" in (await coordinator.get("/outreach?state=resting")).text


async def test_another_countys_rows_are_not_there(visit, world: World) -> None:
    row = (await due(await visit("coordinator")))["daily_care"]
    outside = await visit("outside_coordinator")
    assert (await outside.get(f"/outreach/{row.id}")).status_code == 404
    assert (await outside.post(f"/outreach/{row.id}/contact", {})).status_code == 404
    assert f"/outreach/{row.id}" not in (await outside.get("/outreach")).text
    assert (await (await visit("officer")).post(f"/outreach/{row.id}/contact", said())).status_code == 403


async def test_every_person_in_special_difficulty_is_on_the_quarters_list_once(visit, world: World) -> None:
    coordinator, officer = await visit("coordinator"), await visit("officer")
    await semi(coordinator)
    for _ in range(2):
        assert (await officer.post("/outreach/quarters")).status_code == 303
    assert (await QuarterList.count(), await QuarterLine.count()) == (1, 1)
    assert (await coordinator.post("/outreach/quarters")).status_code == 403
    made = await QuarterList.objects().first()
    task = await SupervisionTask.objects().get(SupervisionTask.subject == made.id)
    assert (task.kind, task.status) == ("tekun.quarter", task.status)
    assert task.due_at.date() <= made.due_on
    page = (await officer.get(f"/outreach/quarters/{made.id}")).text
    assert "0 of 1 verified" in page
    assert "Seal" in page


async def test_the_system_makes_the_lists_of_every_township(visit, world: World) -> None:
    await semi(await visit("coordinator"))
    await record(
        await visit("outside_coordinator"), division=FOREIGN_VILLAGE, id_type="none", id_number="",
        no_document_reason="遗失补办中", name="周一一", birth_date="1950-03-01", sex="f",
    )  # fmt: skip
    assert await quarters.make_lists(SYSTEM, now()) == 2
    assert await quarters.make_lists(SYSTEM, now()) == 0


async def _line(visit) -> UUID:
    await semi(await visit("coordinator"))
    await (await visit("officer")).post("/outreach/quarters")
    line = await QuarterLine.objects().first()
    assert line is not None
    return line.id


async def test_the_last_line_verified_ends_the_clock_and_evidence_is_sealed(visit, world: World) -> None:
    line, coordinator = await _line(visit), await visit("coordinator")
    path = f"/outreach/lines/{line}/verify"
    assert (await coordinator.post(path, {"finding": "at_home"})).status_code == 422
    form = {"finding": "at_home", "how": "visit", "words": "本人在家，邻居老王作证"}
    for _ in range(2):
        assert (await coordinator.post(path, form)).status_code == 303
    row = await QuarterLine.objects().get(QuarterLine.id == line)
    assert (row.status, row.verified_by) == ("verified", world["coordinator"].user)
    assert "邻居" not in row.words_enc
    assert await AuditEvent.count().where(AuditEvent.action == "quarter_line.verified") == 1
    task = await SupervisionTask.objects().get(SupervisionTask.subject == row.quarter_list)
    assert task.settled_event == "quarter_list.complete"


async def test_a_change_found_opens_the_way_to_the_household_and_may_be_corrected(visit, world: World) -> None:
    line, coordinator = await _line(visit), await visit("coordinator")
    path = f"/outreach/lines/{line}/verify"
    answer = await coordinator.post(path, {"finding": "moved", "how": "phone", "words": "随女儿住"})
    page = (await coordinator.get(answer.headers["location"])).text
    assert "A move is entered with the household" in page
    assert "/standing" in page
    corrected = {"finding": "at_home", "how": "visit", "words": "已回家"}
    assert (await coordinator.post(path, corrected)).status_code == 303
    assert await AuditEvent.count().where(AuditEvent.action == "quarter_line.corrected") == 1
    outside = await visit("outside_coordinator")
    assert (await outside.get(f"/outreach/lines/{line}")).status_code == 404
    assert (await outside.post(path, corrected)).status_code == 404


async def test_the_csv_holds_masked_names_and_no_evidence(visit, world: World) -> None:
    line, coordinator = await _line(visit), await visit("coordinator")
    await coordinator.post(
        f"/outreach/lines/{line}/verify", {"finding": "at_home", "how": "visit", "words": "见到本人"}
    )
    made = await QuarterList.objects().first()
    answer = await coordinator.get(f"/outreach/quarters/{made.id}/list.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    text = answer.content.decode("utf-8-sig")
    assert "欧***" in text
    assert "欧阳小明" not in text
    assert "见到本人" not in text
    assert (await (await visit("outside_coordinator")).get(f"/outreach/quarters/{made.id}/list.csv")).status_code == 404


async def test_nothing_is_due_to_a_household_that_has_left(visit, world: World) -> None:
    rows = await due(await visit("coordinator"))
    household = rows["daily_care"].household
    await Household.update({Household.status: "left"}).where(Household.id == household)
    await refreshing.refresh_all(now())
    assert await OutreachRow.count() == 0
    assert await Need.count() == 0
