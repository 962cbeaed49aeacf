"""Routes and objects of the separation of duties."""

from datetime import timedelta
from uuid import UUID

from bangfu.separation import proving
from bangfu.separation.tables import SeparationReport
from bangfu.shared.clock import now, today
from tests.authorisation.row import Row, Stage
from tests.support import OTHER_COUNTY, World

_LIST = "/duties"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", _LIST): Row("separation.read"),
    ("GET", f"{_LIST}/chains"): Row("separation.read"),
    ("GET", f"{_LIST}/chains.csv"): Row("separation.read"),
    ("GET", f"{_LIST}/{{report:uuid}}"): Row("separation.read", "proof_of_night"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A proof of the cast's county and one of another."""
    stage.put("proof_of_night", await _proof("990101"), await _proof(OTHER_COUNTY))


async def _proof(county: str) -> UUID:
    day = today() - timedelta(days=1)
    await proving.write(county, day, now())
    row = await SeparationReport.objects().get((SeparationReport.day == day) & (SeparationReport.county == county))
    assert row is not None
    return row.id
