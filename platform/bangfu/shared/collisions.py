"""A second try for a transaction that the database broke off because two waited for each other."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import asyncpg

from bangfu.shared.database import in_transaction

log = logging.getLogger("bangfu.database")

TRIES = 3
PAUSE = 0.1
"""Seconds before the second try; twice that before the third."""


async def again_after_deadlock(work: Callable[[], Awaitable[object]]) -> None:
    """Run a whole transaction, up to three times while it ends in a deadlock.

    Raises:
        asyncpg.DeadlockDetectedError: if the last try ended so, too, or inside another transaction, which is lost then.
    """
    for trial in range(1, TRIES + 1):
        try:
            await work()
        except asyncpg.DeadlockDetectedError:
            if trial == TRIES or in_transaction():
                raise
            log.warning("two changes waited for each other; try %s of %s follows", trial + 1, TRIES)
            await asyncio.sleep(PAUSE * trial)
        else:
            return
