"""Routes and objects of mandatory reports."""

from uuid import uuid4

from bangfu.incidents.tables import Incident
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, VILLAGE, World

REPORT, HANDLE = "incidents.report", "incidents.handle"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/incidents"): Row(REPORT),
    ("GET", "/incidents/new"): Row(REPORT),
    ("POST", "/incidents/new"): Row(REPORT),
    ("GET", "/incidents/{incident:uuid}"): Row(REPORT, "incident"),
    ("POST", "/incidents/{incident:uuid}/note"): Row(REPORT, "incident"),
    ("POST", "/incidents/{incident:uuid}/tell"): Row(REPORT, "incident"),
    ("POST", "/incidents/{incident:uuid}/reveal"): Row(HANDLE, "incident"),
    ("POST", "/incidents/{incident:uuid}/acknowledge"): Row(HANDLE, "incident"),
    ("POST", "/incidents/{incident:uuid}/conclude"): Row(HANDLE, "incident"),
    ("POST", "/incidents/{incident:uuid}/reopen"): Row(HANDLE, "incident"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A report of each person's own, and one of somebody else in another county."""
    away = await _report(FOREIGN_VILLAGE, world["outside_coordinator"].me, "QB-far")
    for name, actor in world.cast.items():
        stage.put("incident", await _report(VILLAGE, actor.me, f"QB-{name}"), away, name)


async def _report(division: str, reporter: object, number: str) -> object:
    row = Incident(id=uuid4(), number=number, division=division, kinds=["neglect"], reported_by=reporter)
    await row.save()
    return row.id
