"""The visits of the quarter that is over: planned in every due window, served, judged by the township, missed twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bangfu.needs import deciding as needs
from bangfu.sample import verification_part
from bangfu.sample.quarter_homes import Task
from bangfu.sample.quarter_past import DAY, HOUR, Past, Turn
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.verification import deciding, explaining
from bangfu.verification.deciding import Cleared
from bangfu.verification.flagging import WORKING_DAYS
from bangfu.visits import afterwards, door_actions, due, due_clock, due_excuses
from bangfu.visits.door_data import Proof
from bangfu.visits.due_excuses import Reason
from bangfu.visits.making import NewVisit, make
from bangfu.visits.tables import Visit, VisitFlag

LEAST: Final = timedelta(days=3, hours=12)
"""A window that the end of the service cuts below this is owed by nobody."""
EARLY: Final = timedelta(days=10)
"""Visits that long before the end of the service are judged before it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A visit of the story; `place` counts all of them, `home` the homes."""

    id: UUID
    place: int
    home: int
    task: Task
    window: due.DueWindow
    start: datetime
    turn: Turn


async def serve(past: Past, tasks: Sequence[Task]) -> list[Planned]:
    """All visits of the month in the order of time; returns those that took place."""
    visits = await _planned(past, tasks)
    served = sorted(
        (each for each in visits if each.turn.how in {"served", "afterwards"}), key=lambda each: each.start
    )  # fmt: skip
    for each in served:
        await (_served if each.turn.how == "served" else _entered)(past, each)
    for each in visits:
        if each.turn.how in {"missed", "excused"}:
            await _missed(past, each)
    for each in served:
        if each.start < past.ends - EARLY:
            await _judged(past, each)
    return served


async def end_service(past: Past, tasks: Sequence[Task], served: Sequence[Planned]) -> None:
    """The needs are closed with the quarter; the last visits are judged after it."""
    for task in tasks:
        words = "恢复良好，能自己料理日常生活，服务结束。"
        await needs.close_need(past.cast["officer"], task.need, "goals_met", words, past.due(past.ends))
    for each in served:
        if each.start >= past.ends - EARLY:
            await _judged(past, each)


async def _planned(past: Past, tasks: Sequence[Task]) -> list[Planned]:
    first, last = civil_date(past.begins), civil_date(past.ends)
    windows = await due.windows_of([task.id for task in tasks], first, last, past.begins)
    found: list[Planned] = []
    for home, task in enumerate(tasks):
        owed = [each for each in windows[task.id] if _is_owed(past, each)]
        for number, window in enumerate(owed):
            start = _start(past, home, window)
            name = f"visit {home} {number}"
            each = Planned(
                past.key(name), len(found), home, task, window, start, past.story.turns.get((home, number), Turn())
            )
            await make(
                past.cast["manager"],
                NewVisit(id=each.id, assignment=task.id, start=start, due_from=window.start, due_until=window.end,
                         carer=past.cast["carer"].carer, source="hand"), past.begins + HOUR,
            )  # fmt: skip
            found.append(each)
    return found


def _is_owed(past: Past, window: due.DueWindow) -> bool:
    return not window.optional and (window.end <= past.ends or past.ends - window.start >= LEAST)


def _start(past: Past, home: int, window: due.DueWindow) -> datetime:
    """Three homes in the morning and three in the afternoon of Tuesday to Thursday, as far as the window allows."""
    day = civil_date(window.start) + timedelta(days=1 + home % 3)
    latest = civil_date(min(window.end, past.ends) - DAY)
    return day_span(min(day, latest))[0] + (9 + 5 * (home // 3)) * HOUR


async def _row(visit: UUID) -> Visit:
    row = await Visit.objects().get(Visit.id == visit)
    if row is None:
        raise LookupError("the visit was not made")
    return row


async def _served(past: Past, each: Planned) -> None:
    carer, row = past.cast["carer"], await _row(each.id)
    begun = past.due(each.start + timedelta(minutes=each.turn.late))
    ended = past.due(begun + timedelta(minutes=round(row.minutes * each.turn.share)))
    lat = each.task.lat + each.turn.metres * verification_part.METRE
    arriving = Proof(past.key(f"in {each.place}"), "gps", lat=lat, lon=each.task.lon, accuracy_m=12)
    await door_actions.arrive(carer, each.id, arriving, begun)
    leaving = Proof(past.key(f"out {each.place}"), "gps", lat=lat, lon=each.task.lon, accuracy_m=14)
    record = await verification_part.record_of(row, verification_part.Story(0, 9), each.place)
    await door_actions.leave_and_submit(carer, each.id, past.key(f"record {each.place}"), leaving, record, [], ended)


async def _entered(past: Past, each: Planned) -> None:
    """The phone was broken: entered in the evening, found right by the township."""
    row = await _row(each.id)
    begun = each.start + timedelta(minutes=each.turn.late)
    ended = begun + timedelta(minutes=row.minutes)
    record = await verification_part.record_of(row, verification_part.Story(0, 9), each.place)
    await afterwards.enter_afterwards(
        past.cast["carer"], each.id, past.key(f"record {each.place}"), record, begun, ended, "phone_broken",
        "手机屏幕摔坏，晚上换了手机补录，住户可以证明。", past.due(ended + 7 * HOUR),
    )  # fmt: skip
    await afterwards.approve(past.cast["officer2"], each.id, past.due(ended + 25 * HOUR))


async def _missed(past: Past, each: Planned) -> None:
    """Nobody came; the one that the township excuses was in hospital."""
    after = past.due(each.window.end + 30 * HOUR)
    await due_clock.look_after(after)
    if each.turn.how == "excused":
        said = Reason(
            past.key("excuse"), each.window.start, "recipient_absent_hospital", "老人复查住院三天，家属当天来电说明。"
        )
        await due_excuses.ask(past.cast["manager"], each.task.id, said, after + 3 * HOUR)
        await due_excuses.decide(
            past.cast["officer2"], said.key, confirm=True, text="已核对出院小结。", at=past.due(after + DAY)
        )


async def _judged(past: Past, each: Planned) -> None:
    """What was flagged is explained and decided by the officer; the rest verifies itself after five working days."""
    flags = await VisitFlag.objects().where((VisitFlag.visit == each.id) & (VisitFlag.status == "open"))
    row = await _row(each.id)
    if not flags:
        await deciding.verify_by_clock(each.id, past.working(row.submitted_at, WORKING_DAYS + 1, 1))
        return
    words = "已向住户和护理员核实，情况写在说明里，请核对。"
    for flag in flags:
        await explaining.explain(
            past.cast["manager"], past.key(f"said {each.place} {flag.flag}"), each.id, flag.id, words,
            past.due(row.submitted_at + 20 * HOUR),
        )  # fmt: skip
    cleared = {flag.id: Cleared(each.turn.cleared or "asked_household") for flag in flags if flag.flag != "incomplete"}
    await deciding.verify(past.cast["officer"], each.id, cleared, past.working(row.submitted_at, 2))
