"""The clock freezes a quarter ten working days after its end, once nothing stands open in it (DOMAIN.md 8.9)."""

from datetime import UTC, datetime

import pytest

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
