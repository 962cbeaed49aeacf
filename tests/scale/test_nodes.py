"""A node is killed behind a balancer: nobody who reads notices, no session ends, nothing acknowledged is missing."""

import asyncio

import pytest

from bangfu.shared import crypto
from tests.conftest import reachable_folder
from tests.faults.stand import stand
from tests.scale.nodes import BALANCERS, Told, good, installed, play


@pytest.mark.parametrize("balancer", BALANCERS)
def test_a_node_killed_behind_a_balancer_is_not_noticed(balancer: str) -> None:
    if installed(balancer) is None:
        pytest.skip(f"{balancer} is not installed")

    async def run() -> Told:
        with reachable_folder() as folder:
            async with stand(folder) as it:
                return await play(it, balancer, 12, 12, 1)

    before = crypto._keys
    try:
        told = asyncio.run(run())
    finally:
        crypto._keys = before
    assert told.acknowledged > 0
    assert len(told.read.answers) > 50
    assert good(told), (told.read.faults, told.lost, told.wrong)
