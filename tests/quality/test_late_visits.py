"""Visits whose record came after their quarter was frozen are paid with the next one, once (docs/decisions/0046)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bangfu.quality import life_open
from bangfu.quality.counting import count
from bangfu.quality.freezing import freeze
from bangfu.quality.gathering import gather
from bangfu.quality.snapshot import Snapshot, read
from bangfu.quality.tables import QuarterScore, ScoreRevision
from bangfu.shared.actor import SYSTEM
from bangfu.supervision.calendar import current_calendar
from bangfu.visits.tables import Visit
from tests.quality.quarter_facts import quarter, visit, window
from tests.quality.scored import AFTER, QUARTER, YEAR, contract_of, verified
from tests.support import World

NEXT = (YEAR + QUARTER // 4, QUARTER % 4 + 1)
BEFORE = (YEAR - (QUARTER == 1), (QUARTER + 2) % 4 + 1)
THEN = (NEXT[0] + NEXT[1] // 4, NEXT[1] % 4 + 1)


def test_a_late_visit_counts_for_no_indicator_and_is_listed_with_its_reason() -> None:
    facts = quarter(windows=(window(1),), visits=(visit(1),))
    late = replace(visit(2), late=True, record_complete=False, qualified=False)
    with_it = replace(facts, visits=(*facts.visits, late))
    before, after = count(facts), count(with_it)
    assert after.counts == before.counts
    for code in ("Q2", "Q3", "Q4", "Q10"):
        assert [(item.id, item.reason) for item in after.tallies[code].left_out] == [(late.id, "late")]


async def begun_then_frozen(world: World) -> tuple[UUID, UUID]:
    """A contract of whose two visits one was still under way when the quarter was frozen: (contract, that visit)."""
    await verified(world)
    slow = await verified(world)
    await Visit.update({Visit.status: "in_progress", Visit.submitted_at: None}).where(Visit.id == slow.id)
    contract = await contract_of(world)
    score = await freeze(SYSTEM, "contract", contract, YEAR, QUARTER, AFTER)
    assert str(slow.id) not in {each.id for each in (await facts_of(score)).visits}
    return contract, slow.id


async def facts_of(score: UUID) -> Snapshot:
    row = await QuarterScore.objects().get(QuarterScore.id == score)
    assert row is not None
    revision = await ScoreRevision.objects().get(
        (ScoreRevision.score == score) & (ScoreRevision.revision == row.revision)
    )
    assert revision is not None
    return read(revision.facts)


async def comes_in(visit_id: UUID, status: str = "verified") -> None:
    await Visit.update({Visit.status: status, Visit.submitted_at: AFTER + timedelta(days=1)}).where(
        Visit.id == visit_id
    )


@pytest.mark.database
async def test_a_visit_that_comes_in_after_the_freeze_is_taken_up_by_the_next_quarter_once(world: World) -> None:
    contract, slow = await begun_then_frozen(world)
    later = AFTER + timedelta(days=92)
    assert (await gather("contract", contract, *NEXT, later)).visits == ()  # it is still under way
    await comes_in(slow)
    facts = await facts_of(await freeze(SYSTEM, "contract", contract, *NEXT, later))
    assert [(each.id, each.late) for each in facts.visits] == [(str(slow), True)]
    assert str(slow) not in {each.visit for each in facts.windows}
    assert (await gather("contract", contract, *NEXT, later)).visits == facts.visits  # counted anew: the same
    assert (await gather("contract", contract, *THEN, later + timedelta(days=92))).visits == ()
    assert (await gather("contract", contract, *BEFORE, later)).visits == ()


@pytest.mark.database
async def test_a_late_visit_waits_for_its_verdict_and_a_rejected_one_is_left(world: World) -> None:
    contract, slow = await begun_then_frozen(world)
    later = AFTER + timedelta(days=92)
    for status, found in (("submitted", 0), ("flagged", 0), ("rejected", 0), ("disputed", 1), ("verified", 1)):
        await comes_in(slow, status)
        assert len((await gather("contract", contract, *NEXT, later)).visits) == found


@pytest.mark.database
async def test_a_quarter_in_which_nothing_else_was_owed_is_frozen_for_a_late_visit(world: World) -> None:
    contract, slow = await begun_then_frozen(world)
    await Visit.raw("UPDATE assignment SET status = 'completed', ended_at = {}", AFTER - timedelta(days=40))
    later, calendar = AFTER + timedelta(days=92), await current_calendar()

    async def waits() -> bool:
        found = await life_open.waiting(later, calendar)
        return (contract, *NEXT) in {(each.subject, each.year, each.quarter) for each in found}

    assert not await waits()
    await comes_in(slow)
    assert await waits()
