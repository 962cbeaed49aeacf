"""The whole way through the pages: a report, its comparison, a visit, a household, a need that is confirmed; and the
prescription up to the household that was told."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.discovery.tables import Measure, Report, ReportNeed
from bangfu.households.tables import Consent, Household, Person
from bangfu.needs.tables import Need
from bangfu.shared.clock import today
from bangfu.shared.identifiers import generate_resident_id
from bangfu.shared.tables import AuditEvent
from tests.discovery.reporting import row
from tests.support import VILLAGE, Visitor, World

pytestmark = pytest.mark.database

NUMBER = generate_resident_id(date(1945, 3, 15), 2, "990101")


def told(**changes: Any) -> dict[str, Any]:
    form = {
        "key": str(uuid4()), "source": "aide", "division": VILLAGE, "need_kinds": ["care"], "name": "甘测试",
        "phone": "199 0000 0077", "address": "柳树村3组9号", "seen": "一人在家，几天没有吃热饭",
    }  # fmt: skip
    return {**form, **changes}


async def post(browser: Visitor, path: str, form: dict[str, Any] | None = None) -> str:
    answer = await browser.post(path, form)
    assert answer.status_code == 303, answer.text[-3000:]
    return str(answer.headers["location"])


async def filed(browser: Visitor, **changes: Any) -> UUID:
    return UUID((await post(browser, "/discovery/new", told(**changes))).rpartition("/")[2])


def visited(**changes: Any) -> dict[str, Any]:
    form = {
        "key": str(uuid4()), "visited_on": today().isoformat(), "met": "self", "findings": "独居，做不了饭",
        "need_kinds": ["care"], "result": "confirmed",
    }  # fmt: skip
    return {**form, **changes}


async def verified(visit: Any) -> UUID:
    report = await filed(await visit("coordinator"))
    await post(await visit("dispatcher"), f"/discovery/{report}/match", {"household": "new"})
    await post(await visit("officer"), f"/discovery/{report}/visit", visited())
    return report


async def test_an_aides_report_becomes_a_confirmed_need_with_its_household(visit, world: World) -> None:
    report = await verified(visit)
    aide, officer = await visit("coordinator"), await visit("officer")
    page = await aide.get(f"/discovery/{report}")
    assert f"/discovery/{report}/household" in page.text
    assert "甘测试" not in page.text
    form = await aide.get(f"/discovery/{report}/household")
    assert form.status_code == 200, form.text
    assert "甘测试" not in form.text
    typed = {
        "key": str(uuid4()), "id_type": "none", "birth_date": "1945-03-15", "sex": "f", "no_document_reason": "补办中",
        "division": VILLAGE, "datum": "gcj02", "category": "tekun", "ground": "statutory", "statute": "法定职责",
    }  # fmt: skip
    faulty = await aide.post(f"/discovery/{report}/household", {**typed, "category": ""})
    assert faulty.status_code == 422
    assert "甘测试" not in faulty.text
    for _ in range(2):
        assert await post(aide, f"/discovery/{report}/household", typed) == f"/discovery/{report}"
    home = await Household.objects().first()
    assert home is not None
    assert (home.head_name, (await row(report)).household) == ("甘测试", home.id)
    assert await Household.count() == 1
    wish = {"key": str(uuid4()), "service": "daily_care", "reason": "不能做饭", "do": "submit"}
    assert (await aide.get(f"/discovery/{report}/need")).status_code == 200
    assert (await aide.post(f"/discovery/{report}/need", {**wish, "reason": ""})).status_code == 422
    need = UUID((await post(aide, f"/discovery/{report}/need", wish)).rpartition("/")[2])
    assert await post(aide, f"/discovery/{report}/need", wish) == f"/needs/{need}"
    assert await ReportNeed.count() == 1
    ground = await Consent.objects().first()
    assert ground is not None
    await post(officer, f"/needs/{need}/confirm", {"consent": str(ground.id)})
    stored = await Need.objects().get(Need.id == need)
    assert stored is not None
    assert stored.status == "confirmed"
    assert stored.number in (await officer.get(f"/discovery/{report}")).text
    assert f"/discovery/{report}" in (await officer.get(f"/households/{home.id}")).text


async def test_the_prescription_is_carried_out_closed_cleared_and_told(visit, world: World) -> None:
    report = await verified(visit)
    officer, liaison, bureau = await visit("officer"), await visit("liaison"), await visit("bureau")
    path = f"/discovery/{report}"
    review = {
        "key": str(uuid4()), "held_on": today().isoformat(), "form": "meeting", "departments": [str(world.department)],
        "participants": "镇街、卫健局", "conclusion": "先解决吃饭和看病",
    }  # fmt: skip
    await post(officer, f"{path}/review", review)
    assert (await officer.post(f"{path}/intervene")).status_code == 409
    line = {
        "key": str(uuid4()), "kind": "medical", "text": "安排家庭医生上门", "due_on": "2031-01-05",
        "responsible": str(world["liaison"].me),
    }  # fmt: skip
    for _ in range(2):
        await post(officer, f"{path}/measures", line)
    measure = await Measure.objects().first()
    assert measure is not None
    assert await Measure.count() == 1
    assert (measure.unit, measure.organization) == ("organization", world.department)
    assert (await liaison.get(f"/measures/{measure.id}")).status_code == 404
    await post(officer, f"{path}/intervene")
    shown = await liaison.get(f"/measures/{measure.id}")
    assert "安排家庭医生上门" in shown.text
    assert "甘**" in shown.text
    assert str(report) not in shown.text
    assert (await officer.post(f"{path}/propose-clearing")).status_code == 409
    await post(liaison, f"/measures/{measure.id}/done", {"evidence": "11月25日已上门，回执一份"})
    assert (await liaison.post(f"/measures/{measure.id}/close")).status_code == 403
    await post(officer, f"/measures/{measure.id}/close")
    await post(officer, f"{path}/propose-clearing")
    assert (await officer.post(f"{path}/clear")).status_code == 403
    await post(bureau, f"{path}/clear")
    telling = {
        "key": str(uuid4()), "text": "可申请护理补贴", "told_on": today().isoformat(), "way": "visit",
        "received_by": "self", "receipt": "signed",
    }  # fmt: skip
    await post(await visit("coordinator"), f"{path}/tell", telling)
    assert (await row(report)).status == "informed"
    assert "可申请护理补贴" in (await officer.get(path)).text
    events = await AuditEvent.raw("SELECT action, data FROM audit_event WHERE subject = {}", str(report))
    assert "甘" not in str([event["data"] for event in events])


async def test_wrong_input_comes_back_with_what_was_typed(visit, world: World) -> None:
    aide = await visit("coordinator")
    answer = await aide.post("/discovery/new", told(need_kinds=[], phone="12", id_number="990101194503150000"))
    assert answer.status_code == 422
    assert "一人在家" in answer.text
    assert await Report.count() == 0
    report = await filed(aide)
    await post(await visit("dispatcher"), f"/discovery/{report}/match", {"household": "new"})
    worker = await visit("worker")
    answer = await worker.post(f"/discovery/{report}/visit", visited(visited_on="2099-01-01"))
    assert answer.status_code == 422
    assert "独居，做不了饭" in answer.text
    officer = await visit("officer")
    for path in ("emergency", "reject", "review"):
        answer = await officer.post(f"/discovery/{report}/{path}", {"key": str(uuid4())})
        assert answer.status_code == 422, path
    assert (await officer.post(f"/discovery/{report}/intervene")).status_code == 409


async def test_hidden_values_are_shown_once_with_a_reason(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    report = await filed(coordinator, id_number=NUMBER)
    worker = await visit("worker")
    assert (await worker.post(f"/discovery/{report}/unmask", {"group": "contact"})).status_code == 422
    shown = await worker.post(f"/discovery/{report}/unmask", {"group": "contact", "reason": "visit"})
    assert "甘测试" in shown.text
    assert "19900000077" in shown.text
    assert NUMBER not in shown.text
    asked = await coordinator.post(f"/discovery/{report}/unmask", {"group": "contact", "reason": "verify"})
    assert NUMBER in asked.text
    assert "甘测试" not in (await coordinator.get(f"/discovery/{report}")).text
    event = await AuditEvent.objects().where(AuditEvent.action == "report.unmasked").order_by(AuditEvent.id).first()
    assert event is not None
    assert event.actor == world["worker"].user


async def test_a_known_household_is_found_by_its_phone_and_chosen(visit, world: World) -> None:
    from tests.households.household_support import record

    aide = await visit("coordinator")
    home = await record(aide)
    member = await Person.objects().first()
    assert member is not None
    report = await filed(aide, name=member.name, phone="")
    page = await (await visit("dispatcher")).get(f"/discovery/{report}/compare")
    assert str(home) in page.text
    foreign = await (await visit("dispatcher")).post(f"/discovery/{report}/match", {"household": str(uuid4())})
    assert foreign.status_code == 422
    await post(await visit("dispatcher"), f"/discovery/{report}/match", {"household": str(home)})
    assert (await row(report)).household == home


async def test_field_people_see_where_their_report_stands_and_nothing_of_the_household(visit, world: World) -> None:
    grid = await visit("grid")
    assert await post(grid, "/discovery/new", told(source="grid_worker")) == "/my-reports"
    report = await Report.objects().first()
    assert report is not None
    page = await grid.get("/my-reports")
    assert report.number in page.text
    assert "甘" not in page.text
    for path in ("/discovery", f"/discovery/{report.id}", "/measures", f"/households/{uuid4()}"):
        assert (await grid.get(path)).status_code == 404, path
