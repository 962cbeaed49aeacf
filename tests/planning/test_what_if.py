"""What-if runs: a button makes one, the same job solves it, and nothing but itself ever changes by it."""

import asyncio
import html
import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from asyncpg import PostgresError

from bangfu.errors import NotYours, Refused
from bangfu.planning import running, whatif, whys
from bangfu.planning.actions import cancel_run, start_run
from bangfu.planning.beside import near_parent
from bangfu.planning.deciding import approve
from bangfu.planning.plan import problem_of
from bangfu.planning.publishing import publish
from bangfu.planning.solver import result_of
from bangfu.planning.tables import MatchRun, Proposal
from bangfu.shared import jobs
from bangfu.shared.clock import now
from matching import Problem, Solution, check
from matching.why import Easing, relaxed
from tests.planning.making import TOWN_CODE, finished_run, make_need, proposals_of, row_of, solve_here, status_of
from tests.support import World, make_carer

pytestmark = pytest.mark.database


async def short_town(world: World) -> tuple[UUID, dict[str, Any]]:
    """A run in which one lawyer has hours for one of two needs; the run and the proposal of the other need."""
    await make_carer("near", "social_worker", None, codes=("L",), minutes_per_week=100)
    await make_need(world, qualifications=[["L"]], priority="urgent")
    await make_need(world, qualifications=[["L"]], priority="general")
    run = await finished_run(world)
    return run, next(p for p in await proposals_of(run) if p["carer"] is None)


async def an_easing(run: UUID, need: UUID) -> Easing:
    """The cheapest change that would serve the need."""
    return (await whys.ask_nobody(run, str(need))).why.easings[0].easing


async def a_what_if(world: World) -> tuple[UUID, UUID]:
    """A queued what-if: its parent and itself."""
    run, left = await short_town(world)
    text = json.dumps((await an_easing(run, left["need"])).to_document())
    return run, await whatif.start_what_if(world["dispatcher"], uuid4(), run, left["need"], text, now())


async def work_on_it() -> None:
    claim = await jobs.claim(["match"])
    assert claim is not None
    await running.match(claim, asyncio.Event(), solve_here)


async def state_of_the_world() -> list[list[dict[str, Any]]]:
    """All that a plan may change: needs, proposals, assignments."""
    tables = ("need", "proposal", "assignment")
    return [await MatchRun.raw(f"SELECT * FROM {table} ORDER BY id") for table in tables]


async def test_the_button_makes_one_run_that_the_job_solves_and_nothing_else_changes(visit, world: World) -> None:
    run, left = await short_town(world)
    browser, base = await visit("dispatcher"), f"/match/{run}/proposals/{left['id']}"
    form = re.search(
        rf'action="{base}/what-if".*?name="key" value="([^"]+)".*?name="easing" value="([^"]+)"',
        (await browser.get(f"{base}/why")).text, re.S,
    )  # fmt: skip
    assert form
    before = await state_of_the_world()
    values = {"key": form[1], "easing": html.unescape(form[2])}
    for key in (form[1], form[1], str(uuid4())):
        answer = await browser.post(f"{base}/what-if", values | {"key": key})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/match/{form[1]}")
    assert await MatchRun.count() == 2
    waiting = (await browser.get(f"/match/{form[1]}")).text
    assert "a calculation only" in waiting
    assert "员near" in waiting
    await work_on_it()
    row, parent = await row_of(UUID(form[1])), await row_of(run)
    assert (row["status"], row["kind"], row["parent"]) == ("done", "what_if", run)
    assert row["served"] == parent["served"] + 1
    assert await state_of_the_world() == before
    page = (await browser.get(f"/match/{form[1]}")).text
    assert "a calculation only" in page
    assert "The need would be served by 员" in page
    assert "王小明" not in page
    assert not re.search(r"<(button|a)\b[^>]*>\s*Approve", page)
    assert f'href="/match/{form[1]}"' in (await browser.get(f"/match/{run}")).text
    assert "what_if_done" in [m["kind"] for m in await MatchRun.raw("SELECT kind FROM message")]
    events = await MatchRun.raw("SELECT action FROM audit_event WHERE subject = {} ORDER BY seq", form[1])
    assert [event["action"] for event in events] == ["match_run.what_if", "match_run.done"]


async def test_it_solves_the_parents_problem_with_the_change_and_nothing_else(world: World) -> None:
    run, made = await a_what_if(world)
    await work_on_it()
    row = await row_of(made)
    easing = Easing.from_document(json.loads(row["easing"]))
    problem = Problem.from_document(json.loads(row["problem"]))
    assert problem == relaxed(await problem_of(run), easing)
    assert check(problem, Solution.from_document(json.loads(row["solution"]))) == []
    assert await proposals_of(made) == []


async def test_its_plan_is_the_parents_but_for_the_change(world: World) -> None:
    run, made = await a_what_if(world)
    await work_on_it()
    rows = [await row_of(run), await row_of(made)]
    before, after = (Solution.from_document(json.loads(row["solution"])) for row in rows)
    need = Easing.from_document(json.loads((await row_of(made))["easing"])).need
    assert after.objective < before.objective
    assert {name: carer for name, carer in after.plan.items() if name != need} == before.plan
    assert json.loads((await row_of(made))["loads"])["plan"]["searched"] <= after.objective


async def test_where_the_change_alone_is_not_enough_the_fresh_search_is_shown(world: World) -> None:
    run, _ = await short_town(world)
    problem = await problem_of(run)
    row = await row_of(run)
    solution = Solution.from_document(json.loads(row["solution"]))
    left = solution.unserved[0].need
    nothing = {"need": left, "carer": problem.carers[0].id, "steps": []}
    start = {"easing": nothing, "plan": solution.plan, "reasons": {left: "no_capacity"}}
    assert near_parent(problem, start, solution) is None
    served = next(iter(solution.plan))
    assert near_parent(problem, start | {"easing": nothing | {"need": served}}, solution) is None
    assert near_parent(problem, start | {"plan": {left: "somebody"}}, solution) is None
    result = result_of({**problem.to_document(), "start": start}, 1, 1, lambda *_: None)
    assert "searched" not in result["loads"]
    assert result["solution"]["objective"] == solution.objective


async def test_nobody_decides_on_it_by_any_way(visit, world: World) -> None:
    _, made = await a_what_if(world)
    await work_on_it()
    browser = await visit("dispatcher")
    for path in ("approve", "publish", "co-approvals"):
        assert (await browser.post(f"/match/{made}/{path}", {"count": "0"})).status_code == 409, path
    for path in ("approve", "publish"):
        assert (await browser.get(f"/match/{made}/{path}")).status_code == 409, path
    with pytest.raises(Refused):
        await approve(world["dispatcher"], made, [], now())
    with pytest.raises(Refused):
        await publish(world["dispatcher"], made, now())
    assert "calculation only" in (await browser.get(f"/match/{made}")).text


async def test_the_database_itself_refuses_its_proposals_and_its_publication(world: World) -> None:
    run, made = await a_what_if(world)
    await work_on_it()
    proposal = (await proposals_of(run))[0]["id"]
    with pytest.raises(PostgresError, match="no proposals"):
        await Proposal.raw("UPDATE proposal SET run = {} WHERE id = {}", made, proposal)
    with pytest.raises(PostgresError, match="published"):
        await MatchRun.raw("UPDATE match_run SET published_at = now() WHERE id = {}", made)
    with pytest.raises(PostgresError, match="kind"):
        await MatchRun.raw("UPDATE match_run SET kind = 'match', parent = NULL WHERE id = {}", made)


@pytest.mark.parametrize(
    "wrong",
    ["", "no json", "[]", "[" * 5000, '{"need": "x", "carer": "y", "steps": []}'],
    ids=["nothing", "text", "a list", "deep", "strangers"],
)
async def test_a_change_that_the_page_did_not_offer_starts_nothing(world: World, wrong: str) -> None:
    run, left = await short_town(world)
    with pytest.raises(Refused):
        await whatif.start_what_if(world["dispatcher"], uuid4(), run, left["need"], wrong, now())
    assert await MatchRun.count() == 1


async def test_a_change_may_name_only_the_need_and_people_of_the_run(world: World) -> None:
    run, left = await short_town(world)
    good = (await an_easing(run, left["need"])).to_document()
    stranger = str(uuid4())
    steps = [{**good["steps"][0], "carer": stranger}]
    for wrong in ({"need": stranger}, {"carer": stranger}, {"steps": steps}, {"steps": []},
                  {"steps": [{"code": "line", "organisation": stranger, "service": "visit_check"}]}):  # fmt: skip
        with pytest.raises(Refused):
            await whatif.start_what_if(world["dispatcher"], uuid4(), run, left["need"], json.dumps(good | wrong), now())


async def test_only_dispatchers_of_the_area_may_ask(visit, world: World) -> None:
    run, left = await short_town(world)
    text = json.dumps((await an_easing(run, left["need"])).to_document())
    path = f"/match/{run}/proposals/{left['id']}/what-if"
    for who, status in (("outsider", 404), ("bureau", 403), ("auditor", 403), ("manager", 403)):
        assert (await (await visit(who)).post(path, {"easing": text})).status_code == status, who
    assert "what-if" not in (await (await visit("bureau")).get(f"/match/{run}/proposals/{left['id']}/why")).text
    with pytest.raises(NotYours):
        await whatif.start_what_if(world["outsider"], uuid4(), run, left["need"], text, now())
    _, made = run, await whatif.start_what_if(world["dispatcher"], uuid4(), run, left["need"], text, now())
    assert (await (await visit("outsider")).get(f"/match/{made}")).status_code == 404


async def test_a_what_if_that_is_stopped_or_fails_gives_no_needs_back(world: World) -> None:
    _, made = await a_what_if(world)
    before = await state_of_the_world()
    await MatchRun.raw("UPDATE match_run SET problem = '[]' WHERE id = {}", made)
    await work_on_it()
    assert (await row_of(made))["status"] == "failed"
    assert await state_of_the_world() == before


async def test_a_match_run_starts_while_a_what_if_waits_and_is_never_compared_with_one(visit, world: World) -> None:
    run, made = await a_what_if(world)
    await cancel_run(world["dispatcher"], made, now())
    assert (await row_of(made))["status"] == "cancelled"
    row = await row_of(made)
    left = Easing.from_document(json.loads(row["easing"]))
    again = await whatif.start_what_if(
        world["dispatcher"], uuid4(), run, UUID(left.need), json.dumps(left.to_document()), now()
    )
    assert again != made
    await work_on_it()
    need = await make_need(world)
    second = await start_run(world["dispatcher"], uuid4(), TOWN_CODE, 1, 1, now())
    await work_on_it()
    assert await status_of(need) == "matching"
    browser = await visit("dispatcher")
    page = (await browser.get(f"/match/{second}")).text
    assert f'<a href="/match/{run}">' in page
    assert (await row_of(again))["number"] not in page
    listed = (await browser.get("/match")).text
    assert "What-if" in listed


async def test_one_person_has_a_few_under_way_at_most(world: World) -> None:
    run, left = await short_town(world)
    easing = (await an_easing(run, left["need"])).to_document()
    started = 0
    with pytest.raises(Refused):
        for more in range(whatif.MOST_OPEN + 1):
            text = json.dumps(easing | {"cost": easing["cost"] + more})
            await whatif.start_what_if(world["dispatcher"], uuid4(), run, left["need"], text, now())
            started += 1
    assert started == whatif.MOST_OPEN
