"""A near relative neither visits nor decides on what was reported of the own family (DOMAIN.md 2.3, 8.11)."""

from uuid import uuid4

import pytest

from bangfu.discovery.comparing import match_report
from bangfu.discovery.rejecting import reject_report
from bangfu.discovery.tables import Report
from bangfu.discovery.verifying import record_visit
from bangfu.errors import NotAllowed
from bangfu.households.kinship import Relation, declare
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.discovery.reporting import file_report
from tests.discovery.test_separation import visit_of
from tests.households.test_merging import home, person
from tests.support import World


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
