"""Counts of whole counties that are dear: an answer that took long is given again for a while (decision 0055).

For figures that only point somewhere, never for one that decides or pays. What is quick is counted every time, so a
small area never sees an old figure.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bangfu.shared.database import DB, in_transaction
from bangfu.shared.tracing import where

T = TypeVar("T")
log = logging.getLogger(__name__)

DEAR = 0.25
"""Seconds from which an answer is kept."""
FRESH = 60.0
"""Seconds for which it is given as it is."""
STALE = 900.0
"""Seconds for which it is still given, while a new one is made behind it."""
MOST = 500


@dataclass(slots=True)
class _Kept:
    value: Any
    at: float
    renewing: "asyncio.Task[None] | None" = None


@dataclass(slots=True)
class _Shelf:
    """What is kept of one connection pool, so that nothing outlives its database."""

    pool: object = None
    answers: dict[Hashable, _Kept] = field(default_factory=dict)


_SHELF = _Shelf()


async def kept(key: Hashable, count: Callable[[], Awaitable[T]]) -> T:
    """What `count` gives, at most STALE seconds old where it is dear. `key` names the figure and everything that it
    depends on: above all whose area it is."""
    if DB.pool is None or in_transaction():
        return await count()
    if _SHELF.pool is not DB.pool:
        _SHELF.pool, _SHELF.answers = DB.pool, {}
    shelf = _SHELF.answers
    found = shelf.get(key)
    age = time.monotonic() - found.at if found else 0.0
    if found is None or age > STALE:
        return await _count(shelf, key, count)
    if age > FRESH and found.renewing is None:
        found.renewing = asyncio.create_task(_renew(shelf, key, count))
    value: T = found.value
    return value


async def _count(shelf: dict[Hashable, _Kept], key: Hashable, count: Callable[[], Awaitable[T]]) -> T:
    began = time.monotonic()
    value = await count()
    shelf.pop(key, None)
    if (ended := time.monotonic()) - began >= DEAR:
        while len(shelf) >= MOST:
            shelf.pop(next(iter(shelf)))
        shelf[key] = _Kept(value, ended)
    return value


async def _renew(shelf: dict[Hashable, _Kept], key: Hashable, count: Callable[[], Awaitable[Any]]) -> None:
    try:
        await _count(shelf, key, count)
    except Exception as error:
        log.warning("a kept count could not be made again\n%s", where(error))
        shelf.pop(key, None)
