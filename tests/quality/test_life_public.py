"""The public page of one contract's quarter: sums and the list of what was checked, and nobody's name."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from bangfu.quality import life_public
from bangfu.quality.tables import QuarterScore
from bangfu.shared.web import limits
from tests.oversight import check_steps
from tests.quality import life_steps as steps
from tests.quality.quarter_facts import key
from tests.support import World


async def test_anybody_opens_a_published_quarter_and_reads_what_was_checked(world: World, visit) -> None:
    score = await steps.published(world, "good", checks=6)
    anybody = await visit(None)
    assert f'href="/results/{score}"' in (await anybody.get("/results")).text
    page = await anybody.get(f"/results/{score}")
    assert page.status_code == 200
    assert page.text.count(f'<code class="life-id">{key(20)}</code>') == 6
    assert "随机抽取" in page.text
    assert "6/6" in page.text
    for hidden in ("R1", "R6", "S1", "测试", "王小明", "TF-", "990101001", key(701)):
        assert hidden not in page.text, hidden


async def test_a_list_that_is_long_is_cut_into_pages(world: World, visit) -> None:
    score = await steps.published(world, "good", checks=51)
    anybody = await visit(None)
    assert (await anybody.get(f"/results/{score}")).text.count("life-id") == 50
    assert (await anybody.get(f"/results/{score}?page=2")).text.count("life-id") == 1


async def test_what_is_not_published_an_agreement_and_what_is_not_there_are_not_found(world: World, visit) -> None:
    hidden = await steps.scored(world, "good")
    single = await steps.published(world, "good", (2026, 2))
    await QuarterScore.raw("ALTER TABLE quarter_score DISABLE TRIGGER USER")
    await QuarterScore.update({"kind": "agreement"}).where(QuarterScore.id == single)
    anybody = await visit(None)
    for score in (hidden, single, uuid4()):
        assert (await anybody.get(f"/results/{score}")).status_code == 404


async def test_who_guesses_has_to_wait(world: World, visit) -> None:
    score, anybody = await steps.published(world, "good"), await visit(None)
    for _ in range(50):
        assert (await anybody.get(f"/results/{uuid4()}")).status_code == 404
    assert (await anybody.get(f"/results/{score}")).status_code == 404


async def test_the_list_is_open_to_a_busy_office_again_after_a_minute(
    world: World, visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    await steps.published(world, "good")
    first = datetime(2026, 11, 2, 9, 0, 30, tzinfo=UTC)
    monkeypatch.setattr(limits, "now", lambda: first)
    anybody = await visit(None)
    assert {(await anybody.get("/results")).status_code for _ in range(50)} == {200}
    assert (await anybody.get("/results")).status_code == 429
    monkeypatch.setattr(limits, "now", lambda: first + timedelta(minutes=1))
    assert (await anybody.get("/results")).status_code == 200


async def test_a_checked_service_leads_to_its_public_draw(world: World) -> None:
    check = await check_steps.made(world)
    (name, turn), *others = (await life_public._draws_of([check.id])).values()
    assert not others
    assert name
    rows = await QuarterScore.raw("SELECT round FROM draw_list WHERE id = {}", check.draw)
    assert turn == rows[0]["round"] is not None
