"""The draw of the quarter's last month by two secrets, in the contract's county, and what its checks found.

The secrets are made of a known word, as those of draws_part: nobody must take them for real ones.
"""

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.accounts.tables import User
from bangfu.oversight import check_appeals, check_reading, check_reporting, draw_closing, draw_pool, draw_rounds
from bangfu.oversight import draw_script as script
from bangfu.oversight.check_rules import Finding, Line
from bangfu.oversight.check_seating import inspectors_of
from bangfu.oversight.check_tables import SpotCheck
from bangfu.oversight.draw_committing import commit
from bangfu.oversight.draw_pool import county_of
from bangfu.oversight.draw_revealing import reveal
from bangfu.oversight.draw_tables import DrawRound
from bangfu.sample.accounts import actor_of
from bangfu.sample.quarter_past import HOUR, Past
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.verification import disputing
from bangfu.visits.tables import Visit

INSPECTORS: Final = ("bureau2", "assessor1", "assessor2")
"""Neither who verifies in the township nor who decides on objections in the bureau."""
FEW: Final = 5
"""One failure in fewer checks would bring a second draw: then the objection is found right."""
SAID: Final = ("人很勤快，饭菜合口味。", "来得准时，扶我走路很小心。", "擦洗得干净，说话和气。", "都好，没有意见。")


async def open_round(past: Past) -> UUID | None:
    """The county's pool and the round of the month, with the hashes of both secrets; None where the month has one."""
    county, at = county_of(past.division), past.begins
    for name in INSPECTORS:
        await draw_pool.add(past.cast["bureau"], county, past.cast[name].me, at)
    known = (DrawRound.division == county) & (DrawRound.kind == "month")
    of_month = known & (DrawRound.year == past.month.year) & (DrawRound.month == past.month.month)
    if await DrawRound.exists().where(of_month):
        return None
    async with transaction():
        await draw_rounds.open_month(county, past.month, at)
    row = await DrawRound.objects().get(of_month)
    if row is None:
        return None
    for place, name in enumerate(("bureau", "auditor")):
        holder = past.cast[name]
        hashed = script.commitment(_secret(past, holder))
        await commit(holder, past.key(f"hash {name}"), row.id, hashed, at + (3 + place) * HOUR)
    return row.id


async def draw(past: Past, draw_round: UUID) -> None:
    """The lists are closed on the first of the next month; both secrets are given on its first working day."""
    at = past.due(past.over + HOUR)
    async with transaction():
        row = await draw_rounds.locked(draw_round)
        # The clock does the same to every county's round; here one month of one county is told.
        await draw_closing.close_lists(row.division, row.year, row.month, at)
        await draw_rounds.close(row, at)
    given = past.working(past.over, 1, 9)
    for place, name in enumerate(("auditor", "bureau")):
        secret = _secret(past, past.cast[name]).hex()
        await reveal(past.cast[name], draw_round, secret, given + place * HOUR)


async def check(past: Past, ordinary: Collection[UUID]) -> None:
    """Every drawn visit is checked; one of those without a story fails, its provider objects, the bureau decides. Then
    all are closed."""
    checks = await (
        SpotCheck.objects()
        .where((SpotCheck.contract == past.contract) & (SpotCheck.status == "assigned") & SpotCheck.visit.is_not_null())
        .order_by(SpotCheck.number)
    )
    failing = next((each for each in checks if each.visit in ordinary), None)
    told = past.working(past.over, 2)
    for place, each in enumerate(checks):
        people = [await _person(one.inspector) for one in await inspectors_of(each.id)]
        if each is failing:
            await _failed(past, each, people[0], len(checks))
        else:
            await _passed(each, people, place, past.due(told + place * HOUR / 2))
    await check_appeals.close_due(past.working(told, 7, 1))


async def _failed(past: Past, check: SpotCheck, inspector: Actor, count: int) -> None:
    """By phone: something was left out. The manager objects; the doubt about the visit ends with the decision."""
    at = past.working(past.over, 2, 9)
    await _report(
        check, inspector, at, method="phone", result="fail", reason="items_missing", said="那天没有擦洗，说水还没热。",
        remarks="本人称当天未擦洗，记录写已完成。",
    )  # fmt: skip
    words = "当天热水器停气，擦洗改到傍晚补做，邻居在场；服务记录备注可查。"
    await check_appeals.appeal(past.cast["manager"], check.id, words, [], past.working(at, 1))
    decided, bureau = past.working(at, 2), past.cast["bureau"]
    if count < FEW:
        await check_appeals.decide(bureau, check.id, "changed", "邻居证实傍晚补做，予以更正。", decided)
        return
    await check_appeals.decide(bureau, check.id, "upheld", "补做没有记录，邻居也说不清，维持原结论。", decided)
    row = await Visit.objects().get(Visit.id == check.visit)
    if row is not None and row.status == "disputed":
        text = "当天的项目没有做完，本次不计入核实工时。"
        await disputing.decide(bureau, row.id, "reject", "items_missing", text, decided + HOUR)


async def _passed(check: SpotCheck, people: list[Actor], place: int, at: datetime) -> None:
    said = SAID[place % len(SAID)]
    if place % 2:
        await _report(
            check, people[0], at, method="onsite", result="pass", said=said, confirmation="unable",
            confirmation_reason="illiterate",
        )  # fmt: skip
        await check_reporting.confirm(people[1], check.id, at + 2 * HOUR)
    else:
        await _report(check, people[0], at, method="phone", result="pass", said=said)


async def _report(check: SpotCheck, who: Actor, at: datetime, **found: str) -> None:
    told = await check_reading.compared(check.visit, at)
    weak = found["result"] == "fail"
    lines = [
        Line(code, "partly" if weak and place == 1 else "met", "没有擦洗" if weak and place == 1 else "")
        for place, code in enumerate(told.codes)
    ]
    finding = Finding(lines=lines, **found)
    await check_reporting.report(who, check.id, finding, told.codes, told.must, told.form, [], at)


async def _person(user: UUID) -> Actor:
    rows = await User.raw("SELECT username FROM app_user WHERE id = {}", user)
    return await actor_of(rows[0]["username"])


def _secret(past: Past, holder: Actor) -> bytes:
    return hashlib.sha256(f"sample-quarter:{past.story.name}{holder.username}:{past.month:%Y-%m}".encode()).digest()
