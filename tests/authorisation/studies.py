"""Routes and objects of re-plans and shortages."""

import json
from uuid import UUID, uuid4

from bangfu.planning.tables import MatchRun, PlanStudy
from tests.authorisation.row import Row, Stage
from tests.support import OTHER_COUNTY, TOWN, World

_SHORT = "/match/{run:uuid}/shortage"
_WHAT_IF = "/match/scenarios"
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
    ("GET", _WHAT_IF): Row("planning.read"),
    ("GET", f"{_WHAT_IF}/new"): Row("planning.assume"),
    ("POST", f"{_WHAT_IF}/new"): Row("planning.assume"),
    ("GET", f"{_WHAT_IF}/{{study:uuid}}"): Row("planning.read", "scenario"),
    ("GET", f"{_WHAT_IF}/{{study:uuid}}/progress"): Row("planning.read", "scenario"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A re-plan and an assumption that wait for the worker, here and in another county."""
    stage.put("replan", await _replan(TOWN), await _replan(OTHER_COUNTY))
    stage.put("scenario", await _scenario(TOWN), await _scenario(OTHER_COUNTY))


async def _replan(division: str) -> UUID:
    asked = {"events": [{"code": "carer_ill", "carer": str(uuid4())}], "keep_served": True, "fixed": "week"}
    study = PlanStudy(id=uuid4(), kind="replan", division=division.ljust(12, "0"), asked=json.dumps(asked))
    await study.save()
    return study.id


async def _scenario(division: str) -> UUID:
    code = division.ljust(12, "0")
    run = MatchRun(id=uuid4(), number=f"W-{division}", division=code, status="done")
    await run.save()
    assumed = {"code": "reach", "kind": "volunteer", "km": 8.0}
    asked = {"assumption": assumed, "names": {}, "note": "", "seconds": 1, "seed": 1, "events": []}
    study = PlanStudy(id=uuid4(), kind="scenario", division=code, run=run.id, asked=json.dumps(asked))
    await study.save()
    return study.id
