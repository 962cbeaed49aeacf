"""A score from frozen to final: three names, seven working days, and nobody twice."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from bangfu.errors import FormError, NotYours, Refused
from bangfu.quality import life, life_hooks
from bangfu.quality.tables import QuarterScore
from bangfu.shared.actor import Actor
from bangfu.supervision.tables import SupervisionTask
from tests.quality import life_steps as steps
from tests.quality.life_steps import AT
from tests.support import World


async def _task(score: object, kind: str) -> SupervisionTask | None:
    found: SupervisionTask | None = (
        await SupervisionTask.objects()
        .where((SupervisionTask.subject == score) & (SupervisionTask.kind == kind))
        .first()
    )
    return found


@pytest.mark.usefixtures("database")
async def test_three_people_and_the_clock_make_a_score_final(world: World) -> None:
    score = await steps.frozen(world)
    await life.confirm(world["assessor"], score, AT)
    until = await life.publish(world["bureau"], score, AT)
    assert until == datetime(2026, 11, 4, 15, 59, tzinfo=UTC)
    assert not await life.finish(score, until)
    assert await life.finish(score, until + timedelta(minutes=1))
    row = await steps.row_of(score)
    assert (row.status, row.confirmed_by, row.published_by) == ("final", world["assessor"].user, world["bureau"].user)
    task = await _task(score, "score.publish")
    assert task is not None and task.status == "cancelled"
    assert task.due_at == datetime(2026, 11, 3, 15, 59, tzinfo=UTC)  # 10 October is worked


@pytest.mark.usefixtures("database")
async def test_who_scored_cannot_publish_neither_by_code_nor_by_sql(world: World) -> None:
    score = await steps.frozen(world)
    await life.confirm(world["bureau"], score, AT)
    with pytest.raises(Refused, match="yourself"):
        await life.publish(world["bureau"], score, AT)
    with pytest.raises(asyncpg.RaiseError, match="does not publish"):
        await QuarterScore.raw("UPDATE quarter_score SET published_by = confirmed_by WHERE id = {}", score)
    await life.publish(world["second_bureau"], score, AT)
    with pytest.raises(asyncpg.RaiseError, match="never change"):
        await QuarterScore.raw("UPDATE quarter_score SET confirmed_by = {} WHERE id = {}", world["assessor"].me, score)


@pytest.mark.usefixtures("database")
async def test_too_few_checks_keep_a_quarter_open(world: World) -> None:
    score = await steps.frozen(world, checks=1, required=2)
    with pytest.raises(Refused, match="spot checks"):
        await life.confirm(world["assessor"], score, AT)
    assert (await steps.row_of(score)).status == "frozen"


@pytest.mark.usefixtures("database")
async def test_another_officer_returns_a_score_with_words_and_it_is_confirmed_again(world: World) -> None:
    score = await steps.scored(world)
    with pytest.raises(FormError):
        await life.give_back(world["bureau"], score, " ", AT)
    await life.give_back(world["bureau"], score, "抽查材料缺一份。", AT)
    row = await steps.row_of(score)
    assert (row.status, row.confirmed_by) == ("frozen", None)
    await life.confirm(world["second_assessor"], score, AT)
    assert (await steps.row_of(score)).confirmed_by == world["second_assessor"].user


@pytest.mark.usefixtures("database")
async def test_a_repeat_by_the_same_person_changes_nothing_and_another_one_is_refused(world: World) -> None:
    score = await steps.scored(world)
    version = (await steps.row_of(score)).version
    await life.confirm(world["assessor"], score, AT)
    assert (await steps.row_of(score)).version == version
    with pytest.raises(Refused):
        await life.confirm(world["second_assessor"], score, AT)


@pytest.mark.usefixtures("database")
async def test_the_score_that_was_looked_at_is_the_one_that_is_confirmed(world: World) -> None:
    score = await steps.frozen(world)
    with pytest.raises(Refused, match="anew"):
        await life.confirm(world["assessor"], score, AT, revision=7)


@pytest.mark.usefixtures("database")
async def test_nobody_outside_the_county_touches_it(world: World) -> None:
    score = await steps.frozen(world)
    stranger = Actor(world["bureau"].user, "x", "x", frozenset({"bureau_officer"}), "990102")
    with pytest.raises(NotYours):
        await life.confirm(stranger, score, AT)


@pytest.mark.usefixtures("database")
async def test_later_features_hear_of_every_step_in_its_transaction(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, str]] = []
    monkeypatch.setattr(life_hooks, "_HOOKS", {event: [] for event in life_hooks.EVENTS})
    for event in life_hooks.EVENTS:

        async def hook(actor: Actor, score: QuarterScore, at: datetime, event: str = event) -> None:
            heard.append((event, score.status))

        life_hooks.after(event, hook)
    score = await steps.published(world)
    await steps.appealed(world, score)
    assert heard == [("published_prelim", "published_prelim"), ("appealed", "appealed")]
    with pytest.raises(KeyError):
        life_hooks.after("paid", life_hooks.happened)  # type: ignore[arg-type]
