"""Who gets in: wrong codes across processes, no difference between unknown and wrong, foreign visits, ended cards."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.app import create_app
from bangfu.errors import FormError, NotYours, Refused
from bangfu.family import cards, entering, policy
from bangfu.family.tables import FamilyAnswer, FamilyCard
from bangfu.households.tables import Consent, Household
from bangfu.settings import Settings
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent, TryCount
from tests.family import family_steps as steps
from tests.support import Visitor, World


async def test_wrong_pins_close_a_code_for_a_quarter_of_an_hour_at_every_process(world, app, tmp_path) -> None:
    card = await steps.printed(world, (await steps.coming(world)).household)
    wrong = "0000" if card.pin != "0000" else "1111"
    first, second = Visitor(app), Visitor(create_app(Settings(data=tmp_path, second_factor="off")))
    try:
        codes = []
        for n in range(policy.WRONG_CODE):
            browser = (first, second)[n % 2]
            codes.append((await browser.post("/home", {"code": card.code, "pin": wrong})).status_code)
        assert set(codes) == {422}
        for browser in (first, second):
            answer = await browser.post("/home", {"code": card.code, "pin": card.pin})
            assert answer.status_code == 429 and "bangfu_home" not in answer.headers.get("set-cookie", "")
    finally:
        await first.close()
        await second.close()
    later = now() + policy.WITHIN + timedelta(minutes=1)
    assert (await entering.enter(card.code, card.pin, "", later)).home is not None


async def test_an_unknown_code_is_answered_and_closed_like_a_wrong_pin(world: World, visit) -> None:
    card = await steps.printed(world, (await steps.coming(world)).household)
    wrong = "0000" if card.pin != "0000" else "1111"
    browser = await visit(None)
    for _ in range(policy.WRONG_CODE + 1):
        known = await browser.post("/home", {"code": card.code, "pin": wrong})
        unknown = await browser.post("/home", {"code": "ABCDE-FGHJK", "pin": wrong})
        assert known.status_code == unknown.status_code
    assert known.status_code == 429


async def test_a_network_is_closed_after_many_codes(world: World) -> None:
    card = await steps.printed(world, (await steps.coming(world)).household)
    for n in range(policy.WRONG_NETWORK):
        assert (await entering.enter(f"ABCDEFGH{n:02d}", "1234", "10.0.0.9", now())).home is None
    assert (await entering.enter(card.code, card.pin, "10.0.0.9", now())).waits_until is not None
    assert (await entering.enter(card.code, card.pin, "10.0.0.8", now())).home is not None
    assert not any(card.code in row.mark for row in await TryCount.objects())


async def test_twenty_wrong_pins_in_a_row_end_the_card(world: World) -> None:
    card, at = await steps.printed(world, (await steps.coming(world)).household), now()
    wrong = "0000" if card.pin != "0000" else "1111"
    for n in range(policy.WRONG_AT_ALL):
        await entering.enter(card.code, wrong, f"10.0.1.{n}", at + n // policy.WRONG_CODE * timedelta(minutes=16))
    row = (await FamilyCard.objects())[0]
    assert (row.status, row.wrong) == ("blocked", policy.WRONG_AT_ALL)
    assert await AuditEvent.exists().where(AuditEvent.action == "family_card.blocked")
    assert (await entering.enter(card.code, card.pin, "10.0.2.1", at + timedelta(hours=3))).home is None


async def test_only_hashes_are_kept_and_nothing_of_the_card_stands_in_an_address(world: World, visit) -> None:
    card = await steps.printed(world, (await steps.coming(world)).household)
    row = (await FamilyCard.objects())[0]
    assert card.code not in row.code_hash and card.pin != row.pin_hash and len(row.pin_hash) == 64
    browser = await visit(None)
    answer = await browser.post("/home", {"code": card.code.lower(), "pin": card.pin})
    cookie = answer.headers["set-cookie"]
    assert answer.headers["location"] == "/home"
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/home" in cookie and "Max-Age=1800" in cookie
    assert card.code not in cookie


async def test_another_homes_visit_is_nobodys(world: World, visit) -> None:
    own, other, past = await steps.coming(world), await steps.coming(world, days=2), await steps.done(world)
    browser = await steps.entered(visit, await steps.printed(world, own.household))
    for path in ("/home/change", "/home/photo"):
        assert (await browser.get(f"{path}?visit={other.id}")).status_code == 404
    assert (await browser.get(f"/home/stars?visit={past.id}")).status_code == 404
    key = str(uuid4())
    for path, more in (("answer", {"answer": "home"}), ("change", {"wish": "stop"}), ("stars", {"stars": "5"})):
        visit_id = past.id if path == "stars" else other.id
        sent = await browser.post(f"/home/{path}", {"visit": str(visit_id), "key": key, **more})
        assert sent.status_code == 404, path
    assert await FamilyAnswer.count() == 0


async def test_an_entry_ends_after_half_an_hour_and_after_two_hours_at_most(world: World) -> None:
    card, at = await steps.printed(world, (await steps.coming(world)).household), now()
    home = (await entering.enter(card.code, card.pin, "", at)).home
    assert home is not None
    token = entering.token_of(home, at)
    assert await entering.home_of(token, at + timedelta(minutes=29)) is not None
    assert await entering.home_of(token, at + timedelta(minutes=31)) is None
    late = entering.token_of(home, at + timedelta(minutes=119))
    assert await entering.home_of(late, at + timedelta(minutes=119)) is not None
    assert await entering.home_of(late, at + timedelta(minutes=121)) is None
    assert await entering.home_of(token[:-1] + ("0" if token[-1] != "0" else "1"), at) is None
    for odd in ("", "x", "a.b.c.d", token.replace(".", "", 1)):
        assert await entering.home_of(odd, at) is None


async def test_signing_out_closes_the_page_on_every_phone(world: World, visit) -> None:
    row = await steps.coming(world)
    card = await steps.printed(world, row.household)
    first, second = await steps.entered(visit, card), await steps.entered(visit, card)
    assert (await first.post("/home/out", {})).status_code == 200
    assert "探访" not in (await second.get("/home")).text
    assert (await second.get("/home/kept")).status_code == 303
    sent = await second.post("/home/answer", {"visit": str(row.id), "answer": "home"})
    assert sent.status_code == 403 and "时间到了" in sent.text and await FamilyAnswer.count() == 0
    assert "探访" in (await (await steps.entered(visit, card)).get("/home")).text


async def test_a_revoked_replaced_or_outdated_card_opens_nothing(world: World, visit) -> None:
    home = (await steps.coming(world)).household
    card = await steps.printed(world, home)
    browser = await steps.entered(visit, card)
    with pytest.raises(FormError):
        await steps.printed(world, home)
    newer = await steps.printed(world, home, "lost")
    assert "探访" not in (await browser.get("/home")).text
    assert (await entering.enter(card.code, card.pin, "", now())).home is None
    browser = await steps.entered(visit, newer)
    await cards.revoke(world["coordinator"], home, newer.card.id, "wish", now())
    await cards.revoke(world["coordinator"], home, newer.card.id, "wish", now())
    assert "探访" not in (await browser.get("/home")).text
    assert await AuditEvent.count().where(AuditEvent.action == "family_card.revoked") == 1
    last = await steps.printed(world, home)
    year = now() + timedelta(days=policy.CARD_DAYS + 1)
    assert (await entering.enter(last.code, last.pin, "", year)).home is None


@pytest.mark.parametrize("how", ["left", "withdrawn", "nobody"])
async def test_the_page_closes_with_the_service(how: str, world: World, visit) -> None:
    home = (await steps.coming(world)).household
    browser = await steps.entered(visit, await steps.printed(world, home))
    assert "探访" in (await browser.get("/home")).text
    if how == "left":
        await Household.update(status="left").where(Household.id == home)
    elif how == "withdrawn":
        await Consent.update(withdrawn_at=now()).where(Consent.household == home)
    else:
        await Household.raw("UPDATE person SET left_on = current_date, left_reason = 'died' WHERE household = {}", home)
    assert "探访" not in (await browser.get("/home")).text


async def test_who_serves_a_home_and_who_is_elsewhere_print_no_card(world: World) -> None:
    home = (await steps.coming(world, "social_worker")).household
    with pytest.raises(Refused):
        await steps.printed(world, home, who="worker")
    with pytest.raises(NotYours):
        await steps.printed(world, home, who="outside_coordinator")


async def test_the_station_prints_and_revokes_on_the_households_page(world: World, visit) -> None:
    home = (await steps.coming(world)).household
    browser = await visit("dispatcher")
    path = f"/households/{home}/card"
    assert "has no card" in (await browser.get(path)).text
    paper = await browser.post(f"{path}/print", {"key": str(uuid4())})
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", paper.content)) == 1
    card = (await FamilyCard.objects())[0]
    assert "Card no. 1" in (await browser.get(path)).text
    assert (await browser.post(f"{path}/print", {"key": str(uuid4())})).status_code == 422
    assert (await browser.post(f"{path}/{card.id}/revoke", {})).status_code == 422
    assert (await browser.post(f"{path}/{card.id}/revoke", {"reason": "lost"})).status_code == 303
    assert (await browser.post(f"{path}/{uuid4()}/revoke", {"reason": "lost"})).status_code == 404


async def test_a_merged_households_card_opens_nothing(world: World, visit) -> None:
    kept, gone = (await steps.coming(world)).household, (await steps.coming(world, days=2)).household
    browser = await steps.entered(visit, await steps.printed(world, gone))
    await Household.update(status="merged", merged_into=kept).where(Household.id == gone)
    assert "探访" not in (await browser.get("/home")).text
