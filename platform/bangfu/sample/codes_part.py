"""Cards of homes, a call, a paper sheet and visits entered afterwards, in the sample city: one of each state."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.dispatch import actions as dispatch
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.visits import afterwards, code_cards, code_desk, sheets
from bangfu.visits.code_records import Asked, asked_of
from bangfu.visits.code_tables import HomeCode
from bangfu.visits.door_data import Confirmation, Record
from bangfu.visits.door_rules import Answer
from bangfu.visits.making import NewVisit, make
from bangfu.visits.tables import Visit

MARK = "sample-codes"
VISITS = 7
HOUR = timedelta(hours=1)


def key(name: str) -> UUID:
    """The same id in every load, so that a repeat changes nothing."""
    return uuid5(NAMESPACE_URL, f"{MARK}:{name}")


async def load(at: datetime) -> None:
    """Once: three cards, a visit by call, a sheet of two visits, three visits entered afterwards (waiting, approved,
    refused)."""
    if await Visit.exists().where(Visit.id == key("visit0")) or await HomeCode.exists():
        return
    manager, coordinator, officer = [await actor_of(name) for name in ("manager1", "coordinator", "officer")]
    tasks = await _tasks(manager, at)
    if not tasks:
        return
    await _cards(coordinator, tasks, at)
    made = [await _visit(manager, tasks[n % len(tasks)], n, at) for n in range(VISITS)]
    await _by_call(coordinator, made[0])
    await _sheet(coordinator, [one for one in made[1:4] if one.carer == made[1].carer], at)
    for n, visit in enumerate(made[4:]):
        start, record = visit.planned_start + timedelta(minutes=5), await _record(visit.id)
        reason, text = (("forgot", "手机没电，离开后才想起补录"), ("no_network", "山边没有信号，回站后补录"),
                        ("forgot", "当天忘了签到"))[n]  # fmt: skip
        await afterwards.enter_afterwards(
            manager, visit.id, key(f"claim{n}"), record, start, start + timedelta(minutes=visit.minutes), reason, text,
            visit.planned_end + 20 * HOUR,
        )  # fmt: skip
    await afterwards.approve(officer, made[5].id, at - 3 * HOUR)
    await afterwards.refuse(officer, made[6].id, "not_delivered", "电话核实：老人说当天没有人来", at - 2 * HOUR)


async def _tasks(manager: Actor, at: datetime) -> Sequence[Mapping[str, Any]]:
    """Up to three accepted tasks of the organisation in the officer's township; offers are accepted where there is
    none yet."""
    wanted = (
        "SELECT id, household, carer FROM assignment WHERE organization = {} AND division LIKE {}"
        " AND status = ANY({}::varchar[]) ORDER BY number LIMIT 3"
    )
    values = manager.organization, f"{OFFICER_TOWN}%"
    found: list[dict[str, Any]] = await Visit.raw(wanted, *values, ["accepted", "scheduled", "active"])
    if not found:
        for offer in await Visit.raw(wanted, *values, ["offered"]):
            await dispatch.accept(manager, offer["id"], None, at)
        found = await Visit.raw(wanted, *values, ["accepted", "scheduled", "active"])
    return found


async def _cards(coordinator: Actor, tasks: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """The last home's card is printed and not handed over yet."""
    homes = list(dict.fromkeys(task["household"] for task in tasks))
    for n, home in enumerate(homes):
        await code_cards.print_card(coordinator, home, key(f"card{n}"), at - timedelta(days=9))
        if n < len(homes) - 1 or len(homes) == 1:
            handed = civil_date(at - timedelta(days=7))
            await code_cards.hand_over(coordinator, home, key(f"card{n}"), handed, at - timedelta(days=7))


async def _visit(manager: Actor, task: Mapping[str, Any], n: int, at: datetime) -> Visit:
    """A planned visit of one of the last days, at ten or later."""
    day = civil_date(at) - timedelta(days=(1, 3, 3, 3, 2, 5, 6)[n])
    start = day_span(day)[0] + (10 + n % 3 * 2) * HOUR
    wanted = NewVisit(
        id=key(f"visit{n}"), assignment=task["id"], start=start, due_from=day_span(day)[0], due_until=day_span(day)[1],
        source="hand",
    )  # fmt: skip
    await make(manager, wanted, start - timedelta(days=2))
    visit = await Visit.objects().get(Visit.id == wanted.id)
    if visit is None:
        raise LookupError("the visit was not made")
    return visit


async def _record(visit: UUID) -> Record:
    asked: Asked = await asked_of(visit)
    if asked.checklist is None:
        return Record(confirmation=Confirmation("voice", by="本人"))
    answers = [
        Answer(code, "done") if code in asked.must else Answer(code, "not_needed", "no_case")
        for code in asked.checklist.codes()
    ]
    return Record(
        form=asked.checklist.code, form_version=asked.checklist.version, checklist=answers,
        findings=dict.fromkeys(asked.checklist.areas, "ok"), confirmation=Confirmation("voice", by="本人"),
    )  # fmt: skip


async def _by_call(coordinator: Actor, visit: Visit) -> None:
    """The carer calls without a smartphone: nobody could check who, so it says why."""
    call = code_desk.Call(reason="no_home_phone")
    await code_desk.arrive(coordinator, visit.id, key("call-in"), call, visit.planned_start)
    await code_desk.leave(coordinator, visit.id, key("call-out"), call, await _record(visit.id), visit.planned_end)


async def _sheet(coordinator: Actor, visits: Sequence[Visit], at: datetime) -> None:
    rows = [
        sheets.SheetRow(one.id, one.planned_start, one.planned_end, await _record(one.id)) for one in visits
    ]  # fmt: skip
    week = sheets.monday(civil_date(visits[0].planned_start))
    sheet = sheets.Sheet(key("sheet"), visits[0].carer, week, rows, "村民小组长 测试某")
    await sheets.enter(coordinator, sheet, at - 20 * HOUR)
