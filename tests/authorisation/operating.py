"""The addresses for balancers and supervisors: everybody's, and they name no object."""

from tests.authorisation.row import Row, Stage
from tests.support import World

ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/healthz"): Row("public"),
    ("GET", "/readyz"): Row("public"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """Nothing: no object stands in these addresses."""
