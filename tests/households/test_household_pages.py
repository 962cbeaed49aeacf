"""Households on the pages: recording, what is shown to whom, what is stored how."""

import asyncio
from datetime import date
from uuid import uuid4

import pytest

from bangfu.households.tables import Consent, Household, Person
from bangfu.shared.clock import now
from bangfu.shared.identifiers import generate_resident_id
from bangfu.shared.tables import AuditEvent
from tests.households.household_support import BANK, ID_NUMBER, PHONE, record, typed, withdrawal
from tests.support import FOREIGN_VILLAGE, HOME, NEAR_VILLAGE, VILLAGE, World

pytestmark = pytest.mark.database


async def test_one_page_records_head_place_category_and_consent(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await record(coordinator)
    row = await Household.objects().get(Household.id == household)
    assert row is not None
    assert row.number.startswith("HH-")
    assert (row.location_source, (row.lat, row.lon)) == ("division", HOME)
    page = await coordinator.get(f"/households/{household}")
    assert "欧***" in page.text
    assert "Estimated from the village" in page.text
    assert "Household recorded" in page.text, "the timeline tells of it"
    for hidden in ("欧阳小明", ID_NUMBER, PHONE, BANK, "3组12号", "高血压"):
        assert hidden not in page.text


async def test_identifiers_are_encrypted_at_rest(visit, world: World) -> None:
    await record(await visit("coordinator"), note="有狗")
    stored = str(await Person.raw("SELECT * FROM person")) + str(await Household.raw("SELECT * FROM household"))
    stored += str(await AuditEvent.raw("SELECT * FROM audit_event")) + str(await Consent.raw("SELECT * FROM consent"))
    assert "HH-000001" in stored
    for secret in (ID_NUMBER, PHONE, BANK, "高血压", "3组12号", "有狗"):
        assert secret not in stored


async def test_a_double_click_and_a_repeat_make_one_household(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    form = typed()
    first, second = await asyncio.gather(
        coordinator.post("/households/new", form), coordinator.post("/households/new", form)
    )
    third = await coordinator.post("/households/new", form)
    assert first.headers["location"] == second.headers["location"] == third.headers["location"]
    assert await Household.count() == 1


async def test_what_was_typed_stays_when_something_is_wrong(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    answer = await coordinator.post(
        "/households/new", typed(id_number="110105194912310021", lat="31.78", purposes=["photo"])
    )
    assert answer.status_code == 422
    for kept in ('value="欧阳小明"', 'value="3组12号"', 'value="31.78"', 'value="110105194912310021"'):
        assert kept in answer.text
    for told in ("check digit", "belong together", "tick at least that"):
        assert told in answer.text
    assert await Household.count() == 0


async def test_coordinates_of_another_map_are_converted(visit, world: World) -> None:
    place = {"lat": "39.910103", "lon": "116.403744", "datum": "gcj02"}
    household = await record(await visit("coordinator"), **place)
    row = await Household.objects().get(Household.id == household)
    assert row is not None
    assert (row.lat, row.lon) == pytest.approx((39.9087, 116.3975), abs=1e-6)
    assert row.location_source == "map"


async def test_a_child_under_fourteen_needs_the_guardian(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    child = typed(id_type="none", id_number=None, no_document_reason="新生儿", birth_date="2020-05-01", sex="f")
    answer = await coordinator.post("/households/new", child)
    assert answer.status_code == 422
    assert "guardian has to consent" in answer.text
    guarded = {**child, "giver_relation": "guardian", "purposes": ["service", "minor_data"]}
    assert (await coordinator.post("/households/new", guarded)).status_code == 303


async def test_an_id_number_is_recorded_once_and_a_foreign_household_is_not_given_away(visit, world: World) -> None:
    await record(await visit("coordinator"))
    same_area = await (await visit("worker")).post("/households/new", typed())
    number = (await Household.objects().first()).number
    assert same_area.status_code == 422
    assert number in same_area.text
    elsewhere = await (await visit("outside_coordinator")).post("/households/new", typed(division=FOREIGN_VILLAGE))
    assert elsewhere.status_code == 422
    assert number not in elsewhere.text
    assert "in another area" in elsewhere.text


async def test_two_people_recording_the_same_person_at_once_make_one_household(visit, world: World) -> None:
    answers = await asyncio.gather(
        (await visit("coordinator")).post("/households/new", typed()),
        (await visit("worker")).post("/households/new", typed()),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert await Household.count() == 1


async def test_a_village_outside_the_area_is_refused(visit, world: World) -> None:
    answer = await (await visit("coordinator")).post("/households/new", typed(division=FOREIGN_VILLAGE))
    assert answer.status_code == 422
    assert "village or community of your area" in answer.text


async def test_another_countys_household_looks_like_a_missing_one(visit, world: World) -> None:
    household = await record(await visit("coordinator"))
    for name in ("outsider", "outside_officer", "outside_coordinator", "admin", "manager", "volunteer"):
        browser = await visit(name)
        assert (await browser.get(f"/households/{household}")).status_code == 404, name
    outside = await visit("outside_coordinator")
    for path in ("edit", "members/new", "grounds/new"):
        assert (await outside.get(f"/households/{household}/{path}")).status_code == 404
    for path in ("edit", "members/new", "grounds/new", "unmask"):
        assert (await outside.post(f"/households/{household}/{path}", {})).status_code == 404
    for name in ("officer", "dispatcher", "bureau", "auditor", "worker"):
        assert (await (await visit(name)).get(f"/households/{household}")).status_code == 200, name


async def test_hidden_values_are_shown_once_with_a_reason_that_is_logged(visit, world: World) -> None:
    household = await record(await visit("coordinator"))
    officer = await visit("officer")
    path = f"/households/{household}/unmask"
    refused = await officer.post(path, {"group": "contact"})
    assert refused.status_code == 422
    assert PHONE not in refused.text
    shown = await officer.post(path, {"group": "contact", "reason": "visit"})
    assert PHONE in shown.text
    assert "3组12号" in shown.text
    assert ID_NUMBER not in shown.text, "only the group that was asked for"
    assert PHONE not in (await officer.get(f"/households/{household}")).text
    events = await AuditEvent.objects().where(AuditEvent.action == "household.unmasked")
    assert [(event.actor, event.subject) for event in events] == [(world["officer"].user, str(household))]
    assert '"contact"' in events[0].data


async def test_a_role_sees_only_the_groups_that_are_its_own(visit, world: World) -> None:
    household = await record(await visit("coordinator"))
    path, wish = f"/households/{household}/unmask", {"group": "identity", "reason": "verify"}
    assert ID_NUMBER in (await (await visit("officer")).post(path, wish)).text
    answer = await (await visit("dispatcher")).post(path, wish)
    assert answer.status_code == 422
    assert ID_NUMBER not in answer.text
    assert (await (await visit("auditor")).post(path, wish)).status_code == 403
    assert await AuditEvent.count().where(AuditEvent.action == "household.unmasked") == 1


async def test_a_change_based_on_an_old_page_is_refused_and_kept_on_the_form(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await record(coordinator)
    change = typed(version="1", category="dibao", address="", division=NEAR_VILLAGE)
    path = f"/households/{household}/edit"
    assert f'value="{VILLAGE}" selected' in (await coordinator.get(path)).text
    assert (await coordinator.post(path, change)).status_code == 303
    late = await coordinator.post(path, {**change, "note": "新备注"})
    assert late.status_code == 409
    assert "新备注" in late.text
    row = await Household.objects().get(Household.id == household)
    assert row is not None
    assert (row.category, row.division, row.version) == ("tekun", NEAR_VILLAGE, 2), "the category is not changed here"
    shown = await (await visit("officer")).post(
        f"/households/{household}/unmask", {"group": "contact", "reason": "visit"}
    )
    assert "3组12号" in shown.text, "an empty address leaves the stored one"


async def test_a_member_and_a_ground_are_added_and_a_consent_withdrawn(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await record(coordinator)
    member = {"key": str(uuid4()), "name": "李梅", "relation": "spouse", "id_type": "none", "birth_date": "1950.2.3",
              "no_document_reason": "遗失补办中", "sex": "f"}  # fmt: skip
    path = f"/households/{household}"
    assert (await coordinator.post(f"{path}/members/new", member)).status_code == 303
    assert (await coordinator.post(f"{path}/members/new", member)).status_code == 303
    assert await Person.count().where(Person.household == household) == 2
    consent = await Consent.objects().first()
    assert consent is not None
    assert (await coordinator.post(f"{path}/grounds/{consent.id}/withdraw", withdrawal())).status_code == 303
    assert "needs cannot be confirmed" in (await coordinator.get(path)).text
    ground = {"key": str(uuid4()), "ground": "statutory", "statute": "社会救助暂行办法"}
    for _ in range(2):
        assert (await coordinator.post(f"{path}/grounds/new", ground)).status_code == 303
    assert await Consent.count().where(Consent.household == household) == 2, "a form sent twice is one ground"
    elsewhere = await record(coordinator, id_number=generate_resident_id(date(1951, 2, 3), 37))
    assert (await coordinator.post(f"/households/{elsewhere}/grounds/new", ground)).status_code == 404
    assert "社会救助暂行办法" in (await coordinator.get(path)).text
    assert (await coordinator.post(f"{path}/grounds/{uuid4()}/withdraw")).status_code == 404


async def test_a_consent_in_the_future_does_not_count(visit, world: World) -> None:
    answer = await (await visit("coordinator")).post("/households/new", typed(given_on=f"{now().year + 1}-01-01"))
    assert answer.status_code == 422
    assert "in the future" in answer.text


async def test_the_list_filters_by_what_stands_in_the_url(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    await record(coordinator)
    await record(coordinator, name="王芳", id_type="none", id_number=None, no_document_reason="无", sex="f",
                 birth_date="1960-01-01", category="emergency", division=NEAR_VILLAGE, risk_color="red")  # fmt: skip

    async def listed(query: str) -> tuple[bool, bool]:
        text = (await coordinator.get(f"/households?{query}")).text
        return "欧***" in text, "王*" in text

    assert await listed("") == (True, True)
    assert await listed("category=tekun") == (True, False)
    assert await listed("layer=general") == (False, True)
    assert await listed(f"division={NEAR_VILLAGE}") == (False, True)
    assert await listed("risk=red") == (False, True)
    assert await listed("q=小明") == (True, False)
    assert await listed("q=wf") == (False, True)
    assert await listed(f"q={ID_NUMBER}&category=tekun") == (True, False), "a number in the URL is not searched"
    assert "not searched here" in (await coordinator.get(f"/households?q={ID_NUMBER}")).text
    assert await listed("category=nonsense&page=-3") == (False, False)


@pytest.mark.parametrize("path", ["/households", "/households/new", f"/divisions/{VILLAGE}"])
async def test_every_page_stands_in_chinese(visit, world: World, path: str) -> None:
    coordinator = await visit("coordinator")
    await coordinator.post("/preferences", {"lang": "zh-CN"})
    assert 'lang="zh-CN"' in (await coordinator.get(path)).text
