"""A node is killed behind a balancer: nobody who reads notices, no session ends, nothing acknowledged is missing."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bangfu.shared import crypto
from tests.conftest import reachable_folder
from tests.faults.stand import Stand, stand
from tests.scale.nodes import BALANCERS, good, installed, play

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def deployment() -> AsyncIterator[Stand]:
    """One deployment for both; the keys of the other tests come back afterwards."""
    before = crypto._keys
    with reachable_folder() as folder:
        async with stand(folder) as it:
            yield it
    crypto._keys = before


@pytest.mark.parametrize(
    "balancer",
    [
        pytest.param(name, marks=[] if installed(name) else [pytest.mark.skip(reason=f"{name} is not installed")])
        for name in BALANCERS
    ],
)
async def test_a_node_killed_behind_a_balancer_is_not_noticed(deployment: Stand, balancer: str) -> None:
    told = await play(deployment, balancer, 10, 12, 1)
    assert told.acknowledged > 0
    assert len(told.read.answers) > 50
    assert good(told), (told.read.faults, told.lost, told.wrong)
