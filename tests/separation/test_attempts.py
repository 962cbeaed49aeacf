"""What becomes of a try at a second duty: the auditor of the county sees it, others do not."""

import json
from typing import Any

from bangfu.shared.audit import verify
from bangfu.shared.tables import AuditEvent
from tests.contracts import contracting
from tests.quality import life_steps
from tests.support import World


async def test_a_refused_second_duty_stands_beside_the_proofs_without_any_text(world: World, visit: Any) -> None:
    auditor = await visit("auditor")
    assert "Nobody tried a second duty" in (await auditor.get("/duties")).text
    score = await life_steps.frozen(world)
    bureau = await visit("bureau")
    assert (await bureau.post(f"/scores/{score}/confirm")).status_code == 303
    assert (await bureau.post(f"/scores/{score}/publish")).status_code == 409
    event = await AuditEvent.objects().get(AuditEvent.action == "duty.refused")
    assert event is not None
    assert (event.actor, event.stream, event.subject) == (world["bureau"].user, "990101", str(score))
    assert json.loads(event.data) == {"duty": "publish", "route": "/scores/{score}/publish"}
    assert event.reason == ""
    page = (await auditor.get("/duties")).text
    assert world["bureau"].display_name in page and "publishes the score" in page
    assert (await verify())[1] is None


async def test_neither_a_wrong_state_nor_a_missing_role_is_a_second_duty(world: World, visit: Any) -> None:
    contract = await contracting.drafted(world)
    assert (await (await visit("finance")).post(f"/contracts/{contract}/check")).status_code == 409
    assert (await (await visit("manager")).post(f"/contracts/{contract}/check")).status_code == 403
    assert not await AuditEvent.exists().where(AuditEvent.action == "duty.refused")
