"""What limits an account: tries from one address, one session a browser, who may be linked, roles kept apart."""

import asyncio
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.accounts import actions
from bangfu.accounts.middleware import COOKIE
from bangfu.accounts.signing_in import NETWORK, sign_in
from bangfu.accounts.tables import User
from bangfu.errors import FormError
from bangfu.shared import tries
from bangfu.shared.clock import now
from bangfu.shared.permissions import STATION, barred_pair
from tests.support import PASSWORD, TOWN, World


async def test_an_address_that_failed_too_often_has_to_wait_whatever_the_account(visit, world: World) -> None:
    browser = await visit(None)
    await tries.take(NETWORK, "127.0.0.1", now(), NETWORK.most)
    answer = await browser.post("/signin", {"username": "dispatcher", "password": PASSWORD})
    assert answer.status_code == 429
    assert COOKIE not in browser.client.cookies


async def test_every_failure_counts_towards_the_address_and_a_success_does_not(visit, world: World) -> None:
    await tries.take(NETWORK, "127.0.0.1", now(), NETWORK.most - 2)
    for expected, password in ((303, PASSWORD), (422, "nothing like it"), (422, "nothing like it"), (429, PASSWORD)):
        browser = await visit(None)
        answer = await browser.post("/signin", {"username": "dispatcher", "password": password})
        assert answer.status_code == expected


async def test_signing_in_again_ends_the_session_that_the_browser_had(visit, world: World) -> None:
    browser = await visit("dispatcher")
    old = browser.client.cookies[COOKIE]
    answer = await browser.post("/signin", {"username": "officer", "password": PASSWORD})
    assert answer.status_code == 303
    other = await visit(None)
    other.client.cookies.set(COOKIE, old)
    assert (await other.get("/")).headers["location"].startswith("/signin")


async def test_an_account_is_linked_only_to_somebody_who_exists(visit, world: World) -> None:
    admin = await visit("admin")
    form = {"username": "new.one", "display_name": "新", "scope": TOWN}
    for wrong in (
        {"roles": "volunteer", "carer": str(uuid4())}, {"roles": "provider_manager", "organization": str(uuid4())},
        {"roles": "volunteer", "carer": str(world.carers["nurse"])},
    ):  # fmt: skip
        assert (await admin.post("/accounts/new", {**form, **wrong})).status_code == 422
    assert not await User.exists().where(User.username == "new.one")


async def test_a_caregiver_is_a_carer_of_an_organisation_and_belongs_to_it(visit, world: World) -> None:
    admin = await visit("admin")
    form = {"username": "carer.one", "display_name": "员", "roles": "caregiver"}
    for wrong in (
        {}, {"carer": str(world.carers["volunteer"])},
        {"carer": str(world.carers["nurse"]), "organization": str(world.other_organization)},
    ):  # fmt: skip
        assert (await admin.post("/accounts/new", {**form, **wrong})).status_code == 422
    assert (await admin.post("/accounts/new", {**form, "carer": str(world.carers["cleaner"])})).status_code == 200
    made = await User.objects().get(User.username == "carer.one")
    assert (made.carer, made.organization) == (world.carers["cleaner"], world.organization)
    other = {"roles": "caregiver", "active": "yes"}
    assert (await admin.post(f"/accounts/{world['volunteer'].me}", other)).status_code == 422


async def test_the_same_name_at_the_same_moment_makes_one_account(world: World) -> None:
    new = actions.NewUser("Twice", "两次", frozenset({"auditor"}), TOWN)
    tries = [actions.create_user(world["admin"], new, "wren-kettle-orchard-42") for _ in range(2)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(each).__name__ for each in outcomes) == ["FormError", "UUID"]
    with pytest.raises(FormError):
        await actions.create_user(world["admin"], new, "wren-kettle-orchard-43")


def test_who_manages_a_provider_never_reads_the_households_of_an_area() -> None:
    assert all(barred_pair(frozenset({"provider_manager", role})) for role in STATION)


async def first_password(page: str) -> str:
    found = re.search(r"(?:[A-Za-z2-9]{5}-){3}[A-Za-z2-9]{5}", page)
    assert found is not None
    return found[0]


async def test_a_double_click_makes_one_account_and_shows_a_password_that_counts(visit, world: World) -> None:
    admin = await visit("admin")
    key = re.search(r'name="key" value="([^"]+)"', (await admin.get("/accounts/new")).text)
    assert key is not None
    form = {"key": key[1], "username": "new.one", "display_name": "新", "roles": "auditor", "scope": TOWN}
    await admin.post("/accounts/new", form)
    again = await admin.post("/accounts/new", form)
    assert again.status_code == 200
    assert await User.count().where(User.username == "new.one") == 1
    word = {"username": "new.one", "password": await first_password(again.text)}
    assert (await (await visit(None)).post("/signin", word)).status_code == 303
    assert (await admin.post("/accounts/new", form)).status_code == 422, "somebody uses it now"
    assert (await (await visit(None)).post("/signin", word)).status_code == 303


async def test_a_repeat_replaces_no_other_accounts_password(world: World) -> None:
    new = actions.NewUser("once", "一次", frozenset({"auditor"}), TOWN)
    key = await actions.create_once(world["admin"], uuid4(), new, "wren-kettle-orchard-42", now())
    other = actions.NewUser("other", "别人", frozenset({"auditor"}), TOWN)
    for wanted, at in ((other, now()), (new, now() + actions.REPEATED + timedelta(minutes=1))):
        with pytest.raises(FormError):
            await actions.create_once(world["admin"], key, wanted, "wren-kettle-orchard-43", at)
    assert (await sign_in("once", "wren-kettle-orchard-42", "", "", now())).token


async def test_a_search_takes_percent_and_underscore_as_they_are(visit, world: World) -> None:
    admin = await visit("admin")
    assert "dispatcher" in (await admin.get("/accounts", params={"q": "dispatch"})).text
    for mark in ("%", "_ispatcher", "\\"):
        assert "dispatcher" not in (await admin.get("/accounts", params={"q": mark})).text.replace(mark, "")
