"""What features ask of supervision: one open task a thing, settled by its own event, dropped, paused and resumed."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from bangfu.errors import Refused
from bangfu.shared import audit
from bangfu.shared.civil_time import published_calendar
from bangfu.shared.database import transaction
from bangfu.shared.tables import AuditEvent
from bangfu.supervision import actions
from bangfu.supervision.actions import Timed
from bangfu.supervision.calendar import current_calendar, end_of_working_day
from bangfu.supervision.tables import SupervisionStep, SupervisionTask
from tests.support import VILLAGE, World

AT = datetime(2026, 9, 28, 2, 0, tzinfo=UTC)
"""Monday 10 o'clock in China, three days before the National Day week."""


def timed(subject: UUID, **more: object) -> Timed:
    values: dict[str, object] = {
        "kind": "need.confirm", "subject_type": "need", "subject": subject, "href": f"/needs/{subject}",
        "division": VILLAGE, "due_at": end_of_working_day(AT, 3, published_calendar()), "number": "ND-1",
    }  # fmt: skip
    return Timed(**{**values, **more})  # type: ignore[arg-type]


async def task_of(subject: UUID) -> SupervisionTask:
    found = await SupervisionTask.objects().where(SupervisionTask.subject == subject).order_by(
        SupervisionTask.issued_at, ascending=False
    ).first()  # fmt: skip
    assert found is not None
    return found


async def events(task: UUID) -> list[str]:
    rows = await AuditEvent.raw("SELECT action FROM audit_event WHERE subject = {} ORDER BY id", str(task))
    return [row["action"] for row in rows]


async def test_a_watched_thing_is_one_task_however_often_it_is_watched(world: World) -> None:
    subject = uuid4()
    first = await actions.watch(world["coordinator"], timed(subject), AT)
    second = await actions.watch(world["coordinator"], timed(subject), AT + timedelta(hours=1))
    assert first == second
    row = await task_of(subject)
    assert (row.status, row.number[:3], row.closing) == ("forwarded", "DB-", "event")
    assert row.due_at == datetime(2026, 10, 8, 15, 59, tzinfo=UTC)  # 29, 30 September, then 8 October
    assert await events(first) == ["supervision.forwarded"]


async def test_many_watched_things_end_up_like_single_ones(world: World) -> None:
    single, *others = (uuid4() for _ in range(4))
    later = AT + timedelta(days=20)
    await actions.watch(world["coordinator"], timed(single), AT)
    await actions.watch(world["coordinator"], timed(others[0]), AT)
    repeated = [timed(others[0], due_at=later), *(timed(subject) for subject in others[1:]), timed(others[1])]
    await actions.watch_all(world["coordinator"], repeated, AT)
    assert await SupervisionTask.count() == 4, "what is watched already, or twice in the list, is one task"
    assert (await task_of(others[0])).due_at == later
    own = {"id", "number", "subject", "href"}
    like = {name: value for name, value in (await task_of(single)).to_dict().items() if name not in own}
    for subject in others[1:]:
        task = await task_of(subject)
        assert {name: value for name, value in task.to_dict().items() if name not in own} == like
        assert await events(task.id) == ["supervision.forwarded"]
        assert await SupervisionStep.count().where(SupervisionStep.task == task.id) == 1
    assert (await audit.verify())[1] is None


async def test_a_changed_due_date_of_an_open_task_is_taken_over(world: World) -> None:
    subject = uuid4()
    task = await actions.watch(world["coordinator"], timed(subject), AT)
    later = AT + timedelta(days=20)
    await actions.watch(world["coordinator"], timed(subject, due_at=later), AT)
    row = await task_of(subject)
    assert (row.id, row.due_at) == (task, later)
    assert await events(task) == ["supervision.forwarded", "supervision.due_changed"]


async def test_its_own_event_settles_it_once_and_a_new_watch_opens_a_new_task(world: World) -> None:
    subject = uuid4()
    first = await actions.watch(world["coordinator"], timed(subject), AT)
    for _ in range(2):
        await actions.settle(world["officer"], "need.confirm", subject, AT, evidence="need.confirmed")
    row = await task_of(subject)
    assert (row.status, row.settled_event, row.next_at) == ("cancelled", "need.confirmed", None)
    assert await events(first) == ["supervision.forwarded", "supervision.settled"]
    assert await actions.watch(world["coordinator"], timed(subject), AT + timedelta(days=1)) != first


async def test_settling_dropping_or_pausing_what_is_not_watched_changes_nothing(world: World) -> None:
    await actions.settle(world["officer"], "need.confirm", uuid4(), AT, evidence="need.confirmed")
    await actions.drop(world["officer"], "need.confirm", uuid4(), AT, reason="cancelled")
    await actions.pause(world["officer"], "need.confirm", uuid4(), AT, reason="hospital")
    await actions.resume(world["officer"], "need.confirm", uuid4(), AT)
    assert await SupervisionTask.count() == 0
    with pytest.raises(ValueError, match="named event"):
        await actions.settle(world["officer"], "need.confirm", uuid4(), AT, evidence=" ")


async def test_what_fell_away_is_dropped_with_its_reason_sealed(world: World) -> None:
    subject = uuid4()
    task = await actions.watch(world["coordinator"], timed(subject), AT)
    await actions.drop(world["officer"], "need.confirm", subject, AT, reason="张某已去世")
    assert (await task_of(subject)).status == "dropped"
    steps = await SupervisionStep.objects().where(SupervisionStep.task == task).order_by(SupervisionStep.place)
    assert [step.event for step in steps] == ["forwarded", "dropped"]
    assert steps[1].text_enc and "张某" not in steps[1].text_enc
    kept = await AuditEvent.raw("SELECT data::text || reason AS text FROM audit_event WHERE subject = {}", str(task))
    assert all("张某" not in row["text"] for row in kept)


async def test_a_pause_stops_the_clock_and_moves_the_due_date_by_the_paused_working_days(world: World) -> None:
    subject = uuid4()
    await actions.watch(world["coordinator"], timed(subject), AT)
    await actions.pause(world["officer"], "need.confirm", subject, AT, reason="hospital")
    paused = await task_of(subject)
    assert (paused.paused_at, paused.next_at) == (AT, None)
    back = datetime(2026, 10, 9, 2, 0, tzinfo=UTC)  # 29, 30 September, 8, 9 October: four working days on
    await actions.resume(world["officer"], "need.confirm", subject, back)
    row = await task_of(subject)
    assert row.due_at == datetime(2026, 10, 13, 15, 59, tzinfo=UTC)  # 9, 10 (make-up Saturday), 12, 13 October
    assert row.paused_at is None
    assert row.next_at is not None


async def test_plain_hours_move_by_the_exact_time_of_the_pause(world: World) -> None:
    subject = uuid4()
    due = AT + timedelta(hours=24)
    await actions.watch(world["coordinator"], timed(subject, due_at=due, by_hours=True), AT)
    await actions.pause(world["officer"], "need.confirm", subject, AT + timedelta(hours=1), reason="storm")
    await actions.resume(world["officer"], "need.confirm", subject, AT + timedelta(hours=1, minutes=30))
    row = await task_of(subject)
    assert row.due_at == due + timedelta(minutes=30)
    assert row.next_at == AT + timedelta(hours=12, minutes=30)


async def test_the_change_stands_or_falls_with_the_callers_transaction(world: World) -> None:
    subject = uuid4()
    with pytest.raises(RuntimeError, match="undone"):
        async with transaction():
            await actions.watch(world["coordinator"], timed(subject), AT)
            raise RuntimeError("undone")
    assert await SupervisionTask.count() == 0


async def test_the_database_itself_refuses_a_closing_without_evidence_or_by_the_doer(world: World) -> None:
    subject, officer = uuid4(), world["officer"].me
    await actions.watch(world["coordinator"], timed(subject), AT)
    closing = "UPDATE supervision_task SET status = 'cancelled', next_at = NULL, closed_at = now(), closed_by = {}"
    for more, values in (
        ("", [officer]),
        (", evidence_enc = 'x', doers = ARRAY[{}]::uuid[]", [officer, officer]),
        (", evidence_enc = '', doers = ARRAY[{}]::uuid[]", [officer, world["lead"].me]),
        (", evidence_enc = 'x', doers = ARRAY[{}]::uuid[], owner = {}", [officer, world["lead"].me, officer]),
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await SupervisionTask.raw(closing + more, *values)


async def test_a_deadline_beyond_the_known_years_is_one_clear_sentence(world: World) -> None:
    with pytest.raises(Refused, match="The working days of 2031 are not in the calendar"):
        end_of_working_day(datetime(2031, 3, 3, tzinfo=UTC), 3, await current_calendar())


async def test_without_rows_in_the_database_the_published_days_count(world: World) -> None:
    calendar = await current_calendar()
    assert not calendar.is_working_day(date(2026, 10, 1))
    assert calendar.is_working_day(date(2026, 10, 10))
