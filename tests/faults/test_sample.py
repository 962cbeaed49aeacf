"""A sample of the faults of `make faults`: every fault once, every write once or more, nothing lost."""

from collections.abc import AsyncIterator
from itertools import cycle

import pytest
import pytest_asyncio

from bangfu.shared import crypto
from tests.conftest import reachable_folder
from tests.faults import playing
from tests.faults.injecting import FAULTS
from tests.faults.processes import play_process
from tests.faults.scenes import SCENES
from tests.faults.stand import Stand, stand

pytestmark = pytest.mark.asyncio(loop_scope="module")
NEEDS_A_DISK = "disk full"
PAIRS = [(fault, scene) for fault, scene in zip(FAULTS, cycle(SCENES), strict=False) if fault != NEEDS_A_DISK]
STRUCK = [
    ("freeze a quarter", "killed"), ("change the keys", "killed"), ("migrate", "killed"),
    ("migrate", "connections cut"),
]  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def deployment() -> AsyncIterator[Stand]:
    """One deployment for all; the keys of the other tests come back afterwards."""
    before = crypto._keys
    with reachable_folder() as folder:
        async with stand(folder) as it:
            yield it
    crypto._keys = before


@pytest.mark.parametrize(("fault", "scene"), PAIRS)
async def test_nothing_is_lost_half_done_or_done_twice(deployment: Stand, fault: str, scene: str) -> None:
    assert (await playing.play(deployment, scene, fault, 7)).losses == []


@pytest.mark.parametrize(("scene", "strike"), STRUCK)
async def test_a_process_that_is_struck_is_taken_up_where_it_was(deployment: Stand, scene: str, strike: str) -> None:
    assert (await play_process(deployment, scene, strike, 1 if strike == "killed" else 3)).losses == []


async def test_the_audit_chain_is_whole_and_the_money_adds_up_afterwards(deployment: Stand) -> None:
    assert await playing.broken(deployment) == []
