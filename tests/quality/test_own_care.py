"""A caregiver who works for nobody sees the own score of an agreement and appeals like a provider (DOMAIN.md 6.6)."""

from datetime import timedelta
from typing import Any

import pytest

from bangfu.errors import NotYours
from bangfu.messages.tables import Message
from bangfu.quality import life, life_appealing, life_reviewing
from bangfu.quality.life_appealing import Objection, Remedy
from bangfu.quality.life_tables import ScoreAppeal
from bangfu.shared.clock import now
from bangfu.supervision.tables import SupervisionTask
from tests.quality import care_steps, life_steps
from tests.quality.life_steps import AT, PAPER
from tests.support import TOWN, World

SAID = Objection("Q1", "absent_recipient", TOWN, "当天老人住院，有出院小结。", ("w0001",))


async def test_the_caregiver_follows_the_quarter_and_nobody_else_does(world: World, visit: Any) -> None:
    agreement = await care_steps.agreement_of(world.carers["volunteer"])
    own, other = await visit("volunteer"), await visit("other_volunteer")
    assert f"/my-scores/agreements/{agreement}" in (await own.get("/my-scores")).text
    assert f"{agreement}" not in (await other.get("/my-scores")).text
    for place in ("", "/indicators/Q1", "/indicators/Q9"):
        path = f"/my-scores/agreements/{agreement}{place}"
        assert (await own.get(path)).status_code == 200
        for foreign in (other, await visit("manager"), await visit("caregiver")):
            assert (await foreign.get(path)).status_code == 404


async def test_a_score_is_seen_once_it_is_published_and_the_caregiver_is_told(world: World, visit: Any) -> None:
    score = await care_steps.published(world, world.carers["volunteer"], at=now())
    own = await visit("volunteer")
    page = (await own.get(f"/my-scores/{score}")).text
    assert f"/my-scores/{score}/appeal" in page
    assert (await own.get(f"/my-scores/{score}/indicators/Q2?cases=hits")).status_code == 200
    told = await Message.objects().where(Message.user == world["volunteer"].user)
    assert "score_published" in {each.kind for each in told}
    assert "Scores you may object to" in (await own.get("/")).text
    assert (await (await visit("other_volunteer")).get(f"/my-scores/{score}")).status_code == 404
    assert (await (await visit("manager")).get(f"/my-scores/{score}")).status_code == 404


async def test_the_caregiver_objects_on_the_page_with_evidence_and_sees_the_clock(world: World, visit: Any) -> None:
    score = await care_steps.published(world, world.carers["volunteer"], at=now())
    own, other = await visit("volunteer"), await visit("other_volunteer")
    path = f"/my-scores/{score}/appeal"
    form = {"indicator": "Q1", "ground": "absent_recipient", "township": TOWN, "text": SAID.text, "facts": "w0001"}
    assert (await own.post(path, form)).status_code == 422, "evidence is missing"
    files = {"file": ("证明.pdf", PAPER.content, "application/pdf")}
    assert (await other.post(path, form, files=files)).status_code == 404
    assert (await own.post(path, form, files=files)).status_code == 303
    appeal = await ScoreAppeal.objects().get(ScoreAppeal.score == score)
    assert appeal is not None and appeal.opened_by == world["volunteer"].user and appeal.organization is None
    tasks = await SupervisionTask.objects().where(SupervisionTask.subject == appeal.id)
    assert {each.kind for each in tasks} == {"score.facts", "score.decide"}
    assert appeal.number in (await own.get(path)).text
    assert (await other.post(f"/my-appeals/{appeal.id}/withdraw")).status_code == 404
    assert (await own.post(f"/my-appeals/{appeal.id}/withdraw")).status_code == 303


async def test_the_township_the_bureau_and_the_city_answer_the_caregiver(world: World) -> None:
    score = await care_steps.published(world, world.carers["volunteer"])
    at = AT + timedelta(days=1)
    appeal = await life_steps.appealed(world, score, who="volunteer", at=at)
    await life_appealing.answer(world["officer"], appeal, "confirmed", "属实。", None, at)
    remedy = [Remedy("w0001", "excuse_recipient_absent_hospital")]
    await life_appealing.decide(world["second_bureau"], appeal, "dismissed", "不成立。", [], at)
    with pytest.raises(NotYours):
        await life_reviewing.ask_review(world["other_volunteer"], appeal, "请复核。", at)
    await life_reviewing.ask_review(world["volunteer"], appeal, "请市局复核。", at)
    await life_reviewing.review(world["city_bureau"], appeal, "upheld", "成立。", remedy, None, at)
    told = await Message.objects().where(Message.user == world["volunteer"].user)
    assert {"appeal_decided", "appeal_reviewed"} <= {each.kind for each in told}
    assert (await life_steps.row_of(score)).revision == 2
    assert await life.finish(score, AT + timedelta(days=30))


async def test_the_carers_of_an_organisation_see_none_of_its_contracts_scores(world: World, visit: Any) -> None:
    score = await life_steps.published(world)
    contract = await life_steps.contract_of(world.organization)
    carer = await visit("caregiver")
    assert contract.number not in (await carer.get("/my-scores")).text
    for path in (f"/my-scores/{score}", f"/my-scores/{score}/appeal", f"/my-scores/contracts/{contract.id}"):
        assert (await carer.get(path)).status_code == 404
    with pytest.raises(NotYours):
        await life_appealing.open_appeal(world["caregiver"], score, score, SAID, [PAPER], AT)


async def test_an_agreement_with_an_institution_is_seen_by_its_manager_and_its_caregiver(
    world: World, visit: Any
) -> None:
    nurse = world.carers["nurse"]
    agreement = await care_steps.agreement_of(nurse, world.organization)
    score = await care_steps.published(world, nurse, agreement)
    for name, status in (("manager", 200), ("caregiver", 200), ("other_manager", 404), ("other_caregiver", 404)):
        visitor = await visit(name)
        assert (await visitor.get(f"/my-scores/{score}")).status_code == status, name
        assert (await visitor.get(f"/my-scores/agreements/{agreement}")).status_code == status, name
