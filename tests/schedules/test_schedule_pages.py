"""The pages of the calendar: forms without script, refusals in words, nobody sees another side's visits."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.messages.tables import Message
from bangfu.providers.feeds import Reader
from bangfu.providers.feeds_entries import content_of
from bangfu.providers.roster_tables import CarerLeave
from bangfu.schedules import hooks, publishing
from bangfu.schedules.tables import VisitPlan
from bangfu.shared.clock import now, today
from tests.dispatch.tasks import NAME
from tests.schedules import calendar_steps as steps
from tests.support import World

pytestmark = pytest.mark.usefixtures("database")
DAY = timedelta(days=1)


async def test_the_week_shows_masked_names_to_the_serving_side_only(world: World, visit) -> None:
    made = await steps.visit(world)
    address = f"/schedule?week={made.planned_start.date()}"
    page = (await (await visit("manager")).get(address)).text
    assert "10:00–10:30" in page and NAME not in page and f"/schedule/visits/{made.id}" in page
    assert str(made.id) not in (await (await visit("other_manager")).get(address)).text
    assert str(made.id) in (await (await visit("officer")).get(address)).text


@pytest.mark.parametrize("query", ["view=day&day=x", "week=9999-99-99", "by=household&page=-3", "week=0001-01-01"])
async def test_odd_addresses_show_a_calendar(world: World, visit, query: str) -> None:
    assert (await (await visit("manager")).get(f"/schedule?{query}")).status_code == 200
    assert (await (await visit("caregiver")).get(f"/my-schedule?{query}")).status_code == 200


async def test_the_form_moves_a_visit_and_says_what_breaks(world: World, visit) -> None:
    made = await steps.visit(world)
    browser = await visit("manager")
    base, day = f"/schedule/visits/{made.id}", steps.monday() + DAY
    form = {"day": str(day), "time": "14:30", "carer": str(made.carer), "version": str(made.version)}
    refused = await browser.post(f"{base}/move", {**form, "day": str(day + 14 * DAY)})
    assert (
        refused.status_code == 409
        and "span in which this visit is due" in refused.text
        and 'value="14:30"' in refused.text
    )
    wrong = await browser.post(f"{base}/move", {**form, "time": "25:99"})
    assert wrong.status_code == 422 and 'value="25:99"' in wrong.text
    assert (await browser.post(f"{base}/move", form)).status_code == 303
    assert (await steps.fresh(made.id)).planned_start == steps.at(day, "14:30")
    stale = await browser.post(f"{base}/move", {**form, "time": "15:30"})
    assert stale.status_code == 409 and "has changed this visit" in stale.text


async def test_where_to_go_back_to_never_leaves_the_calendar(world: World, visit) -> None:
    made = await steps.visit(world)
    browser = await visit("manager")
    for back in ("//evil.example", "https://evil.example", "/schedule/../../x//y", "/schedule?week=2026-11-23"):
        row = await steps.fresh(made.id)
        form = {"fixed": "" if row.fixed else "yes", "version": str(row.version), "back": back}
        answer = await browser.post(f"/schedule/visits/{made.id}/pin", form)
        assert answer.headers["location"].startswith("/schedule") and "evil" not in answer.headers["location"]


async def test_a_plan_is_asked_for_reviewed_changed_and_published_without_script(world: World, visit) -> None:
    await steps.task(world)
    plan = await steps.draft(world)
    browser = await visit("manager")
    base = f"/schedule/plans/{plan.id}"
    row = (await steps.rows_of(plan))[0]
    start = row.start + DAY if row.start + DAY < row.due_until else row.start - DAY
    form = {
        "day": str(start.astimezone(steps.rules.SHANGHAI).date()), "time": "16:05", "carer": str(row.carer),
        "version": str(row.version),
    }  # fmt: skip
    assert (await browser.get(f"{base}?week={form['day']}")).status_code == 200
    assert (await browser.post(f"{base}/rows/{row.id}", {**form, "time": "05:00"})).status_code == 409
    assert (await browser.post(f"{base}/rows/{row.id}", form)).status_code == 303
    assert (await browser.get(f"{base}/publish")).status_code == 200
    assert (await browser.post(f"{base}/publish")).status_code == 303
    assert (await browser.post(f"{base}/publish")).status_code == 303
    moved = await steps.fresh(row.id)
    assert moved.planned_start.astimezone(steps.rules.SHANGHAI).strftime("%H:%M") == "16:05"
    assert (await browser.post(f"{base}/rows/{row.id}", form)).status_code in (303, 409)
    assert (await browser.post(f"{base}/cancel")).status_code == 409


async def test_double_clicks_on_make_the_plan_make_one(world: World, visit) -> None:
    await steps.task(world)
    browser, form = await visit("manager"), {"first": str(today() + DAY), "time_limit": "20", "key": str(uuid4())}
    answers = [await browser.post("/schedule/plans", form) for _ in range(2)]
    assert [answer.headers["location"] for answer in answers] == [f"/schedule/plans/{form['key']}"] * 2
    assert (await browser.post("/schedule/plans", {**form, "key": str(uuid4())})).status_code == 409
    assert (await browser.get(f"/schedule/plans/{form['key']}")).status_code == 200
    for wrong in ({"first": "gestern"}, {"first": str(today())}, {"time_limit": "-1"}, {"key": "x"}):
        assert (await browser.post("/schedule/plans", {**form, **wrong})).status_code == 422
    assert await VisitPlan.count() == 1


async def test_a_carer_sees_own_visits_and_those_in_which_they_come_along(world: World, visit) -> None:
    made = await steps.visit(world)
    other = await steps.visit(world, "rival")
    page = (await (await visit("caregiver")).get(f"/my-schedule?week={made.planned_start.date()}")).text
    assert made.number in page and other.number not in page and NAME not in page


async def test_what_has_no_calendar_stands_with_planning_and_on_the_task(world: World, visit) -> None:
    task = await steps.task(world)
    await CarerLeave(
        id=uuid4(), carer=task.carer, starts_on=today(), ends_on=today() + 60 * DAY, kind="sick", status="approved"
    ).save()
    await publishing.publish(world["manager"], (await steps.draft(world)).id, now())
    browser = await visit("dispatcher")
    page = (await browser.get("/match/returned")).text
    assert task.number in page and "Tasks without a calendar" in page and "leave" in page
    assert "What stands against it" in (await browser.get(f"/assignments/{task.id}")).text
    message = await Message.objects().get(Message.kind == "no_calendar")
    assert message is not None and set(json.loads(message.params)) == {"number", "tasks"}


async def test_feeds_carry_dated_visits_without_households_instead_of_weekly_times(world: World) -> None:
    hooks.register()
    made = await steps.visit(world, start=steps.at(today() + 2 * DAY, "10:00"))
    reader = Reader(uuid4(), "zh", frozenset({"caregiver"}), None, world.carers["nurse"], None)
    content = await content_of(reader, today())
    assert [each.number for each in content.dated] == [made.number]
    assert made.assignment not in {each.id for each in content.work}
    assert not {"household", "head_name", "need"} & set(type(content.dated[0]).__slots__)
