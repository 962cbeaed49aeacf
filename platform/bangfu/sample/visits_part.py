"""Today at the door in the sample city: visits that are done, under way, next and later, for people with accounts."""

import io
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from PIL import Image, ImageDraw

from bangfu.dispatch import actions as dispatch
from bangfu.errors import Told
from bangfu.sample.accounts import actor_of
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.files import look_at
from bangfu.visits import door_actions, door_checklists, door_rules
from bangfu.visits.door_data import Confirmation, Proof, Record
from bangfu.visits.door_rules import Answer
from bangfu.visits.making import NewVisit, make
from bangfu.visits.tables import Visit

MARK: Final = "sample-door"
PEOPLE: Final = (
    ("caregiver1", "manager1", (-170, -15, 45, 130)), ("caregiver2", "manager2", (30, 120)),
    ("socialworker", "socialworker", (60,)),
)  # fmt: skip
"""Account, who answers for it, and when its visits of today begin: minutes from now."""
ROOM: Final = timedelta(hours=4)
"""The day's visits stay inside of the day, whenever the sample is loaded."""


def key(name: str) -> UUID:
    """The same id in every load, so that a repeat changes nothing."""
    return uuid5(NAMESPACE_URL, f"{MARK}:{name}")


async def load(at: datetime) -> None:
    """Once: today's visits of two carers and a social worker; the first carer has done one and is at the next."""
    if await Visit.exists().where(Visit.id == key("caregiver1:0")):
        return
    for name, answers, minutes in PEOPLE:
        actor, manager = await actor_of(name), await actor_of(answers)
        homes = await _homes(actor, manager, len(minutes), at)
        made = [
            await _plan(manager, actor, home, f"{name}:{n}", _within_day(at, minutes[n]), at)
            for n, home in enumerate(homes)
        ]
        if name == "caregiver1" and len(made) > 1:
            await _done(actor, made[0], homes[0])
            await door_actions.arrive(actor, made[1].id, _proof("in1", homes[1], 35), made[1].planned_start)


def _within_day(at: datetime, minutes: int) -> datetime:
    start, end = day_span(civil_date(at))
    base = min(max(at, start + ROOM), end - ROOM).replace(second=0, microsecond=0)
    return base + timedelta(minutes=minutes - base.minute % 5)


async def _homes(actor: Actor, manager: Actor, count: int, at: datetime) -> list[dict[str, Any]]:
    """Homes that the person serves; open offers are accepted where there are fewer."""
    offers = await Visit.raw(
        "SELECT id FROM assignment WHERE carer = {} AND status = 'offered' ORDER BY number LIMIT {}",
        actor.carer, count,
    )  # fmt: skip
    for offer in offers:
        with suppress(Told):
            await dispatch.accept(manager, offer["id"], None, at)
    rows: list[dict[str, Any]] = await Visit.raw(
        "SELECT DISTINCT ON (a.household) a.id, h.lat, h.lon FROM assignment a JOIN household h ON h.id = a.household"
        " WHERE a.carer = {} AND a.status IN ('accepted', 'scheduled', 'active') AND h.lat IS NOT NULL"
        " ORDER BY a.household, a.number LIMIT {}",
        actor.carer, count,
    )  # fmt: skip
    return rows


async def _plan(manager: Actor, actor: Actor, home: dict[str, Any], name: str, start: datetime, at: datetime) -> Visit:
    first, last = day_span(civil_date(start))
    wanted = NewVisit(
        id=key(name), assignment=home["id"], start=start, due_from=first, due_until=last, carer=actor.carer,
        source="hand",
    )  # fmt: skip
    await make(manager, wanted, at - timedelta(days=1))
    row = await Visit.objects().get(Visit.id == wanted.id)
    if row is None:
        raise LookupError("the visit was not made")
    return row


def _proof(name: str, home: dict[str, Any], metres: int) -> Proof:
    lat = home["lat"] + metres / 111_195
    return Proof(key(name), "gps", lat=lat, lon=home["lon"], accuracy_m=14, device=MARK)


async def _done(actor: Actor, row: Visit, home: dict[str, Any]) -> None:
    """A visit of this morning: all but one line done, a new need, signed with a finger."""
    await door_actions.arrive(actor, row.id, _proof("in0", home, 22), row.planned_start)
    form = await door_checklists.for_service(row.service, civil_date(row.planned_start))
    answers, areas = (_answers(form.lines, await door_checklists.level_of(row)), form.areas) if form else ((), ())
    record = Record(
        form=form.code if form else "", form_version=form.version if form else None, checklist=answers,
        findings={area: "attention" if area == "housing" else "ok" for area in areas},
        findings_text="卫生间地面湿滑，起身时扶墙。", new_needs="想在卫生间装一根扶手。",
        measures="擦干地面，放了防滑垫。",
        confirmation=Confirmation("signature", image=await look_at("signature.png", _signature())), device=MARK,
    )  # fmt: skip
    leaving = row.planned_start + timedelta(minutes=row.minutes + 4)
    await door_actions.leave_and_submit(actor, row.id, key("record0"), _proof("out0", home, 18), record, [], leaving)


def _answers(lines: Any, level: str) -> list[Answer]:
    asked = [line["code"] for line in lines if door_rules.is_must(line, level)]
    return [Answer(code, "done") for code in asked[:-1]] + [Answer(code, "not_needed", "family") for code in asked[-1:]]


def _signature() -> bytes:
    """Some strokes of a finger, nobody's name."""
    image = Image.new("RGB", (300, 110), (255, 255, 255))
    strokes = [(20, 70), (60, 30), (90, 80), (130, 35), (150, 75), (200, 40), (230, 80), (280, 50)]
    ImageDraw.Draw(image).line(strokes, fill=(27, 39, 51), width=4, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
