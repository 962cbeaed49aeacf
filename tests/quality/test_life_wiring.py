"""A check that found forgery, and a grave complaint that was true, propose a veto by themselves (DOMAIN.md 6.4)."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from bangfu.complaints.tables import Complaint
from bangfu.oversight.check_tables import SpotCheck
from bangfu.quality import life_wiring
from bangfu.quality.life_tables import ScoreVeto
from bangfu.shared.actor import SYSTEM
from tests.quality import life_steps as steps
from tests.quality.life_steps import AT
from tests.support import World
from tests.visits import visit_steps


@pytest.mark.usefixtures("database")
async def test_forgery_found_on_the_spot_names_the_visit_and_its_quarter(world: World) -> None:
    visit = await visit_steps.submitted(world)
    contract = await steps.contract_of(world.organization)
    check = SpotCheck(id=uuid4(), visit=visit.id, contract=contract.id, organization=contract.supplier)
    for _ in range(2):
        await life_wiring.of_check(SYSTEM, check, AT)
    (veto,) = await ScoreVeto.objects()
    assert (veto.ground, veto.source, veto.source_id, veto.visits) == ("forged", "check", check.id, [visit.id])
    assert (veto.status, veto.proposed_by) == ("proposed", None)


@pytest.mark.usefixtures("database")
async def test_a_grave_complaint_counts_only_if_it_was_true_and_not_self_reported(world: World) -> None:
    contract = await steps.contract_of(world.organization)

    def complaint(**more: object) -> Complaint:
        plain = {"kind": "fee_demand", "result": "substantiated", "self_reported": False, "contract": contract.id}
        return Complaint(id=uuid4(), decided_at=datetime(2026, 8, 3, tzinfo=UTC), **{**plain, **more})

    for spared in ({"result": "unsubstantiated"}, {"self_reported": True}, {"kind": "attitude"}, {"contract": None}):
        await life_wiring.of_complaint(SYSTEM, complaint(**spared), AT)
    assert not await ScoreVeto.exists()
    await life_wiring.of_complaint(SYSTEM, complaint(), AT)
    (veto,) = await ScoreVeto.objects()
    assert (veto.ground, veto.source, veto.year, veto.quarter) == ("fee_demand", "complaint", 2026, 3)
