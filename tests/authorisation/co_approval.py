"""Routes and objects of co-approvals."""

from uuid import UUID, uuid4

from bangfu.dispatch.co_approval_tables import CoApproval
from bangfu.needs.tables import Need
from tests.authorisation.row import Row, Stage
from tests.support import World

ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/co-approvals"): Row("co_approval.read"),
    ("GET", "/co-approvals/all"): Row("co_approval.decide"),
    ("POST", "/co-approvals/all"): Row("co_approval.decide"),
    ("GET", "/co-approvals/{asked:uuid}"): Row("co_approval.read", "co_approval"),
    ("POST", "/co-approvals/{asked:uuid}"): Row("co_approval.decide", "co_approval"),
    ("POST", "/match/{run:uuid}/co-approvals"): Row("co_approval.ask", "run"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A question about a need of the own area, and one of another county."""
    asked = [await _question(world, stage.own["need"][""]), await _question(world, stage.foreign["need"][""])]
    stage.put("co_approval", *asked)


async def _question(world: World, need: object) -> UUID:
    found = await Need.objects().get(Need.id == need)
    assert found is not None
    row = CoApproval(
        id=uuid4(), need=found.id, organization=world.organization, division=found.division, status="asked",
        asked_by=world["dispatcher"].me,
    )  # fmt: skip
    await row.save()
    return row.id
