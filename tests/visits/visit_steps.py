"""Accepted tasks and visits in every state, for tests; everybody is made up. All go through the product's actions."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from PIL import Image

from bangfu.contracts.actions import reserve
from bangfu.dispatch.actions import accept
from bangfu.dispatch.tables import Assignment
from bangfu.providers.tables import Carer
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.clock import SHANGHAI, now
from bangfu.shared.database import transaction
from bangfu.shared.files import keep, look_at
from bangfu.verification import flagging
from bangfu.visits import moves
from bangfu.visits.making import NewVisit, make
from bangfu.visits.tables import Visit, VisitPhoto, VisitRecord
from tests.dispatch.tasks import make_need
from tests.support import VILLAGE, World

flagging.register()
SERVERS = {
    "nurse": ("worker", "manager", "caregiver"), "cleaner": ("worker", "manager", ""),
    "rival": ("worker", "other_manager", "other_caregiver"), "social_worker": ("social_worker", "worker", "worker"),
    "volunteer": ("volunteer", "volunteer", "volunteer"),
    "other_volunteer": ("volunteer", "other_volunteer", "other_volunteer"),
}  # fmt: skip
"""Carer in the cast -> kind, who answers for the carer, whose account the carer has ("" for none)."""


def server(world: World, carer: str) -> Actor:
    """The account of the carer."""
    return world[SERVERS[carer][2]]


async def accepted(
    world: World, carer: str = "nurse", service: str = "visit_check", division: str = VILLAGE, *, visits: int = 4,
    minutes: int = 30, at: datetime | None = None, **more: Any,
) -> Assignment:  # fmt: skip
    """An accepted task of a household of its own: a worker's has its reservation on the organisation's line."""
    at = at or now() - timedelta(days=2)
    need = await make_need(service=service, division=division, visits=visits, minutes=minutes, **more)
    kind, answers, _ = SERVERS[carer]
    extra: dict[str, Any] = {}
    if kind == "worker":
        rows = await Carer.raw(
            "SELECT l.id, l.unit_price FROM contract_line l JOIN carer c ON c.organization = l.organization"
            " WHERE c.id = {} AND l.service = {}",
            world.carers[carer], service,
        )  # fmt: skip
        extra = {"contract_line": rows[0]["id"], "unit_price": rows[0]["unit_price"]}
    task = uuid4()
    await Assignment(
        id=task, number=f"A-{task.hex[:8]}", matched_carer=world.carers[carer], carer_kind=kind, offered_at=at,
        organization=await _organization(world.carers[carer]) if kind == "worker" else None, km=1.4,
        deadline=at + timedelta(hours=24), status="offered",
        need=need.id, household=need.household, division=division, service=service, priority=need.priority,
        carer=world.carers[carer], visits=visits, minutes=minutes, **extra,
    ).save()  # fmt: skip
    if kind == "worker":
        price: Decimal = extra["unit_price"]
        await reserve(world["dispatcher"], extra["contract_line"], visits, price * visits, task, at, division)
    await accept(world[answers], task, None, at)
    row = await Assignment.objects().get(Assignment.id == task)
    assert row is not None
    return row


async def _organization(carer: UUID) -> UUID | None:
    rows = await Carer.raw("SELECT organization FROM carer WHERE id = {}", carer)
    found: UUID | None = rows[0]["organization"]
    return found


async def planned(
    world: World, carer: str = "nurse", start: datetime | None = None, *, task: Assignment | None = None,
    days: int = 7, partner: UUID | None = None, **more: Any,
) -> Visit:  # fmt: skip
    """A planned visit, by default an hour ago but not before the day began, due within `days` around it."""
    at = now()
    midnight = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    start = start or max(at - timedelta(hours=1), midnight).astimezone(UTC).replace(second=0, microsecond=0)
    task = task or await accepted(world, carer, **more)
    wanted = NewVisit(
        id=uuid4(), assignment=task.id, start=start, due_from=start - timedelta(days=days / 2),
        due_until=start + timedelta(days=days / 2), partner=partner, source="hand",
    )  # fmt: skip
    return await visit(await make(world[SERVERS[carer][1]], wanted, at))


async def visit(key: UUID) -> Visit:
    """The visit as it stands."""
    found = await Visit.objects().get(Visit.id == key)
    assert found is not None
    return found


async def started(world: World, carer: str = "nurse", at: datetime | None = None, **more: Any) -> Visit:
    """A visit that has begun, without a proof: the state alone."""
    made = await planned(world, carer, **more)
    at = at or made.planned_start
    async with transaction():
        row = await moves.locked(made.id)
        await moves.move(server(world, carer), row, "start", at, started_at=at, in_method="gps", place_verdict="near")
    return await visit(made.id)


async def submitted(world: World, carer: str = "nurse", at: datetime | None = None, **more: Any) -> Visit:
    """A visit that was done in its standard time, with a confirmed record, and is to be checked; the `submitted` hooks
    have run. It takes what `finished` and `planned` take."""
    ending = {name: more.pop(name) for name in ("lasts", "sent", "distance_m", "record") if name in more}
    return await finished(world, await started(world, carer, at, **more), carer, **ending)


async def finished(
    world: World, begun: Visit, carer: str = "nurse", *, lasts: int = 0, sent: datetime | None = None,
    distance_m: int | None = 40, record: dict[str, Any] | None = None,
) -> Visit:  # fmt: skip
    """A visit that has begun ends after its standard time, or `lasts` minutes; a planned one begins as planned.

    `sent`: when the record arrives, else at once. `record`: columns of the record.
    """
    if begun.status == "planned":
        async with transaction():
            row, at = await moves.locked(begun.id), begun.planned_start
            await moves.move(server(world, carer), row, "start", at, started_at=at, in_method="gps")
            begun = row
    end = begun.started_at + timedelta(minutes=lasts or begun.minutes)
    async with transaction():
        row = await moves.locked(begun.id)
        await VisitRecord(**{"id": uuid4(), "visit": begun.id, "confirmation": "signature", **(record or {})}).save()
        await moves.move(
            server(world, carer), row, "submit", end, ended_at=end, out_method="gps", evidence="on_spot",
            submitted_at=sent or end, submitted_by=server(world, carer).user, distance_m=distance_m,
        )  # fmt: skip
    return await visit(begun.id)


async def put_photo(of: Visit, original: str = "a", likeness: int = 0x0F0F_1234) -> UUID:
    """A picture of a visit, kept as the door keeps it."""
    key, buffer = uuid4(), io.BytesIO()
    Image.new("RGB", (8, 8), (of.id.int % 256, 40, 80)).save(buffer, "JPEG")
    looked = await look_at("photo.jpg", buffer.getvalue())
    async with transaction():
        file = await keep(SYSTEM, "visit", of.id, "photo", looked, now())
        await VisitPhoto(id=key, visit=of.id, file=file, original=original * 64, likeness=likeness).save()
    return key
