"""Complaints in every state, for tests; all go through the product's actions. Everybody is made up."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.complaints import deciding, handling, intake
from bangfu.complaints.deciding import Reply
from bangfu.complaints.handling import Set
from bangfu.complaints.intake import Receipt, Told
from bangfu.complaints.routing import About
from bangfu.complaints.tables import Complaint
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now
from tests.support import TOWN, World

PLACE = TOWN.ljust(12, "0")
NAME, PHONE = "测举报", "+8619900001234"
FACTS = "上周三下午没有人来，打电话也不接。"
REPLY = "您好。我们查了记录。那天确实没有人去。机构会补上一次服务。"


def told(**more: Any) -> Told:
    """A complaint by phone by somebody with a name."""
    return Told(**{
        "facts": FACTS, "division": PLACE, "channel": "phone", "kind": "no_show", "name": NAME, "phone": PHONE, **more,
    })  # fmt: skip


async def received(world: World, by: str = "coordinator", at: datetime | None = None, **more: Any) -> UUID:
    """Taken in at the desk; by default about the organisation."""
    more.setdefault("about", About("organization", organization=world.organization))
    return await intake.enter(world[by], uuid4(), told(**more), at or now())


async def sent(at: datetime | None = None, **more: Any) -> Receipt:
    """Sent on the public page."""
    return await intake.enter_with_receipt(SYSTEM, intake.fresh_key(), told(channel="portal", **more), at or now())


async def row(complaint: UUID) -> Complaint:
    """As it stands."""
    found = await Complaint.objects().get(Complaint.id == complaint)
    assert found is not None
    return found


async def accepted(world: World, who: str = "officer", at: datetime | None = None, **more: Any) -> UUID:
    """Taken on by an officer, as minor."""
    at, severity = at or now(), more.pop("set_severity", "minor")
    complaint = more.pop("complaint", None) or await received(world, at=at, **more)
    await handling.accept(world[who], complaint, Set(severity), at)
    return complaint


async def investigating(world: World, who: str = "officer", at: datetime | None = None, **more: Any) -> UUID:
    """Being looked into."""
    complaint = await accepted(world, who, at, **more)
    await handling.begin(world[who], complaint, at or now())
    return complaint


async def heard(world: World, who: str = "officer", at: datetime | None = None, **more: Any) -> UUID:
    """Both sides heard, one piece of evidence."""
    at = at or now()
    complaint = await investigating(world, who, at, **more)
    await hear_all(world, complaint, who, at)
    return complaint


async def hear_all(world: World, complaint: UUID, who: str = "officer", at: datetime | None = None) -> None:
    """Hear both sides and add evidence."""
    at = at or now()
    for side in ("complainant", "target"):
        await handling.hear(world[who], complaint, side, "phone", "说明了情况", at, uuid4())
    await handling.add_evidence(world[who], complaint, "visit_record", "当天没有签到", None, at, uuid4())


async def decided(world: World, who: str = "officer", at: datetime | None = None, **more: Any) -> UUID:
    """Decided as substantiated, unless `result` says otherwise."""
    result = more.pop("result", "substantiated")
    complaint = await heard(world, who, at, **more)
    await deciding.decide(world[who], complaint, result, "记录与投诉一致", at or now())
    return complaint


async def replied(world: World, who: str = "officer", at: datetime | None = None, **more: Any) -> UUID:
    """Replied to."""
    complaint = await decided(world, who, at, **more)
    await deciding.reply(world[who], complaint, Reply(REPLY, "own_page"), at or now())
    return complaint


async def closed(world: World, who: str = "officer", at: datetime | None = None, **more: Any) -> UUID:
    """Closed on the complainant's word."""
    complaint = await replied(world, who, at, **more)
    await deciding.close(world[who], complaint, "no", at or now())
    return complaint
