"""What-if for leaders: asked of a finished run, worked out by the worker, ranked by what 10,000 yuan remove."""

import asyncio
import json
from uuid import UUID, uuid4

import pytest

from bangfu.accounts.tables import User
from bangfu.errors import NotYours, Refused
from bangfu.planning import scenarios, studies, study_running
from bangfu.planning.tables import MatchRun, PlanStudy, Proposal
from bangfu.providers.tables import Carer
from bangfu.shared import jobs
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.planning.making import TOWN_CODE, finished_run, make_need
from tests.planning.study_making import work_on_study
from tests.support import World

pytestmark = pytest.mark.database
HOURS = {"code": "more_hours", "service": "visit_check", "town": TOWN_CODE, "hours": "8", "price": "50"}


async def short_run(world: World) -> UUID:
    """Twelve needs of four hours each for carers who have little time: some are served, some not."""
    await Carer.update(minutes_per_week=120).where(Carer.active.eq(True))
    for _ in range(12):
        await make_need(world)
    run = await finished_run(world)
    await MatchRun.update({MatchRun.time_limit: 1}).where(MatchRun.id == run)
    return run


async def ask(browser, run: UUID, **values: str) -> UUID:
    """Send the form of an assumption; the study's id."""
    answer = await browser.post("/match/scenarios/new", {"key": str(uuid4()), "run": str(run), **values})
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].split("/")[-1])


async def test_bought_hours_are_worked_out_on_a_copy_and_kept_with_what_they_rest_on(visit, world: World) -> None:
    run = await short_run(world)
    proposals = await Proposal.select().where(Proposal.run == run).order_by(Proposal.id)
    browser = await visit("lead")
    assert "No assumption yet" in (await browser.get("/match/scenarios")).text
    form = (await browser.get(f"/match/scenarios/new?run={run}")).text
    assert "河东街道" in form and "Price of a visit" in form
    study = await ask(browser, run, **HOURS, note="next year's list")
    assert "study-progress" in (await browser.get(f"/match/scenarios/{study}")).text
    assert await work_on_study() == study
    found = await studies.study_for(world["lead"], study, "scenario")
    answer = found.answer
    before = sum(row["carer"] is None for row in proposals)
    assert answer["today"]["unserved"] == before > 0
    assert answer["removed"] == answer["again"]["unserved"] - answer["assumed"]["unserved"] == 2, "8 hours, 4 each"
    assert answer["assumed"]["by_group"] == {TOWN_CODE: answer["assumed"]["unserved"]}
    shown = (await browser.get(f"/match/scenarios/{study}")).text
    for said in ("Unmet needs removed", "8 more hours", "50.00 yuan", "河东街道", "Solved again", "next year"):
        assert said in shown, said
    assert "王小明" not in shown and "style=" not in shown
    listed = (await browser.get(f"/match/scenarios?run={run}")).text
    assert f"/match/scenarios/{study}" in listed and "Removed per 10,000 yuan" in listed
    assert await Proposal.select().where(Proposal.run == run).order_by(Proposal.id) == proposals
    assert "scenario_done" in [
        row["kind"] for row in await User.raw('SELECT kind FROM message WHERE "user" = {}', world["lead"].me)
    ]
    assert await AuditEvent.count().where(AuditEvent.action.is_in(["scenario.asked", "scenario.done"])) == 2


async def test_the_same_assumption_is_worked_out_once_and_a_form_sent_twice_asks_once(visit, world: World) -> None:
    run, browser, key = await short_run(world), await visit("dispatcher"), str(uuid4())
    posted = {"key": key, "run": str(run), **HOURS}
    for _ in range(2):
        assert (await browser.post("/match/scenarios/new", posted)).headers["location"] == f"/match/scenarios/{key}"
    other = await visit("bureau")
    assert await ask(other, run, **HOURS, note="asked again") == UUID(key)
    both = await asyncio.gather(*(ask(browser, run, code="reach", kind="worker", km="30") for _ in range(2)))
    assert len({*both}) == 1
    assert await PlanStudy.count().where(PlanStudy.kind == "scenario") == 2


async def test_assumptions_stand_in_the_order_of_what_money_removes(visit, world: World) -> None:
    run = await short_run(world)

    def answer(removed: int, fen: int) -> str:
        side = {"unserved": 9, "km": 1.0}
        per = removed / (fen / 1_000_000) if fen > 0 else None
        return json.dumps({
            "again": side, "assumed": {**side, "unserved": 9 - removed}, "removed": removed, "fen": fen,
            "per_10000_yuan": per,
        })  # fmt: skip

    cases = [(2, 4_000_000), (3, 1_000_000), (0, 0), (-4, -900_000), (1, 0), (5, -100)]
    for number, (removed, fen) in enumerate(cases):
        asked = {"assumption": {"code": "reach", "kind": "volunteer", "km": 3.0 + number}, "names": {}, "note": ""}
        await PlanStudy(
            id=uuid4(), kind="scenario", division=TOWN_CODE, run=run, status="done", asked=json.dumps(asked),
            answer=answer(removed, fen),
        ).save()  # fmt: skip
    rows = await scenarios.of_run(world["lead"], run)
    assert [row.removed for row in rows] == [5, 1, 3, 2, 0, -4]
    page = (await (await visit("lead")).get(f"/match/scenarios?run={run}")).text
    assert page.count("no money needed") == 2 and "3.0" in page


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({**HOURS, "hours": "0"}, "hours"), ({**HOURS, "hours": "many"}, "hours"), ({**HOURS, "price": "-1"}, "price"),
        ({**HOURS, "town": "990102001000"}, "town"), ({**HOURS, "service": "tutoring"}, "service"),
        ({"code": "reach", "kind": "worker", "km": "nan"}, "km"), ({"code": "reach", "kind": "", "km": "8"}, "kind"),
        ({"code": "organisation_leaves", "organisation": str(uuid4())}, "organisation"),
        ({"code": "line_grows", "line": "", "visits": "4"}, "line"), ({"code": "wishes"}, "code"),
    ],
)  # fmt: skip
async def test_wrong_input_names_its_field_and_keeps_the_rest(visit, world: World, values, field: str) -> None:
    run, browser = await short_run(world), await visit("lead")
    answer = await browser.post("/match/scenarios/new", {"key": str(uuid4()), "run": str(run), **values, "note": "why"})
    assert answer.status_code == 422
    assert f'id="f-{field}' in answer.text and 'value="why"' in answer.text
    assert not await PlanStudy.exists()


async def test_who_may_ask_and_see(visit, world: World) -> None:
    run = await short_run(world)
    study = await ask(await visit("lead"), run, **HOURS)
    for who in ("outsider", "manager", "volunteer"):
        browser = await visit(who)
        assert (await browser.get(f"/match/scenarios/{study}")).status_code in {403, 404}
        posted = {"key": str(uuid4()), "run": str(run), **HOURS}
        assert (await browser.post("/match/scenarios/new", posted)).status_code in {403, 404}
    auditor = await visit("auditor")
    assert (await auditor.get(f"/match/scenarios/{study}")).status_code == 200
    assert (await auditor.get(f"/match/scenarios/new?run={run}")).status_code == 404
    with pytest.raises(NotYours):
        await scenarios.ask(world["outsider"], uuid4(), run, {"assumption": {"code": "reach"}}, "", now())
    assert (await (await visit("lead")).get("/match/scenarios/new?run=nonsense")).status_code == 404


async def test_three_at_a_time(world: World) -> None:
    run = await short_run(world)
    for km in (3.0, 4.0, 5.0):
        asked = {"assumption": {"code": "reach", "kind": "worker", "km": km}, "names": {}}
        await scenarios.ask(world["lead"], uuid4(), run, asked, "", now())
    asked = {"assumption": {"code": "reach", "kind": "worker", "km": 6.0}, "names": {}}
    with pytest.raises(Refused):
        await scenarios.ask(world["lead"], uuid4(), run, asked, "", now())
    await scenarios.ask(world["bureau"], uuid4(), run, asked, "", now())


async def test_the_childs_process_gives_an_answer_and_chinese_words(visit, world: World) -> None:
    run = await short_run(world)
    study = await ask(await visit("lead"), run, code="organisation_leaves", organisation=str(world.organization))
    claim = await jobs.claim(["plan_study"])
    assert claim is not None
    await study_running.study(claim, asyncio.Event())
    found = await studies.study_for(world["lead"], study, "scenario")
    assert found.status == "done", found.error
    assert found.answer["removed"] <= 0
    await User.update({User.lang: "zh"}).where(User.username == "lead")
    page = (await (await visit("lead")).get(f"/match/scenarios/{study}")).text
    for said in ("情景测算", "退出", "重新求解", "假设"):
        assert said in page, said


async def test_an_assumption_about_nobody_of_the_run_is_refused_at_its_field(visit, world: World) -> None:
    await Carer.update({Carer.active: False}).where(Carer.kind == "volunteer")
    run, browser = await short_run(world), await visit("lead")
    posted = {"key": str(uuid4()), "run": str(run), "code": "reach", "kind": "volunteer", "km": "8"}
    answer = await browser.post("/match/scenarios/new", posted)
    assert answer.status_code == 422 and "nothing that this could change" in answer.text
