"""From the card to the answer: see who comes, confirm, ask for a change, give stars, complain; the station answers."""

from uuid import uuid4

from bangfu.complaints.tables import Complaint
from bangfu.family.tables import FamilyAnswer, FamilyWish
from bangfu.feedback import facts
from bangfu.feedback.tables import Rating
from bangfu.households.tables import Consent, Person
from bangfu.messages.tables import Message
from bangfu.needs.tables import Need
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.tables import AuditEvent
from bangfu.supervision.tables import SupervisionTask
from bangfu.visits.tables import Visit
from tests.dispatch.tasks import NAME
from tests.family import family_steps as steps
from tests.feedback import feedback_steps
from tests.support import World


async def test_a_household_sees_who_comes_and_nothing_that_names_it(world: World, visit) -> None:
    row = await steps.coming(world)
    card = await steps.printed(world, row.household)
    seen = (await (await steps.entered(visit, card)).get("/home")).text
    assert "员师傅" in seen and "春晖助老服务中心" in seen and "上午10点" in seen and "探访" in seen
    home = (await Visit.raw("SELECT number FROM household WHERE id = {}", row.household))[0]["number"]
    for secret in (NAME, "欧阳", "13900000017", "139****", home, "员nurse", row.number, card.code, card.pin):
        assert secret not in seen, secret


async def test_visits_to_a_member_whose_consent_ended_are_not_told_to_the_others(world: World, visit) -> None:
    row = await steps.coming(world)
    browser = await steps.entered(visit, await steps.printed(world, row.household))
    assert "上午10点" in (await browser.get("/home")).text
    other, head = uuid4(), await Person.objects().get(Person.household == row.household)
    assert head is not None
    await Person(id=other, household=row.household, name="欧阳小明", sex="m").save()
    await Need.update({Need.person: other}).where(Need.id == row.need)
    await Consent.update({Consent.person: head.id}).where(Consent.household == row.household)
    assert "上午10点" not in (await browser.get("/home")).text
    await browser.post("/home/answer", {"key": str(uuid4()), "visit": str(row.id), "answer": "home"})
    assert not await FamilyAnswer.exists(), "nor can they answer for it"


async def test_the_page_is_there_in_english(world: World, visit) -> None:
    row = await steps.coming(world)
    browser = await steps.entered(visit, await steps.printed(world, row.household))
    await browser.post("/preferences", {"lang": "en", "next": "/home"})
    seen = (await browser.get("/home")).text
    assert 'lang="en"' in seen and "10 in the morning" in seen and "Carer 员" in seen and "Somebody is at home" in seen
    assert "%(" not in seen


async def test_not_convenient_reaches_carer_organisation_and_station_and_excuses_nothing(world: World, visit) -> None:
    row = await steps.coming(world)
    browser = await steps.entered(visit, await steps.printed(world, row.household))
    form = {"visit": str(row.id), "answer": "away", "key": str(uuid4())}
    for _ in range(2):
        assert (await browser.post("/home/answer", form)).status_code == 303
    assert "您已答复" in (await browser.get("/home")).text
    assert await FamilyAnswer.count().where(FamilyAnswer.visit == row.id) == 1
    told = await Message.select(Message.user).where(Message.kind == "family_away")
    assert {each["user"] for each in told} >= {world[who].me for who in ("caregiver", "manager", "dispatcher")}
    same = await Visit.objects().get(Visit.id == row.id)
    assert same is not None and (same.status, same.version) == ("planned", row.version)
    manager = await visit("manager")
    assert "family_away" not in (page := (await manager.get(f"/org-visits/{row.id}")).text)
    assert "The household: not convenient" in page
    caregiver, dispatcher = await visit("caregiver"), await visit("dispatcher")
    for page in (await caregiver.get("/my-visits"), await caregiver.get(f"/my-visits/{row.id}")):
        assert "The household: Not convenient" in page.text
    week = row.planned_start.astimezone(SHANGHAI).date().isoformat()
    assert "The household: Not convenient" in (await dispatcher.get(f"/visits?week={week}")).text
    assert "The household: Not convenient" in (await dispatcher.get(f"/households/{row.household}/visits")).text
    assert (await browser.post("/home/answer", {**form, "answer": "home", "key": str(uuid4())})).status_code == 303
    assert await Message.exists().where(Message.kind == "family_home")


async def test_a_wish_becomes_a_task_that_the_station_answers(world: World, visit) -> None:
    row = await steps.coming(world)
    browser = await steps.entered(visit, await steps.printed(world, row.household))
    assert "探访" in (await browser.get(f"/home/change?visit={row.id}")).text
    form = {"visit": str(row.id), "wish": "time", "part": "afternoon", "words": "上午去医院", "key": str(uuid4())}
    for _ in range(2):
        sent = await browser.post("/home/change", form)
        assert sent.status_code == 200 and "社工站已收到" in sent.text
    wish = (await FamilyWish.objects())[0]
    assert await FamilyWish.count() == 1 and "医院" not in wish.words_enc
    task = await SupervisionTask.objects().get(SupervisionTask.subject == wish.id)
    assert task is not None and (task.kind, task.unit, task.status) == ("family.wish", "station", "forwarded")
    dispatcher = await visit("dispatcher")
    assert f"/wishes/{wish.id}" in (await dispatcher.get("/wishes")).text
    assert "上午去医院" in (await dispatcher.get(f"/wishes/{wish.id}")).text
    assert (await dispatcher.post(f"/wishes/{wish.id}/close", {})).status_code == 422
    for _ in range(2):
        assert (await dispatcher.post(f"/wishes/{wish.id}/close", {"outcome": "moved"})).status_code == 303
    task = await SupervisionTask.objects().get(SupervisionTask.subject == wish.id)
    assert task is not None and task.status == "cancelled"
    assert "已调整时间" in (await browser.get("/home")).text
    assert await AuditEvent.count().where(AuditEvent.action == "family_wish.done") == 1


async def test_stars_for_a_visit_are_one_score_and_join_the_voice(world: World, visit) -> None:
    row = await steps.done(world)
    browser = await steps.entered(visit, await steps.printed(world, row.household))
    assert "这次服务好不好" in (await browser.get(f"/home/stars?visit={row.id}")).text
    assert (await browser.post("/home/stars", {"visit": str(row.id)})).status_code == 422
    for stars in ("4", "1"):
        form = {"visit": str(row.id), "stars": stars, "source": "self", "key": str(uuid4())}
        assert (await browser.post("/home/stars", form)).status_code == 303
    assert [(one.stars, one.visit) for one in await Rating.objects()] == [(4, row.id)]
    contract = await feedback_steps.contract_of(row)
    given = await facts.ratings_of("contract", contract, *feedback_steps.term(row.planned_start))
    assert [(each.stars_sum, each.stars_count) for each in given] == [(4, 1)]
    assert "您已打分" in (await browser.get("/home")).text


async def test_a_complaint_goes_past_whom_it_is_about(world: World, visit) -> None:
    row = await steps.done(world)
    browser = await steps.entered(visit, await steps.printed(world, row.household))
    form = {"visit": str(row.id), "kind": "attitude", "facts": "说话很凶，还催我签字。", "key": str(uuid4())}
    pages = [await browser.post("/home/complain", form) for _ in range(2)]
    complaint = (await Complaint.objects())[0]
    assert await Complaint.count() == 1 and all(complaint.number in each.text for each in pages)
    assert "最晚" in pages[0].text
    assert complaint.confidential and complaint.visit == row.id and complaint.household == row.household
    assert {world["manager"].me, world["caregiver"].me} <= set(complaint.excluded)


async def test_a_server_who_is_signed_in_says_nothing_in_the_households_name(world: World, visit) -> None:
    row = await steps.coming(world)
    card = await steps.printed(world, row.household)
    browser = await visit("manager")
    await browser.post("/home", {"code": card.code, "pin": card.pin})
    sent = await browser.post("/home/answer", {"visit": str(row.id), "answer": "home", "key": str(uuid4())})
    assert sent.status_code == 409 and await FamilyAnswer.count() == 0
