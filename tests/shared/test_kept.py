"""Dear counts are given again for a while, by every process; quick ones never."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bangfu.shared import kept
from bangfu.shared.database import transaction
from bangfu.shared.tables import KeptAnswer
from bangfu.verification.anomalies import Shared

pytestmark = pytest.mark.usefixtures("database")
NONE, LONG = timedelta(seconds=-1), timedelta(hours=1)


def counting() -> Callable[[], Awaitable[int]]:
    """1, then 2, then 3."""
    made = [0]

    async def count() -> int:
        made[0] += 1
        return made[0]

    return count


async def asked(count: Callable[[], Awaitable[int]], key: str = "a") -> int:
    return (await kept.kept((key,), int, count)).value


async def renewed() -> None:
    """The tasks behind the pages are through."""
    await asyncio.gather(*kept._RENEWING)


async def test_a_quick_count_is_made_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "DEAR", 60.0)
    count = counting()
    assert [await asked(count) for _ in range(3)] == [1, 2, 3]


async def test_a_dear_count_is_given_again_and_renewed_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "DEAR", 0.0)
    count = counting()
    assert [await asked(count) for _ in range(3)] == [1, 1, 1]
    assert await asked(count, "b") == 2  # another area's figure is its own
    monkeypatch.setattr(kept, "FRESH", NONE)
    assert await asked(count) == 1  # still the old one, a new one is being made
    await renewed()
    monkeypatch.setattr(kept, "FRESH", LONG)
    assert await asked(count) == 3
    monkeypatch.setattr(kept, "STALE", NONE)
    assert await asked(count) == 4  # too old to be given


async def test_a_kept_figure_says_of_when_it_is_and_comes_back_as_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "DEAR", 0.0)
    device = Shared("ab12", 2, 7, ["周样例", "吴样例"])

    async def count() -> list[Shared]:
        return [device]

    first = await kept.kept(("devices", "990101"), list[Shared], count)
    again = await kept.kept(("devices", "990101"), list[Shared], count)
    assert first.at is None
    assert again.at is not None
    assert again.value == first.value == [device]


async def test_one_process_at_a_time_renews(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "DEAR", 0.0)
    monkeypatch.setattr(kept, "FRESH", NONE)
    plain, over = counting(), asyncio.Event()
    over.set()

    async def count() -> int:
        await over.wait()
        return await plain()

    await asked(count)
    over.clear()  # however slow the machine is, the renewal lasts longer than the three questions
    assert [await asked(count) for _ in range(3)] == [1, 1, 1]
    over.set()
    await renewed()
    rows = await KeptAnswer.raw("SELECT value::text AS value FROM kept_answer")
    assert [row["value"] for row in rows] == ["2"]


async def test_what_has_become_quick_is_kept_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "DEAR", 0.0)
    count = counting()
    await asked(count)
    monkeypatch.setattr(kept, "DEAR", 60.0)
    monkeypatch.setattr(kept, "STALE", NONE)
    assert await asked(count) == 2
    assert not await KeptAnswer.count()


async def test_inside_of_a_transaction_everything_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "DEAR", 0.0)
    count = counting()
    await asked(count)
    async with transaction():
        assert await asked(count) == 2


async def test_a_renewal_that_fails_leaves_the_old_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "DEAR", 0.0)

    async def broken() -> int:
        raise RuntimeError

    count = counting()
    await asked(count)
    monkeypatch.setattr(kept, "FRESH", NONE)
    assert await asked(broken) == 1
    await renewed()
    monkeypatch.setattr(kept, "CLAIMED", NONE)
    assert await asked(count) == 1  # tried again
    await renewed()
    monkeypatch.setattr(kept, "FRESH", LONG)
    assert await asked(count) == 2
