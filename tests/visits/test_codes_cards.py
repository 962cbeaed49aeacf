"""Cards of homes: the code stands on the paper only, counts from the handing over, and dies with the card."""

import asyncio
import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bangfu.errors import FormError, NotYours, Refused
from bangfu.households.sealing import address_columns
from bangfu.households.tables import Household
from bangfu.shared.clock import now, today
from bangfu.visits import code_cards, code_rules, codes
from bangfu.visits.code_tables import HomeCode
from bangfu.visits.codes import home_code_of
from bangfu.visits.tables import Visit
from tests.dispatch.tasks import make_need
from tests.support import Visitor, World
from tests.visits import visit_steps as steps

pytestmark = pytest.mark.usefixtures("database")


async def home_with_card(world: World, household: UUID | None = None) -> tuple[UUID, UUID, str]:
    """A household, its card in use, and the code on it."""
    household = household or (await make_need()).household
    secret, card = await code_cards.print_card(world["coordinator"], household, uuid4(), now())
    await code_cards.hand_over(world["coordinator"], household, card.id, today(), now())
    return household, card.id, secret


def spoken(page: str, code: str) -> str:
    """What the page says in its main part, whatever the code."""
    return re.sub(r"value=\"[^\"]*\"", "", page.partition("<main")[2].partition("</main>")[0]).replace(code, "")


async def test_a_code_counts_from_the_handing_over_however_it_is_typed_and_is_kept_nowhere(world: World) -> None:
    household = (await make_need()).household
    secret, card = await code_cards.print_card(world["coordinator"], household, uuid4(), now())
    assert await home_code_of(household, secret) is None
    await code_cards.hand_over(world["coordinator"], household, card.id, today(), now())
    for typed in (secret, secret.lower(), f" {secret[:5]} - {secret[5:]} ", f"http://127.0.0.1:8000/h/{secret}"):
        assert await home_code_of(household, typed) == card.id
    assert secret not in str(await HomeCode.raw("SELECT * FROM home_code"))
    other = (await make_need()).household
    assert await home_code_of(other, secret) is None


async def test_a_new_card_ends_the_old_one_at_once_and_needs_a_reason(world: World) -> None:
    household, old, first = await home_with_card(world)
    with pytest.raises(FormError):
        await code_cards.print_card(world["coordinator"], household, uuid4(), now())
    await code_cards.print_card(world["coordinator"], household, uuid4(), now(), "lost")
    assert await home_code_of(household, first) is None
    gone = await HomeCode.objects().get(HomeCode.id == old)
    assert gone is not None
    assert (gone.status, gone.reason) == ("replaced", "lost")


async def test_printing_twice_with_one_key_is_one_card_and_only_the_last_paper_is_right(world: World) -> None:
    household, key = (await make_need()).household, uuid4()
    first, _ = await code_cards.print_card(world["coordinator"], household, key, now())
    second, card = await code_cards.print_card(world["coordinator"], household, key, now())
    await code_cards.hand_over(world["coordinator"], household, key, today(), now())
    assert await home_code_of(household, first) is None
    assert await home_code_of(household, second) == card.id
    with pytest.raises(Refused):
        await code_cards.print_card(world["coordinator"], household, key, now())


async def test_another_address_ends_the_card_until_somebody_confirms_the_home(world: World) -> None:
    household, card, secret = await home_with_card(world)
    await Household.update({**address_columns(household, "柳树村 9 号")}).where(Household.id == household)
    assert await home_code_of(household, secret) is None
    await code_cards.confirm_place(world["officer"], household, card, now())
    assert await home_code_of(household, secret) == card


async def test_after_ten_wrong_codes_even_the_right_one_has_to_wait(world: World) -> None:
    household, card, secret = await home_with_card(world)
    at = now()
    for _ in range(code_rules.WRONG_HOME):
        assert await home_code_of(household, "22222-22222", at) is None
    with pytest.raises(FormError):
        await home_code_of(household, secret, at)
    assert await home_code_of(household, secret, at + timedelta(minutes=16)) == card
    codes.home_tries.right(household)


async def test_who_serves_the_home_never_holds_its_card_and_nobody_touches_homes_of_elsewhere(world: World) -> None:
    task = await steps.accepted(world, "social_worker")
    with pytest.raises(Refused):
        await code_cards.print_card(world["worker"], task.household, uuid4(), now())
    stand_in = await steps.planned(world, "volunteer")
    await Visit.update({Visit.partner: world.carers["social_worker"]}).where(Visit.id == stand_in.id)
    with pytest.raises(Refused):
        await code_cards.print_card(world["worker"], stand_in.household, uuid4(), now())
    household, card, _ = await home_with_card(world)
    for step in (
        code_cards.print_card(world["outside_coordinator"], household, uuid4(), now(), "lost"),
        code_cards.revoke(world["outside_officer"], household, card, "lost", now()),
        code_cards.revoke(world["officer"], task.household, card, "lost", now()),
    ):
        with pytest.raises(NotYours):
            await step


@pytest.mark.database
async def test_two_stations_that_print_at_once_leave_one_card(world: World) -> None:
    household = (await make_need()).household
    both = [code_cards.print_card(world[name], household, uuid4(), now()) for name in ("coordinator", "officer")]
    results = await asyncio.gather(*both, return_exceptions=True)
    live = await HomeCode.count().where((HomeCode.household == household) & (HomeCode.status == "printed"))
    assert live == 1
    assert sorted(type(each).__name__ for each in results) == ["FormError", "tuple"]


async def test_a_scanned_card_leads_its_named_server_to_the_visit_and_says_nothing_to_others(world: World, app) -> None:
    visit = await steps.planned(world, start=now())
    _, _, secret = await home_with_card(world, visit.household)
    mine = await Visitor(app).sign_in(world["caregiver"])
    found = await mine.get(f"/h/{secret}")
    assert (found.status_code, found.headers["location"]) == (303, f"/my-visits/{visit.id}?code={secret}")
    for name in ("other_caregiver", "officer", "volunteer"):
        visitor = await Visitor(app).sign_in(world[name])
        right, wrong = await visitor.get(f"/h/{secret}"), await visitor.get("/h/2222222222")
        assert right.status_code == wrong.status_code == 200
        assert spoken(right.text, secret) == spoken(wrong.text, "2222222222")
        await visitor.close()
    stranger = Visitor(app)
    shown = await stranger.get(f"/h/{secret}")
    assert shown.status_code == 200
    assert str(visit.household) not in shown.text
    await stranger.close()
    await mine.close()


async def test_the_station_prints_a_card_that_names_nobody_and_notes_its_handing_over(world: World, app) -> None:
    visitor = await Visitor(app).sign_in(world["coordinator"])
    household, key = (await make_need()).household, uuid4()
    path = f"/households/{household}/home-code"
    assert (await visitor.get(path)).status_code == 200
    made = await visitor.post(f"{path}/print", {"key": str(key)})
    assert made.content.startswith(b"%PDF")
    assert (await visitor.post(f"{path}/{key}/hand-over", {"handed_on": "2020-01-01"})).status_code == 422
    done = await visitor.post(f"{path}/{key}/hand-over", {"handed_on": today().isoformat()})
    assert done.status_code == 303
    shown = (await visitor.get(path)).text
    assert "In use" in shown
    again = await visitor.post(f"{path}/print", {"key": str(uuid4())})
    assert again.status_code == 422
    assert (await visitor.post(f"{path}/{key}/revoke", {"reason": "lost"})).status_code == 303
    await visitor.close()
