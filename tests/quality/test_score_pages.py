"""The pages of scores: figures open their visits, the organisation sees its own and nobody's words (DOMAIN.md 6.6)."""

import re

from bangfu.quality.freezing import freeze
from bangfu.quality.tables import QuarterScore
from bangfu.shared.actor import SYSTEM
from tests.quality.scored import AFTER, QUARTER, YEAR, contract_of, verified
from tests.support import World


async def a_score(world: World, status: str = "frozen") -> QuarterScore:
    """The frozen score of the organisation's contract, moved on as its life would."""
    score = await freeze(SYSTEM, "contract", await contract_of(world), YEAR, QUARTER, AFTER)
    if status != "frozen":
        await QuarterScore.update(
            {
                "status": status,
                "confirmed_by": world["assessor"].user,
                "confirmed_at": AFTER,
                "published_by": world["bureau"].user,
                "published_at": AFTER,
            }
        ).where(QuarterScore.id == score)
    row = await QuarterScore.objects().get(QuarterScore.id == score)
    assert row is not None
    return row


async def test_an_evaluator_opens_a_score_and_the_visits_behind_a_figure(world: World, visit) -> None:
    done = await verified(world)
    row = await a_score(world)
    bureau = await visit("bureau")
    assert row.number in (await bureau.get("/scores")).text
    shown = (await bureau.get(f"/scores/{row.id}")).text
    assert "Computed again: equal" in shown
    assert "What pulled the score down" in shown
    assert f"/scores/{row.id}/indicators/Q1" in shown
    cases = (await bureau.get(f"/scores/{row.id}/indicators/Q2?cases=hits")).text
    assert done.number in cases
    assert f"/visits/{done.id}" in cases
    missed = (await bureau.get(f"/scores/{row.id}/indicators/Q1")).text
    assert "missed" in missed
    assert (await bureau.get(f"/scores/{row.id}/indicators/Q99")).status_code == 404


async def test_the_organisation_sees_its_score_once_it_is_published(world: World, visit) -> None:
    done = await verified(world)
    row = await a_score(world)
    manager, other = await visit("manager"), await visit("other_manager")
    assert (await manager.get(f"/my-scores/{row.id}")).status_code == 404
    await QuarterScore.update(
        {"status": "published_prelim", "confirmed_by": world["assessor"].user, "published_by": world["bureau"].user}
    ).where(QuarterScore.id == row.id)
    assert row.number in (await manager.get("/my-scores")).text
    assert (await manager.get(f"/my-scores/{row.id}")).status_code == 200
    cases = (await manager.get(f"/my-scores/{row.id}/indicators/Q2?cases=hits")).text
    assert f"/verification/own/{done.id}" in cases
    assert (await other.get(f"/my-scores/{row.id}")).status_code == 404
    assert (await manager.get(f"/scores/{row.id}")).status_code == 404


async def test_the_preview_shows_deductions_before_the_quarter_closes(world: World, visit) -> None:
    done = await verified(world)
    contract = await contract_of(world)
    manager, other = await visit("manager"), await visit("other_manager")
    assert f"/my-scores/contracts/{contract}" in (await manager.get("/my-scores")).text
    shown = (await manager.get(f"/my-scores/contracts/{contract}")).text
    assert "so far" in shown
    assert re.search(r"Completion</a>: <span class=\"num\">−", shown)
    assert done.number in (await manager.get(f"/my-scores/contracts/{contract}/indicators/Q2?cases=hits")).text
    assert (await other.get(f"/my-scores/contracts/{contract}")).status_code == 404
    assert (await (await visit("bureau")).get(f"/contracts/{contract}/quarter")).status_code == 200
    assert (await (await visit("outside_officer")).get(f"/contracts/{contract}/quarter")).status_code == 404
    assert await QuarterScore.count() == 0


async def test_cohorts_show_no_figure_of_a_small_sample_and_no_rank(world: World, visit) -> None:
    await verified(world)
    row = await a_score(world)
    shown = (await (await visit("bureau")).get("/scores/cohorts")).text
    assert row.number in shown
    assert "Small sample" in shown
    assert not re.search(r"\d\.\d %", shown)


async def test_a_figure_that_somebody_changed_shows_on_the_page(world: World, visit) -> None:
    await verified(world)
    row = await a_score(world)
    await QuarterScore.raw("ALTER TABLE score_revision DISABLE TRIGGER USER")
    await QuarterScore.raw("UPDATE score_revision SET score_value = 99.9")
    shown = (await (await visit("bureau")).get(f"/scores/{row.id}")).text
    assert "Computed again: different" in shown
    assert "score_value" in shown
