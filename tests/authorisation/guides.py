"""Routes and objects of guides."""

from tests.authorisation.row import Row, Stage
from tests.support import World

ROWS: dict[tuple[str, str], Row] = {}


async def put_objects(stage: Stage, world: World) -> None:
    """None yet."""
