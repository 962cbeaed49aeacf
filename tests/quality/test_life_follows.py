"""What a final band brings by itself: preference, rectification, hold, review of the end (DOMAIN.md 6.6)."""

from datetime import timedelta

import pytest

from bangfu.dispatch.offering import OfferInput, make_offer
from bangfu.errors import FormError, NotYours, Refused
from bangfu.needs.tables import Need
from bangfu.planning import snapshot as planning
from bangfu.providers.register import kept_off
from bangfu.quality import life_deciding, life_following
from bangfu.quality.life_tables import ScoreFollow
from bangfu.shared.clock import now, today
from bangfu.supervision.tables import SupervisionTask
from tests.planning.making import make_need
from tests.quality import life_steps as steps
from tests.quality.life_steps import AT, PAPER
from tests.support import World

ON = AT + timedelta(days=21)


async def _follow(score: object, kind: str = "rectification") -> ScoreFollow | None:
    found: ScoreFollow | None = await ScoreFollow.objects().get(
        (ScoreFollow.score == score) & (ScoreFollow.kind == kind)
    )
    return found


@pytest.mark.usefixtures("database")
async def test_a_good_band_brings_nothing(world: World) -> None:
    score = await steps.final(world, "good")
    assert await _follow(score) is None
    assert not await kept_off(today(), [world.organization])


@pytest.mark.usefixtures("database")
async def test_a_fair_band_opens_a_rectification_with_twenty_working_days(world: World) -> None:
    score = await steps.final(world, "fair")
    row = await _follow(score)
    assert row is not None and (row.status, row.holds) == ("open", False)
    assert row.due_at.isoformat() == "2026-12-11T15:59:00+00:00"
    task = await SupervisionTask.objects().get(SupervisionTask.subject == row.id)
    assert task is not None and (task.kind, task.organization) == ("score.rectify", world.organization)
    assert not await kept_off(today(), [world.organization]), "fair goes on serving"
    with pytest.raises(FormError) as fault:
        await life_following.hand_in(world["manager"], row.id, "", [], ON)
    assert set(fault.value.fields) == {"plan", "file"}
    with pytest.raises(NotYours):
        await life_following.hand_in(world["other_manager"], row.id, "已整改", [PAPER], ON)
    await life_following.hand_in(world["manager"], row.id, "增配两名护理员，已补训。", [PAPER], ON)
    await life_following.judge(world["bureau"], row.id, False, "缺培训签到表。", ON)
    await life_following.hand_in(world["manager"], row.id, "补交签到表。", [], ON)
    await life_following.judge(world["bureau"], row.id, True, "现场核查已落实。", ON)
    done = await _follow(score)
    assert done is not None and (done.status, done.outcome) == ("done", "accepted")


@pytest.mark.usefixtures("database")
async def test_who_confirmed_the_score_does_not_judge_what_it_asked_for(world: World) -> None:
    score = await steps.frozen(world, "fair")
    await steps.life.confirm(world["bureau"], score, AT)
    await steps.life.publish(world["second_bureau"], score, AT)
    await steps.life.finish(score, ON)
    row = await _follow(score)
    assert row is not None
    await life_following.hand_in(world["manager"], row.id, "已整改。", [PAPER], ON)
    with pytest.raises(Refused, match="somebody else"):
        await life_following.judge(world["bureau"], row.id, True, "合格。", ON)
    await life_following.judge(world["second_bureau"], row.id, True, "合格。", ON)


@pytest.mark.usefixtures("database")
async def test_a_poor_band_takes_the_provider_out_of_match_and_offers_until_rectified(world: World) -> None:
    need_id = await make_need(world, status="matching", kinds=["worker"])
    need = await Need.objects().get(Need.id == need_id)
    assert need is not None
    mine = {str(world.carers["nurse"]), str(world.carers["cleaner"])}
    before = await planning.of_need(need.id, today())
    assert not mine & set(before.problem.needs[0].excluded)
    score = await steps.final(world, "poor")
    assert await kept_off(today(), [world.organization]) == {world.organization: "quality_hold"}
    held = await planning.of_need(need.id, today())
    assert mine <= set(held.problem.needs[0].excluded)
    assert held.barred[str(world.carers["nurse"])] == "organization:quality_hold"
    offer = OfferInput(need.id, need.household, need.division, need.service, "normal", world.carers["nurse"], 4, 60)
    with pytest.raises(Refused, match="cannot be asked"):
        await make_offer(world["dispatcher"], offer, now())
    row = await _follow(score)
    assert row is not None
    await life_following.hand_in(world["manager"], row.id, "已整改。", [PAPER], ON)
    await life_following.judge(world["bureau"], row.id, True, "已落实。", ON)
    assert not await kept_off(today(), [world.organization])
    await make_offer(world["dispatcher"], offer, now())


@pytest.mark.usefixtures("database")
async def test_two_poor_quarters_within_four_open_the_review_of_the_contracts_end(world: World) -> None:
    first = await steps.final(world, "poor", (2025, 4))
    assert await _follow(first, "termination_review") is None
    second = await steps.final(world, "poor", (2026, 3))
    row = await _follow(second, "termination_review")
    assert row is not None
    task = await SupervisionTask.objects().get(SupervisionTask.subject == row.id)
    assert task is not None and (task.kind, task.role) == ("score.follow", "bureau_lead")
    with pytest.raises(FormError):
        await life_deciding.decide(world["lead"], row.id, "barred", "x", None, ON)
    await life_deciding.decide(world["lead"], row.id, "to_be_terminated", "两次差等，终止。", None, ON)


@pytest.mark.usefixtures("database")
async def test_a_poor_quarter_five_quarters_ago_counts_no_more(world: World) -> None:
    await steps.final(world, "poor", (2025, 3))
    second = await steps.final(world, "poor", (2026, 3))
    assert await _follow(second, "termination_review") is None
