"""Who may still hand out a person's data, and what the package keeps secret (DOMAIN.md 9.1, 9.2)."""

import json
from typing import Any
from uuid import UUID, uuid4

from bangfu.discovery.actions import collect
from bangfu.discovery.facts import ReportFacts
from bangfu.discovery.tables import Report
from bangfu.households.actions import relocated
from bangfu.households.tables import Household
from bangfu.privacy.actions import record_request
from bangfu.shared.clock import now
from tests.households.test_merging import home, person
from tests.support import FAR_VILLAGE, VILLAGE, World


async def _asked(world: World, household: UUID) -> UUID:
    rows = await Household.raw("SELECT id FROM person WHERE household = {} AND is_head", household)
    return await record_request(
        world["officer"], uuid4(), household, rows[0]["id"], "access", "王秀英", "self", "想看看", now()
    )


async def test_the_area_that_a_household_left_hands_out_nothing_more(world: World, visit: Any) -> None:
    household = await home("HH-000101", person())
    asked = await _asked(world, household)
    await Household.update({Household.division: FAR_VILLAGE}).where(Household.id == household)
    await relocated(household, FAR_VILLAGE)
    officer, bureau = await visit("officer"), await visit("bureau")
    assert (await officer.get(f"/privacy/requests/{asked}")).status_code == 404
    assert (await officer.post(f"/privacy/requests/{asked}/package", {"format": "json"})).status_code == 404
    assert (await bureau.post(f"/privacy/requests/{asked}/package", {"format": "json"})).status_code == 200


async def test_the_package_does_not_say_who_reported_the_household(world: World, visit: Any) -> None:
    household = await home("HH-000102", person())
    told = ReportFacts("aide", VILLAGE, ("child",), seen="孩子常独自在家", name="王秀英")
    report = await collect(world["coordinator"], uuid4(), told, now())
    await Report.update({Report.household: household}).where(Report.id == report)
    await Household.raw("ALTER TABLE audit_event DISABLE TRIGGER USER")
    await Household.raw(
        "UPDATE audit_event SET data = data || jsonb_build_object('household', {}::text) WHERE subject = {}",
        str(household), str(report),
    )  # fmt: skip
    asked = await _asked(world, household)
    bureau = await visit("bureau")
    document = json.loads((await bureau.post(f"/privacy/requests/{asked}/package", {"format": "json"})).text)
    assert document["records"]["report"]["rows"][0]["source"] == "***"
    [collected] = [event for event in document["events"] if event["event"] == "report.collected"]
    assert collected["by"] == ""
    assert [event["by"] for event in document["events"] if event["event"] == "privacy.requested"] == ["测********"]


async def test_an_answered_request_hands_out_no_further_copy(world: World, visit: Any) -> None:
    asked = await _asked(world, await home("HH-000103", person()))
    officer = await visit("officer")
    path = f"/privacy/requests/{asked}"
    assert (await officer.post(f"{path}/package", {"format": "json"})).status_code == 200
    assert (await officer.post(f"{path}/answer", {"action": "answer", "answer": "已当面交付"})).status_code == 303
    assert (await officer.post(f"{path}/package", {"format": "json"})).status_code == 409
    assert f'action="{path}/package"' not in (await officer.get(path)).text
