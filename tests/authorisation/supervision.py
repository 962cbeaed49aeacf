"""Routes and objects of supervision."""

from datetime import timedelta
from uuid import UUID, uuid4

from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now
from bangfu.supervision import actions
from bangfu.supervision.actions import Timed
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, OTHER_COUNTY, TOWN, VILLAGE, World

ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/supervision"): Row("supervision.own"),
    ("GET", "/supervision/board"): Row("supervision.board"),
    ("GET", "/supervision/list"): Row("supervision.board"),
    ("GET", "/supervision/wall"): Row("supervision.wall"),
    ("GET", "/supervision/new"): Row("supervision.close"),
    ("POST", "/supervision/new"): Row("supervision.close"),
    ("GET", "/supervision/{task:uuid}"): Row("supervision.read", "timed_task"),
    ("POST", "/supervision/{task:uuid}/forward"): Row("supervision.close", "timed_task"),
    ("POST", "/supervision/{task:uuid}/track"): Row("supervision.own", "timed_task"),
    ("POST", "/supervision/{task:uuid}/urge"): Row("supervision.close", "timed_task"),
    ("POST", "/supervision/{task:uuid}/feedback"): Row("supervision.own", "timed_task"),
    ("POST", "/supervision/{task:uuid}/return"): Row("supervision.close", "timed_task"),
    ("POST", "/supervision/{task:uuid}/close"): Row("supervision.close", "timed_task"),
    ("POST", "/supervision/{task:uuid}/withdraw"): Row("supervision.close", "timed_task"),
    ("POST", "/supervision/{task:uuid}/pause"): Row("supervision.close", "timed_task"),
    ("POST", "/supervision/{task:uuid}/resume"): Row("supervision.close", "timed_task"),
    ("GET", "/calendar"): Row("calendar.manage"),
    ("POST", "/calendar/check"): Row("calendar.manage"),
    ("POST", "/calendar"): Row("calendar.manage"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """For each a task of their own unit (or named to them), and one of another county or person."""
    far = await _task(FOREIGN_VILLAGE)
    stage.put("timed_task", await _task(VILLAGE), far)
    for name, actor in world.cast.items():
        if name in {"officer", "bureau", "lead", "auditor"}:
            continue
        if actor.scope.startswith(OTHER_COUNTY):
            stage.put("timed_task", await _task(FOREIGN_VILLAGE, actor.user), await _task(VILLAGE), name)
        else:
            # a colleague's task is foreign to whoever has no board of the area
            stage.put("timed_task", await _task(VILLAGE, actor.user), far, name)
    own, rival = await _task(VILLAGE, None, world.organization), await _task(VILLAGE, None, world.other_organization)
    stage.put("timed_task", own, rival, "manager")
    stage.put("timed_task", rival, own, "other_manager")


async def _task(division: str, owner: UUID | None = None, organization: UUID | None = None) -> UUID:
    timed = Timed(
        kind="other", subject_type="test", subject=uuid4(), href="/", division=division, owner=owner,
        due_at=now() + timedelta(days=3), unit="organization" if organization else "township",
        organization=organization,
    )  # fmt: skip
    return await actions.issue(SYSTEM, timed, f"事项 {TOWN}", now())
