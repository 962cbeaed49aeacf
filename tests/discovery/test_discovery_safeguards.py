"""A near relative neither visits nor decides on what was reported of the own family (DOMAIN.md 2.3, 8.11)."""

from uuid import uuid4

import pytest

from bangfu.discovery.comparing import match_report
from bangfu.discovery.rejecting import reject_report
from bangfu.discovery.tables import Report
from bangfu.discovery.verifying import record_visit
from bangfu.errors import NotAllowed, NotYours
from bangfu.households.kinship import Relation, declare
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from bangfu.supervision import actions as supervision
from bangfu.supervision.actions import Timed
from bangfu.supervision.people import told_at
from bangfu.supervision.queries import board_tasks, my_tasks, task_for
from bangfu.supervision.tables import SupervisionTask
from tests.discovery.reporting import file_report
from tests.discovery.test_separation import visit_of
from tests.households.test_merging import home, person
from tests.support import VILLAGE, World


async def test_a_relative_neither_verifies_nor_rejects_a_report_on_the_family(world: World) -> None:
    household = await home("HH-000301", person())
    report = await file_report(world["grid"])
    await match_report(world["dispatcher"], report, household, None, now())
    await declare(world["officer"], household, uuid4(), Relation("sibling", user=world["officer"].me), now())
    with pytest.raises(NotAllowed, match="near relative"):
        await record_visit(world["officer"], report, uuid4(), visit_of(), now())
    with pytest.raises(NotAllowed, match="near relative"):
        await reject_report(world["officer"], report, "no_need", "不需要", now())
    assert (await Report.select(Report.status).where(Report.id == report))[0]["status"] == "matched"
    assert await AuditEvent.count().where(AuditEvent.action == "household.refused_relative") == 2
    await record_visit(world["worker"], report, uuid4(), visit_of(), now())


async def test_the_task_of_a_complaint_goes_past_those_whom_it_concerns(world: World) -> None:
    officer = world["officer"]
    timed = Timed(
        kind="report.review", subject_type="report", subject=uuid4(), href="/discovery/x", division=VILLAGE,
        due_at=now(), number="XS-000001", role="township_officer", excluded=(officer.me,),
    )  # fmt: skip
    task = await supervision.watch(world["bureau"], timed, now())
    assert (await my_tasks(officer, {}, now(), 20, 0))[1] == 0
    assert (await board_tasks(officer, {}, now(), 20, 0))[1] == 0
    with pytest.raises(NotYours):
        await task_for(officer, task, now())
    row = await SupervisionTask.objects().get(SupervisionTask.id == task)
    assert row is not None
    assert officer.me not in await told_at(row, 2)
    assert (await board_tasks(world["bureau"], {}, now(), 20, 0))[1] == 1
