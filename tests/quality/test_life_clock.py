"""The clock freezes a quarter ten working days after its end, once nothing stands open in it (DOMAIN.md 8.9)."""

from datetime import UTC, datetime

import pytest

from bangfu.dispatch.tables import Assignment
from bangfu.quality.life_clock import look_after
from bangfu.quality.life_open import waiting
from bangfu.quality.tables import QuarterScore
from bangfu.supervision.calendar import current_calendar
from bangfu.supervision.tables import SupervisionTask
from bangfu.visits.tables import Visit
from tests.quality import life_steps as steps
from tests.support import World
from tests.visits import visit_steps

EARLY = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
"""The tenth working day itself."""
DUE = datetime(2026, 10, 21, 2, 0, tzinfo=UTC)


@pytest.mark.usefixtures("database")
async def test_a_flagged_visit_keeps_a_quarter_open_and_is_named_until_it_is_decided(world: World) -> None:
    visit = await visit_steps.submitted(world)
    contract = await steps.contract_of(world.organization)
    await Visit.update({"planned_start": datetime(2026, 8, 10, 2, 0, tzinfo=UTC), "status": "flagged"}).where(
        Visit.id == visit.id
    )
    (found,) = await waiting(DUE, await current_calendar(), "990101")
    assert (found.subject, found.year, found.quarter, found.flagged, found.open) == (contract.id, 2026, 3, 1, 1)
    assert found.from_day.isoformat() == "2026-10-20T15:59:00+00:00"
    await look_after(DUE)
    assert not await QuarterScore.exists()
    await Visit.update({"status": "verified"}).where(Visit.id == visit.id)
    await look_after(EARLY)
    assert not await QuarterScore.exists(), "ten working days are not over"
    await look_after(DUE)
    await look_after(DUE)
    (score,) = await QuarterScore.objects()
    assert (score.subject, score.status, score.quarter) == (contract.id, "frozen", 3)
    task = await SupervisionTask.objects().get(SupervisionTask.subject == score.id)
    assert task is not None and task.due_at.isoformat() == "2026-11-03T15:59:00+00:00"
    assert await waiting(DUE, await current_calendar()) == []
    revision, facts = await steps.now_of(score.id)
    assert (len(facts.visits), facts.windows) == (1, ())
    assert not revision.scored, "a visit was made, but none was due: the whole period is not scored (DOMAIN.md 6.1)"


async def _task_since(world: World, begin: datetime) -> None:
    """A task that was accepted then and of which nobody has made a visit."""
    task = await visit_steps.accepted(world)
    await Assignment.update({"answered_at": begin, "starts_on": begin.date()}).where(Assignment.id == task.id)


@pytest.mark.usefixtures("database")
async def test_a_task_of_which_nothing_was_due_and_nothing_came_leaves_nothing_to_freeze(world: World) -> None:
    await _task_since(world, datetime(2026, 9, 29, tzinfo=UTC))  # its first window ends in the next quarter
    assert await waiting(DUE, await current_calendar()) == []
    await look_after(DUE)
    assert not await QuarterScore.exists()


@pytest.mark.usefixtures("database")
async def test_a_quarter_in_which_visits_were_due_and_nobody_came_is_frozen(world: World) -> None:
    await _task_since(world, datetime(2026, 7, 1, tzinfo=UTC))
    await look_after(DUE)
    (score,) = await QuarterScore.objects()
    revision, facts = await steps.now_of(score.id)
    assert facts.visits == () and {each.state for each in facts.windows} == {"missed"}
    assert (revision.scored, revision.final_band) == (True, "poor")
