"""A quarter is frozen once, from what the database says, and every later change to it is named (DOMAIN.md 6.6, 8.9)."""

import asyncio
import json
from datetime import timedelta

import asyncpg
import pytest

from bangfu.errors import Refused
from bangfu.quality import proving, snapshot
from bangfu.quality.freezing import freeze, refreeze
from bangfu.quality.gathering import gather
from bangfu.quality.tables import QuarterScore, ScoreRevision
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now
from tests.quality.scored import AFTER, QUARTER, YEAR, accepted, contract_of, submitted, verified
from tests.support import World

pytestmark = pytest.mark.database


async def frozen(world: World) -> QuarterScore:
    score = await freeze(SYSTEM, "contract", await contract_of(world), YEAR, QUARTER, AFTER)
    row = await QuarterScore.objects().get(QuarterScore.id == score)
    assert row is not None
    return row


async def test_facts_are_gathered_from_visits_windows_and_terms(world: World) -> None:
    done = await verified(world)
    owed = await accepted(world, at=now() - timedelta(days=21))  # a younger task may owe this week's window or not
    waiting = await submitted(world, task=owed)
    await verified(world, "rival")  # of another contract
    facts = await gather("contract", await contract_of(world), YEAR, QUARTER, AFTER)
    assert {each.id for each in facts.visits} == {str(done.id), str(waiting.id)}
    filled = [each.visit for each in facts.windows if each.state == "filled"]
    assert sorted(filled) == sorted([str(done.id), str(waiting.id)])
    assert "missed" in {each.state for each in facts.windows}  # the weeks without a visit
    assert {each.recipient for each in facts.visits} == {"R1", "R2"}
    assert facts.standard["code"] == "QS-1"
    assert facts.terms["perf_share"] == "0.2000"
    assert len(facts.lines) == 2
    assert all(len(each.id) <= 48 for each in facts.windows)
    text = snapshot.text_of(facts)
    assert str(done.household) not in text
    assert str(done.carer) not in text


async def test_a_quarter_that_runs_is_not_frozen(world: World) -> None:
    with pytest.raises(Refused):
        await freeze(SYSTEM, "contract", await contract_of(world), YEAR, QUARTER, now())
    assert await QuarterScore.count() == 0


async def test_freezing_at_once_and_again_gives_one_score(world: World) -> None:
    await verified(world)
    contract = await contract_of(world)
    found = await asyncio.gather(*(freeze(SYSTEM, "contract", contract, YEAR, QUARTER, AFTER) for _ in range(6)))
    assert len(set(found)) == 1
    assert await freeze(SYSTEM, "contract", contract, YEAR, QUARTER, AFTER) == found[0]
    assert (await QuarterScore.count(), await ScoreRevision.count()) == (1, 1)
    assert await proving.differences() == []


async def test_later_changes_leave_the_frozen_facts_alone_until_they_are_gathered_anew(world: World) -> None:
    await verified(world)
    row = await frozen(world)
    assert await refreeze(world["bureau"], row.id, "correction", AFTER) == 1  # nothing has changed
    await verified(world)
    assert await refreeze(world["bureau"], row.id, "appeal", AFTER) == 1  # no appeal has put anything right
    assert await refreeze(world["bureau"], row.id, "correction", AFTER) == 2
    texts = [each.facts for each in await ScoreRevision.objects().order_by(ScoreRevision.revision)]
    assert [len(snapshot.read(text).visits) for text in texts] == [1, 2]
    assert await proving.differences_of(row.id) == []


async def test_frozen_facts_and_what_a_score_is_about_never_change(world: World) -> None:
    await verified(world)
    row = await frozen(world)
    for statement in (
        "UPDATE score_revision SET final_band = 'excellent'", "DELETE FROM score_revision",
        "UPDATE quarter_score SET quarter = 5 - quarter", "DELETE FROM quarter_score",
        "UPDATE scoring_standard SET rules = '{{}}'",
    ):  # fmt: skip
        with pytest.raises(asyncpg.RaiseError):
            await QuarterScore.raw(statement)
    assert await proving.differences_of(row.id) == []


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ("score_value = 99.9", ["score_value"]),
        ("final_band = 'good'", ["final_band"]),
        ("""points = jsonb_set(points, '{{Q3,points}}', '"9"')""", ["points.Q3"]),
        (
            "facts = replace(facts, 'on_spot', 'call'), facts_hash ="
            " encode(sha256(convert_to(replace(facts, 'on_spot', 'call'), 'UTF8')), 'hex')",
            ["chain"],
        ),
        (
            "facts = replace(facts, '\"status\":\"verified\"', '\"status\":\"disputed\"'), facts_hash = encode(sha256("
            "convert_to(replace(facts, '\"status\":\"verified\"', '\"status\":\"disputed\"'), 'UTF8')), 'hex')",
            ["chain", "score_value", "points.Q1", "points.Q2", "points.Q3", "points.Q10"],
        ),
    ],
)  # fmt: skip
async def test_what_somebody_changed_past_the_triggers_is_named(world: World, change: str, names: list[str]) -> None:
    await verified(world)
    row = await frozen(world)
    await QuarterScore.raw("ALTER TABLE score_revision DISABLE TRIGGER USER")
    await QuarterScore.raw(f"UPDATE score_revision SET {change}")
    found = [each.what for each in await proving.differences_of(row.id)]
    assert set(names) <= set(found)
    assert set(found) - set(names) <= ({"caps", "band", "final_band"} if len(names) > 1 else set())


async def test_a_revision_that_was_taken_away_is_named(world: World) -> None:
    await verified(world)
    row = await frozen(world)
    await QuarterScore.raw("ALTER TABLE score_revision DISABLE TRIGGER USER")
    await QuarterScore.raw("DELETE FROM score_revision")
    assert [each.what for each in await proving.differences_of(row.id)] == ["missing"]


async def test_the_audit_chain_keeps_the_hash_of_the_facts(world: World) -> None:
    await verified(world)
    row = await frozen(world)
    events = await QuarterScore.raw(
        "SELECT data FROM audit_event WHERE subject = {} AND action = 'quarter_score.frozen'", str(row.id)
    )
    revision = await ScoreRevision.objects().get(ScoreRevision.score == row.id)
    assert revision is not None
    assert json.loads(events[0]["data"])["facts_hash"] == revision.facts_hash
