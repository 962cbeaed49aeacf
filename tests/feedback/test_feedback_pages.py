"""The pages: stars without an account, guessing, a number shown once, a complaint with one click, the clock."""

from datetime import timedelta
from uuid import uuid4

from bangfu.complaints.tables import Complaint
from bangfu.feedback import clock, facts, rounds
from bangfu.feedback.tables import Callback, Rating, RatingCode
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from bangfu.supervision.tables import SupervisionTask
from tests.dispatch.tasks import NAME
from tests.feedback import feedback_steps as steps
from tests.support import VILLAGE, World


async def test_a_household_gives_stars_with_its_card_and_no_account(world: World, visit) -> None:
    contract = await steps.contract_of((await steps.served(world, 1))[0])
    code = await steps.card(world)
    browser = await visit(None)
    found = await browser.post("/rate", {"code": f"{code[:4].lower()}-{code[4:]}"})
    assert (found.status_code, found.headers["location"]) == (303, f"/rate/{code}")
    form = await browser.get(f"/rate/{code}")
    assert form.status_code == 200 and "探访" in form.text and NAME not in form.text and "春晖" not in form.text
    sent = await browser.post(
        f"/rate/{code}", {"stars_0": "4", "source": "guardian", "words": "好", "key": str(uuid4())}
    )
    assert sent.status_code == 200 and "谢谢您" in sent.text
    given = await facts.ratings_of("contract", contract, *steps.term())
    assert [(each.stars_sum, each.stars_count) for each in given] == [(4, 1)]


async def test_guessing_is_stopped_even_for_the_right_code(world: World, visit) -> None:
    await steps.served(world, 1)
    code = await steps.card(world)
    browser = await visit(None)
    answers = [(await browser.post("/rate", {"code": "ABCD-EFGH"})).status_code for _ in range(51)]
    assert set(answers[:49]) == {422} and answers[-1] == 429
    assert (await browser.get(f"/rate/{code}")).status_code == 429
    assert (await browser.post(f"/rate/{code}", {"stars_0": "5", "source": "self"})).status_code == 429
    assert await Rating.count() == 0


async def test_a_manager_with_a_card_is_turned_away_on_the_page(world: World, visit) -> None:
    await steps.served(world, 1)
    code = await steps.card(world)
    browser = await visit("manager")
    answer = await browser.post(f"/rate/{code}", {"stars_0": "5", "source": "self"})
    assert answer.status_code == 409 and await Rating.count() == 0


async def test_the_quarters_to_choose_from_are_said_in_words(world: World, visit) -> None:
    year, quarter = steps.term()
    browser = await visit("bureau")
    for path in ("/callbacks", "/ratings"):
        seen = (await browser.get(path)).text
        assert f"{year}, quarter {quarter}" in seen and "%(" not in seen


async def test_the_list_hides_numbers_and_one_is_shown_once(world: World, visit) -> None:
    _, listed = await steps.opened(world)
    person = (await Callback.raw("SELECT id FROM person WHERE household = {}", listed[0].household))[0]["id"]
    browser = await visit("coordinator")
    for path in ("/callbacks/calls", f"/callbacks/{listed[0].id}"):
        seen = (await browser.get(path)).text
        assert "13900000017" not in seen and NAME not in seen and "欧***" in seen
    assert "139****0017" in seen
    shown = await browser.post(f"/callbacks/{listed[0].id}/number", {"which": f"person:{person}"})
    assert "13900000017" in shown.text
    assert "13900000017" not in (await browser.get(f"/callbacks/{listed[0].id}")).text
    assert await AuditEvent.count().where(AuditEvent.action == "callback.number_shown") == 1


async def test_money_asked_for_becomes_a_complaint_with_one_click(world: World, visit) -> None:
    _, listed = await steps.opened(world)
    browser, path = await visit("coordinator"), f"/callbacks/{listed[0].id}"
    answers = {f"q_{code}": given for code, given in steps.said(money="yes").answers.items()}
    kept = await browser.post(f"{path}/answer", {**answers, "spoken_with": "family", "words": "收了五十元"})
    assert kept.status_code == 303
    assert "complaint" in (await browser.get(path)).text
    for _ in range(2):
        assert (await browser.post(f"{path}/complaint", {"offer": "fee_demand"})).status_code == 303
    made = await Complaint.objects().first()
    assert await Complaint.count() == 1 and made is not None
    assert (made.kind, made.channel, made.organization) == ("fee_demand", "phone", world.organization)
    assert (await browser.post(f"{path}/complaint", {"offer": "no_show"})).status_code == 409


async def test_the_aide_prints_the_cards_of_a_village(world: World, visit) -> None:
    await steps.served(world, 2)
    browser = await visit("coordinator")
    page = await browser.get(f"/rating-codes?village={VILLAGE}")
    assert NAME not in page.text and "欧***" in page.text
    paper = await browser.post("/rating-codes/print", {"village": VILLAGE, "key": str(uuid4())})
    assert paper.headers["content-type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    assert await RatingCode.count() == 2
    assert (await browser.post("/rating-codes/print", {"village": "990102001201"})).status_code == 404


async def test_the_cards_begin_with_a_village_that_was_served_and_say_how_many_homes(world: World, visit) -> None:
    await steps.served(world, 2)
    page = (await (await visit("coordinator")).get("/rating-codes")).text
    assert page.count(" selected") == 1
    assert "2 served homes" in page.split(" selected")[1].split("</option>")[0]


async def test_nothing_typed_is_not_called_a_wrong_code(world: World, visit) -> None:
    answer = await (await visit(None)).post("/rate", {"code": " "})
    assert answer.status_code == 422
    assert "请填写评价卡上的编码" in answer.text or "type the code" in answer.text


async def test_a_manager_sees_sums_only(world: World, visit) -> None:
    round_, listed = await steps.opened(world)
    await steps.calling.answer(world["coordinator"], listed[0].id, steps.said(stars=1, words="态度差"), now())
    browser = await visit("manager")
    page = (await browser.get("/organization-feedback")).text
    assert round_.number in page and "态度差" not in page and "too few homes" in page
    assert (await browser.get("/ratings")).status_code == 404


async def test_the_township_is_watched_from_twenty_days_before_the_quarters_end(world: World) -> None:
    round_, listed = await steps.opened(world)
    early, late = round_.due_at - timedelta(days=60), round_.due_at - timedelta(days=20)
    await clock._watch(early)
    assert not await SupervisionTask.exists().where(SupervisionTask.kind == clock.KIND)
    await clock._watch(late)
    task = await SupervisionTask.objects().get(SupervisionTask.kind == clock.KIND)
    assert task is not None and task.href.endswith(f"?term={round_.year}Q{round_.quarter}")
    assert task.due_at == round_.due_at and task.division == VILLAGE[:9] + "000"
    await steps.calling.answer(world["coordinator"], listed[0].id, steps.said(), now())
    await clock._watch(late)
    closed = await SupervisionTask.objects().get(SupervisionTask.kind == clock.KIND)
    assert closed is not None and closed.status == "cancelled"


async def test_the_worker_opens_the_round_by_itself_and_repeats_nothing(world: World) -> None:
    await steps.served(world, 1)
    for _ in range(2):
        await clock.look_after(now())
    assert await rounds.CallbackRound.count() == await Callback.count() == 1
