"""Limits that hold across processes: a place is taken before anything is compared, and counted once."""

import asyncio
from datetime import timedelta

from bangfu.shared import tries
from bangfu.shared.clock import now
from bangfu.shared.tables import TryCount
from bangfu.shared.tries import Limit

FIVE = Limit("five", 5)
LOCK = Limit("lock", 3, locks=True)


async def test_the_sixth_try_is_refused_until_the_while_is_over(database: str) -> None:
    at = now()
    assert [await tries.take(FIVE, "a", at) for _ in range(5)] == [None] * 5
    assert await tries.take(FIVE, "a", at + timedelta(minutes=5)) == at + FIVE.within
    assert await tries.take(FIVE, "b", at) is None
    assert await tries.take(FIVE, "a", at + FIVE.within) is None


async def test_a_lock_lasts_its_whole_while_from_the_last_try_that_counted(database: str) -> None:
    at = now()
    for minute in (0, 10, 20):
        assert await tries.take(LOCK, "a", at + timedelta(minutes=minute)) is None
    last = at + timedelta(minutes=20)
    assert await tries.closed_until(LOCK, "a", last) == last + LOCK.within
    assert await tries.take(LOCK, "a", last + timedelta(minutes=14)) == last + LOCK.within, "waiting is not lengthened"
    assert await tries.take(LOCK, "a", last + LOCK.within) is None


async def test_a_right_try_gives_its_place_back_and_a_clean_slate_is_clean(database: str) -> None:
    at = now()
    for _ in range(20):
        assert await tries.take(FIVE, "a", at) is None
        await tries.give_back(FIVE, "a")
    assert await tries.take(FIVE, "a", at, cost=5) is None
    assert await tries.closed_until(FIVE, "a", at)
    await tries.forget(FIVE, "a")
    assert await tries.closed_until(FIVE, "a", at) is None


async def test_forty_at_once_get_no_more_than_the_places_there_are(database: str) -> None:
    at = now()
    taken = await asyncio.gather(*(tries.take(FIVE, "a", at) for _ in range(40)))
    assert taken.count(None) == 5


async def test_who_tries_is_kept_as_a_keyed_hash_and_not_for_long(database: str) -> None:
    at = now()
    await tries.take(FIVE, "203.0.113.9", at)
    assert not any("203.0.113.9" in row.mark for row in await TryCount.objects())
    await tries.forget_old(at + FIVE.within)
    assert await TryCount.count() == 0
