"""What a crafted form cannot do to households."""

from datetime import date, timedelta
from uuid import uuid4

from bangfu.households.tables import Consent, Person
from bangfu.shared.clock import today
from bangfu.shared.identifiers import generate_resident_id
from tests.households.household_support import record, typed
from tests.support import World

MEMBER = {
    "name": "甲乙", "id_type": "none", "no_document_reason": "未办理", "relation": "child", "birth_date": "1980-01-01",
    "sex": "m",
}  # fmt: skip


async def test_the_key_of_another_households_member_is_not_found_and_tells_nothing(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    first = await record(coordinator)
    second = await record(coordinator, id_number=generate_resident_id(date(1950, 1, 1), 7))
    key = str(uuid4())
    assert (await coordinator.post(f"/households/{first}/members/new", {**MEMBER, "key": key})).status_code == 303
    answer = await coordinator.post(f"/households/{second}/members/new", {**MEMBER, "key": key, "name": "丙"})
    assert answer.status_code == 404
    assert "HH-" not in answer.text
    assert await Person.count().where(Person.name == "丙") == 0


async def test_letters_that_stand_for_several_do_not_break_the_form(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    answer = await coordinator.post("/households/new", typed(name="ﷺ" * 60))
    assert answer.status_code == 422
    assert 'id="f-name-error"' in answer.text


async def test_a_child_does_not_consent_alone_later_either(visit, world: World) -> None:
    coordinator = await visit("coordinator")
    born = today() - timedelta(days=9 * 365)
    child = await record(coordinator, id_number=generate_resident_id(born, 11), giver="王某", giver_relation="guardian",
                         purposes=["service", "minor_data"])  # fmt: skip
    later = {
        "key": str(uuid4()), "ground": "consent", "giver": "小明", "giver_relation": "self", "method": "paper",
        "given_on": today().isoformat(), "purposes": ["service", "minor_data"],
        "text_version": "2026-1",
    }  # fmt: skip
    assert (await coordinator.post(f"/households/{child}/grounds/new", later)).status_code == 422
    guardian = {**later, "giver_relation": "guardian"}
    assert (await coordinator.post(f"/households/{child}/grounds/new", guardian)).status_code == 303
    assert await Consent.count().where(Consent.household == child) == 2
