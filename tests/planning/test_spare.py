"""The process that waits for the next job with the engine loaded: taken, replaced, and never left behind."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bangfu.planning import child
from bangfu.planning.spare import SPARE
from tests.matching.cast import random_town

PROBLEM = json.dumps(random_town(3, needs=12, carers=4).to_document())
SOON = 0.05


@asynccontextmanager
async def kept() -> AsyncIterator[asyncio.Event]:
    """A worker's spare is kept."""
    stop = asyncio.Event()
    keeping = asyncio.create_task(SPARE.keep(stop, child.environment(), SOON))
    try:
        yield stop
    finally:
        stop.set()
        await keeping


async def waiting() -> asyncio.subprocess.Process:
    """The process that waits."""
    async with asyncio.timeout(20):
        while SPARE.waiting is None:  # noqa: ASYNC110 (the product needs no event for it)
            await asyncio.sleep(SOON)
    return SPARE.waiting


async def solved() -> dict[str, Any]:
    """A run's result, and no process started while it was under way."""

    async def beat(_percent: int, _stage: str) -> bool:
        assert SPARE.waiting is None
        return True

    return await child.solve(PROBLEM, 1.0, 1, beat)


async def test_a_job_takes_the_waiting_process_and_another_one_waits_afterwards() -> None:
    async with kept():
        first = await waiting()
        result = await solved()
        assert await first.wait() == 0
        assert len(result["proposals"]) + len(result["unserved"]) == 12
        second = await waiting()
        assert second.pid != first.pid
    assert second.returncode is not None
    assert SPARE.waiting is None


async def test_a_job_finds_its_result_though_the_waiting_process_died() -> None:
    async with kept():
        lost = await waiting()
        lost.kill()
        await lost.wait()
        assert (await solved())["solution"]["version"] == 1


async def test_a_waiting_process_ends_with_its_worker() -> None:
    async with kept():
        process = await waiting()
        assert process.stdin is not None
        process.stdin.close()
        async with asyncio.timeout(20):
            assert await process.wait() == 0


async def test_what_goes_wrong_after_the_order_is_told() -> None:
    async with kept():
        await waiting()
        with pytest.raises(child.SolverFailed, match="ProblemError"):
            await child.solve("{}", 1.0, 1, _never_stops)


async def _never_stops(_percent: int, _stage: str) -> bool:
    return True
