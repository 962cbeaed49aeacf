"""Reports as the tests of discovery file them; everybody is made up."""

from typing import Any
from uuid import UUID, uuid4

from bangfu.discovery.actions import collect
from bangfu.discovery.facts import ReportFacts
from bangfu.discovery.tables import Report
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from tests.support import VILLAGE

PHONE = "+8619900000077"


def facts(**changes: Any) -> ReportFacts:
    """A grid worker's report about somebody in the village."""
    told = {
        "source": "grid_worker", "division": VILLAGE, "need_kinds": ("care",), "name": "甘测试", "phone": PHONE,
        "seen": "一人在家，几天没有吃热饭", "address": "柳树村3组9号",
    }  # fmt: skip
    return ReportFacts(**{**told, **changes})


async def file_report(actor: Actor, **changes: Any) -> UUID:
    return await collect(actor, uuid4(), facts(**changes), now())


async def row(report: UUID) -> Report:
    found = await Report.objects().get(Report.id == report)
    assert found is not None
    return found
