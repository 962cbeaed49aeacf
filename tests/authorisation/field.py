"""Routes of the survey on a phone."""

from tests.authorisation.row import Row, Stage
from tests.support import World

ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/field"): Row("discovery.report"),
    ("POST", "/field"): Row("discovery.report"),
    ("GET", "/field/ready"): Row("discovery.report"),
    ("GET", "/field/worker.js"): Row("public"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """The survey has no object in its addresses."""
