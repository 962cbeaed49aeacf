"""The register, page to table: category in time, members, leaving, reviews, contacts, near relatives, children."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.dispatch.tables import Assignment
from bangfu.errors import NotAllowed, Refused
from bangfu.households import history, kinship, leaving, reviews
from bangfu.households.leaving import Leaving
from bangfu.households.people import members
from bangfu.households.reading import note_read
from bangfu.households.spans import Standing
from bangfu.households.tables import (
    Contact,
    Household,
    HouseholdCategory,
    HouseholdReview,
    Kinship,
    Person,
    PersonLeaving,
    ReadLog,
)
from bangfu.needs.deciding import confirm_need
from bangfu.needs.tables import Need
from bangfu.planning.snapshot import of_need
from bangfu.shared.clock import now, today
from bangfu.shared.identifiers import generate_resident_id
from bangfu.shared.tables import AuditEvent
from tests.dispatch.tasks import make_need, offered
from tests.households.household_support import ID_NUMBER, record, typed
from tests.support import World

CHILD_BORN = date(2018, 6, 1)
CHILD_ID = generate_resident_id(CHILD_BORN, 22)


async def home_of(household: UUID) -> Household:
    row = await Household.objects().get(Household.id == household)
    assert row is not None
    return row


async def head_of(household: UUID) -> Person:
    row = await Person.objects().get((Person.household == household) & (Person.is_head == True))  # noqa: E712
    assert row is not None
    return row


async def add_child(browser: Any, household: UUID) -> Person:
    form = {"key": str(uuid4()), "name": "欧阳小宝", "relation": "grandchild", "id_type": "resident_id",
            "id_number": CHILD_ID, "tags": ["left_behind"], "child_type": "guardianship"}  # fmt: skip
    assert (await browser.post(f"/households/{household}/members/new", form)).status_code == 303
    row = await Person.objects().get(Person.id == UUID(form["key"]))
    assert row is not None
    return row


async def add_member(browser: Any, household: UUID, name: str = "李梅", relation: str = "spouse") -> UUID:
    form = {"key": str(uuid4()), "name": name, "relation": relation, "id_type": "none", "birth_date": "1950-02-03",
            "no_document_reason": "补办中", "sex": "f"}  # fmt: skip
    assert (await browser.post(f"/households/{household}/members/new", form)).status_code == 303
    return UUID(str(form["key"]))


async def spans_of(household: UUID) -> list[tuple[str, date, date | None]]:
    rows = await HouseholdCategory.objects().where(
        (HouseholdCategory.household == household) & HouseholdCategory.replaced_at.is_null()
    ).order_by(HouseholdCategory.starts_on)  # fmt: skip
    return [(row.category, row.starts_on, row.ends_on) for row in rows]


def change(version: int, **more: Any) -> dict[str, Any]:
    form = {"version": str(version), "category": "dibao", "starts_on": today().isoformat(), "why": "家庭收入变化"}
    return {**form, **more}


async def test_a_change_of_category_closes_one_span_and_opens_the_next(visit, world: World) -> None:
    household = await record(await visit("coordinator"), category_since="2025-03-01")
    officer = await visit("officer")
    answer = await officer.post(f"/households/{household}/category", change(1, admission_mode="individual"))
    assert answer.status_code == 303, answer.text
    yesterday = today() - timedelta(days=1)
    assert await spans_of(household) == [("tekun", date(2025, 3, 1), yesterday), ("dibao", today(), None)]
    row = await home_of(household)
    assert (row.category, row.admission_mode, row.support_mode, row.category_since) == (
        "dibao", "individual", "", today(),
    )  # fmt: skip
    shown = (await officer.get(f"/households/{household}/standing")).text
    assert "家庭收入变化" in shown
    assert (await officer.post(f"/households/{household}/category", change(1))).status_code == 409
    assert (await (await visit("coordinator")).post(f"/households/{household}/category", change(2))).status_code == 403


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"starts_on": "2099-01-01"}, "future"), ({"starts_on": "2020-01-01"}, "began on"),
        ({"category": "tekun", "support_mode": "dispersed"}, "already"), ({"why": ""}, "fill this in"),
    ],
)  # fmt: skip
async def test_an_impossible_change_of_category_says_why(visit, world: World, more: dict[str, str], fault: str) -> None:
    household = await record(await visit("coordinator"), category_since="2025-03-01")
    answer = await (await visit("officer")).post(f"/households/{household}/category", change(1, **more))
    assert answer.status_code == 422
    assert fault in answer.text
    assert len(await spans_of(household)) == 1


async def test_of_two_people_who_change_the_category_at_once_one_is_told(visit, world: World) -> None:
    household = await record(await visit("coordinator"), category_since="2025-03-01")
    answers = await asyncio.gather(
        *(
            history.change_category(world["officer"], household, 1, Standing(category), today(), "变化", now())
            for category in ("dibao", "dibao_edge")
        ),
        return_exceptions=True,
    )
    assert sorted(type(answer) for answer in answers if answer is not None) == [Refused]
    assert len(await spans_of(household)) == 2


async def test_a_correction_keeps_what_stood_there_before(visit, world: World) -> None:
    household = await record(await visit("coordinator"), category_since="2025-03-01")
    officer = await visit("officer")
    await officer.post(f"/households/{household}/category", change(1, starts_on="2026-05-01"))
    first = await HouseholdCategory.objects().where(HouseholdCategory.category == "tekun").first()
    second = await HouseholdCategory.objects().where(HouseholdCategory.category == "dibao").first()
    assert first is not None
    assert second is not None
    form = {"category": "dibao_edge", "starts_on": "2026-04-01", "why": "批准日期有误"}
    path = f"/households/{household}/category/{second.id}/correct"
    assert (await officer.get(path)).status_code == 200
    assert (await officer.post(path, form)).status_code == 303
    assert await spans_of(household) == [
        ("tekun", date(2025, 3, 1), date(2026, 3, 31)), ("dibao_edge", date(2026, 4, 1), None),
    ]  # fmt: skip
    assert await HouseholdCategory.count().where(HouseholdCategory.household == household) == 4
    assert (await home_of(household)).category == "dibao_edge"
    assert "replaced by a correction" in (await officer.get(f"/households/{household}/standing")).text
    assert (await officer.post(path, form)).status_code == 409, "the replaced span is not corrected again"


async def test_the_database_refuses_spans_that_overlap(visit, world: World) -> None:
    household = await record(await visit("coordinator"), category_since="2025-03-01")
    with pytest.raises(Exception, match="overlap"):
        await HouseholdCategory(
            household=household, category="dibao", starts_on=date(2024, 1, 1), ends_on=date(2025, 3, 1)
        ).save()


async def test_a_priority_follows_the_category_unless_it_is_urgent(visit, world: World) -> None:
    need, urgent = await make_need("confirmed"), await make_need("confirmed", priority="urgent")
    await Need.update({Need.household: need.household}).where(Need.id == urgent.id)
    await history.follow(world["officer"], [need.household], now())
    await history.change_category(world["officer"], need.household, 1, Standing("emergency"), today(), "突发", now())
    rows = await Need.select(Need.id, Need.priority).where(Need.household == need.household)
    assert {row["id"]: row["priority"] for row in rows} == {need.id: "general", urgent.id: "urgent"}


async def test_a_member_is_changed_and_hidden_values_stay_when_left_empty(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await record(coordinator)
    before = await head_of(household)
    path = f"/households/{household}/members/{before.id}/edit"
    page = (await coordinator.get(path)).text
    assert ID_NUMBER not in page
    form = {"id_type": "resident_id", "tags": ["empty_nest"], "person_selfcare": "semi", "ability_level": "2",
            "assisted": "yes", "why": "入户核实"}  # fmt: skip
    assert (await coordinator.post(path, form)).status_code == 303
    after = await head_of(household)
    kept = ("name", "id_number_enc", "phone_enc", "bank_enc", "health_enc", "birth_date")
    same = {name: name.endswith("_enc") or getattr(before, name) == getattr(after, name) for name in kept}
    assert all(same.values())
    assert (after.id_number_index, after.phone_index, after.bank_index) == (
        before.id_number_index, before.phone_index, before.bank_index,
    )  # fmt: skip
    assert (after.tags, after.selfcare_level, after.ability_level, after.assisted) == (["empty_nest"], "semi", 2, True)
    shown = await (await visit("officer")).post(
        f"/households/{household}/unmask", {"group": "health", "reason": "visit"}
    )
    assert "高血压" in shown.text
    event = await AuditEvent.objects().where(AuditEvent.action == "person.changed").first()
    assert event is not None
    assert event.reason == "入户核实"


async def test_a_disability_is_sealed_and_compared_with_the_id_number(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await record(coordinator)
    head = await head_of(household)
    path = f"/households/{household}/members/{head.id}/edit"
    form = {"id_type": "resident_id", "why": "残疾证", "change_health": "yes", "health": "高血压"}
    wrong = await coordinator.post(path, {**form, "disability_certificate": f"{CHILD_ID}43"})
    assert wrong.status_code == 422
    assert "another ID number" in wrong.text
    right = await coordinator.post(path, {**form, "disability_certificate": f"{ID_NUMBER}43"})
    assert right.status_code == 303
    stored = await head_of(household)
    assert ID_NUMBER not in stored.disability_enc
    assert "Disability: ***" in (await coordinator.get(f"/households/{household}")).text
    shown = await (await visit("officer")).post(
        f"/households/{household}/unmask", {"group": "health", "reason": "visit"}
    )
    assert "Disability: Physical Level 3" in shown.text
    assert ID_NUMBER + "43" not in shown.text


async def test_another_head_gives_the_household_another_name(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await record(coordinator)
    old, spouse = await head_of(household), await add_member(coordinator, household)
    assert (await coordinator.get(f"/households/{household}/head")).status_code == 200
    form = {"person": str(spouse), "why": "户口簿变更", f"relation-{old.id}": "spouse"}
    assert (await coordinator.post(f"/households/{household}/head", form)).status_code == 303
    rows = await Person.select(Person.id, Person.is_head, Person.relation).where(Person.household == household)
    assert {row["id"]: (row["is_head"], row["relation"]) for row in rows} == {
        old.id: (False, "spouse"), spouse: (True, "self"),
    }  # fmt: skip
    assert (await home_of(household)).head_name == "李梅"
    assert (
        await coordinator.post(f"/households/{household}/head", {**form, "person": str(uuid4())})
    ).status_code == 404


async def test_a_death_ends_the_household_its_needs_and_its_offers_at_once(visit, world: World) -> None:
    assignment = await offered(world)
    task = await Assignment.objects().get(Assignment.id == assignment)
    assert task is not None
    household = task.household
    head, officer = await head_of(household), await visit("officer")
    path = f"/households/{household}/members/{head.id}/leave"
    assert "end at once" in (await officer.get(path)).text
    form = {"key": str(uuid4()), "reason": "died", "left_on": today().isoformat()}
    assert (await officer.post(path, form)).status_code == 303
    assert (await officer.post(path, form)).status_code == 303, "a repeat changes nothing"
    need, task = (
        await Need.objects().get(Need.id == task.need),
        await Assignment.objects().get(Assignment.id == task.id),
    )
    assert need is not None
    assert task is not None
    assert (need.status, task.status, (await home_of(household)).status) == ("cancelled", "cancelled", "closed")
    assert await PersonLeaving.count() == 1
    assert "Member left · Died" in (await officer.get(f"/households/{household}")).text
    new = await (await visit("coordinator")).post(
        "/needs/new",
        {"household": str(household), "key": str(uuid4()), "service": "visit_check", "reason": "x", "do": "submit"},
    )
    assert new.status_code in {409, 422}


async def test_a_death_in_a_family_ends_only_that_persons_needs_and_asks_for_a_head_and_a_review(
    visit, world: World
) -> None:
    need = await make_need("confirmed")
    other = uuid4()
    await Person(id=other, household=need.household, name="李梅", relation="spouse").save()
    await Household.update({Household.category: "dibao"}).where(Household.id == need.household)
    shared = await make_need("confirmed")
    await Need.update({Need.household: need.household, Need.person: None}).where(Need.id == shared.id)
    officer, head = await visit("officer"), await head_of(need.household)
    path, form = f"/households/{need.household}/members/{head.id}/leave", {"key": str(uuid4()), "reason": "died"}
    missing = await officer.post(path, {**form, "left_on": today().isoformat()})
    assert missing.status_code == 422
    assert "choose who is the head" in missing.text
    given = {**form, "left_on": today().isoformat(), "new_head": str(other)}
    assert (await officer.post(path, given)).status_code == 303
    states = {row["id"]: row["status"] for row in await Need.select(Need.id, Need.status)}
    assert (states[need.id], states[shared.id]) == ("cancelled", "confirmed")
    row = await home_of(need.household)
    assert (row.status, row.head_name) == ("active", "李梅")
    assert row.next_review_on is not None
    assert (row.next_review_on.year, row.next_review_on.month) == (today().year, today().month)


async def test_a_wrongly_recorded_death_is_taken_back_by_another_person_on_the_same_day(visit, world: World) -> None:
    need = await make_need("confirmed")
    head, officer = await head_of(need.household), await visit("officer")
    entry = uuid4()
    await leaving.record_leaving(world["officer"], need.household, head.id, entry, Leaving("died", today()), "", now())
    path = f"/households/{need.household}/leavings/{entry}/undo"
    own = await officer.post(path, {"why": "登记错了人"})
    assert own.status_code == 403
    assert await AuditEvent.exists().where(AuditEvent.action == "person.refused_two_people")
    coordinator = await visit("coordinator")
    assert (await coordinator.get(path)).status_code == 200
    assert (await coordinator.post(path, {"why": ""})).status_code == 422
    assert (await coordinator.post(path, {"why": "登记错了人"})).status_code == 303
    found = await Need.objects().get(Need.id == need.id)
    assert found is not None
    back = await head_of(need.household)
    assert (found.status, (await home_of(need.household)).status, back.left_on) == ("submitted", "active", None)
    row = await PersonLeaving.objects().get(PersonLeaving.id == entry)
    assert row is not None
    assert row.undo_reason == "登记错了人"


async def test_after_a_day_a_leaving_is_not_taken_back(visit, world: World) -> None:
    need = await make_need("confirmed")
    head, entry = await head_of(need.household), uuid4()
    earlier = now() - timedelta(days=1)
    await leaving.record_leaving(
        world["officer"], need.household, head.id, entry, Leaving("died", today() - timedelta(days=2)), "", earlier
    )
    with pytest.raises(Refused):
        await leaving.undo_leaving(world["coordinator"], need.household, entry, "错", now())
    assert (await home_of(need.household)).status == "closed"


async def test_a_gradual_exit_lets_services_go_on_for_six_months_and_then_ends_them(visit, world: World) -> None:
    need = await make_need("confirmed")
    officer, path = await visit("officer"), f"/households/{need.household}/exit"
    assert "six months" in (await officer.get(path)).text
    form = {"version": "1", "how": "gradual", "exit_on": today().isoformat(), "why": "收入超过标准"}
    assert (await officer.post(path, form)).status_code == 303
    assert (await officer.post(path, form)).status_code == 303, "a double click"
    row = await home_of(need.household)
    assert row.status == "grace"
    assert row.grace_until is not None
    assert await leaving.end_due(now()) == 0
    later = now() + (row.grace_until - today()) + timedelta(days=1)
    assert await leaving.end_due(later) == 1
    found = await Need.objects().get(Need.id == need.id)
    assert found is not None
    assert ((await home_of(need.household)).status, found.status) == ("left", "cancelled")
    back = await officer.post(f"/households/{need.household}/readmit", {"why": "再次困难"})
    assert back.status_code == 303
    assert (await home_of(need.household)).status == "active"


async def test_an_emergency_ends_with_its_last_day(visit, world: World) -> None:
    last = today() + timedelta(days=10)
    household = await record(
        await visit("coordinator"), category="emergency", support_mode="", valid_until=last.isoformat()
    )
    row = await home_of(household)
    assert (row.valid_until, row.next_review_on) == (last, last)
    assert await leaving.end_due(now() + timedelta(days=10)) == 0
    assert await leaving.end_due(now() + timedelta(days=11)) == 1
    assert (await home_of(household)).status == "left"
    assert str(household) not in (await (await visit("coordinator")).get("/households")).text
    assert str(household) in (await (await visit("coordinator")).get("/households?status=left")).text


async def test_reviewing_takes_one_click_and_moves_the_clock(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await record(coordinator, category="dibao", support_mode="", able_bodied="yes")
    await Household.update({Household.next_review_on: today() - timedelta(days=3)}).where(Household.id == household)
    assert await reviews.watch_due(now()) == 1
    assert await reviews.watch_due(now()) == 0, "supervision hears of a review day once"
    listed = await coordinator.get("/households/reviews")
    assert "Overdue" in listed.text
    form = {"key": str(uuid4()), "outcome": "unchanged", "quick": "1", "back": "list"}
    for _ in range(2):
        assert (await coordinator.post(f"/households/{household}/review", form)).status_code == 303
    row = await home_of(household)
    assert (row.reviewed_on, row.able_bodied) == (today(), True)
    assert row.next_review_on is not None
    assert 180 <= (row.next_review_on - today()).days <= 184
    assert await HouseholdReview.count() == 1
    assert "No review is late" in (await coordinator.get("/households/reviews")).text
    changed = await coordinator.post(
        f"/households/{household}/review", {"key": str(uuid4()), "outcome": "changed", "reviewed_on": "2099-01-01"}
    )
    assert changed.status_code == 422


async def test_contacts_are_sealed_masked_and_ended(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await record(coordinator)
    form = {"key": str(uuid4()), "kind": "emergency", "relation": "child", "name": "欧阳大海", "phone": "13900001111"}
    for _ in range(2):
        assert (await coordinator.post(f"/households/{household}/contacts/new", form)).status_code == 303
    row = await Contact.objects().first()
    assert row is not None
    assert "大海" not in row.name_enc
    page = (await coordinator.get(f"/households/{household}")).text
    assert "139****1111" in page
    assert "大海" not in page
    shown = await coordinator.post(f"/households/{household}/unmask", {"group": "contact", "reason": "visit"})
    assert "欧阳大海" in shown.text
    assert (await coordinator.post(f"/households/{household}/contacts/{row.id}/end")).status_code == 303
    assert "139****1111" not in (await coordinator.get(f"/households/{household}")).text
    foreign = await (await visit("outside_coordinator")).post(f"/households/{household}/contacts/{row.id}/end")
    assert foreign.status_code == 404


async def test_a_relative_neither_confirms_nor_closes_needs_of_the_household(visit, world: World) -> None:
    need = await make_need("submitted")
    officer = await visit("officer")
    form = {"key": str(uuid4()), "relation": "child", "who": "me"}
    for _ in range(2):
        assert (await officer.post(f"/households/{need.household}/relatives/new", form)).status_code == 303
    assert await kinship.related_users(need.household) == {world["officer"].user}
    with pytest.raises(NotAllowed):
        await confirm_need(world["officer"], need.id, need.consent, now())
    assert (await officer.post(f"/needs/{need.id}/cancel", {"code": "refusal"})).status_code == 403
    assert await AuditEvent.count().where(AuditEvent.action == "household.refused_relative") == 2
    row = await Kinship.objects().first()
    assert row is not None
    assert (await officer.post(f"/households/{need.household}/relatives/{row.id}/end")).status_code == 403
    unchanged = await Need.objects().get(Need.id == need.id)
    assert unchanged is not None
    assert unchanged.status == "submitted"


async def test_a_related_carer_is_excluded_from_the_match_unless_an_agreement_names_them(visit, world: World) -> None:
    need, check = await make_need(service="daily_care"), await make_need(service="visit_check")
    await Need.update({Need.household: need.household, Need.consent: need.consent}).where(Need.id == check.id)
    nurse, officer = world.carers["nurse"], await visit("officer")

    async def excluded(found: Need) -> bool:
        snapshot = await of_need(found.id, today())
        return str(nurse) in snapshot.problem.needs[0].excluded

    assert not await excluded(need)
    form = {"key": str(uuid4()), "relation": "child", "who": f"carer:{nurse}"}
    path = f"/households/{need.household}/relatives/new"
    assert (await (await visit("coordinator")).post(path, form)).status_code == 403
    assert (await officer.post(path, form)).status_code == 303
    assert await excluded(need)
    await Kinship.update({Kinship.may_care: True}, force=True)
    assert not await excluded(need), "named in an agreement: may care"
    assert await excluded(check), "but never checks"


async def test_a_child_under_14_is_shown_only_to_those_who_work_with_children_and_every_reading_is_noted(
    visit, world: World
) -> None:
    coordinator = await visit("coordinator")
    household = await record(coordinator)
    child = await add_child(coordinator, household)
    for name in ("dispatcher", "auditor", "coordinator"):
        page = (await (await visit(name)).get(f"/households/{household}")).text
        assert "a child under 14" in page
        assert "欧***" in page
        for secret in ("2018", "guardianship", "Left-behind", "9901**"):
            assert secret not in page.replace("Absent or improper guardianship", "guardianship") or secret == "9901**"
    assert await ReadLog.count() == 0
    for name in ("worker", "officer", "child_director"):
        page = (await (await visit(name)).get(f"/households/{household}")).text
        assert "Absent or improper guardianship" in page
    rows = await ReadLog.select(ReadLog.user, ReadLog.person, ReadLog.what).order_by(ReadLog.at)
    assert [(row["user"], row["person"], row["what"]) for row in rows] == [
        (world[name].user, child.id, "child") for name in ("worker", "officer", "child_director")
    ]
    assert (await coordinator.get(f"/households/{household}/members/{child.id}/edit")).status_code in {403, 404}
    revealed = await (await visit("dispatcher")).post(
        f"/households/{household}/unmask", {"group": "contact", "reason": "visit"}
    )
    assert "欧阳小明" in revealed.text
    assert "欧阳小宝" not in revealed.text
    assert await ReadLog.exists().where((ReadLog.what == "contact") & (ReadLog.person.is_null()))


async def test_a_child_that_heads_a_household_keeps_its_name_from_other_roles(visit, world: World) -> None:
    household = await record(
        await visit("coordinator"), id_number=CHILD_ID, name="欧阳小宝", giver="李梅", giver_relation="guardian",
        purposes=["service", "share_provider", "minor_data"],
    )  # fmt: skip
    wish = {"group": "contact", "reason": "visit"}
    assert "欧阳小宝" not in (await (await visit("dispatcher")).post(f"/households/{household}/unmask", wish)).text
    assert "欧阳小宝" in (await (await visit("officer")).post(f"/households/{household}/unmask", wish)).text


async def test_members_are_hidden_from_readers_without_a_role(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await record(coordinator)
    await add_child(coordinator, household)
    shown = await members(household, today())
    assert [one.hidden for one in shown] == [False, True]
    assert (shown[1].birth_date, shown[1].tags, shown[1].id_number) == (None, (), "")


async def test_the_record_of_readings_is_never_changed(visit, world: World) -> None:
    household = await record(await visit("coordinator"))
    await note_read(world["officer"], household, None, "contact", "visit", now())
    for change_of in (ReadLog.update({ReadLog.why: ""}, force=True), ReadLog.delete(force=True)):
        with pytest.raises(Exception, match="append-only"):
            await change_of


async def test_everything_that_happened_is_paged_and_filtered(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await record(coordinator)
    for _ in range(35):
        await coordinator.post(f"/households/{household}/unmask", {"group": "contact", "reason": "visit"})
    page = (await coordinator.get(f"/households/{household}/events")).text
    assert page.count("Hidden data shown") == 30
    earlier = page.partition(f"/households/{household}/events?before=")[2].partition('"')[0]
    rest = (await coordinator.get(f"/households/{household}/events?before={earlier}")).text
    assert rest.count("Hidden data shown") == 5
    assert "There is nothing earlier." in rest
    register = (await coordinator.get(f"/households/{household}/events?group=register")).text
    assert "Household recorded" in register
    assert "Hidden data shown" not in register
    odd = await coordinator.get(f"/households/{household}/events?group=nothing&before={'9' * 40}")
    assert odd.status_code == 200


async def test_preferences_are_kept_and_the_food_is_sealed(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    household = await record(coordinator, food="软食，不吃猪肉", time_wishes=["morning"], contact_channel="wechat")
    row = await home_of(household)
    assert (row.time_wishes, row.contact_channel) == (["morning"], "wechat")
    assert "软食" not in row.food_enc
    page = (await coordinator.get(f"/households/{household}")).text
    assert "软食" not in page
    assert "WeChat" in page
    edit = {**typed(address=""), "version": "1", "time_wishes": ["evening"], "food": ""}
    assert (await coordinator.post(f"/households/{household}/edit", edit)).status_code == 303
    shown = await (await visit("officer")).post(
        f"/households/{household}/unmask", {"group": "health", "reason": "visit"}
    )
    assert "软食" in shown.text
    assert (await home_of(household)).time_wishes == ["evening"]
