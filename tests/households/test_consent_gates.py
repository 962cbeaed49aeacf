"""Nothing is confirmed, matched, offered, accepted or shown without its ground; a withdrawal ends it at once (9.1)."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.dispatch.actions import accept, make_offer
from bangfu.dispatch.tables import Assignment
from bangfu.errors import Refused
from bangfu.households.consent_actions import TakenBack, withdraw_ground
from bangfu.households.consents import ground_for, require_ground
from bangfu.households.tables import Consent, Person
from bangfu.messages.tables import Message
from bangfu.needs.actions import start_matching
from bangfu.needs.deciding import confirm_need
from bangfu.needs.tables import Need
from bangfu.planning.snapshot import of_division
from bangfu.shared.clock import now, today
from tests.dispatch.tasks import ADDRESS, NAME, PHONE, make_need, need_status, offer_of, offered, status_of
from tests.support import TOWN, VILLAGE, World

ALL = TakenBack("欧阳秀英", "self", "spoken", None)


async def _consent(need: Need) -> UUID:
    rows = await Consent.select(Consent.id).where(Consent.household == need.household)
    found: UUID = rows[0]["id"]
    return found


async def _covers(need: Need, *purposes: str) -> None:
    await Consent.update({Consent.purposes: list(purposes)}).where(Consent.household == need.household)


async def _need_of(assignment: UUID) -> Need:
    row = await Assignment.objects().get(Assignment.id == assignment)
    assert row is not None
    need = await Need.objects().get(Need.id == row.need)
    assert need is not None
    return need


async def test_confirming_asks_for_a_ground_for_arranging_services(world: World) -> None:
    need = await make_need("submitted")
    await _covers(need, "photo")
    with pytest.raises(Refused, match="for arranging services"):
        await confirm_need(world["officer"], need.id, need.consent, now())
    await _covers(need, "service")
    await confirm_need(world["officer"], need.id, need.consent, now())


async def test_a_child_under_fourteen_has_a_purpose_of_its_own(world: World) -> None:
    need = await make_need("submitted")
    await Person.update({Person.birth_date: today() - timedelta(days=9 * 365)}).where(
        Person.household == need.household
    )
    with pytest.raises(Refused, match="under 14"):
        await confirm_need(world["officer"], need.id, need.consent, now())
    await _covers(need, "service", "minor_data")
    await confirm_need(world["officer"], need.id, need.consent, now())


async def test_a_run_takes_no_need_without_its_ground_and_names_it(world: World) -> None:
    kept, lost, unshared = [await make_need("matching") for _ in range(3)]
    await _covers(lost, "photo")
    await _covers(unshared, "service")
    await Need.update({Need.kinds: ["worker"]}).where(Need.id == unshared.id)
    found = await of_division(TOWN, today())
    assert [need.id for need in found.problem.needs] == [str(kept.id)]
    assert set(found.ungrounded) == {lost.number, unshared.number}
    confirmed = await make_need("confirmed")
    await _covers(confirmed, "photo")
    assert await start_matching(world["dispatcher"], [confirmed.id], now()) == []


async def test_a_consent_counts_only_until_its_last_day(world: World) -> None:
    need = await make_need()
    await Consent.update({Consent.valid_until: today()}).where(Consent.household == need.household)
    assert await ground_for(need.household, "service", today()) is not None
    with pytest.raises(Refused, match="no consent or statutory ground"):
        await require_ground(need.household, "service", today() + timedelta(days=1))


@pytest.mark.parametrize(
    ("purpose", "words"), [("photo", "photos"), ("location", "position"), ("publicity", "publication")]
)
async def test_photos_positions_and_publication_need_consent_even_beside_a_statute(
    purpose: str, words: str, world: World
) -> None:
    need = await make_need()
    await Consent.update({Consent.ground: "statutory"}, force=True)
    assert await require_ground(need.household, "share_provider", today())
    with pytest.raises(Refused, match=words):
        await require_ground(need.household, purpose, today())
    await Consent(id=uuid4(), household=need.household, ground="consent", purposes=[purpose]).save()
    assert await require_ground(need.household, purpose, today())


async def test_a_consent_about_one_member_says_nothing_about_another(world: World) -> None:
    need, sister = await make_need(), uuid4()
    await Person(id=sister, household=need.household, name="欧阳秀兰", relation="sibling").save()
    await Consent.update({Consent.person: sister}).where(Consent.household == need.household)
    assert await ground_for(need.household, "service", today(), sister) is not None
    assert await ground_for(need.household, "service", today(), need.person) is None
    with pytest.raises(Refused):
        await make_offer(world["dispatcher"], offer_of(need, world.carers["nurse"]), now())


@pytest.mark.parametrize("accepted", [False, True])
async def test_a_withdrawal_ends_offers_and_services_at_once(accepted: bool, world: World, visit: Any) -> None:
    task = await offered(world)
    need = await _need_of(task)
    if accepted:
        await accept(world["manager"], task, None, now())
    for _ in range(2):  # a repeat changes nothing
        await withdraw_ground(world["coordinator"], need.household, await _consent(need), ALL, now())
    assert (await status_of(task), await need_status(task)) == ("cancelled", "confirmed")
    assert (await _need_of(task)).binding_reason == "no_ground"
    for name in ("dispatcher", "officer"):
        told = await Message.count().where((Message.user == world[name].me) & (Message.kind == "consent_withdrawn"))
        assert told == 1, name
    manager = await visit("manager")
    shown = "".join([(await manager.get(path)).text for path in (f"/tasks/{task}", "/tasks?state=all", "/inbox", "/")])
    refused = await manager.post(f"/tasks/{task}/contact", {"contact_reason": "arrange", "contact_text": "x"})
    assert refused.status_code == 404
    assert not [value for value in (NAME, ADDRESS, PHONE) if value in shown + refused.text]
    officer = await visit("officer")
    assert "No consent or statutory ground in force" in (await officer.get(f"/needs/{need.id}")).text


async def test_a_volunteer_loses_sight_of_the_household_as_well(world: World, visit: Any) -> None:
    task = await offered(world, "volunteer")
    await accept(world["volunteer"], task, None, now())
    volunteer = await visit("volunteer")
    assert ADDRESS in (await volunteer.get(f"/my-tasks/{task}")).text
    need = await _need_of(task)
    await withdraw_ground(world["coordinator"], need.household, await _consent(need), ALL, now())
    for path in (f"/my-tasks/{task}", "/my-tasks", "/inbox"):
        text = (await volunteer.get(path)).text
        assert not [value for value in (NAME, ADDRESS, PHONE, "欧阳") if value in text], path


async def test_what_a_statutory_ground_covers_goes_on(world: World) -> None:
    task = await offered(world)
    await accept(world["manager"], task, None, now())
    need = await _need_of(task)
    first = await _consent(need)
    await Consent(id=uuid4(), household=need.household, ground="statutory", statute="社会救助暂行办法").save()
    await withdraw_ground(world["coordinator"], need.household, first, ALL, now())
    assert (await status_of(task), await need_status(task)) == ("accepted", "assigned")


async def test_withdrawing_the_sharing_alone_ends_what_organisations_do_and_nothing_else(world: World) -> None:
    theirs, stations = await offered(world), await offered(world, "social_worker")
    for task in (theirs, stations):
        need = await _need_of(task)
        part = TakenBack("欧阳秀英", "self", "paper", today(), ("share_provider",))
        await withdraw_ground(world["coordinator"], need.household, await _consent(need), part, now())
        assert await ground_for(need.household, "service", today()) is not None
        assert await ground_for(need.household, "share_provider", today()) is None
    assert (await status_of(theirs), await status_of(stations)) == ("cancelled", "offered")


async def test_the_form_keeps_who_withdrew_and_refuses_half_of_it(world: World, visit: Any) -> None:
    need = await make_need("confirmed", division=VILLAGE)
    coordinator, path = await visit("coordinator"), f"/households/{need.household}/grounds/{await _consent(need)}"
    assert (await coordinator.post(f"{path}/withdraw", {"extent": "some"})).status_code == 422
    form = {"withdrawn_by": "欧阳秀英", "relation": "self", "method": "phone", "said_on": today().isoformat()}
    done = await coordinator.post(f"{path}/withdraw", {**form, "extent": "some", "withdrawn": ["share_provider"]})
    assert done.status_code == 303
    page = (await coordinator.get(path)).text
    assert "By phone" in page
    assert "欧***" in page
    assert (await coordinator.get(f"/households/{need.household}/grounds/form")).status_code == 200
