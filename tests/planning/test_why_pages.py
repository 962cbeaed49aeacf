"""Why this carer and why nobody, worked out for the whole plan: a page and a panel, the same numbers as by force."""

import itertools
import json
import re
from uuid import UUID

import pytest

from bangfu.accounts.tables import User
from bangfu.planning import whys
from bangfu.planning.deciding import reject
from bangfu.planning.plan import plan_of, problem_of
from bangfu.planning.tables import Proposal
from bangfu.shared.clock import now
from matching import Problem, plan_check
from matching.measure import measure
from matching.why import Move
from tests.planning.making import finished_run, make_household, make_need, proposals_of
from tests.support import HOME, World, make_carer


async def busy_town(world: World) -> UUID:
    """Two needs for one lawyer who has hours for one of them, a third that another, farther one may serve too."""
    await make_carer("near", "social_worker", None, codes=("L",), minutes_per_week=100, max_km=8.0)
    await make_carer("far", "social_worker", None, codes=("L", "N3"), lat=HOME[0] + 0.045, max_km=3.0)
    await make_need(world, qualifications=[["L"]], priority="urgent")
    await make_need(world, qualifications=[["L"]], priority="general")
    await make_need(world, qualifications=[["L"]], household=await make_household(lat=HOME[0] + 0.045))
    return await finished_run(world)


async def a_proposal(run: UUID, *, served: bool) -> dict:
    return next(p for p in await proposals_of(run) if (p["carer"] is not None) is served)


def best_with(problem: Problem, need: str, carer: str) -> int:
    """The best objective of a small problem with a pair in it, by trying everything."""
    ids, carers = [n.id for n in problem.needs], [None, *(c.id for c in problem.carers)]
    best = None
    for chosen in itertools.product(carers, repeat=len(ids)):
        plan = {n: c for n, c in zip(ids, chosen, strict=True) if c is not None}
        if plan.get(need) == carer and not plan_check(problem, plan):
            cost = objective(problem, plan)
            best = cost if best is None else min(best, cost)
    assert best is not None
    return best


def objective(problem: Problem, plan: dict[str, str]) -> int:
    total = 0
    for need in problem.needs:
        if need.id not in plan:
            total += problem.unserved_cost(need)
            continue
        numbers = measure(problem, need, problem.carer_of[plan[need.id]])
        assert numbers is not None
        total += numbers.cost
    return total


async def test_what_another_carer_changes_equals_trying_every_plan(world: World) -> None:
    run = await busy_town(world)
    problem, plan = await problem_of(run), await plan_of(run)
    small = Problem.from_document(
        problem.to_document() | {"carers": [c for c in problem.to_document()["carers"] if "L" in c["qualifications"]]}
    )
    asked = 0
    for need in plan:
        answer = await whys.ask_carer(run, need)
        for choice in answer.why.choices:
            if choice.plan_difference is not None:
                assert choice.plan_difference == best_with(small, need, choice.carer) - objective(small, plan)
                asked += 1
    assert asked


async def test_the_effect_of_moves_is_what_the_plan_gains_and_loses(world: World) -> None:
    run = await busy_town(world)
    problem, plan = await problem_of(run), await plan_of(run)
    need, carer = next(iter(plan.items()))
    numbers = measure(problem, problem.need_of[need], problem.carer_of[carer])
    assert numbers is not None
    lost = whys.effect(problem, [Move(need=need, before=carer, after=None)])
    assert (lost.served, lost.visits, lost.fen) == (-1, -problem.need_of[need].visits, -numbers.fen)
    assert lost.km == pytest.approx(-(numbers.km or 0))
    both = whys.effect(problem, [Move(need=need, before=carer, after=None), Move(need=need, before=None, after=carer)])
    assert (both.served, both.visits, round(both.km, 9)) == (0, 0, 0.0)


async def test_the_page_says_who_loses_the_carer_and_masks_households(visit, world: World) -> None:
    run = await busy_town(world)
    browser = await visit("dispatcher")
    proposal = next(p for p in await proposals_of(run) if p["carer"] is not None and p["priority"] == "urgent")
    base = f"/match/{run}/proposals/{proposal['id']}"
    assert f'href="{base}/why"' in (await browser.get(base)).text
    page, part = (await browser.get(f"{base}/why")).text, (await browser.get(f"{base}/why?part=1")).text
    assert "<html" in page
    assert "<html" not in part
    for text in (page, part):
        assert "in the whole plan" in text
        assert "王小明" not in text


async def test_nobody_is_explained_by_the_chain_and_by_changes_that_were_solved_again(visit, world: World) -> None:
    run = await busy_town(world)
    proposal = await a_proposal(run, served=False)
    page = (await (await visit("dispatcher")).get(f"/match/{run}/proposals/{proposal['id']}/why")).text
    assert "left after “Qualification”" in page
    assert re.search(r"员near works \d+ more hours in 4 weeks", page)
    assert "would serve it" in page
    answer = await whys.ask_nobody(run, str(proposal["need"]))
    assert all(found.verified for found in answer.why.easings)
    assert all(effect.served >= 1 for effect in answer.effects)


async def test_a_plan_that_was_edited_is_asked_as_it_stands(world: World) -> None:
    run = await busy_town(world)
    proposal = next(p for p in await proposals_of(run) if p["carer"] is not None and p["priority"] == "urgent")
    await whys.ask_carer(run, str(proposal["need"]))
    left_out = await a_proposal(run, served=False)
    await reject(world["dispatcher"], run, proposal["id"], "need_changed", "", now())
    answer = await whys.ask_nobody(run, str(left_out["need"]))
    assert answer.why.rearranged is not None
    assert answer.rearranged is not None
    assert answer.rearranged.served >= 1


async def test_a_proposal_that_counts_no_longer_is_answered_in_a_sentence(visit, world: World) -> None:
    run = await busy_town(world)
    proposal = await a_proposal(run, served=True)
    await Proposal.raw("UPDATE proposal SET status = 'superseded' WHERE id = {}", proposal["id"])
    answer = await (await visit("dispatcher")).get(f"/match/{run}/proposals/{proposal['id']}/why")
    assert answer.status_code == 200
    assert "does not count in the plan any more" in answer.text


async def test_a_plan_that_breaks_a_rule_is_answered_in_a_sentence(visit, world: World) -> None:
    run = await busy_town(world)
    proposal = await a_proposal(run, served=True)
    await Proposal.raw(
        "UPDATE proposal SET carer = {} WHERE run = {} AND carer IS NOT NULL", world.carers["cleaner"], run
    )
    answer = await (await visit("dispatcher")).get(f"/match/{run}/proposals/{proposal['id']}/why")
    assert answer.status_code == 200
    assert "does not keep all rules" in answer.text


async def test_only_readers_of_the_area_are_answered(visit, world: World) -> None:
    run = await busy_town(world)
    path = f"/match/{run}/proposals/{(await a_proposal(run, served=True))['id']}/why"
    for who in ("outsider", "manager", "volunteer", "coordinator", "admin"):
        assert (await (await visit(who)).get(path)).status_code == 404, who
    assert (await (await visit("bureau")).get(path)).status_code == 200


async def test_both_answers_read_in_chinese(visit, world: World) -> None:
    run = await busy_town(world)
    await User.update({User.lang: "zh"}).where(User.username == "dispatcher")
    browser = await visit("dispatcher")
    for served, said in ((True, "换成其他人员，整个方案会怎样"), (False, "怎样才能承接（已重新求解验证）")):
        proposal = await a_proposal(run, served=served)
        assert said in (await browser.get(f"/match/{run}/proposals/{proposal['id']}/why")).text
    assert json.loads(proposal["reason_detail"])
