"""Routes of the leaders' view; which figures whom is tried in tests/reports."""

from tests.authorisation.row import Row, Stage
from tests.support import World

ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/reports"): Row("reports.read"),
    ("GET", "/reports/charts"): Row("reports.read"),
    ("GET", "/reports/scores"): Row("reports.read"),
    ("GET", "/reports/figures/{figure:str}"): Row("reports.read", "figure"),
    ("GET", "/reports/rows/{figure:str}"): Row("reports.read", "figure"),
    ("GET", "/reports/rows/{figure:str}/csv"): Row("reports.read", "figure"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A figure that every reader may see, and one that there is not."""
    stage.put("figure", "needs_waiting", "no_such_figure")
