"""Re-planning after an event: the plan in force, the curve, and proposals of the point that a dispatcher chose."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.accounts.tables import User
from bangfu.dispatch import actions as dispatch
from bangfu.dispatch.tables import Assignment
from bangfu.errors import NotYours, Refused
from bangfu.planning import hooks, present, replanning, studies
from bangfu.planning.deciding import approve, give_to
from bangfu.planning.publishing import publish
from bangfu.planning.reduced import reduced
from bangfu.planning.studies import StudyView
from bangfu.planning.tables import PlanStudy
from bangfu.providers.tables import Carer
from bangfu.shared.clock import now, today
from matching import Problem
from matching.ledger import Ledger
from tests.planning.making import finished_run, make_need, proposals_of, row_of, status_of
from tests.planning.study_making import work_on_study
from tests.support import TOWN, World, make_carer

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _hooks() -> None:
    hooks.register()


async def in_force(world: World, needs: int = 6, **more: Any) -> dict[UUID, dict[str, Any]]:
    """Needs whose proposals were approved and offered; their open tasks by need."""
    for _ in range(needs):
        await make_need(world, **more)
    run = await finished_run(world)
    await approve(world["dispatcher"], run, [p["id"] for p in await proposals_of(run) if p["carer"]], now())
    await publish(world["dispatcher"], run, now())
    return await tasks()


async def tasks() -> dict[UUID, dict[str, Any]]:
    rows = await Assignment.raw("SELECT * FROM assignment WHERE status IN ('offered', 'accepted') ORDER BY number")
    return {row["need"]: row for row in rows}


def busiest(open_tasks: Mapping[UUID, Mapping[str, Any]]) -> UUID:
    carers = [row["carer"] for row in open_tasks.values()]
    found: UUID = max(sorted(set(carers), key=str), key=carers.count)
    return found


async def answered(world: World, event: Mapping[str, Any], **more: Any) -> StudyView:
    study = await replanning.ask(world["dispatcher"], uuid4(), [event], now(), **more)
    assert await work_on_study() == study
    found = await studies.study_for(world["dispatcher"], study, "replan")
    assert found.status == "done", found.error
    return found


async def after_of(study: StudyView) -> Problem:
    """The problem after the events, as it is kept."""
    rows = await PlanStudy.raw("SELECT problem FROM plan_study WHERE id = {}", study.id)
    return Problem.from_document(json.loads(rows[0]["problem"])["after"])


async def test_the_plan_in_force_is_allowed_and_frees_what_it_holds(world: World) -> None:
    open_tasks = await in_force(world)
    await make_need(world)
    found = await present.of_division(TOWN, today())
    assert found.plan == {str(need): str(row["carer"]) for need, row in open_tasks.items()}
    assert len(found.problem.needs) == len(open_tasks) + 1
    carer = found.problem.carer_of[str(busiest(open_tasks))]
    assert carer.minutes_per_4_weeks == 4 * 2400, "the tasks' own time is free for them"
    used = Ledger(found.problem, found.plan)
    assert all(used.load[each.id] <= each.minutes_per_4_weeks for each in found.problem.carers)
    assert all(
        used.line_visits[line.organisation, line.service] <= line.max_visits for line in found.problem.contract_lines
    )


async def test_what_is_visited_this_week_or_accepted_or_ticked_stays_fixed(world: World) -> None:
    open_tasks = await in_force(world, 3)
    found = await present.of_division(TOWN, today())
    first, second, *_ = sorted(open_tasks, key=str)
    await Assignment.update(status="accepted").where(Assignment.need == first)
    assert await present.locked(found, {"fixed": "none"}) == []
    assert await present.locked(found, {"fixed": "serving"}) == [str(first)]
    assert await present.locked(found, {"fixed": "none", "locked": [str(second), "nobody"]}) == [str(second)]
    assert await present.locked(found, {"fixed": "week"}) == []


async def test_a_carer_falls_ill_and_the_chosen_point_becomes_proposals_that_replace_tasks(world: World) -> None:
    open_tasks = await in_force(world)
    ill = busiest(open_tasks)
    lost = {need for need, row in open_tasks.items() if row["carer"] == ill}
    found = await answered(world, {"code": "carer_ill", "carer": str(ill)})
    best = found.answer["points"][found.answer["recommended"]]
    assert {UUID(orphan["need"]) for orphan in found.answer["orphans"]} == lost
    assert best["orphans_served"] == len(lost)
    run = await replanning.choose(world["dispatcher"], found.id, found.answer["recommended"], now())
    made = await proposals_of(run)
    assert {row["need"] for row in made} == {UUID(change["need"]) for change in best["changes"]}
    assert {row["status"] for row in made} == {"proposed"}
    assert all(row["carer"] != ill for row in made)
    before = await tasks()
    assert {need: row["id"] for need, row in before.items()} == {need: row["id"] for need, row in open_tasks.items()}
    await approve(world["dispatcher"], run, [row["id"] for row in made], now())
    done = await publish(world["dispatcher"], run, now())
    assert (done.offered, done.kept) == (len(made), [])
    after = await tasks()
    assert {need: row["carer"] for need, row in after.items()} == {
        need: next((UUID(c["after"]) for c in best["changes"] if c["need"] == str(need)), row["carer"])
        for need, row in open_tasks.items()
    }
    ended = await Assignment.raw("SELECT status, answer_reason FROM assignment WHERE carer = {}", ill)
    assert {(row["status"], row["answer_reason"]) for row in ended} == {("cancelled", "replanned")}


async def test_a_chain_of_moves_is_offered_in_the_order_in_which_room_comes_free(world: World) -> None:
    await Carer.update(active=False).where(Carer.active.eq(True))
    for number in ("first", "second"):
        await make_carer(number, "social_worker", None, codes=("L", "T"), minutes_per_week=60)
    lawyers = await make_need(world, qualifications=[["L"]], priority="urgent")
    visit = await make_need(world, qualifications=[["T"]], priority="general")
    run = await finished_run(world)
    await approve(world["dispatcher"], run, [p["id"] for p in await proposals_of(run)], now())
    await publish(world["dispatcher"], run, now())
    before = await tasks()
    third = await make_carer("third", "social_worker", None, codes=("T",), minutes_per_week=60)
    found = await answered(world, {"code": "carer_ill", "carer": str(before[lawyers]["carer"])}, fixed="none")
    best = found.answer["points"][found.answer["recommended"]]
    assert (best["k"], best["orphans_served"], best["unserved"]) == (1, 1, 0)
    chosen = await replanning.choose(world["dispatcher"], found.id, found.answer["recommended"], now())
    await approve(world["dispatcher"], chosen, [p["id"] for p in await proposals_of(chosen)], now())
    done = await publish(world["dispatcher"], chosen, now())
    assert (done.offered, done.kept) == (2, [])
    after = await tasks()
    assert after[lawyers]["carer"] == before[visit]["carer"]
    assert after[visit]["carer"] == third


async def test_choosing_twice_makes_one_run_and_another_point_is_refused(world: World) -> None:
    open_tasks = await in_force(world)
    found = await answered(world, {"code": "carer_leaves", "carer": str(busiest(open_tasks))}, fixed="none")
    at = found.answer["recommended"]
    both = await asyncio.gather(*(replanning.choose(world["dispatcher"], found.id, at, now()) for _ in range(2)))
    assert both[0] == both[1] == await replanning.choose(world["dispatcher"], found.id, at, now())
    assert (await row_of(both[0]))["status"] == "done"
    with pytest.raises(NotYours):
        await replanning.choose(world["dispatcher"], found.id, len(found.answer["points"]), now())
    with pytest.raises(NotYours):
        await replanning.choose(world["outsider"], found.id, at, now())


async def test_the_part_that_changes_is_a_plan_of_its_own_within_what_the_rest_leaves(world: World) -> None:
    open_tasks = await in_force(world)
    found = await answered(world, {"code": "carer_ill", "carer": str(busiest(open_tasks))})
    run = await replanning.choose(world["dispatcher"], found.id, found.answer["recommended"], now())
    row, made = await row_of(run), await proposals_of(run)
    problem = Problem.from_document(json.loads(row["problem"]))
    plan = {str(p["need"]): str(p["carer"]) for p in made if p["carer"]}
    assert {need.id for need in problem.needs} == {str(p["need"]) for p in made}
    used = Ledger(problem, plan)
    assert all(used.load[carer.id] <= carer.minutes_per_4_weeks for carer in problem.carers)
    assert all(len(used.homes[carer.id]) <= carer.max_households for carer in problem.carers)
    whole = await after_of(found)
    everything = {need.id: need.current for need in whole.needs if need.current}
    nothing, minutes = reduced(whole, everything, [])
    assert nothing.needs == ()
    assert sum(minutes.values()) == sum(Ledger(whole, everything).load.values())
    assert (row["needs"], row["served"]) == (len(made), len(plan))


async def test_a_task_that_ended_meanwhile_is_no_hindrance_but_another_carer_is(world: World) -> None:
    open_tasks = await in_force(world)
    found = await answered(world, {"code": "carer_ill", "carer": str(busiest(open_tasks))})
    orphan = UUID(found.answer["orphans"][0]["need"])
    other = next(carer for carer in world.carers.values() if carer != open_tasks[orphan]["carer"])
    await Assignment.update(carer=other).where(Assignment.id == open_tasks[orphan]["id"])
    with pytest.raises(Refused, match="has moved on since the curve was drawn"):
        await replanning.choose(world["dispatcher"], found.id, found.answer["recommended"], now())
    await Assignment.update(carer=open_tasks[orphan]["carer"]).where(Assignment.id == open_tasks[orphan]["id"])
    await dispatch.cancel(world["dispatcher"], open_tasks[orphan]["id"], "hospital", "", now())
    run = await replanning.choose(world["dispatcher"], found.id, found.answer["recommended"], now())
    mine = next(row for row in await proposals_of(run) if row["need"] == orphan)
    assert "replaces" not in json.loads(mine["reason_detail"])
    await approve(world["dispatcher"], run, [mine["id"]], now())
    assert (await publish(world["dispatcher"], run, now())).offered == 1


async def test_an_offer_that_does_not_come_about_leaves_the_old_task_as_it_is(world: World) -> None:
    open_tasks = await in_force(world)
    ill = busiest(open_tasks)
    found = await answered(world, {"code": "carer_ill", "carer": str(ill)})
    run = await replanning.choose(world["dispatcher"], found.id, found.answer["recommended"], now())
    made = await proposals_of(run)
    await approve(world["dispatcher"], run, [row["id"] for row in made], now())
    await Assignment.raw("UPDATE carer SET active = false WHERE id = ANY({})", [row["carer"] for row in made])
    done = await publish(world["dispatcher"], run, now())
    assert (done.offered, len(done.kept)) == (0, len(made))
    assert {row["id"] for row in (await tasks()).values()} == {row["id"] for row in open_tasks.values()}


async def test_a_dispatcher_gives_a_replaced_need_to_somebody_else(world: World) -> None:
    open_tasks = await in_force(world)
    found = await answered(world, {"code": "carer_ill", "carer": str(busiest(open_tasks))})
    run = await replanning.choose(world["dispatcher"], found.id, found.answer["recommended"], now())
    row = (await proposals_of(run))[0]
    free = [other["carer"] for other in json.loads(row["alternatives"]) if not other["blocked_by"]]
    assert free
    await give_to(world["dispatcher"], run, row["id"], UUID(free[0]), "local_knowledge", "熟悉", now())
    edited = next(p for p in await proposals_of(run) if p["id"] == row["id"])
    assert (edited["status"], edited["carer"]) == ("edited", UUID(free[0]))
    assert json.loads(edited["reason_detail"])["replaces"]["task"] == str(open_tasks[row["need"]]["id"])


async def test_a_need_appears_and_is_served_without_moving_anybody(world: World) -> None:
    await in_force(world, 3)
    need = await make_need(world)
    found = await answered(world, {"code": "need_appears", "need": str(need)})
    point = found.answer["points"][0]
    assert (found.answer["appeared"], point["k"], point["new_served"]) == ([str(need)], 0, 1)
    run = await replanning.choose(world["dispatcher"], found.id, 0, now())
    assert [row["need"] for row in await proposals_of(run)] == [need]
    assert await status_of(need) == "matching"


async def test_a_point_that_leaves_everybody_to_nobody_says_so_and_leads_to_the_reasons(visit, world: World) -> None:
    open_tasks = await in_force(world, 2)
    await Carer.update(active=False).where(Carer.active.eq(True), Carer.id != busiest(open_tasks))
    found = await answered(world, {"code": "carer_ill", "carer": str(busiest(open_tasks))})
    run = await replanning.choose(world["dispatcher"], found.id, 0, now())
    shown = (await (await visit("dispatcher")).get(f"/match/{run}")).text
    assert "Nobody was found for any of the needs" in shown
    assert f"/match/{run}?show=unserved" in shown


async def test_an_event_about_somebody_who_is_gone_is_told(world: World) -> None:
    open_tasks = await in_force(world, 2)
    study = await replanning.ask(world["dispatcher"], uuid4(), [{"code": "carer_ill", "carer": str(uuid4())}], now())
    await work_on_study()
    told = await studies.study_for(world["dispatcher"], study, "replan")
    assert (told.status, told.error[:20]) == ("failed", "What the event is ab")
    assert len(open_tasks) == 2


async def test_every_plan_of_the_curve_keeps_the_rules(world: World) -> None:
    open_tasks = await in_force(world)
    await Assignment.raw("UPDATE carer SET minutes_per_week = 400 WHERE active")
    found = await answered(
        world, {"code": "carer_ill", "carer": str(busiest(open_tasks))}, keep_served=False, fixed="none"
    )
    problem = await after_of(found)
    before = {need.id: need.current for need in problem.needs if need.current}
    for point in found.answer["points"]:
        plan = dict(before)
        for change in point["changes"]:
            plan.pop(change["need"], None)
            if change["after"]:
                plan[change["need"]] = change["after"]
        used = Ledger(problem, plan)
        assert all(used.load[each.id] <= each.minutes_per_4_weeks for each in problem.carers)
        assert len(problem.needs) - len(plan) == point["unserved"]


async def test_the_pages_from_the_event_to_the_review(visit, world: World) -> None:
    open_tasks = await in_force(world)
    ill = busiest(open_tasks)
    browser = await visit("dispatcher")
    for kind in ("carer_ill", "offer_declined", "need_appears", "need_closes", "need_moves", "line_shrinks"):
        assert (await browser.get(f"/match/replans/new?event={kind}")).status_code == 200, kind
    key = str(uuid4())
    posted = {"key": key, "event": "carer_ill", "of": str(ill), "fixed": "week", "keep_served": "yes"}
    for _ in range(2):
        asked = await browser.post("/match/replans/new", posted)
        assert asked.headers["location"] == f"/match/replans/{key}"
    assert "study-progress" in (await browser.get(f"/match/replans/{key}")).text
    await work_on_study()
    page = (await browser.get(f"/match/replans/{key}")).text
    for said in ("falls ill", "What each further change buys", "recommended", "Carers to be told", "王**"):
        assert said in page, said
    assert "王小明" not in page and "style=" not in page
    found = await studies.study_for(world["dispatcher"], UUID(key), "replan")
    curve = len(found.answer["points"]) > 1
    assert ("<polyline" in page) == curve and ("There is one plan only" in page) != curve
    again = await browser.post(
        f"/match/replans/{key}/again", {"key": str(uuid4()), "fix": [str(next(iter(open_tasks)))]}
    )
    await work_on_study()
    repeated = await studies.study_for(world["dispatcher"], UUID(again.headers["location"].split("/")[-1]), "replan")
    assert repeated.asked["keep_served"] is False and repeated.asked["locked"] == [str(next(iter(open_tasks)))]
    chosen = await browser.post(f"/match/replans/{key}/choose", {"point": str(found.answer["recommended"])})
    assert chosen.status_code == 303 and chosen.headers["location"].startswith("/match/")
    review = (await browser.get(chosen.headers["location"])).text
    assert "Replaces 员" in review and f'href="/match/replans/{key}"' in review
    assert "its proposals are in match run" in (await browser.get(f"/match/replans/{key}")).text
    assert "falls ill" in (await browser.get("/match/replans")).text
    await User.update({User.lang: "zh"}).where(User.username == "dispatcher")
    chinese = (await (await visit("dispatcher")).get(f"/match/replans/{key}")).text
    for said in ("生病", "每多调整一项换来什么", "需告知的家庭"):
        assert said in chinese, said


async def test_forms_name_what_is_wrong(visit, world: World) -> None:
    open_tasks = await in_force(world, 2)
    browser = await visit("dispatcher")
    empty = await browser.post("/match/replans/new", {"key": str(uuid4()), "event": "carer_ill", "fixed": "week"})
    assert empty.status_code == 422
    wrong = {"key": str(uuid4()), "event": "need_closes", "task": "A-999999", "fixed": "week"}
    answer = await browser.post("/match/replans/new", wrong)
    assert answer.status_code == 422 and "no open task of this number" in answer.text
    number = next(iter(open_tasks.values()))["number"]
    moved = {"key": str(uuid4()), "event": "need_moves", "task": number, "of": "990101001202", "fixed": "none"}
    assert (await browser.post("/match/replans/new", moved)).status_code == 303
    await work_on_study()
    found = await studies.study_for(world["dispatcher"], UUID(moved["key"]), "replan")
    assert found.status == "done", found.error
    assert found.asked["events"][0]["division"] == "990101001202"


async def test_several_events_are_one_replan_and_what_was_entered_is_kept(visit, world: World) -> None:
    open_tasks = await in_force(world)
    ill, browser = busiest(open_tasks), await visit("dispatcher")
    other = next(iter(open_tasks.values()))
    first = {"key": str(uuid4()), "event": "carer_ill", "of": str(ill), "fixed": "none", "do": "add"}
    kept = (await browser.post("/match/replans/new", first)).headers["location"]
    form = (await browser.get(kept)).text
    assert "Events entered so far" in form and "falls ill" in form
    assert 'value="none" selected' in form, "the settings stay as they were chosen"
    earlier = f"event=carer_ill&of={ill}"
    wrong = {**first, "event": "need_closes", "of": "", "task": "N-none", "earlier": earlier}
    answer = await browser.post("/match/replans/new", wrong)
    assert answer.status_code == 422 and "falls ill" in answer.text and "N-none" in answer.text
    key = str(uuid4())
    both = {**wrong, "key": key, "task": other["number"], "do": ""}
    assert (await browser.post("/match/replans/new", both)).headers["location"] == f"/match/replans/{key}"
    await work_on_study()
    found = await studies.study_for(world["dispatcher"], UUID(key), "replan")
    assert found.status == "done", found.error
    assert found.asked["events"] == [
        {"code": "carer_ill", "carer": str(ill)}, {"code": "need_closes", "need": str(other["need"])},
    ]  # fmt: skip
    alone = {**first, "key": str(uuid4()), "of": "", "do": "", "earlier": earlier}
    assert (await browser.post("/match/replans/new", alone)).status_code == 303, "a further event may stay empty"
    forged = {**alone, "key": str(uuid4()), "earlier": f"event=carer_ill&of={uuid4()}"}
    assert (await browser.post("/match/replans/new", forged)).status_code == 422, "what was kept is not trusted"


async def test_tasks_and_needs_lead_to_the_form_for_who_may_replan(visit, world: World) -> None:
    open_tasks = await in_force(world, 2)
    need, task = next(iter(open_tasks.items()))
    waiting = await make_need(world)
    dispatcher, bureau = await visit("dispatcher"), await visit("bureau")
    page = (await dispatcher.get(f"/assignments/{task['id']}")).text
    ill, declined = f"event=carer_ill&amp;of={task['carer']}", f"event=offer_declined&amp;task={task['number']}"
    assert ill in page and declined in page
    form = (await dispatcher.get(f"/match/replans/new?event=carer_ill&of={task['carer']}")).text
    assert f'value="{task["carer"]}" selected' in form
    assert f"event=need_appears&amp;of={waiting}" in (await dispatcher.get(f"/needs/{waiting}")).text
    await Assignment.raw("UPDATE need SET status = 'assigned' WHERE id = {}", need)
    assert "event=need_moves&amp;task=N-" in (await dispatcher.get(f"/needs/{need}")).text
    for path in (f"/assignments/{task['id']}", f"/needs/{waiting}", f"/needs/{need}"):
        answer = await bureau.get(path)
        assert answer.status_code == 200 and "/match/replans/new" not in answer.text, path


async def test_others_find_nothing(visit, world: World) -> None:
    open_tasks = await in_force(world, 2)
    found = await answered(world, {"code": "carer_ill", "carer": str(busiest(open_tasks))})
    for who in ("outsider", "manager", "volunteer"):
        browser = await visit(who)
        assert (await browser.get(f"/match/replans/{found.id}")).status_code == 404, who
        assert (await browser.post(f"/match/replans/{found.id}/choose", {"point": "0"})).status_code in {403, 404}
    bureau = await visit("bureau")
    page = (await bureau.get(f"/match/replans/{found.id}")).text
    assert "Propose" not in page
    assert (await bureau.post(f"/match/replans/{found.id}/choose", {"point": "0"})).status_code == 403


async def test_needs_that_wait_are_left_to_their_match_run_unless_asked_for(world: World) -> None:
    open_tasks = await in_force(world, 3)
    waiting = str(await make_need(world))
    event = {"code": "carer_ill", "carer": str(busiest(open_tasks))}
    alone = await answered(world, event)
    assert waiting not in (await after_of(alone)).need_of
    assert not any(change["need"] == waiting for point in alone.answer["points"] for change in point["changes"])
    assert waiting in (await after_of(await answered(world, event, waiting=True))).need_of
    appears = await answered(world, {"code": "need_appears", "need": waiting})
    assert [change["need"] for change in appears.answer["points"][0]["changes"]] == [waiting]
