"""A county with something of every figure."""

import pytest

from tests.reports.furnishing import furnish
from tests.support import World


@pytest.fixture
async def furnished(world: World) -> World:
    """The world with something of every figure."""
    return await furnish(world)
