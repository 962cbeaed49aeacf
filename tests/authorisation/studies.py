"""Routes and objects of re-plans and shortages."""

import json
from uuid import UUID, uuid4

from bangfu.planning.tables import PlanStudy
from tests.authorisation.row import Row, Stage
from tests.support import OTHER_COUNTY, TOWN, World

_SHORT = "/match/{run:uuid}/shortage"
_ONE = "/match/replans/{study:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", _SHORT): Row("planning.read", "run"),
    ("POST", _SHORT): Row("planning.read", "run"),
    ("GET", f"{_SHORT}/progress"): Row("planning.read", "run"),
    ("GET", "/match/replans"): Row("planning.read"),
    ("GET", "/match/replans/new"): Row("planning.run"),
    ("POST", "/match/replans/new"): Row("planning.run"),
    ("GET", _ONE): Row("planning.read", "replan"),
    ("GET", f"{_ONE}/progress"): Row("planning.read", "replan"),
    ("POST", f"{_ONE}/choose"): Row("planning.run", "replan"),
    ("POST", f"{_ONE}/again"): Row("planning.run", "replan"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A re-plan that waits for the worker, here and in another county."""
    stage.put("replan", await _replan(TOWN), await _replan(OTHER_COUNTY))


async def _replan(division: str) -> UUID:
    asked = {"events": [{"code": "carer_ill", "carer": str(uuid4())}], "keep_served": True, "fixed": "week"}
    study = PlanStudy(id=uuid4(), kind="replan", division=division.ljust(12, "0"), asked=json.dumps(asked))
    await study.save()
    return study.id
