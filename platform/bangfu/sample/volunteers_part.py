"""Volunteering in the sample city: open tasks, visits that two volunteers made, hours, an activity, a certificate.

Everybody is new when volunteering begins, so the bureau's first numbers ask no experience of who comes along; from
then on three verified visits do.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.dispatch import actions as dispatch
from bangfu.errors import Told
from bangfu.providers.roster import times_of
from bangfu.providers.roster_rules import spans_on
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.verification import deciding
from bangfu.visits import door_actions, door_checklists, door_rules
from bangfu.visits.door_data import Confirmation, Proof, Record
from bangfu.visits.door_rules import Answer
from bangfu.visits.due import free_window
from bangfu.visits.making import NewVisit, make
from bangfu.visits.tables import Visit
from bangfu.volunteers import activities, certifying, hours, noting, numbers, opening, partners, task_queries
from bangfu.volunteers.activities import Activity
from bangfu.volunteers.certifying import Issue
from bangfu.volunteers.fitting import Wanted, faults
from bangfu.volunteers.hours_tables import VolunteerActivity, VolunteerService
from bangfu.volunteers.numbers import Numbers
from bangfu.volunteers.opening import Opening, Slot
from bangfu.volunteers.taking import take

MARK: Final = "sample-volunteers"
VISITS: Final = ((16, 9.5), (12, 14), (9, 9.5), (2, 15))
"""Days ago and the hour of the visits; the last one waits for the organiser."""
OPENED: Final = 3
"""So many visits of the two are opened; the first one is taken."""
AHEAD: Final = 12
"""Days in which a time is looked for."""


def key(name: str) -> UUID:
    """The same id in every load, so that a repeat changes nothing."""
    return uuid5(NAMESPACE_URL, f"{MARK}:{name}")


async def load(at: datetime) -> None:
    """Once: what two volunteers did in the last weeks, and what is open to them now."""
    if await VolunteerActivity.exists().where(VolunteerActivity.id == key("activity")):
        return
    one, two, dispatcher = [await actor_of(name) for name in ("volunteer1", "volunteer2", "dispatcher")]
    officer, bureau = await actor_of("officer"), await actor_of("bureau")
    day = civil_date(at)
    start = Numbers(experienced_visits=0, source="志愿服务起步期（首批志愿者互相结伴）")
    await numbers.enter(bureau, key("start"), start, day - timedelta(days=40), at)
    for actor in (one, two):
        await partners.set_accompanies(actor, True, at)
    home = await _home(one, at)
    if home is not None:
        for n, (days, hour) in enumerate(VISITS):
            await _visit(one, two, home, n, day - timedelta(days=days), hour)
            if n < len(VISITS) - 1:
                await _settled(officer, dispatcher, key(f"visit{n}"), at)
    await numbers.enter(
        bureau, key("numbers"), replace(start, experienced_visits=3, source="志愿服务管理办法（试行）"), day, at
    )
    await _activity(dispatcher, [one, two], day, at)
    await _paper(dispatcher, one, day, at)
    await _no_show(dispatcher, two, day, at)
    await _tasks(dispatcher, one, two, day, at)


async def _home(actor: Actor, at: datetime) -> dict[str, Any] | None:
    """A home in the officer's township that the volunteer serves; an open offer is accepted where there is none."""
    offers = await Visit.raw(
        "SELECT id FROM assignment WHERE carer = {} AND status = 'offered' ORDER BY division NOT LIKE {}, number",
        actor.carer, f"{OFFICER_TOWN}%",
    )  # fmt: skip
    for offer in offers[:1]:
        with suppress(Told):
            await dispatch.accept(actor, offer["id"], None, at)
    rows: list[dict[str, Any]] = await Visit.raw(
        "SELECT a.id, h.lat, h.lon FROM assignment a JOIN household h ON h.id = a.household WHERE a.carer = {}"
        " AND a.status IN ('accepted', 'scheduled', 'active') AND h.lat IS NOT NULL AND a.division LIKE {}"
        " ORDER BY a.number LIMIT 1",
        actor.carer, f"{OFFICER_TOWN}%",
    )  # fmt: skip
    return rows[0] if rows else None


async def _visit(one: Actor, two: Actor, home: dict[str, Any], n: int, day: date, hour: float) -> None:
    first, last = day_span(day)
    start, visit = first + timedelta(hours=hour), key(f"visit{n}")
    await make(
        one, NewVisit(id=visit, assignment=home["id"], start=start, due_from=first, due_until=last, carer=one.carer,
                      partner=two.carer, source="hand"), start - timedelta(days=2),
    )  # fmt: skip
    row = await Visit.objects().get(Visit.id == visit)
    if row is None:
        raise LookupError("the visit was not made")
    place = {"lat": home["lat"] + 0.0002, "lon": home["lon"], "accuracy_m": 14}
    await door_actions.arrive(one, visit, Proof(key(f"in{n}"), "gps", **place), start)
    ended = start + timedelta(minutes=row.minutes + 3 * n)
    leaving = Proof(key(f"out{n}"), "gps", **place)
    await door_actions.leave_and_submit(one, visit, key(f"record{n}"), leaving, await _record(row, n), [], ended)


async def _record(row: Visit, n: int) -> Record:
    said = ("聊了家常，精神很好。", "一起读了报纸，提醒按时吃药。", "帮忙整理了相册。", "陪着在院子里走了走。")[n]
    confirmed = Confirmation("voice", by="本人")
    form = await door_checklists.for_service(row.service, civil_date(row.planned_start))
    if form is None:
        return Record(findings_text=said, confirmation=confirmed, device=MARK)
    level = await door_checklists.level_of(row)
    answers = [
        Answer(line["code"], "done")
        if door_rules.is_must(line, level)
        else Answer(line["code"], "not_needed", "no_case")
        for line in form.lines
    ]
    return Record(
        form=form.code, form_version=form.version, checklist=answers, findings=dict.fromkeys(form.areas, "ok"),
        findings_text=said, confirmation=confirmed, device=MARK,
    )  # fmt: skip


async def _settled(officer: Actor, dispatcher: Actor, visit: UUID, at: datetime) -> None:
    """The township verifies, the organiser confirms the hours of both."""
    flags = {flag.id: deciding.Cleared("location_drift") for flag in await deciding.open_flags(visit)}
    with suppress(Told):
        await deciding.verify(officer, visit, flags, at - timedelta(days=1))
    for service in await VolunteerService.objects().where(VolunteerService.visit == visit).order_by("carer"):
        await hours.confirm(dispatcher, service.id, at - timedelta(hours=20))


async def _activity(dispatcher: Actor, people: list[Actor], day: date, at: datetime) -> None:
    first, _ = day_span(day - timedelta(days=5))
    rows = await Visit.raw("SELECT number FROM carer WHERE id = ANY({})", [each.carer for each in people])
    new = Activity(
        key("activity"), "重阳敬老集体生日会", "包饺子、理发、合影", "村里的老人", "村老年活动室", "顾敏",
        first + timedelta(hours=9), first + timedelta(hours=11.5), [row["number"] for row in rows], 20,
    )  # fmt: skip
    await activities.record(dispatcher, new, OFFICER_TOWN.ljust(12, "0"), at)


async def _paper(dispatcher: Actor, one: Actor, day: date, at: datetime) -> None:
    new = Issue(
        key("paper"), UUID(str(one.carer)), day - timedelta(days=30), day, "顾敏", "13900000960", "应本人申请出具"
    )
    with suppress(Told):
        await certifying.issue(dispatcher, new, at)


async def _no_show(dispatcher: Actor, two: Actor, day: date, at: datetime) -> None:
    carer, gone = UUID(str(two.carer)), day - timedelta(days=7)
    said = "约好九点半一起去，没有来，电话没有接通。"
    await noting.record_no_show(dispatcher, key("gone"), carer, None, gone, said, at - timedelta(days=6))
    await noting.answer_no_show(two, key("gone"), "孩子早上发烧，去了医院，忘了说一声，抱歉。", at - timedelta(days=5))


async def _tasks(dispatcher: Actor, one: Actor, two: Actor, day: date, at: datetime) -> None:
    """Each volunteer's visits that the other one is free for: the first one is taken, the others stay open; and one of
    a need in matching."""
    made = 0
    for owner, other in ((two, one), (one, two)):
        for home in await _homes(owner, at):
            if made < OPENED:
                made += await _opened(dispatcher, other, home, key(f"task{made}"), day, at, take_it=not made)
    needs = await task_queries.openable(dispatcher, 400)
    free = next((row for row in needs if row["assignment"] is None and row["division"].startswith(OFFICER_TOWN)), None)
    if free is not None:
        first = day_span(day + timedelta(days=4))[0] + timedelta(hours=10)
        monday = day + timedelta(days=4) - timedelta(days=(day + timedelta(days=4)).weekday())
        slot = Slot(first, day_span(monday)[0], day_span(monday + timedelta(days=6))[1])
        with suppress(Told):
            await opening.open_task(dispatcher, Opening(key("matching"), free["id"], [slot], free["minutes"]), at)


async def _homes(actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """What the volunteer serves; an open offer is accepted first, two stay for whoever tries the portal."""
    offers = await Visit.raw(
        "SELECT id FROM assignment WHERE carer = {} AND status = 'offered' ORDER BY number", actor.carer
    )
    for offer in offers[: min(1, max(0, len(offers) - 2))]:
        with suppress(Told):
            await dispatch.accept(actor, offer["id"], None, at)
    rows: list[dict[str, Any]] = await Visit.raw(
        "SELECT id, need, minutes FROM assignment WHERE carer = {} AND status IN ('accepted', 'scheduled', 'active')"
        " ORDER BY number LIMIT 3",
        actor.carer,
    )  # fmt: skip
    return rows


async def _opened(
    dispatcher: Actor, other: Actor, home: dict[str, Any], task: UUID, day: date, at: datetime, *, take_it: bool
) -> int:
    """The first visit of the next days that is due while the other volunteer has time; 1 if there is one."""
    carer = UUID(str(other.carer))
    times = (await times_of([carer], day, AHEAD))[carer]
    for ahead in range(2, AHEAD):
        when = day + timedelta(days=ahead)
        for first, last in spans_on(when, times.windows, times.leaves, times.differing):
            start = day_span(when)[0] + timedelta(minutes=first)
            wanted = Wanted(home["need"], [(start, start + timedelta(minutes=home["minutes"]))])
            due = await free_window(home["id"], start) if last - first >= home["minutes"] else None
            if due is None or await faults(carer, wanted, at):
                continue
            slot = Slot(start, due.start, due.end)
            with suppress(Told):
                await opening.open_task(dispatcher, Opening(task, home["need"], [slot], home["minutes"]), at)
                if take_it:
                    await take(other, task, None, at)
                return 1
    return 0
