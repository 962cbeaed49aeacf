"""Photos, signatures and thumbprints of a visit: read only through the visit, by who served it, the organisation that
did, and the offices of the area; every look is on record (DOMAIN.md 9.1, 9.5)."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from bangfu.errors import NotYours
from bangfu.households.reading import note_read
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.files import opened
from bangfu.shared.permissions import OFFICE
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer
from bangfu.shared.web.pages import Request
from bangfu.visits import life_rules, moves
from bangfu.visits.door_writing import SUBJECT
from bangfu.visits.tables import Visit, VisitRecord


@get("/visits/{visit:uuid}/files/{file:uuid}", guards=[requires("visits.pictures")])
async def visit_file(request: Request, visit: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    """One picture of a visit."""
    row = await Visit.objects().get(Visit.id == visit)
    if row is None or not await may_see_pictures(request.actor, row):
        raise NotYours
    looked = await opened(file, SUBJECT, visit)
    await note_read(request.actor, row.household, None, "visit_picture", str(row.number), now())
    return file_answer(looked, str(row.number))


async def may_see_pictures(actor: Actor, row: Visit) -> bool:
    """The office of the area; the manager of the serving organisation; who made the record, as long as it is new
    (nothing of a household stays with who served: PRODUCT.md, volunteer 10)."""
    if actor.has(*OFFICE) and actor.sees(row.division):
        return True
    if actor.has("provider_manager") and row.organization is not None and actor.organization == row.organization:
        return True
    if not (moves.serves(actor, row) and actor.has(*life_rules.SERVERS)):
        return False
    return row.status in life_rules.WAITING and bool(
        await VisitRecord.exists().where((VisitRecord.visit == row.id) & (VisitRecord.entered_by == actor.user))
    )


ROUTES: list[Any] = [visit_file]
