"""The job table: one worker at a time, taken over when a worker dies, one result that counts."""

import asyncio

import pytest

from bangfu.shared import jobs
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction
from bangfu.shared.tables import Job
from tests.support import World

pytestmark = pytest.mark.database


async def _status(job: object) -> str:
    rows = await Job.raw("SELECT status FROM job WHERE id = {}", job)
    return str(rows[0]["status"])


async def test_twenty_workers_take_twenty_jobs_once_each(database: str) -> None:
    wanted = {await jobs.enqueue("test", {"n": n}, SYSTEM) for n in range(20)}
    taken = await asyncio.gather(*(jobs.claim(["test"]) for _ in range(25)))
    assert {claim.id for claim in taken if claim} == wanted
    assert sum(claim is None for claim in taken) == 5


async def test_a_job_whose_worker_died_is_taken_over_and_only_the_new_result_counts(database: str) -> None:
    job = await jobs.enqueue("test", {}, SYSTEM)
    dead = await jobs.claim(["test"])
    assert await jobs.claim(["test"]) is None, "its lease still runs"
    await Job.raw("UPDATE job SET lease_until = now() - interval '1 second'")
    alive = await jobs.claim(["test"])
    assert dead and alive and alive.id == job and alive.fence > dead.fence and alive.attempts == 2
    with pytest.raises(jobs.LostClaim):
        await jobs.beat(dead, 50)
    with pytest.raises(jobs.LostClaim):
        async with transaction():
            await Job.raw("UPDATE job SET stage = 'written by the dead'")
            await jobs.finish(dead, "done")
    rows = await Job.raw("SELECT stage FROM job")
    assert rows[0]["stage"] == ""
    await jobs.finish(alive, "done")
    assert await _status(job) == "done"


async def test_cancelling_reaches_a_running_job_and_ends_a_waiting_one(database: str) -> None:
    running, waiting = [await jobs.enqueue("test", {}, SYSTEM) for _ in range(2)]
    claim = await jobs.claim(["test"])
    assert claim and claim.id == running
    assert await jobs.beat(claim, 10, "solving")
    assert await jobs.request_cancel(running)
    assert not await jobs.beat(claim, 20, "solving")
    assert await jobs.request_cancel(waiting)
    assert await _status(waiting) == "cancelled"
    await jobs.finish(claim, "cancelled")
    assert not await jobs.request_cancel(running), "it has ended already"


async def test_a_worker_that_stops_gives_its_job_back(database: str) -> None:
    job = await jobs.enqueue("test", {}, SYSTEM)
    claim = await jobs.claim(["test"])
    assert claim
    await jobs.give_back(claim)
    assert await _status(job) == "queued"


async def test_a_job_appears_with_the_transaction_that_asks_for_it(world: World) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await jobs.enqueue("test", {}, world["dispatcher"])
            raise ZeroDivisionError
    assert await jobs.claim(["test"]) is None
