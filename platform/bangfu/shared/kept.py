"""Counts of whole counties that are dear: an answer that took long is given again for a while (decision 0055).

For figures that only point somewhere, never for one that decides or pays. What is quick is counted every time, so a
small area never sees an old figure. Answers lie in the database: the first who asks after a restart, or on another web
node, waits for nothing. A page says of which minute a kept figure is.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec

from bangfu.shared.clock import now
from bangfu.shared.database import DB, in_transaction
from bangfu.shared.tables import KeptAnswer
from bangfu.shared.tracing import where

T = TypeVar("T")
log = logging.getLogger(__name__)

DEAR = 0.15
"""Seconds from which an answer is kept."""
FRESH = timedelta(minutes=1)
"""For so long it is given as it is."""
STALE = timedelta(hours=4)
"""For so long it is still given, with its minute, while a new one is made behind it."""
CLAIMED = timedelta(minutes=2)
"""One renewal at a time, among all processes; after this somebody else may try."""
_RENEWING: set["asyncio.Task[None]"] = set()


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A figure, and the moment of which it is; None: counted just now."""

    value: T
    at: datetime | None = None


async def kept(key: tuple[object, ...], kind: Any, count: Callable[[], Awaitable[T]]) -> Answer[T]:
    """What `count` gives, at most STALE old where it is dear.

    Args:
        key: names the figure and everything that it depends on: above all whose area it is.
        kind: the type of the figure, plain enough to be written as JSON.
        count: makes it.
    """
    if DB.pool is None or in_transaction():
        return Answer(await count())
    name, at = json.dumps(key, default=str), now()
    rows = await KeptAnswer.raw(
        "SELECT value::text AS value, made_at FROM kept_answer WHERE key = {} AND made_at BETWEEN {} AND {}",
        name, at - STALE, at,
    )  # fmt: skip
    if not rows:
        return Answer(await _count(name, count))
    made_at: datetime = rows[0]["made_at"]
    if at - made_at > FRESH and await _claim(name, at):
        task = asyncio.create_task(_renew(name, count))
        _RENEWING.add(task)
        task.add_done_callback(_RENEWING.discard)
    return Answer(msgspec.json.decode(rows[0]["value"], type=kind), made_at)


async def _count(name: str, count: Callable[[], Awaitable[T]]) -> T:
    began = time.monotonic()
    value = await count()
    if time.monotonic() - began < DEAR:
        await KeptAnswer.raw("DELETE FROM kept_answer WHERE key = {}", name)
        return value
    at = now()
    await KeptAnswer.raw(
        "INSERT INTO kept_answer (key, value, made_at) VALUES ({}, {}::jsonb, {}) ON CONFLICT (key) DO UPDATE"
        " SET value = excluded.value, made_at = excluded.made_at, claimed_at = NULL",
        name, msgspec.json.encode(value).decode(), at,
    )  # fmt: skip
    await KeptAnswer.raw("DELETE FROM kept_answer WHERE made_at < {}", at - timedelta(days=1))
    return value


async def _claim(name: str, at: datetime) -> bool:
    rows = await KeptAnswer.raw(
        "UPDATE kept_answer SET claimed_at = {} WHERE key = {} AND (claimed_at IS NULL OR claimed_at < {})"
        " RETURNING key",
        at, name, at - CLAIMED,
    )  # fmt: skip
    return bool(rows)


async def _renew(name: str, count: Callable[[], Awaitable[T]]) -> None:
    try:
        await _count(name, count)
    except Exception as error:
        log.warning("a kept count could not be made again\n%s", where(error))
