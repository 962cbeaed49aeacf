"""Routes of the map; an area outside of the reader's is tried in tests/maps."""

from tests.authorisation.row import Row, Stage
from tests.support import World

ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/map"): Row("maps.read"),
    ("GET", "/map/points.json"): Row("maps.read"),
    ("GET", "/map/towns.json"): Row("maps.read"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """None: the address names divisions by code."""
