"""Calls at the station's desk: who calls is checked, a code is read out once, arrival and departure count as call."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.households.sealing import PersonFacts, person_columns
from bangfu.households.tables import Person
from bangfu.providers.tables import Carer
from bangfu.shared.clock import now
from bangfu.shared.crypto import blind_index
from bangfu.shared.identifiers import parse_phone
from bangfu.visits import code_desk, codes, door_actions
from bangfu.visits.code_desk import Call
from bangfu.visits.codes import spend_call_code
from bangfu.visits.door_data import Confirmation, Proof, Record
from bangfu.visits.tables import VisitProof, VisitRecord
from tests.support import Visitor, World
from tests.visits import visit_steps as steps
from tests.visits.test_codes_cards import home_with_card

pytestmark = pytest.mark.usefixtures("database")
PHONE = "+8619900004321"
SPOKEN = Record(confirmation=Confirmation("voice", by="本人"))


async def with_phone(world: World, name: str = "nurse"):
    """A planned visit of now in a home with a phone."""
    visit = await steps.planned(world, name, start=now().replace(second=0, microsecond=0))
    person = uuid4()
    columns = person_columns(person, PersonFacts("测试某", phone=PHONE))
    await Person(id=person, household=visit.household, **columns).save()
    return visit


async def test_a_call_from_the_home_records_arrival_and_departure_as_class_call(world: World) -> None:
    visit, key = await with_phone(world), uuid4()
    for _ in range(2):
        await code_desk.arrive(world["coordinator"], visit.id, key, Call("4321"), now())
    begun = await steps.visit(visit.id)
    assert (begun.status, begun.in_method, begun.evidence) == ("in_progress", "phone_from_home", "call")
    out = uuid4()
    for _ in range(2):
        await code_desk.leave(world["dispatcher"], visit.id, out, Call("19900004321"), SPOKEN, now())
    done = await steps.visit(visit.id)
    assert (done.evidence, done.out_method, done.submitted_by) == ("call", "phone_from_home", world["dispatcher"].user)
    assert done.status in {"submitted", "flagged"}
    assert await VisitRecord.count().where(VisitRecord.visit == visit.id) == 1


async def test_the_card_read_aloud_counts_as_call_and_a_call_from_nowhere_as_told_only(world: World) -> None:
    visit = await with_phone(world)
    _, card, secret = await home_with_card(world, visit.household)
    await code_desk.arrive(world["coordinator"], visit.id, uuid4(), Call(card=secret.lower()), now())
    proof = await VisitProof.objects().get(VisitProof.visit == visit.id)
    assert proof is not None
    assert (proof.method, proof.code, proof.verdict) == ("call_code", card, "code")
    with pytest.raises(FormError):
        await code_desk.leave(world["coordinator"], visit.id, uuid4(), Call("13800000000"), SPOKEN, now())
    told = Call("13800000000", reason="power")
    await code_desk.leave(world["coordinator"], visit.id, uuid4(), told, SPOKEN, now())
    assert (await steps.visit(visit.id)).evidence == "attested"


async def test_a_code_is_read_out_to_the_home_only_holds_ten_minutes_and_one_use(world: World) -> None:
    visit, at = await with_phone(world), now()
    with pytest.raises(FormError):
        await code_desk.read_out(world["coordinator"], visit.id, "in", Call("9999"), at)
    first = await code_desk.read_out(world["coordinator"], visit.id, "in", Call("4321"), at)
    second = await code_desk.read_out(world["coordinator"], visit.id, "in", Call("4321"), at)
    if first != second:
        assert await spend_call_code(visit.id, first, at) is None
    assert await spend_call_code(visit.id, second, at + timedelta(minutes=10)) is None
    other = await with_phone(world)
    assert await spend_call_code(other.id, second, at) is None
    assert await spend_call_code(visit.id, f"{second[:3]} {second[3:]}", at, "out") is None
    assert await spend_call_code(visit.id, f"{second[:3]} {second[3:]}", at + timedelta(minutes=9), "in") is not None
    assert await spend_call_code(visit.id, second, at + timedelta(minutes=9)) is None
    codes.call_tries.right(visit.id)


async def test_a_code_that_the_carers_own_phone_was_given_proves_no_place_and_no_other_hour(world: World) -> None:
    visit, at = await with_phone(world), now()
    own = blind_index(parse_phone("13900001111"), "phone")
    await Carer.update({Carer.phone_index: own}).where(Carer.id == visit.carer)
    code = await code_desk.read_out(world["coordinator"], visit.id, "in", Call("13900001111"), at)
    earlier = at - timedelta(hours=1)
    proof = Proof(uuid4(), "call_code", device_at=earlier, code=code, offline=True, other_day=True)
    await door_actions.arrive(world["caregiver"], visit.id, proof, at)
    assert (await steps.visit(visit.id)).started_at == at
    key, later = uuid4(), at + timedelta(minutes=30)
    with pytest.raises(NotYours):
        await code_desk.leave(world["dispatcher"], visit.id, proof.key, Call("4321"), SPOKEN, later)
    await code_desk.leave(world["coordinator"], visit.id, key, Call("4321"), SPOKEN, later)
    assert (await steps.visit(visit.id)).evidence == "attested"


async def test_after_five_wrong_codes_the_visit_takes_none_for_a_while(world: World) -> None:
    visit, at = await with_phone(world), now()
    code = await code_desk.read_out(world["coordinator"], visit.id, "in", Call("4321"), at)
    for _ in range(5):
        assert await spend_call_code(visit.id, "000000" if code != "000000" else "111111", at) is None
    with pytest.raises(FormError):
        await spend_call_code(visit.id, code, at)
    codes.call_tries.right(visit.id)


@pytest.mark.database
async def test_one_code_typed_on_two_phones_at_once_is_used_once(world: World) -> None:
    visit, at = await with_phone(world), now()
    code = await code_desk.read_out(world["coordinator"], visit.id, "in", Call("4321"), at)
    used = await asyncio.gather(*[spend_call_code(visit.id, code, at) for _ in range(4)])
    assert sum(each is not None for each in used) == 1
    codes.call_tries.right(visit.id)


@pytest.mark.database
async def test_two_desks_that_record_one_arrival_leave_one(world: World) -> None:
    visit = await with_phone(world)
    desks = ("coordinator", "dispatcher")
    both = [code_desk.arrive(world[name], visit.id, uuid4(), Call("4321"), now()) for name in desks]
    results = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(each).__name__ for each in results) == ["NoneType", "Refused"]


async def test_only_the_desk_of_the_area_records_and_never_on_another_day(world: World) -> None:
    visit = await with_phone(world)
    for name, error in (("outside_coordinator", NotYours), ("officer", NotAllowed), ("caregiver", NotYours)):
        with pytest.raises(error):
            await code_desk.arrive(world[name], visit.id, uuid4(), Call("4321"), now())
    with pytest.raises(Refused):
        await code_desk.arrive(world["coordinator"], visit.id, uuid4(), Call("4321"), now() + timedelta(days=1))


async def test_the_desk_finds_the_visit_by_the_number_that_calls_and_keeps_what_was_typed(world: World, app) -> None:
    visit = await with_phone(world)
    other = await steps.planned(world, start=now())
    desk = await Visitor(app).sign_in(world["coordinator"])
    found = await desk.post("/visit-desk", {"q": "4321"})
    assert visit.number in found.text
    assert other.number not in found.text
    path = f"/visit-desk/{visit.id}"
    read = await desk.post(f"{path}/code", {"number": "4321"})
    assert read.status_code == 200
    assert "Read this code out" in read.text
    bad = await desk.post(f"{path}/arrive", {"key": str(uuid4()), "number": "5555", "text": "电话断线"})
    assert bad.status_code == 422
    assert "电话断线" in bad.text
    done = await desk.post(f"{path}/arrive", {"key": str(uuid4()), "number": "4321"})
    assert done.status_code == 303
    gap = await desk.post(f"{path}/leave", {"key": str(uuid4()), "number": "4321", "confirmation": "voice"})
    assert gap.status_code == 422
    await desk.close()
