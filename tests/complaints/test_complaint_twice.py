"""One complaint lowers one quarter: opened again, it counts where it was first decided unless it turns out graver."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from bangfu.complaints import deciding, facts
from bangfu.complaints.routing import About
from bangfu.complaints.tables import Complaint
from bangfu.contracts.tables import Contract
from bangfu.shared.civil_time import civil_date
from bangfu.shared.clock import now
from tests.complaints import complaint_steps as steps
from tests.support import World
from tests.visits import visit_steps

pytestmark = pytest.mark.usefixtures("database")
LATER = timedelta(days=20)
Told = list[tuple[str, str, date]]


async def contract_of(world: World) -> UUID:
    rows = await Contract.raw("SELECT contract FROM contract_line WHERE id = {}", world.lines["visit_check"])
    found: UUID = rows[0]["contract"]
    return found


async def counted(world: World) -> tuple[Told, Told]:
    """What counts in the span of the first decision and in that of the second one."""
    first, contract = civil_date(now()), await contract_of(world)
    spans = ((first, first + timedelta(days=10)), (first + timedelta(days=11), first + timedelta(days=90)))
    found = [await facts.decided_in("contract", contract, *span) for span in spans]
    told = [[(one.result, one.severity, civil_date(one.decided_at)) for one in each] for each in found]
    return told[0], told[1]


async def again(world: World, first: str, result: str, severity: str = "minor") -> UUID:
    """Decided, closed, opened again, and decided anew twenty days later."""
    visit = await visit_steps.submitted(world)
    complaint = await steps.closed(world, result=first, about=About("visit", visit=visit.id))
    await deciding.reopen(world["officer"], complaint, "没有补上服务", now() + LATER)
    await steps.hear_all(world, complaint, at=now() + LATER)
    await Complaint.update(severity=severity).where(Complaint.id == complaint)
    await deciding.decide(world["officer"], complaint, result, "理由", now() + LATER)
    return complaint


async def test_the_same_result_again_counts_in_the_first_quarter_only(world: World) -> None:
    await again(world, "substantiated", "partly")
    assert await counted(world) == ([("partly", "minor", civil_date(now()))], [])


async def test_a_result_that_falls_away_is_told_where_it_was_first_decided(world: World) -> None:
    await again(world, "substantiated", "unsubstantiated")
    assert await counted(world) == ([("unsubstantiated", "minor", civil_date(now()))], [])


async def test_a_graver_result_counts_in_its_own_quarter_and_the_first_one_stays(world: World) -> None:
    await again(world, "unsubstantiated", "substantiated")
    day = civil_date(now())
    assert await counted(world) == (
        [("unsubstantiated", "minor", day)], [("substantiated", "minor", civil_date(now() + LATER))],
    )  # fmt: skip


async def test_a_graver_severity_counts_as_graver_and_once_within_one_quarter(world: World) -> None:
    await again(world, "substantiated", "substantiated", "major")
    first, second = await counted(world)
    assert [each[:2] for each in first + second] == [("substantiated", "minor"), ("substantiated", "major")]
    whole = await facts.decided_in("contract", await contract_of(world), civil_date(now()), date(2040, 1, 1))
    assert [(one.result, one.severity) for one in whole] == [("substantiated", "major")]
