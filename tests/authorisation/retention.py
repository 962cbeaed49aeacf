"""Routes and objects of the periods of keeping."""

from uuid import UUID, uuid4

from bangfu.retention.tables import RetentionRun
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from tests.authorisation.row import Row, Stage
from tests.support import OTHER_COUNTY, World

_RUN = "/retention/{run:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/retention"): Row("retention.read"),
    ("POST", "/retention/propose"): Row("retention.propose"),
    ("GET", _RUN): Row("retention.runs", "deletion"),
    ("POST", f"{_RUN}/approve"): Row("retention.approve", "deletion"),
    ("POST", f"{_RUN}/withdraw"): Row("retention.withdraw", "deletion"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A proposed deletion of the cast's county and one of another."""
    stage.put("deletion", await proposed(world["bureau"]), await proposed(world["bureau"], OTHER_COUNTY))
    stage.put("deletion", stage.mine("deletion", ""), uuid4(), "city_bureau")


async def proposed(by: Actor, division: str = "990101", rule: str = "photo", due: int = 3) -> UUID:
    """A proposal as it is kept, whatever is due."""
    key = uuid4()
    await RetentionRun(
        id=key, rule=rule, division=division, years=3, as_of=today(), due=due, proposed_by=by.user, proposed_at=now()
    ).save()  # fmt: skip
    return key
