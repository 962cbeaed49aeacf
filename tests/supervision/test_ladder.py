"""The engine's round: reminders and levels once each, to whom, over the National Day week; two workers at once."""

import asyncio
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from bangfu.errors import NotAllowed
from bangfu.messages.tables import Message
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import SHANGHAI
from bangfu.shared.tables import AuditEvent
from bangfu.supervision import actions, handling
from bangfu.supervision.actions import BY_HAND, Timed
from bangfu.supervision.tables import SupervisionStep, SupervisionTask
from bangfu.supervision.ticking import tick
from tests.support import VILLAGE, World

BEGUN = datetime(2026, 9, 28, 0, 0, tzinfo=SHANGHAI)
DUE = datetime(2026, 9, 29, 23, 59, tzinfo=SHANGHAI)


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


async def watched(world: World, **more: object) -> UUID:
    subject = uuid4()
    values: dict[str, object] = {
        "kind": "need.confirm", "subject_type": "need", "subject": subject, "href": f"/needs/{subject}",
        "division": VILLAGE, "due_at": DUE,
    }  # fmt: skip
    return await actions.watch(world["coordinator"], Timed(**{**values, **more}), BEGUN)  # type: ignore[arg-type]


async def issued(world: World) -> UUID:
    key = uuid4()
    timed = Timed("rectification", BY_HAND, key, "", VILLAGE, DUE)
    return await actions.issue(world["bureau"], timed, "整改", BEGUN, key=key)


async def inbox(actor: Actor) -> list[str]:
    rows = await Message.raw('SELECT kind FROM message WHERE "user" = {} ORDER BY created_at', actor.user)
    return sorted(row["kind"] for row in rows)


async def steps(task: UUID) -> list[str]:
    rows = await SupervisionStep.objects().where(SupervisionStep.task == task).order_by(SupervisionStep.place)
    return [f"{row.event}{row.level or ''}" for row in rows]


async def one(task: UUID) -> SupervisionTask:
    row = await SupervisionTask.objects().get(SupervisionTask.id == task)
    assert row is not None
    return row


async def test_reminders_and_levels_come_at_their_time_to_those_who_have_to_know(world: World) -> None:
    task = await watched(world)
    officer, lead = world["officer"], world["lead"]
    for moment, expected in (
        ("09-28T23:00", []),
        ("09-29T00:00", ["supervision_reminder"]),
        ("09-29T15:00", ["supervision_reminder"] * 2),
        ("09-30T23:58", ["supervision_reminder"] * 2),
        ("09-30T23:59", ["supervision_level_1", *["supervision_reminder"] * 2]),
        ("10-09T23:58", ["supervision_level_1", *["supervision_reminder"] * 2]),
        ("10-09T23:59", ["supervision_level_1", "supervision_level_2", *["supervision_reminder"] * 2]),
    ):
        await tick(on(moment))
        assert await inbox(officer) == expected, moment
    assert await inbox(lead) == []
    assert await tick(on("10-12T23:58")) == 0
    assert await tick(on("10-12T23:59")) == 1
    assert await inbox(lead) == ["supervision_level_3"]
    assert await tick(on("12-12T23:59")) == 0
    assert await steps(task) == ["forwarded", "reminded_50", "reminded_80", "urged1", "urged2", "urged3"]
    row = await one(task)
    assert (row.status, row.level, row.next_at) == ("urged", 3, None)


async def test_two_workers_at_once_and_a_repeat_write_everything_exactly_once(world: World) -> None:
    tasks = [await watched(world) for _ in range(5)]
    at = on("10-13T08:00")
    done = await asyncio.gather(tick(at), tick(at), tick(at))
    assert sum(done) == 5 * 5
    assert await tick(at) == 0
    for task in tasks:
        assert await steps(task) == ["forwarded", "reminded_50", "reminded_80", "urged1", "urged2", "urged3"]
    events = await AuditEvent.raw("SELECT count(*) AS n FROM audit_event WHERE action = 'supervision.urged'")
    assert events[0]["n"] == 15
    assert len(await inbox(world["lead"])) == 5


async def test_rounds_and_features_at_once_neither_lock_nor_lose_a_task(world: World) -> None:
    subjects = [uuid4() for _ in range(8)]
    for subject in subjects:
        await watched(world, subject=subject)
    at = on("10-13T08:00")
    settling = [
        actions.settle(world["officer"], "need.confirm", subject, at, evidence="need.confirmed") for subject in subjects
    ]
    await asyncio.wait_for(asyncio.gather(tick(at), *settling, tick(at)), timeout=30)
    rows = await SupervisionTask.objects().where(SupervisionTask.status != "cancelled")
    assert rows == []


async def test_a_stopped_clock_is_not_urged_and_goes_on_by_itself_after_its_day(world: World) -> None:
    subject = uuid4()
    task = await watched(world, subject=subject)
    await actions.pause(
        world["officer"], "need.confirm", subject, on("09-28T10:00"), reason="住院", until=date(2026, 10, 8)
    )
    assert await tick(on("10-08T23:59")) == 0
    assert await tick(on("10-09T00:00")) == 1
    row = await one(task)
    assert row.paused_at is None
    # 29, 30 September, 8 and 9 October are the working days of the pause
    assert row.due_at == on("10-10T23:59")
    assert (await steps(task))[-2:] == ["paused", "resumed"]


async def test_feedback_stops_the_ladder_and_a_return_lets_it_go_on(world: World) -> None:
    task = await issued(world)
    await tick(on("09-29T20:00"))
    await handling.feed_back(world["officer"], task, "已完成整改并拍照存档备查", "", on("09-29T21:00"))
    assert await tick(on("10-12T23:59")) == 0
    await handling.give_back(world["bureau"], task, "缺照片", on("10-08T09:00"))
    assert await tick(on("10-08T09:01")) == 1
    assert (await one(task)).level == 1


async def test_what_was_settled_or_dropped_is_not_urged_any_more(world: World) -> None:
    first, second = uuid4(), uuid4()
    for subject in (first, second):
        await watched(world, subject=subject)
    await actions.settle(world["officer"], "need.confirm", first, BEGUN, evidence="need.confirmed")
    await actions.drop(world["officer"], "need.confirm", second, BEGUN, reason="cancelled")
    assert await tick(on("12-12T23:59")) == 0


async def test_who_did_it_does_not_close_it_and_the_try_is_logged(world: World) -> None:
    task = await issued(world)
    await handling.feed_back(world["officer"], task, "已完成整改并拍照存档备查", "ZG-1", BEGUN)
    for verb in (handling.close, handling.give_back):
        with pytest.raises(NotAllowed, match="another person"):
            await verb(world["officer"], task, "可以", BEGUN)
    rows = await AuditEvent.raw("SELECT data FROM audit_event WHERE action = 'supervision.refused_doer'")
    assert len(rows) == 2
    await handling.close(world["lead"], task, "已核查", BEGUN)
    assert (await one(task)).status == "cancelled"


async def test_a_feature_hears_of_the_end_of_a_task_that_it_issued(world: World) -> None:
    heard: list[tuple[UUID, str]] = []

    async def reaction(_actor: Actor, subject: UUID, how: str, _at: datetime) -> None:
        heard.append((subject, how))

    actions.on_end("test.measure", reaction)
    subject = uuid4()
    timed = Timed("test.measure", "measure", subject, "/x", VILLAGE, DUE + timedelta(days=1))
    task = await actions.issue(world["coordinator"], timed, "措施", BEGUN)
    assert await actions.issue(world["coordinator"], timed, "措施", BEGUN) == task
    await handling.feed_back(world["officer"], task, "已完成整改并拍照存档备查", "", BEGUN)
    await handling.close(world["bureau"], task, "已核查", BEGUN)
    assert heard == [(subject, "closed")]
