"""Goals: set by the station, judged by nobody who serves, confirmed by the township, counted in their quarter."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.quality import goals
from bangfu.quality.gathering import gather
from bangfu.quality.tables import NeedGoal
from bangfu.shared.clock import now, today
from tests.quality.scored import AFTER, QUARTER, YEAR, accepted, contract_of
from tests.support import World


async def a_goal(world: World, need: UUID) -> UUID:
    return await goals.set_goal(world["dispatcher"], need, uuid4(), "能自己走到集市", today(), now())


async def test_a_confirmed_goal_counts_for_the_contract_that_serves(world: World) -> None:
    task = await accepted(world)
    goal = await a_goal(world, task.need)
    contract, rival = await contract_of(world), await contract_of(world, "other_organization")
    await goals.judge(world["coordinator"], goal, True, "看到她从集市回来", now())
    assert (await gather("contract", contract, YEAR, QUARTER, AFTER)).goals == ()
    await goals.confirm(world["officer"], goal, now())
    found = (await gather("contract", contract, YEAR, QUARTER, AFTER)).goals
    assert [(each.id, each.met) for each in found] == [(str(goal), True)]
    assert (await gather("contract", rival, YEAR, QUARTER, AFTER)).goals == ()


async def test_what_was_written_is_sealed_and_read_by_the_area_only(world: World) -> None:
    task = await accepted(world)
    goal = await a_goal(world, task.need)
    row = await NeedGoal.objects().get(NeedGoal.id == goal)
    assert row is not None
    assert "集市" not in row.text_enc
    assert (await goals.goal_of(world["officer"], goal)).text == "能自己走到集市"
    with pytest.raises(NotYours):
        await goals.goal_of(world["outside_officer"], goal)


async def test_nobody_judges_what_their_own_side_serves_or_confirms_their_own_judgement(world: World) -> None:
    task = await accepted(world)
    goal = await a_goal(world, task.need)
    rows = await NeedGoal.raw("UPDATE assignment SET carer = carer WHERE id = {} RETURNING organization", task.id)
    insider = replace(world["dispatcher"], organization=rows[0]["organization"])
    with pytest.raises(Refused):
        await goals.judge(insider, goal, True, "很好", now())
    with pytest.raises(NotAllowed):
        await goals.judge(world["officer"], goal, True, "很好", now())
    await goals.judge(world["dispatcher"], goal, False, "还走不到", now())
    with pytest.raises(NotAllowed):
        await goals.confirm(world["dispatcher"], goal, now())


async def test_a_judgement_is_returned_and_made_again_and_a_goal_is_dropped(world: World) -> None:
    task = await accepted(world)
    goal, other = await a_goal(world, task.need), await a_goal(world, task.need)
    await goals.judge(world["dispatcher"], goal, False, "还走不到", now())
    await goals.give_back(world["officer"], goal, now())
    await goals.judge(world["dispatcher"], goal, True, "能走到了", now())
    await goals.confirm(world["officer"], goal, now())
    await goals.confirm(world["officer"], goal, now())  # again: nothing happens
    with pytest.raises(Refused):
        await goals.drop(world["dispatcher"], goal, "replaced", now())
    await goals.drop(world["dispatcher"], other, "replaced", now())
    assert {row.status for row in await NeedGoal.objects()} == {"confirmed", "dropped"}


async def test_days_that_make_no_sense_and_early_judgements_are_refused(world: World) -> None:
    task = await accepted(world)
    for day in (today() - timedelta(days=1), today() + timedelta(days=800)):
        with pytest.raises(FormError):
            await goals.set_goal(world["dispatcher"], task.need, uuid4(), "目标", day, now())
    far = await goals.set_goal(world["dispatcher"], task.need, uuid4(), "目标", today() + timedelta(days=60), now())
    with pytest.raises(Refused):
        await goals.judge(world["dispatcher"], far, True, "提前", now())


async def test_the_pages_tell_the_story(world: World, visit) -> None:
    task = await accepted(world)
    dispatcher, officer = await visit("dispatcher"), await visit("officer")
    form = {"key": str(uuid4()), "text": "能自己吃饭", "due_on": today().isoformat()}
    empty = await dispatcher.post(f"/needs/{task.need}/goals", {**form, "text": ""})
    assert empty.status_code == 422
    assert (await dispatcher.post(f"/needs/{task.need}/goals", form)).status_code == 303
    goal = form["key"]
    assert "能自己吃饭" in (await dispatcher.get("/goals")).text
    assert (await dispatcher.post(f"/goals/{goal}/judge", {"met": "met", "words": "看见了"})).status_code == 303
    assert "能自己吃饭" in (await officer.get("/goals")).text
    assert (await officer.post(f"/goals/{goal}/confirm")).status_code == 303
    assert "测试officer" in (await officer.get(f"/goals/{goal}")).text
