"""The pages of a score's life as people use them: objecting, stating facts, deciding, hearing, rectifying, reading."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.quality import life
from bangfu.quality.life_charging import Charge, propose
from bangfu.quality.life_tables import ScoreAppeal, ScoreFollow, ScoreVeto
from bangfu.shared.clock import now
from bangfu.shared.masking_filters import shown_time
from tests.quality import life_steps as steps
from tests.quality.life_steps import PAPER
from tests.support import TOWN, World

PDF = ("证明.pdf", b"%PDF-1.4 x", "application/pdf")


async def test_an_objection_goes_through_the_hands_of_four(world: World, visit) -> None:
    score = await steps.published(world, at=now())
    manager = await visit("manager")
    page = await manager.get(f"/my-scores/{score}/appeal?indicator=Q1")
    assert page.status_code == 200 and "w0001" in page.text
    wrong = await manager.post(f"/my-scores/{score}/appeal", {"indicator": "Q1", "text": "住院", "facts": "w0001"})
    assert wrong.status_code == 422 and "住院" in wrong.text
    form = {
        "key": str(uuid4()), "indicator": "Q1", "ground": "absent_recipient", "township": TOWN, "text": "住院",
        "facts": ["w0001", "w0002"],
    }  # fmt: skip
    done = await manager.post(f"/my-scores/{score}/appeal", form, files=[("file", PDF)])
    assert done.status_code == 303
    appeal = await ScoreAppeal.objects().first()
    assert appeal is not None and appeal.facts == ["w0001", "w0002"]
    officer = await visit("officer")
    assert appeal.number in (await officer.get("/appeals")).text
    told = {"answer": "confirmed", "answer_text": "出院小结属实"}
    assert (await officer.post(f"/appeals/{appeal.id}/answer", told)).status_code == 303
    bureau = await visit("second_bureau")
    page = await bureau.get(f"/appeals/{appeal.id}")
    assert "出院小结属实" in page.text and "remedy_0" in page.text
    said = {
        "decision": "partly", "decision_text": "一次成立", "remedy_0": "excuse_recipient_absent_hospital",
        "remedy_1": "",
    }  # fmt: skip
    assert (await bureau.post(f"/appeals/{appeal.id}/decide", said)).status_code == 303
    page = await manager.get(f"/my-scores/{score}/appeal")
    assert "一次成立" in page.text and "ask-review" in page.text
    asked = await manager.post(f"/my-appeals/{appeal.id}/ask-review", {"review_text": "请复核"})
    assert asked.status_code == 303
    city = await visit("city_bureau")
    assert "请复核" in (await city.get(f"/appeals/{appeal.id}")).text
    last = {"decision": "dismissed", "decision_text": "维持"}
    assert (await city.post(f"/appeals/{appeal.id}/review", last)).status_code == 303
    assert (await steps.row_of(score)).revision == 2
    for path in (f"/scores/{score}", f"/appeals/{appeal.id}"):
        assert (await bureau.get(path)).status_code == 200, path


async def test_the_scorer_is_offered_neither_publication_nor_decision(world: World, visit) -> None:
    score = await steps.frozen(world, at=now())
    bureau = await visit("bureau")
    assert "Confirm the score" in (await bureau.get(f"/scores/{score}")).text
    assert (await bureau.post(f"/scores/{score}/confirm", {"revision": "1"})).status_code == 303
    page = await bureau.get(f"/scores/{score}")
    assert "Publish the preliminary score" not in page.text and "yourself" in page.text
    assert (await bureau.post(f"/scores/{score}/publish")).status_code == 409
    second = await visit("second_bureau")
    empty = await second.post(f"/scores/{score}/return", {"return_text": ""})
    assert empty.status_code == 422
    assert (await second.post(f"/scores/{score}/publish")).status_code == 303
    page = await second.get("/scores/signoff")
    assert "测试bureau" in page.text and "测试second_bureau" in page.text


async def test_a_veto_is_heard_and_decided_on_its_page(world: World, visit) -> None:
    contract = await steps.contract_of(world.organization)
    bureau, manager, lead = await visit("bureau"), await visit("manager"), await visit("lead")
    form = {"key": str(uuid4()), "quarter": "2026Q3", "ground": "forged", "text": "记录不实", "visits": "TF-404"}
    assert (await bureau.post(f"/vetoes/new/{contract.id}", form)).status_code == 422
    done = await bureau.post(f"/vetoes/new/{contract.id}", {**form, "visits": ""})
    veto = await ScoreVeto.objects().first()
    assert veto is not None and done.headers["location"] == f"/vetoes/{veto.id}"
    assert (await manager.get(f"/my-vetoes/{veto.id}")).status_code == 404, "not told yet"
    day = (now() + timedelta(days=20)).strftime("%Y-%m-%dT09:30")
    assert (await bureau.post(f"/vetoes/{veto.id}/summon", {"hearing": day, "place": "二楼"})).status_code == 303
    assert (await manager.post(f"/my-vetoes/{veto.id}", {"text": "确有服务"})).status_code == 303
    assert (await bureau.post(f"/vetoes/{veto.id}/hear", {"minutes": "到场"})).status_code == 409
    await ScoreVeto.update({"hearing_at": now() - timedelta(hours=1)}).where(ScoreVeto.id == veto.id)
    assert (await bureau.post(f"/vetoes/{veto.id}/hear", {"minutes": "到场陈述"})).status_code == 303
    page = await lead.get(f"/vetoes/{veto.id}")
    assert "确有服务" in page.text and "到场陈述" in page.text
    assert (await lead.post(f"/vetoes/{veto.id}/decide", {"decision": "confirm", "text": "属实"})).status_code == 303
    follow = await ScoreFollow.objects().get(ScoreFollow.kind == "blacklist")
    assert follow is not None
    assert (await lead.get(f"/rectifications/{follow.id}")).status_code == 200
    said = {"outcome": "not_barred", "text": "初犯"}
    assert (await lead.post(f"/rectifications/{follow.id}/decide", said)).status_code == 303
    assert (await manager.get(f"/my-rectifications/{follow.id}")).status_code == 404, (
        "what the bureau weighs is not told"
    )
    assert "属实" in (await manager.get(f"/my-vetoes/{veto.id}")).text


async def test_a_rectification_is_handed_in_with_files_and_checked(world: World, visit) -> None:
    await steps.final(world, "poor")
    follow = await ScoreFollow.objects().first()
    assert follow is not None
    manager, bureau = await visit("manager"), await visit("bureau")
    assert follow.number in (await manager.get("/my-rectifications")).text
    empty = await manager.post(f"/my-rectifications/{follow.id}", {"plan": "补训"})
    assert empty.status_code == 422 and "补训" in empty.text
    full = await manager.post(f"/my-rectifications/{follow.id}", {"plan": "补训"}, files=[("file", PDF)])
    assert full.status_code == 303
    assert "补训" in (await bureau.get(f"/rectifications/{follow.id}")).text
    back = {"result": "accept", "text": "已落实"}
    assert (await bureau.post(f"/rectifications/{follow.id}/judge", back)).status_code == 303
    assert "已落实" in (await manager.get(f"/my-rectifications/{follow.id}")).text


async def test_the_list_by_risk_puts_the_poor_contract_first_and_filters_by_light_and_band(world: World, visit) -> None:
    await steps.final(world, "poor")
    await steps.final(world, "excellent", organization=world.other_organization)
    assessor = await visit("assessor")
    page = (await assessor.get("/scores/risk")).text
    assert page.index("春晖") < page.index("同心")
    assert "Preferred for renewal" in page and "Small sample" in page
    assert "同心" not in (await assessor.get("/scores/risk?level=bad")).text
    assert "春晖" not in (await assessor.get("/scores/risk?band=excellent")).text


@pytest.mark.parametrize("status", ["scored", "published_prelim", "final"])
async def test_the_public_page_shows_published_bands_and_nobody(world: World, visit, status: str) -> None:
    score = await steps.scored(world, "good")
    if status != "scored":
        await life.publish(world["bureau"], score, steps.AT)
    if status == "final":
        await life.finish(score, steps.AT + timedelta(days=20))
    anybody = await visit(None)
    page = await anybody.get("/results")
    assert page.status_code == 200
    assert ("C-1" in page.text) == (status != "scored")
    for hidden in ("R1", "测试", "王小明", "TF-", "990101001"):
        assert hidden not in page.text


async def test_counts_under_five_are_not_named(world: World, visit) -> None:
    score = await steps.published(world, "good")
    assert score
    page = await (await visit(None)).get("/results")
    assert "数量过少不公开" in page.text, "one spot check is too few"


async def test_what_waits_stands_on_the_start_page(world: World, visit) -> None:
    score = await steps.published(world, at=now())
    appeal = await steps.appealed(world, score, at=now())
    contract = await steps.contract_of(world.organization)
    await propose(
        world["bureau"], uuid4(), Charge("contract", contract.id, 2026, 3, "harm", "x", evidence=(PAPER,)), now()
    )
    assert f"/appeals/{appeal}" in (await (await visit("officer")).get("/")).text
    assert f"/my-scores/{score}" in (await (await visit("manager")).get("/")).text
    assert "/vetoes/" in (await (await visit("bureau")).get("/")).text


async def test_an_excellent_quarter_is_preferred_for_renewal_on_the_contracts_page(world: World, visit) -> None:
    score = await steps.final(world, "excellent")
    row = await steps.row_of(score)
    bureau = await visit("bureau")
    assert "Preferred for renewal" in (await bureau.get(f"/contracts/{row.subject}")).text


async def test_every_matter_of_the_start_page_says_until_when_and_its_number_opens_the_list(
    world: World, visit
) -> None:
    score = await steps.published(world, at=now())
    own = (await (await visit("manager")).get("/")).text
    until = (await steps.row_of(score)).appeal_until
    assert until is not None
    assert shown_time(until) in own and '"/my-scores"' in own
    appeal = await steps.appealed(world, score, at=now())
    facts = await ScoreAppeal.objects().get(ScoreAppeal.id == appeal)
    assert facts is not None
    page = (await (await visit("officer")).get("/")).text
    assert shown_time(facts.facts_until) in page and "/todo?of=facts-to-state" in page
