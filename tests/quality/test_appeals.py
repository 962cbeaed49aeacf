"""Appeals: in time, answered by the township, decided by somebody who did not score, reviewed once (DOMAIN.md 6.6)."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import asyncpg
import pytest

from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.quality import freezing, life, life_appealing, life_facts, life_reviewing
from bangfu.quality.life_appealing import Objection, Remedy
from bangfu.quality.life_candidates import townships_of
from bangfu.quality.life_reading import appeals_for, clock_of
from bangfu.quality.life_tables import ScoreAppeal, ScoreCorrection
from bangfu.quality.tables import QuarterScore
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction
from bangfu.supervision.tables import SupervisionTask
from tests.quality import life_steps as steps
from tests.quality.life_steps import AT, PAPER
from tests.quality.quarter_facts import visit
from tests.support import FOREIGN_VILLAGE, TOWN, World

LATER = AT + timedelta(days=3)


async def _row(appeal: object) -> ScoreAppeal:
    found = await ScoreAppeal.objects().get(ScoreAppeal.id == appeal)
    assert found is not None
    return found


async def _due(appeal: object, kind: str) -> SupervisionTask:
    found = await SupervisionTask.objects().get((SupervisionTask.subject == appeal) & (SupervisionTask.kind == kind))
    assert found is not None
    return found


@pytest.mark.usefixtures("database")
async def test_an_appeal_has_a_ground_and_evidence_and_comes_within_seven_working_days(world: World) -> None:
    score = await steps.published(world)
    said = Objection("Q1", "absent_recipient", TOWN, "住院", ("w0001",))
    with pytest.raises(FormError) as fault:
        await life_appealing.open_appeal(world["manager"], uuid4(), score, Objection("Q1", "", TOWN, ""), [], AT)
    assert set(fault.value.fields) == {"ground", "text", "file"}
    with pytest.raises(Refused, match="over"):
        await life_appealing.open_appeal(world["manager"], uuid4(), score, said, [PAPER], AT + timedelta(days=10))
    with pytest.raises(NotYours):
        await life_appealing.open_appeal(world["other_manager"], uuid4(), score, said, [PAPER], AT)
    key = uuid4()
    for _ in range(2):
        assert await life_appealing.open_appeal(world["manager"], key, score, said, [PAPER], AT) == key
    assert await ScoreAppeal.count() == 1
    with pytest.raises(Refused, match="already"):
        await life_appealing.open_appeal(world["manager"], uuid4(), score, said, [PAPER], AT)
    assert (await steps.row_of(score)).status == "appealed"
    disputed = await life_facts.under_appeal(score)
    assert (disputed.indicators, disputed.facts) == ({"Q1"}, {"w0001"})


@pytest.mark.usefixtures("database")
async def test_an_appeal_may_go_to_the_township_of_a_frozen_visit_outside_of_the_contracts_county(world: World) -> None:
    row = await steps.row_of(await steps.frozen(world))
    here = [code for code, _ in await townships_of(row)]
    assert TOWN in here
    contract = await steps.contract_of(world.organization)
    away = replace(steps.facts(contract, "good", (2026, 3)), visits=(visit(1, division=FOREIGN_VILLAGE[:9]),))
    async with transaction():
        await freezing._revise(SYSTEM, row.id, row.division, 2, away, "correction", AT)
    await QuarterScore.update({QuarterScore.revision: 2}).where(QuarterScore.id == row.id)
    assert [code for code, _ in await townships_of(await steps.row_of(row.id))] == [*here, FOREIGN_VILLAGE[:9]]


@pytest.mark.usefixtures("database")
async def test_a_score_that_is_not_published_cannot_be_appealed(world: World) -> None:
    score = await steps.scored(world)
    with pytest.raises(NotYours):
        await steps.appealed(world, score)


@pytest.mark.usefixtures("database")
async def test_the_clocks_run_in_working_days_and_a_late_answer_is_taken(world: World) -> None:
    score = await steps.published(world)
    appeal = await steps.appealed(world, score)  # Tuesday 27 October
    row = await _row(appeal)
    assert (row.facts_until.isoformat(), (await _due(appeal, "score.facts")).due_at) == (
        "2026-11-03T15:59:00+00:00", row.facts_until,
    )  # fmt: skip
    late = row.facts_until + timedelta(days=2)
    await life_appealing.answer(world["officer"], appeal, "confirmed", "出院小结属实。", None, late)
    row = await _row(appeal)
    assert (row.answer, row.answered_by, row.decide_until.isoformat()) == (
        "confirmed", world["officer"].user, "2026-11-19T15:59:00+00:00",
    )  # fmt: skip
    assert (await _due(appeal, "score.facts")).status == "cancelled"
    assert (await _due(appeal, "score.decide")).due_at == row.decide_until


@pytest.mark.usefixtures("database")
async def test_an_upheld_appeal_freezes_the_facts_anew_and_the_first_revision_stays(world: World) -> None:
    score = await steps.published(world, "good")
    before, _ = await steps.now_of(score)
    appeal = await steps.appealed(world, score)
    await life_appealing.answer(world["officer"], appeal, "confirmed", "属实。", None, LATER)
    remedy = Remedy("w0001", "excuse_recipient_absent_hospital")
    made = await life_appealing.decide(world["second_bureau"], appeal, "upheld", "有出院小结。", [remedy], LATER)
    assert made == 2
    now, facts = await steps.now_of(score)
    changed = next(each for each in facts.windows if each.id == "w0001")
    assert (changed.state, changed.excuse, now.reason) == ("excused", "recipient_absent_hospital", "appeal")
    assert Decimal(now.score_value) > Decimal(before.score_value)
    kept = await ScoreCorrection.objects().order_by(ScoreCorrection.place)
    assert [(each.fact, each.field, each.before, each.after) for each in kept] == [
        ("w0001", "state", "missed", "excused"), ("w0001", "excuse", "", "recipient_absent_hospital"),
    ]  # fmt: skip
    assert (await life.revision_of(await steps.row_of(score), 1)).facts == before.facts
    with pytest.raises(asyncpg.RaiseError, match="never changed"):
        await ScoreCorrection.raw("UPDATE score_correction SET after = 'filled'")


@pytest.mark.usefixtures("database")
async def test_who_scored_does_not_decide_neither_by_code_nor_by_sql(world: World) -> None:
    score = await steps.frozen(world)
    await life.confirm(world["bureau"], score, AT)
    await life.publish(world["second_bureau"], score, AT)
    appeal = await steps.appealed(world, score)
    await life_appealing.answer(world["officer"], appeal, "unknown", "查不到。", None, LATER)
    with pytest.raises(Refused, match="somebody else"):
        await life_appealing.decide(world["bureau"], appeal, "dismissed", "无证据。", [], LATER)
    with pytest.raises(asyncpg.RaiseError, match="does not decide"):
        await ScoreAppeal.raw(
            "UPDATE score_appeal SET decision = 'dismissed', decided_at = now(), decided_by = {} WHERE id = {}",
            world["bureau"].me, appeal,
        )  # fmt: skip
    await life_appealing.decide(world["second_bureau"], appeal, "dismissed", "无证据。", [], LATER)
    assert (await _row(appeal)).decided_revision is None


@pytest.mark.parametrize("decision", ["upheld", "partly"])
async def test_nothing_is_upheld_in_words_alone(world: World, decision: str) -> None:
    score = await steps.published(world)
    appeal = await steps.appealed(world, score)
    await life_appealing.answer(world["officer"], appeal, "confirmed", "属实。", None, LATER)
    with pytest.raises(FormError) as refused:
        await life_appealing.decide(world["second_bureau"], appeal, decision, "有道理。", [], LATER)
    assert set(refused.value.fields) == {"decision"}
    row = await _row(appeal)
    assert (row.status, row.decision, row.decided_revision) == ("answered", "", None)
    assert (await steps.now_of(score))[0].revision == 1


@pytest.mark.usefixtures("database")
async def test_the_bureau_waits_for_the_township_until_its_time_is_over(world: World) -> None:
    score = await steps.published(world)
    appeal = await steps.appealed(world, score)
    with pytest.raises(Refused, match="township"):
        await life_appealing.decide(world["bureau"], appeal, "dismissed", "不成立。", [], LATER)
    late = (await _row(appeal)).facts_until + timedelta(hours=1)
    await life_appealing.decide(world["bureau"], appeal, "dismissed", "不成立。", [], late)
    assert (await _row(appeal)).status == "decided"


@pytest.mark.usefixtures("database")
async def test_of_two_who_decide_at_once_one_is_told_that_it_is_decided(world: World) -> None:
    score = await steps.published(world)
    appeal = await steps.appealed(world, score)
    await life_appealing.answer(world["officer"], appeal, "confirmed", "属实。", None, LATER)
    remedy = [Remedy("w0001", "excuse_recipient_absent_hospital")]
    results = await asyncio.gather(
        life_appealing.decide(world["bureau"], appeal, "upheld", "成立。", remedy, LATER),
        life_appealing.decide(world["second_bureau"], appeal, "dismissed", "不成立。", [], LATER),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Refused) for each in results) == 1
    assert await SupervisionTask.count().where(
        (SupervisionTask.subject == appeal) & (SupervisionTask.status == "cancelled")
    )


@pytest.mark.usefixtures("database")
async def test_the_city_reviews_once_and_then_the_score_is_final(world: World) -> None:
    score = await steps.published(world)
    appeal = await steps.appealed(world, score)
    await life_appealing.answer(world["officer"], appeal, "partly", "部分属实。", None, LATER)
    await life_appealing.decide(world["bureau"], appeal, "dismissed", "不成立。", [], LATER)
    over = AT + timedelta(days=10)
    assert not await life.finish(score, over), "the provider may still ask for the review"
    await life_reviewing.ask_review(world["manager"], appeal, "请市局复核。", over)
    assert (await _due(appeal, "score.review")).due_at.isoformat() == "2026-11-26T15:59:00+00:00"
    with pytest.raises(NotAllowed):
        await life_reviewing.review(world["second_bureau"], appeal, "upheld", "成立。", [], None, over)
    with pytest.raises(Refused, match="somebody else"):
        await life_reviewing.review(world["assessor"], appeal, "upheld", "成立。", [], None, over)
    remedy = [Remedy("w0001", "excuse_recipient_absent_hospital")]
    made = await life_reviewing.review(world["city_bureau"], appeal, "upheld", "成立。", remedy, None, over)
    revision, _ = await steps.now_of(score)
    assert (made, revision.revision, revision.reason) == (2, 2, "review")
    assert (await _row(appeal)).reviewer == "city"
    with pytest.raises(Refused):
        await life_reviewing.ask_review(world["manager"], appeal, "再复核。", over)
    assert await life.finish(score, over)


@pytest.mark.usefixtures("database")
async def test_without_a_review_the_decision_stands_after_seven_working_days(world: World) -> None:
    score = await steps.published(world)
    appeal = await steps.appealed(world, score)
    await life_appealing.answer(world["officer"], appeal, "confirmed", "属实。", None, LATER)
    await life_appealing.decide(world["bureau"], appeal, "dismissed", "不成立。", [], LATER)
    until = (await _row(appeal)).ask_until
    assert until is not None
    with pytest.raises(Refused, match="over"):
        await life_reviewing.ask_review(world["manager"], appeal, "请复核。", until + timedelta(minutes=1))
    assert not await life.finish(score, until)
    (waiting,) = await appeals_for(world["bureau"], "open")
    assert clock_of(waiting) == until
    assert await life.finish(score, until + timedelta(minutes=1))
    assert not await life_facts.under_appeal(score)
    assert not await appeals_for(world["bureau"], "open")
    (ended,) = await appeals_for(world["bureau"], "decided")
    assert clock_of(ended) is None


@pytest.mark.usefixtures("database")
async def test_a_withdrawn_appeal_holds_nothing_up_and_may_be_opened_again_in_time(world: World) -> None:
    score = await steps.published(world)
    appeal = await steps.appealed(world, score)
    await life_appealing.withdraw(world["manager"], appeal, LATER)
    assert not await life_facts.under_appeal(score)
    again = await steps.appealed(world, score)
    assert again != appeal
