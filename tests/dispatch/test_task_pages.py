"""The pages of tasks: each person sees their own, and of the household no more than DOMAIN.md 9.2 allows."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bangfu.dispatch.actions import accept, decline, make_offer, withdraw
from bangfu.dispatch.expiring import expire_due
from bangfu.dispatch.tables import Assignment
from bangfu.households.tables import Person
from bangfu.providers.tables import Carer
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.dispatch.tasks import ADDRESS, NAME, PHONE, make_need, offer_of, offered, status_of
from tests.support import World

SECRETS = (NAME, ADDRESS, PHONE, "欧阳", "秀英", "17号", "3组", "13900000017")


def told(text: str) -> list[str]:
    """Which of the household's data stand on a page."""
    return [each for each in SECRETS if each in text]


async def number_of(task: UUID) -> str:
    rows = await Assignment.raw("SELECT number FROM assignment WHERE id = {}", task)
    return str(rows[0]["number"])


async def test_before_acceptance_a_manager_sees_village_band_price_and_balance_but_no_household(visit, world) -> None:
    task = await offered(world)
    browser = await visit("manager")
    listed, shown = await browser.get("/tasks"), await browser.get(f"/tasks/{task}")
    assert (listed.status_code, shown.status_code) == (200, 200)
    for page in (listed.text, shown.text):
        assert "柳树村" in page
        assert "1–3 km" in page
        assert "1.4 km" not in page, "a band, not the way"
        assert told(page) == []
    assert "25.00 yuan a visit, 100.00 yuan in 4 weeks" in shown.text
    assert "2,000" in shown.text, "the line's ceiling"


async def test_after_acceptance_the_manager_sees_it_masked_and_in_full_only_with_a_logged_reason(visit, world) -> None:
    task = await offered(world)
    browser = await visit("manager")
    answer = await browser.post(f"/tasks/{task}/accept", {"carer": str(world.carers["nurse"])})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/tasks/{task}")
    page = (await browser.get(f"/tasks/{task}")).text
    assert "139****0017" in page
    assert "柳树村***" in page
    assert "欧***" in page
    assert [each for each in told(page) if each not in {"欧阳"}] == []
    refused = await browser.post(f"/tasks/{task}/contact", {"contact_reason": ""})
    assert refused.status_code == 422
    assert PHONE not in refused.text
    assert await AuditEvent.count().where(AuditEvent.action == "household.unmasked") == 0
    full = await browser.post(f"/tasks/{task}/contact", {"contact_reason": "call_ahead"})
    assert full.status_code == 200
    assert NAME in full.text
    assert ADDRESS in full.text
    assert PHONE in full.text
    assert full.headers["cache-control"] == "no-store"
    rows = await AuditEvent.raw(
        "SELECT reason, data::text AS data FROM audit_event WHERE action = 'household.unmasked'"
    )
    assert rows[0]["reason"] == "call_ahead"
    assert told(rows[0]["data"]) == []


async def test_contact_stays_closed_before_acceptance_and_after_a_decline(visit, world) -> None:
    task = await offered(world)
    browser = await visit("manager")
    assert (await browser.post(f"/tasks/{task}/contact", {"contact_reason": "arrange"})).status_code == 404
    await browser.post(f"/tasks/{task}/decline", {"reason": "no_staff"})
    assert await status_of(task) == "declined"
    assert (await browser.post(f"/tasks/{task}/contact", {"contact_reason": "arrange"})).status_code == 404


async def test_an_organisation_sees_the_household_thirty_days_after_the_end_and_no_longer(visit, world) -> None:
    task = await offered(world)
    await accept(world["manager"], task, None, now())
    await withdraw(world["manager"], task, "staff_left", "", now() - timedelta(days=29))
    browser = await visit("manager")
    assert "139****0017" in (await browser.get(f"/tasks/{task}")).text
    await Assignment.raw("UPDATE assignment SET ended_at = {} WHERE id = {}", now() - timedelta(days=31), task)
    assert "0017" not in (await browser.get(f"/tasks/{task}")).text


@pytest.mark.parametrize("name", ["other_manager", "volunteer", "worker", "dispatcher", "bureau", "admin", "auditor"])
async def test_a_foreign_task_is_a_missing_page(visit, world, name: str) -> None:
    task = await offered(world)
    browser = await visit(name)
    assert (await browser.get(f"/tasks/{task}")).status_code == 404
    for verb in ("accept", "decline", "withdraw", "contact"):
        answer = await browser.post(f"/tasks/{task}/{verb}", {"reason": "no_staff", "contact_reason": "arrange"})
        assert answer.status_code in {403, 404}
    assert await status_of(task) == "offered"
    if name == "other_manager":
        assert await number_of(task) not in (await browser.get("/tasks?state=all")).text


async def test_a_manager_who_declines_without_a_reason_gets_the_form_back_with_what_was_typed(visit, world) -> None:
    task = await offered(world)
    browser = await visit("manager")
    answer = await browser.post(f"/tasks/{task}/decline", {"reason": "", "remark": "人手不够"})
    assert answer.status_code == 422
    assert "人手不够" in answer.text
    assert "Please choose a reason." in answer.text
    assert await status_of(task) == "offered"


async def test_clicking_twice_is_harmless(visit, world) -> None:
    first, second = await offered(world), await offered(world)
    browser = await visit("manager")
    for _ in range(2):
        assert (await browser.post(f"/tasks/{first}/accept")).status_code == 303
        assert (await browser.post(f"/tasks/{second}/decline", {"reason": "times"})).status_code == 303
    answer = await browser.post(f"/tasks/{second}/accept")
    assert answer.status_code == 409
    assert "Declined" in answer.text
    assert await AuditEvent.count().where(AuditEvent.action == "assignment.accepted") == 1


async def test_lists_are_filtered_and_paged(visit, world) -> None:
    tasks = [await offered(world) for _ in range(27)]
    await Carer.raw("UPDATE carer SET max_households = 40, minutes_per_week = 9000")
    await accept(world["manager"], tasks[0], None, now())
    browser = await visit("manager")
    page = (await browser.get("/tasks")).text
    assert page.count("Answer the task") >= 25
    assert "Page 1 of 2" in page
    assert await number_of(tasks[0]) not in page
    assert await number_of(tasks[0]) in (await browser.get("/tasks?state=serving")).text
    assert "Nothing in this list" in (await browser.get("/tasks?state=all&service=psych")).text
    for odd in ("state=nonsense", "page=-3", "page=99999999999", "service=%27%22", "state=&service="):
        assert (await browser.get(f"/tasks?{odd}")).status_code == 200


async def test_a_volunteer_sees_village_and_window_before_and_title_and_address_after(visit, world: World) -> None:
    every_morning = json.dumps([[day, 540, 660] for day in range(7)])  # the next one begins at nine on any day and hour
    task = await offered(world, "volunteer", windows=every_morning)
    browser = await visit("volunteer")
    for path in ("/my-tasks", f"/my-tasks/{task}"):
        page = (await browser.get(path)).text
        assert "柳树村" in page
        assert "09:00" in page
        assert told(page) == []
    assert (await browser.post(f"/my-tasks/{task}/accept")).headers["location"] == f"/my-tasks/{task}"
    page = (await browser.get(f"/my-tasks/{task}")).text
    assert "Ms Ouyang" in page
    assert ADDRESS in page
    assert "独居" in page
    assert NAME not in page
    assert "秀英" not in page
    assert PHONE not in page
    assert (await browser.get("/my-tasks")).text.count(ADDRESS) == 0
    rows = await AuditEvent.raw("SELECT count(*) AS n FROM audit_event WHERE action = 'household.address_shown'")
    await browser.get(f"/my-tasks/{task}")
    assert rows[0]["n"] == 1, "once a day, not once a look"


async def test_a_volunteer_declines_with_one_click_and_sees_no_household_afterwards(visit, world: World) -> None:
    declined, given_back = await offered(world, "volunteer"), await offered(world, "volunteer")
    browser = await visit("volunteer")
    assert (await browser.post(f"/my-tasks/{declined}/decline")).status_code == 303
    await browser.post(f"/my-tasks/{given_back}/accept")
    assert (await browser.post(f"/my-tasks/{given_back}/withdraw")).status_code == 303
    for task in (declined, given_back):
        page = (await browser.get(f"/my-tasks/{task}")).text
        assert told(page) == []
        assert "Ms Ouyang" not in page
    assert (await status_of(declined), await status_of(given_back)) == ("declined", "withdrawn")


async def test_a_volunteer_cannot_ask_for_the_phone(visit, world: World) -> None:
    task = await offered(world, "volunteer")
    await accept(world["volunteer"], task, None, now())
    browser = await visit("volunteer")
    answer = await browser.post(f"/my-tasks/{task}/contact", {"contact_reason": "call_ahead"})
    assert answer.status_code == 409
    assert NAME not in answer.text
    assert PHONE not in answer.text


@pytest.mark.parametrize("name", ["other_volunteer", "worker", "manager", "dispatcher"])
async def test_another_volunteers_task_is_a_missing_page(visit, world: World, name: str) -> None:
    task = await offered(world, "volunteer")
    browser = await visit(name)
    assert (await browser.get(f"/my-tasks/{task}")).status_code == 404
    for verb in ("accept", "decline", "withdraw", "contact"):
        assert (await browser.post(f"/my-tasks/{task}/{verb}")).status_code in {403, 404}
    assert await status_of(task) == "offered"


async def test_a_social_worker_declines_with_a_reason_and_may_see_the_phone_with_one(visit, world: World) -> None:
    task, other = await offered(world, "social_worker"), await offered(world, "social_worker")
    browser = await visit("worker")
    assert (await browser.post(f"/my-tasks/{other}/decline")).status_code == 422
    assert (await browser.post(f"/my-tasks/{other}/decline", {"reason": "times"})).status_code == 303
    await browser.post(f"/my-tasks/{task}/accept")
    assert PHONE not in (await browser.get(f"/my-tasks/{task}")).text
    full = await browser.post(f"/my-tasks/{task}/contact", {"contact_reason": "arrange"})
    assert PHONE in full.text
    assert NAME in full.text


async def test_the_dispatcher_sees_what_came_back_until_somebody_else_is_asked(visit, world: World) -> None:
    need = await make_need()
    alternatives = [{"carer": str(world.carers["rival"]), "km": 2.5, "difference": 14}]
    first = await make_offer(
        world["dispatcher"], offer_of(need, world.carers["nurse"], alternatives=alternatives), now()
    )
    await decline(world["manager"], first, "too_far", "", now())
    browser = await visit("dispatcher")
    number = await number_of(first)
    page = (await browser.get("/assignments?state=returned")).text
    assert number in page
    assert "Too far" in page
    detail = (await browser.get(f"/assignments/{first}")).text
    assert "同心社工协会" in detail
    assert "+14" in detail
    assert NAME not in detail
    start = (await browser.get("/")).text
    assert f"/assignments/{first}" in start
    assert number in start
    await make_offer(world["dispatcher"], offer_of(need, world.carers["rival"]), now())
    assert number not in (await browser.get("/assignments?state=returned")).text


async def test_an_assignment_of_another_county_is_a_missing_page(visit, world: World) -> None:
    task = await offered(world)
    for name in ("outsider", "outside_officer"):
        browser = await visit(name)
        assert (await browser.get(f"/assignments/{task}")).status_code == 404
        assert await number_of(task) not in (await browser.get("/assignments")).text
    for name in ("officer", "bureau", "lead", "auditor"):
        browser = await visit(name)
        page = await browser.get(f"/assignments/{task}")
        assert page.status_code == 200
        assert "/cancel" not in page.text
    assert (await (await visit("outsider")).post(f"/assignments/{task}/cancel", {"reason": "moved"})).status_code == 404
    assert (await (await visit("dispatcher")).get(f"/assignments/{uuid4()}")).status_code == 404


async def test_the_dispatcher_cancels_on_the_page(visit, world: World) -> None:
    task = await offered(world)
    browser = await visit("dispatcher")
    assert (await browser.post(f"/assignments/{task}/cancel", {"reason": ""})).status_code == 422
    for _ in range(2):
        assert (await browser.post(f"/assignments/{task}/cancel", {"reason": "replanned"})).status_code == 303
    assert await status_of(task) == "cancelled"


async def test_three_expiries_warn_the_dispatcher(visit, world: World) -> None:
    for _ in range(2):
        await offered(world, at=now() - timedelta(hours=30))
    await expire_due(now())
    task = await offered(world)
    browser = await visit("dispatcher")
    assert "expire in the last 30 days" not in (await browser.get(f"/assignments/{task}")).text
    await offered(world, at=now() - timedelta(hours=30))
    await expire_due(now())
    assert "3 offers expire in the last 30 days" in (await browser.get(f"/assignments/{task}")).text
    assert "3 expiries in 30 days" in (await browser.get("/providers")).text


async def test_offers_about_to_expire_are_listed(visit, world: World) -> None:
    soon, fresh = await offered(world, at=now() - timedelta(hours=20)), await offered(world)
    page = (await (await visit("dispatcher")).get("/assignments?state=due")).text
    assert await number_of(soon) in page
    assert await number_of(fresh) not in page


async def test_new_tasks_stand_on_the_start_page_of_who_answers_them(visit, world: World) -> None:
    mine, theirs = await offered(world, "volunteer"), await offered(world)
    assert await number_of(mine) in (await (await visit("volunteer")).get("/")).text
    page = (await (await visit("manager")).get("/")).text
    assert await number_of(theirs) in page
    assert await number_of(mine) not in page


async def test_the_next_accepted_task_stands_above_new_ones(visit, world: World) -> None:
    new, mine = await offered(world, "volunteer"), await offered(world, "volunteer")
    await accept(world["volunteer"], mine, None, now())
    page = (await (await visit("volunteer")).get("/my-tasks")).text
    assert page.index(f"/my-tasks/{mine}") < page.index(f"/my-tasks/{new}")
    assert page.count("task-card main") == 1


async def test_a_minor_is_not_called_by_a_grown_ups_title(visit, world: World) -> None:
    task = await offered(world, "volunteer")
    await accept(world["volunteer"], task, None, now())
    await Person.raw("UPDATE person SET birth_date = {}", now().date() - timedelta(days=4000))
    await Person.raw("UPDATE consent SET purposes = ARRAY['service', 'minor_data']")
    page = (await (await visit("volunteer")).get(f"/my-tasks/{task}")).text
    assert "Child of the family Ouyang" in page
    assert "Ms Ouyang" not in page
