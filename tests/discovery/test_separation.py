"""Who may not do both, what happens when two act at once, how far a report may be reopened."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.discovery.clearing import confirm_clearing, propose_clearing, reopen_report, tell
from bangfu.discovery.comparing import match_report, merge_report, route_report
from bangfu.discovery.facts import MeasureFacts, ReviewFacts, TellingFacts, VisitFacts
from bangfu.discovery.measuring import cancel_measure, close_measure, extend, report_done, send_back
from bangfu.discovery.queries import report_for
from bangfu.discovery.rejecting import appeal, reject_report
from bangfu.discovery.reviewing import add_measure, issue_prescription, record_review
from bangfu.discovery.tables import Measure, Report
from bangfu.discovery.verifying import begin_emergency, record_visit
from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.messages.tables import Message
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.clock import now, today
from bangfu.supervision.tables import SupervisionTask
from tests.discovery.reporting import facts, file_report, row
from tests.support import World

pytestmark = pytest.mark.database
FAR = date(2031, 3, 14)


def visit_of(companion: UUID | None = None, *, confirmed: bool = True) -> VisitFacts:
    return VisitFacts(today(), companion, "self", "独居，做不了饭", ("care",), confirmed)


def review_with(*departments: UUID) -> ReviewFacts:
    return ReviewFacts(today(), "meeting", departments, "镇街、卫健局", "先解决吃饭")


def line_for(actor: Actor) -> MeasureFacts:
    return MeasureFacts("medical", "安排家庭医生上门", actor.me, FAR)


TOLD = TellingFacts(today(), "visit", "self", "signed", "可申请护理补贴")


async def matched(world: World, **changes: Any) -> UUID:
    report = await file_report(world["grid"], **changes)
    await match_report(world["dispatcher"], report, None, None, now())
    return report


async def reviewed(world: World) -> UUID:
    report = await matched(world)
    await record_visit(world["worker"], report, uuid4(), visit_of(), now())
    await record_review(world["officer"], report, uuid4(), review_with(), now())
    return report


async def intervening(world: World, responsible: str = "liaison") -> tuple[UUID, UUID]:
    report, line = await reviewed(world), uuid4()
    await add_measure(world["officer"], report, line, line_for(world[responsible]), now())
    await issue_prescription(world["officer"], report, now())
    return report, line


async def cleared(world: World) -> UUID:
    report, line = await intervening(world)
    await report_done(world["liaison"], line, "已上门，回执一份", now())
    await close_measure(world["officer"], line, now())
    await propose_clearing(world["officer"], report, now())
    await confirm_clearing(world["bureau"], report, now())
    return report


async def kinds_open(subject: UUID) -> set[str]:
    rows = await SupervisionTask.raw(
        "SELECT kind FROM supervision_task WHERE subject = {} AND status NOT IN ('cancelled', 'dropped')", subject
    )
    return {found["kind"] for found in rows}


async def test_whoever_reported_it_verifies_it_only_with_a_colleague(world: World) -> None:
    report = await file_report(world["worker"], source="aide")
    await match_report(world["dispatcher"], report, None, None, now())
    with pytest.raises(FormError) as refused:
        await record_visit(world["worker"], report, uuid4(), visit_of(), now())
    assert set(refused.value.fields) == {"companion"}
    for companion in (world["manager"].me, world["outside_officer"].me, uuid4()):
        with pytest.raises(FormError):
            await record_visit(world["worker"], report, uuid4(), visit_of(companion), now())
    await record_visit(world["worker"], report, uuid4(), visit_of(world["coordinator"].me), now())
    assert (await row(report)).status == "verified"


async def test_a_visit_that_confirms_nothing_leaves_the_decision_to_the_officer(world: World) -> None:
    report = await matched(world)
    due = (await row(report)).due_at
    await record_visit(world["worker"], report, uuid4(), visit_of(confirmed=False), now())
    assert ((await row(report)).status, (await row(report)).due_at) == ("matched", due)
    told = await Message.objects().where(Message.kind == "report_not_confirmed")
    assert {message.user for message in told} == {world["officer"].user, world["second_officer"].user}


async def test_every_step_is_watched_and_its_clock_ends_with_its_event(world: World) -> None:
    report = await file_report(world["grid"])
    assert await kinds_open(report) == {"report.match"}
    await match_report(world["dispatcher"], report, None, None, now())
    assert await kinds_open(report) == {"report.verify"}
    await record_visit(world["worker"], report, uuid4(), visit_of(), now())
    assert await kinds_open(report) == {"report.review"}
    await record_review(world["officer"], report, uuid4(), review_with(), now())
    assert await kinds_open(report) == {"report.prescribe"}
    line = uuid4()
    await add_measure(world["officer"], report, line, line_for(world["liaison"]), now())
    assert await kinds_open(line) == set()
    await issue_prescription(world["officer"], report, now())
    assert (await kinds_open(report), await kinds_open(line)) == ({"report.clear"}, {"measure.close"})
    await report_done(world["liaison"], line, "已上门", now())
    await close_measure(world["officer"], line, now())
    assert await kinds_open(line) == set()
    await propose_clearing(world["officer"], report, now())
    assert await kinds_open(report) == {"report.confirm_clearing"}
    await confirm_clearing(world["bureau"], report, now())
    assert await kinds_open(report) == {"report.inform"}
    await tell(world["coordinator"], report, uuid4(), TOLD, now())
    assert await kinds_open(report) == set()


async def test_aid_goes_first_but_nothing_is_cleared_before_the_papers(world: World) -> None:
    report, line = await matched(world, urgent=True), uuid4()
    await begin_emergency(world["officer"], report, "断粮", now())
    assert await kinds_open(report) == {"report.prescribe", "emergency.papers"}
    await add_measure(world["officer"], report, line, line_for(world["liaison"]), now())
    await issue_prescription(world["officer"], report, now())
    await report_done(world["liaison"], line, "已送粮", now())
    await close_measure(world["officer"], line, now())
    with pytest.raises(Refused):
        await propose_clearing(world["officer"], report, now())
    await record_visit(world["worker"], report, uuid4(), visit_of(), now())
    assert "emergency.papers" not in await kinds_open(report)
    with pytest.raises(Refused):
        await record_visit(world["worker"], report, uuid4(), visit_of(), now())
    await propose_clearing(world["officer"], report, now())


async def test_several_kinds_of_need_are_reviewed_with_a_department(world: World) -> None:
    report = await matched(world, need_kinds=("care", "medical"))
    await record_visit(world["worker"], report, uuid4(), visit_of(), now())
    for departments in ((), (uuid4(),)):
        with pytest.raises(FormError) as refused:
            await record_review(world["officer"], report, uuid4(), review_with(*departments), now())
        assert set(refused.value.fields) == {"departments"}
    await record_review(world["officer"], report, uuid4(), review_with(world.department), now())
    assert (await row(report)).status == "reviewed"


async def test_one_proposes_the_clearing_and_another_confirms_it(world: World) -> None:
    report, line = await intervening(world)
    both = Actor(world["bureau"].user, "bureau", "", frozenset({"bureau_officer", "township_officer"}), "990101")
    await report_done(world["liaison"], line, "已上门", now())
    await close_measure(both, line, now())
    with pytest.raises(Refused):
        await confirm_clearing(both, report, now())
    await propose_clearing(both, report, now())
    with pytest.raises(NotAllowed):
        await confirm_clearing(both, report, now())


async def test_two_dispatchers_merging_two_reports_into_each_other_leave_one(world: World) -> None:
    first, second = await file_report(world["grid"]), await file_report(world["volunteer"], source="volunteer")
    other = Actor(world["coordinator"].user, "second", "", frozenset({"station_dispatcher"}), "990101")
    outcomes = await asyncio.gather(
        merge_report(world["dispatcher"], first, second, now()), merge_report(other, second, first, now()),
        return_exceptions=True,
    )  # fmt: skip
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    states = sorted([(await row(first)).status, (await row(second)).status])
    assert states == ["collected", "duplicate"]


async def test_a_duplicates_reporter_is_told_and_a_chain_ends_at_the_first(world: World) -> None:
    one, two, three = [await file_report(world[name]) for name in ("grid", "grid", "grid")]
    await merge_report(world["dispatcher"], three, two, now())
    await merge_report(world["dispatcher"], two, one, now())
    assert {(await row(report)).duplicate_of for report in (two, three)} == {one}
    told = await Message.objects().where(Message.kind == "report_duplicate")
    assert {message.user for message in told} == {world["grid"].user}
    assert await kinds_open(two) == set()
    with pytest.raises(Refused):
        await merge_report(world["dispatcher"], one, one, now())


async def test_two_compare_at_once_and_one_comparison_counts(world: World) -> None:
    report = await file_report(world["grid"])
    other = Actor(world["coordinator"].user, "second", "", frozenset({"station_dispatcher"}), "990101")
    outcomes = await asyncio.gather(
        match_report(world["dispatcher"], report, None, None, now()), match_report(other, report, None, None, now()),
        return_exceptions=True,
    )  # fmt: skip
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1


async def test_a_complaint_goes_past_those_whom_it_concerns(world: World) -> None:
    report = await file_report(
        world["coordinator"], source="hotline", hotline_kind="complaint", need_kinds=(), reporter_name="来电某"
    )
    for name in ("dispatcher", "officer", "worker"):
        with pytest.raises(NotYours):
            await reject_report(world[name], report, "other", "x", now())
    assert await kinds_open(report) == {"report.route"}
    with pytest.raises(NotYours):
        await route_report(world["officer"], report, (), now())
    await route_report(world["bureau"], report, (world["officer"].me,), now())
    assert await kinds_open(report) == {"report.match"}
    await match_report(world["dispatcher"], report, None, None, now())
    with pytest.raises(NotYours):
        await record_visit(world["officer"], report, uuid4(), visit_of(), now())
    assert (await report_for(world["bureau"], report)).reporter_name == "来**"
    assert (await report_for(world["dispatcher"], report, reveal=True)).reporter_name == ""
    told = await Message.raw('SELECT "user" FROM message WHERE href = {}', f"/discovery/{report}")
    assert world["officer"].user not in {message["user"] for message in told}
    await record_visit(world["worker"], report, uuid4(), visit_of(), now())


async def test_a_question_ends_with_its_answer_and_a_call_for_help_does_not(world: World) -> None:
    asked, helped = uuid4(), uuid4()
    from bangfu.discovery.actions import collect

    plain = facts(source="hotline", hotline_kind="consult", need_kinds=(), name="", address="", phone="")
    await collect(SYSTEM, asked, plain, now())
    await collect(SYSTEM, helped, facts(source="hotline", hotline_kind="help"), now())
    with pytest.raises(Refused):
        await match_report(world["dispatcher"], asked, None, None, now())
    await tell(world["dispatcher"], asked, uuid4(), TOLD, now())
    assert ((await row(asked)).status, (await row(asked)).household) == ("informed", None)
    with pytest.raises(Refused):
        await tell(world["dispatcher"], helped, uuid4(), TOLD, now())


async def test_an_appeal_goes_to_another_officer(world: World) -> None:
    report = await matched(world)
    await reject_report(world["officer"], report, "no_need", "邻居照顾", now())
    assert await kinds_open(report) == {"report.tell_rejection"}
    told = await Message.objects().where(Message.kind == "report_rejected")
    assert [message.user for message in told] == [world["grid"].user]
    await tell(world["coordinator"], report, uuid4(), TOLD, now())
    assert await kinds_open(report) == set()
    await appeal(world["coordinator"], report, "邻居已搬走", now())
    for act in (
        record_visit(world["officer"], report, uuid4(), visit_of(), now()),
        reject_report(world["officer"], report, "no_need", "再次", now()),
        begin_emergency(world["officer"], report, "断粮", now()),
    ):
        with pytest.raises(NotAllowed):
            await act
    await record_visit(world["worker"], report, uuid4(), visit_of(), now())


async def test_a_rejection_ends_the_measures_that_are_open(world: World) -> None:
    report, line = await intervening(world)
    await reject_report(world["officer"], report, "refused", "本人拒绝", now())
    measure = await Measure.objects().get(Measure.id == line)
    assert measure is not None
    assert measure.status == "cancelled"
    assert await kinds_open(line) == set()


async def test_a_new_signal_reopens_for_six_months_and_needs_a_measure_of_its_own(world: World) -> None:
    report = await cleared(world)
    late = now() + timedelta(days=190)
    with pytest.raises(Refused):
        await reopen_report(world["officer"], report, "又断粮", late)
    await tell(world["coordinator"], report, uuid4(), TOLD, now())
    await reopen_report(world["officer"], report, "又断粮", now())
    assert (await row(report)).status == "intervening"
    with pytest.raises(Refused):
        await propose_clearing(world["officer"], report, now())
    line = uuid4()
    await add_measure(world["officer"], report, line, line_for(world["worker"]), now())
    await report_done(world["worker"], line, "已送餐", now())
    with pytest.raises(NotAllowed):
        await close_measure(world["worker"], line, now())
    await close_measure(world["officer"], line, now())
    await propose_clearing(world["officer"], report, now())


async def test_a_liaison_sees_only_the_measures_of_the_own_organisation(visit, world: World) -> None:
    _, own = await intervening(world)
    other_report, foreign = await intervening(world, "worker")
    liaison = await visit("liaison")
    listed = (await liaison.get("/measures")).text
    assert str(own) in listed
    assert str(foreign) not in listed
    assert (await liaison.get(f"/measures/{own}")).status_code == 200
    for path in (f"/measures/{foreign}", f"/discovery/{other_report}", "/discovery", "/my-reports", "/households"):
        assert (await liaison.get(path)).status_code == 404, path
    assert (await liaison.post(f"/measures/{foreign}/done", {"evidence": "x"})).status_code == 404
    with pytest.raises(NotYours):
        await report_done(world["liaison"], foreign, "x", now())


async def test_a_measure_is_returned_extended_and_cancelled_with_reasons(world: World) -> None:
    report, line = await intervening(world)
    with pytest.raises(NotAllowed):
        await report_done(world["officer"], line, "代办", now())
    await report_done(world["liaison"], line, "已电话联系", now())
    await send_back(world["officer"], line, "需上门", now())
    with pytest.raises(FormError):
        await extend(world["officer"], line, FAR, "同一天", now())
    await extend(world["officer"], line, FAR + timedelta(days=7), "医生请假", now())
    due = (await row(report)).due_at
    assert due is not None
    assert due.date() == FAR + timedelta(days=7)
    await cancel_measure(world["officer"], line, "已住院", now())
    with pytest.raises(Refused):
        await propose_clearing(world["officer"], report, now())


async def test_repeats_change_nothing(world: World) -> None:
    report, key = await matched(world), uuid4()
    for _ in range(2):
        await match_report(world["dispatcher"], report, None, None, now())
    for _ in range(2):
        await record_visit(world["worker"], report, key, visit_of(), now())
    assert (await row(report)).status == "verified"
    with pytest.raises(NotYours):
        await record_visit(world["worker"], await matched(world, name="别测试", phone=""), key, visit_of(), now())
    assert await Report.count() == 2
