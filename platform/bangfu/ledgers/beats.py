"""Signs of life of a long job, beside its transaction, so that everybody sees how far it is."""

import asyncio
import contextvars
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from bangfu.shared import jobs

SECONDS: Final = 2.0


@asynccontextmanager
async def beating(claim: jobs.Claim, total: int) -> AsyncIterator[list[int]]:
    """Report progress every two seconds; the caller writes the number of rows done into the list's only place."""
    done = [0]
    beats = asyncio.create_task(_beat(claim, done, max(1, total)), context=contextvars.Context())
    try:
        yield done
    finally:
        beats.cancel()


async def _beat(claim: jobs.Claim, done: list[int], total: int) -> None:
    while True:
        await asyncio.sleep(SECONDS)
        await jobs.beat(claim, min(99, done[0] * 100 // total))
