"""What a 差 holds of the performance part until it is rectified (DOMAIN.md 6.6), and the one review of a subsidy."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from bangfu.quality import life, life_following
from bangfu.quality.life_tables import ScoreFollow
from bangfu.settlement import reviewing
from bangfu.settlement.statement_rules import LineDraft, appealed_of, lines_of, total_of
from bangfu.settlement.tables import Statement
from bangfu.shared.database import transaction
from bangfu.supervision.tables import SupervisionTask
from tests.quality.life_steps import AT, PAPER, row_of
from tests.settlement import settlement_steps as steps
from tests.settlement.bundle_steps import quarter_of, statement, statement_from
from tests.settlement.facts import facts, visit
from tests.settlement.test_taking_off import subsidy
from tests.support import World

D = Decimal
LINEAR = {"pay_rule": "linear"}
ON = AT + timedelta(days=25)


def poor(*visits: Any, rectified: bool = False) -> tuple[LineDraft, ...]:
    """A 差 by a cap: the score itself is 75.0, so that the rule `linear` leaves half of the performance part."""
    return lines_of(facts(*visits, terms=LINEAR), "poor", D("75.0"), rectified=rectified)


def test_a_poor_quarter_under_the_linear_rule_holds_its_performance_part() -> None:
    lines = poor(*(visit(n) for n in range(10)))
    assert [(line.kind, line.amount, line.status, line.reason) for line in lines] == [
        ("base", D("420.00"), "undisputed", ""), ("perf", D("90.00"), "held", "rectification")
    ]  # fmt: skip
    assert total_of(poor(*(visit(n) for n in range(10)), rectified=True)) == D("510.00")


def test_disputed_units_of_a_poor_quarter_are_one_held_line_with_the_others() -> None:
    lines = poor(*(visit(n) for n in range(9)), visit(9, "disputed"))
    assert [(line.kind, line.units, line.status) for line in lines] == [
        ("base", 9, "undisputed"), ("base", 1, "held"), ("perf", 10, "held")
    ]  # fmt: skip


def test_a_better_band_or_the_rule_of_steps_holds_nothing() -> None:
    rows = [visit(n) for n in range(10)]
    assert total_of(lines_of(facts(*rows, terms=LINEAR), "fair", D("75.0")), "held") == 0
    assert total_of(lines_of(facts(*rows), "poor", D("75.0")), "held") == 0


def test_an_appeal_against_a_poor_quarter_holds_the_rest_of_the_performance_part_too() -> None:
    made = facts(*(visit(n) for n in range(10)), terms=LINEAR)
    lines = lines_of(made, "poor", D("75.0"))
    assert [line.amount for line in appealed_of(made, lines)] == [D("90.00")]


@pytest.mark.database
async def test_the_rectification_frees_what_a_poor_quarter_held(world: World) -> None:
    made = await quarter_of(world, "poor", 0)
    key = await statement_from(world, replace(made, terms={**made.terms, **LINEAR}))
    before = await Statement.objects().get(Statement.id == key)
    assert before is not None
    assert before.held > 0
    assert await life.finish(before.score, AT + timedelta(days=20))
    assert (await steps.statement_of(before.score)).held == before.held
    follow = await ScoreFollow.objects().get((ScoreFollow.score == before.score) & ScoreFollow.holds.eq(True))
    assert follow is not None
    await life_following.hand_in(world["manager"], follow.id, "已整改。", [PAPER], ON)
    await life_following.judge(world["bureau"], follow.id, True, "已落实。", ON)
    after = await steps.statement_of(before.score)
    assert (after.held, after.total, after.review) == (D("0.00"), before.total + before.held, "freed")


@pytest.mark.database
async def test_a_poor_quarter_by_steps_has_nothing_to_free(world: World) -> None:
    key = await statement(world, "poor", 0, final=True)
    row = await Statement.objects().get(Statement.id == key)
    assert row is not None
    assert row.held == D("0.00")


async def _subsidy_follows(score: UUID) -> list[ScoreFollow]:
    found: list[ScoreFollow] = await ScoreFollow.objects().where(
        (ScoreFollow.score == score) & (ScoreFollow.kind == "subsidy_review")
    )
    return found


@pytest.mark.database
@pytest.mark.parametrize(("outcome", "shown"), [("applied", "confirmed"), ("spared", "objected")])
@pytest.mark.parametrize("first", ["review", "final"])
async def test_a_poor_subsidy_is_reviewed_once_and_what_follows_shows_it(
    world: World, outcome: str, shown: str, first: str
) -> None:
    made = await subsidy(world, "poor")
    score = await row_of(made.score)
    revision = await life.revision_of(score)
    if first == "final":
        async with transaction():
            await life_following.follow_up(score, revision, AT)
        assert [each.status for each in await _subsidy_follows(made.score)] == ["open"]
    await reviewing.decide(world["officer"], made.id, outcome, "已入户核实", AT)
    async with transaction():
        await life_following.follow_up(score, revision, AT)
    assert [(each.status, each.outcome) for each in await _subsidy_follows(made.score)] == [("done", shown)]
    assert await SupervisionTask.count().where(SupervisionTask.kind == "settlement.review") == 1
    assert not await SupervisionTask.exists().where(SupervisionTask.kind == "score.follow")
