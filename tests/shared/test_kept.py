"""Dear counts are given again for a while, quick ones never."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bangfu.shared import kept
from bangfu.shared.database import transaction

pytestmark = pytest.mark.usefixtures("database")


def counting() -> Callable[[], Awaitable[int]]:
    """1, then 2, then 3."""
    made = [0]

    async def count() -> int:
        made[0] += 1
        return made[0]

    return count


async def test_a_quick_count_is_made_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "DEAR", 60.0)
    count = counting()
    assert [await kept.kept("a", count) for _ in range(3)] == [1, 2, 3]


async def test_a_dear_count_is_given_again_and_renewed_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "DEAR", 0.0)
    count = counting()
    assert [await kept.kept("a", count) for _ in range(3)] == [1, 1, 1]
    assert await kept.kept("b", count) == 2  # another area's figure is its own
    monkeypatch.setattr(kept, "FRESH", -1.0)
    assert await kept.kept("a", count) == 1  # still the old one, a new one is being made
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    monkeypatch.setattr(kept, "FRESH", 60.0)
    assert await kept.kept("a", count) == 3
    monkeypatch.setattr(kept, "STALE", -1.0)
    assert await kept.kept("a", count) == 4  # too old to be given


async def test_inside_of_a_transaction_everything_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "DEAR", 0.0)
    count = counting()
    await kept.kept("a", count)
    async with transaction():
        assert await kept.kept("a", count) == 2


async def test_a_renewal_that_fails_is_forgotten_and_counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "DEAR", 0.0)

    async def broken() -> int:
        raise RuntimeError

    count = counting()
    await kept.kept("a", count)
    monkeypatch.setattr(kept, "FRESH", -1.0)
    assert await kept.kept("a", broken) == 1
    await asyncio.sleep(0)
    assert await kept.kept("a", count) == 2
