"""A forgotten password: the same answer for every name, a code that counts once, given passwords that are changed."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.accounts import resets, sessions, signing_in
from bangfu.accounts.tables import PasswordCode, User
from bangfu.errors import FormError, Refused
from bangfu.messages import password_codes
from bangfu.messages.tables import MessageChannel, Outbox
from bangfu.shared import tries
from bangfu.shared.clock import now
from bangfu.shared.crypto import decrypt, encrypt
from tests.support import PASSWORD, World

NEW = "plum-lantern-gravel-52"


async def reachable(world: World, name: str) -> None:
    """The person confirmed an e-mail address."""
    row = uuid4()
    await MessageChannel(
        id=row, user=world[name].me, channel="email", confirmed_at=now(),
        address_enc=encrypt("somebody@example.org", f"message_channel:address_enc:{row}"),
    ).save()  # fmt: skip


async def code_sent_to(world: World, name: str) -> str:
    """What stands in the newest message to the person."""
    rows = await Outbox.raw(
        "SELECT id, secret_enc FROM outbox WHERE recipient = {} AND kind = 'password_code' ORDER BY created_at DESC",
        world[name].me,
    )
    return decrypt(rows[0]["secret_enc"], f"outbox:secret_enc:{rows[0]['id']}") if rows else ""


def without_token(page: str) -> str:
    return re.sub(r'name="_csrf_token" value="[^"]*"|\d\d:\d\d', "", page)


async def test_the_answer_is_the_same_for_every_name(visit, world: World) -> None:
    await reachable(world, "worker")
    pages = []
    for name in ("worker", "dispatcher", "nobody-at-all"):
        browser = await visit(None)
        answer = await browser.post("/signin/forgotten", {"username": name})
        pages.append((answer.status_code, without_token(answer.text).replace(name, "NAME")))
    assert pages[0] == pages[1] == pages[2]
    assert await PasswordCode.count() == 3, "the page does the same work for each; the worker looks who it is"
    assert await password_codes.send_asked(now) == 1
    assert await Outbox.count() == 1


async def test_the_code_sets_a_password_once_and_signs_everybody_out(visit, world: World) -> None:
    await reachable(world, "worker")
    session = await visit("worker")
    await resets.ask("worker", "", now())
    await password_codes.send_asked(now)
    code = await code_sent_to(world, "worker")
    assert re.fullmatch(r"\d{8}", code)
    browser = await visit(None)
    form = {"username": "Worker ", "code": f"{code[:4]} {code[4:]}", "new_password": NEW, "repeat_password": NEW}
    assert (await browser.post("/signin/reset", form)).headers["location"] == "/signin?reset=done"
    assert (await session.get("/inbox")).status_code == 303
    assert (await browser.post("/signin/reset", form)).status_code == 422
    assert (await browser.post("/signin", {"username": "worker", "password": NEW})).status_code == 303
    assert (await signing_in.sign_in("worker", PASSWORD, "", "", now())).token is None


async def test_a_code_is_over_after_twenty_minutes_and_is_its_persons(world: World) -> None:
    at = now()
    await reachable(world, "worker")
    await resets.ask("worker", "", at)
    await password_codes.send_asked(lambda: at)
    code = await code_sent_to(world, "worker")
    for name, moment in (("dispatcher", at), ("worker", at + resets.COUNTS)):
        with pytest.raises(FormError):
            await resets.set_with_code(name, code, NEW, "", moment)
    await resets.set_with_code("worker", code, NEW, "", at + resets.COUNTS - timedelta(seconds=1))


async def test_guessing_ends_after_five_tries_whether_the_name_exists_or_not(world: World) -> None:
    said = {}
    for name in ("worker", "nobody-at-all"):
        said[name] = []
        for _ in range(7):
            with pytest.raises(FormError) as caught:
                await resets.set_with_code(name, "12345678", NEW, "", now())
            said[name].append(caught.value.fields["code"][0])
    assert said["worker"] == said["nobody-at-all"]
    assert said["worker"][4] == resets.WRONG != said["worker"][5]


async def test_nobody_is_pestered_with_codes(world: World) -> None:
    await reachable(world, "worker")
    for _ in range(10):
        await resets.ask("worker", "", now())
    await password_codes.send_asked(now)
    assert await Outbox.count() == resets.ASKING.most


async def test_what_was_typed_as_a_name_is_not_kept(world: World) -> None:
    await resets.ask("my-secret-typed-in-the-wrong-field", "", now())
    await password_codes.send_asked(now)
    assert [row.username for row in await PasswordCode.objects()] == [""]


async def test_a_password_that_somebody_else_set_is_changed_first(visit, world: World) -> None:
    admin = await visit("admin")
    shown = await admin.post(f"/accounts/{world['worker'].me}/password")
    given = re.search(r"<dd>([a-zA-Z2-9]{5}(?:-[a-zA-Z2-9]{5}){3})</dd>", shown.text)
    assert given
    browser = await visit(None)
    assert (await browser.post("/signin", {"username": "worker", "password": given[1]})).status_code == 303
    assert (await browser.get("/inbox")).headers["location"] == "/account"
    assert "given to you by somebody else" in (await browser.get("/account")).text
    change = {"old_password": given[1], "new_password": given[1], "repeat_password": given[1]}
    assert (await browser.post("/account/password", change)).status_code == 422, "the same once more is no change"
    change |= {"new_password": NEW, "repeat_password": NEW}
    assert (await browser.post("/account/password", change)).status_code == 303
    assert "was set anew" in (await browser.get("/inbox")).text


async def test_an_administrator_sets_no_password_of_their_own_this_way(world: World) -> None:
    with pytest.raises(Refused):
        await resets.give_password(world["admin"], world["admin"].me, NEW, now())


async def test_a_new_password_unlocks_the_account(world: World) -> None:
    for _ in range(6):
        await signing_in.sign_in("worker", "wrong wrong wrong", "", "", now())
    assert await tries.closed_until(signing_in.ACCOUNT, "worker", now())
    await resets.give_password(world["admin"], world["worker"].me, NEW, now())
    assert (await signing_in.sign_in("worker", NEW, "", "", now())).token


async def test_one_session_of_many_is_ended_and_only_ones_own(visit, world: World) -> None:
    here, there, other = await visit("worker"), await visit("worker"), await visit("dispatcher")
    rows = await User.raw('SELECT id FROM app_session WHERE "user" = {} ORDER BY created_at', world["worker"].me)
    theirs = await User.raw('SELECT id FROM app_session WHERE "user" = {}', world["dispatcher"].me)
    page = (await here.get("/account")).text
    assert f"/account/sessions/{rows[1]['id']}/end" in page and f"/sessions/{rows[0]['id']}/end" not in page
    await here.post(f"/account/sessions/{theirs[0]['id']}/end")
    assert (await other.get("/inbox")).status_code == 200
    await here.post(f"/account/sessions/{rows[1]['id']}/end")
    assert (await there.get("/inbox")).status_code == 303 and (await here.get("/inbox")).status_code == 200
    assert await sessions.end_one(world["worker"].me, rows[1]["id"]) is False
