"""A deadlock with somebody else's change costs a run a second try, not its result."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from bangfu.needs.tables import Need
from bangfu.planning import running
from bangfu.planning.actions import start_run
from bangfu.planning.tables import MatchRun
from bangfu.shared import jobs
from bangfu.shared.clock import now
from bangfu.shared.collisions import TRIES, again_after_deadlock
from bangfu.shared.database import transaction
from tests.planning.making import TOWN_CODE, make_need, proposals_of, row_of, solve_here
from tests.support import World

pytestmark = pytest.mark.database


async def lock_in_the_other_order(run: UUID, need: UUID, ready: asyncio.Event) -> None:
    """Hold the need, then want the run, which whoever stores locks first; a patient one is not broken off."""
    async with transaction():
        await MatchRun.raw("SET LOCAL deadlock_timeout = '60s'")
        await Need.raw("SELECT id FROM need WHERE id = {} FOR UPDATE", need)
        ready.set()
        await asyncio.sleep(0.5)
        await MatchRun.raw("SELECT id FROM match_run WHERE id = {} FOR UPDATE", run)


async def test_a_result_is_stored_although_somebody_waited_for_it_the_other_way_round(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    need = await make_need(world)
    run = await start_run(world["dispatcher"], uuid4(), TOWN_CODE, 1, 1, now())
    claim = await jobs.claim(["match"])
    assert claim is not None
    others: list[asyncio.Task[None]] = []

    async def solve(problem, seconds, seed, beat):
        result = await solve_here(problem, seconds, seed, beat)
        ready = asyncio.Event()
        others.append(asyncio.create_task(lock_in_the_other_order(run, need, ready)))
        await ready.wait()
        return result

    await running.match(claim, asyncio.Event(), solve)
    await asyncio.gather(*others)
    assert "waited for each other" in caplog.text, "the two really met"
    assert (await row_of(run))["status"] == "done"
    assert len(await proposals_of(run)) == 1


async def test_a_deadlock_that_never_ends_is_told_after_three_tries(database) -> None:
    tries = []

    async def collide() -> None:
        tries.append(1)
        raise asyncpg.DeadlockDetectedError("deadlock detected")

    with pytest.raises(asyncpg.DeadlockDetectedError):
        await again_after_deadlock(collide)
    assert len(tries) == TRIES


async def test_another_fault_is_not_tried_again(database) -> None:
    tries = []

    async def fail() -> None:
        tries.append(1)
        raise ValueError("no deadlock")

    with pytest.raises(ValueError, match="no deadlock"):
        await again_after_deadlock(fail)
    assert len(tries) == 1
