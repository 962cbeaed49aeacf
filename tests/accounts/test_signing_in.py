"""Signing in: who gets a session, who is locked out, and what a session is worth."""

from datetime import timedelta

from bangfu.accounts import sessions, signing_in
from bangfu.accounts.middleware import COOKIE
from bangfu.accounts.tables import Session
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.support import PASSWORD, World


async def test_the_right_password_opens_a_session_and_the_start_page(visit, world: World) -> None:
    browser = await visit(None)
    answer = await browser.post("/signin", {"username": "dispatcher", "password": PASSWORD, "next": "/inbox"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox")
    assert (await browser.get("/")).status_code == 200


async def test_a_wrong_password_keeps_the_user_name_and_says_so(visit, world: World) -> None:
    browser = await visit(None)
    answer = await browser.post("/signin", {"username": "dispatcher", "password": "nothing like it"})
    assert answer.status_code == 422
    assert 'value="dispatcher"' in answer.text
    assert COOKIE not in browser.client.cookies


async def test_five_failures_lock_the_account_even_for_the_right_password(world: World) -> None:
    at = now()
    for _ in range(5):
        assert (await signing_in.sign_in("dispatcher", "wrong wrong wrong", "", "", at)).why == "wrong"
    assert (await signing_in.sign_in("dispatcher", PASSWORD, "", "", at)).why == "locked"
    later = at + timedelta(minutes=16)
    assert (await signing_in.sign_in("dispatcher", PASSWORD, "", "", later)).token


async def test_a_token_that_the_browser_invented_opens_nothing(visit, world: World) -> None:
    browser = await visit(None)
    browser.client.cookies.set(COOKIE, "invented-by-the-client")
    assert (await browser.get("/")).headers["location"].startswith("/signin")
    answer = await browser.post("/signin", {"username": "dispatcher", "password": PASSWORD})
    assert answer.cookies[COOKIE] != "invented-by-the-client"


async def test_a_session_ends_when_idle_and_after_twelve_hours(world: World) -> None:
    at = now()
    token = await sessions.start(world["dispatcher"].me, "", "", at)
    assert await sessions.find(token, "", at + timedelta(minutes=29))
    assert await sessions.find(token, "", at + timedelta(minutes=58)), "seen at 29 minutes, so still alive"
    assert await sessions.find(token, "", at + timedelta(minutes=89)) is None
    await Session.raw("UPDATE app_session SET last_seen_at = {}", at + timedelta(hours=11, minutes=50))
    assert await sessions.find(token, "", at + timedelta(hours=12, minutes=1)) is None


async def test_the_database_keeps_no_token_that_could_be_used(world: World) -> None:
    token = await sessions.start(world["dispatcher"].me, "", "", now())
    rows = await Session.raw("SELECT token_hash FROM app_session")
    assert all(token.encode() not in bytes(row["token_hash"]) for row in rows)


async def test_signing_out_everywhere_ends_the_other_browsers(visit, world: World) -> None:
    here, there = await visit("dispatcher"), await visit("dispatcher")
    await here.post("/signout-everywhere")
    assert (await here.get("/")).status_code == 200
    assert (await there.get("/")).status_code == 303
    rows = await AuditEvent.raw("SELECT action FROM audit_event WHERE subject = {}", str(world["dispatcher"].me))
    assert [row["action"] for row in rows] == ["account.signed_out_elsewhere"]


async def test_signing_out_ends_the_session_and_is_written_down(visit, world: World) -> None:
    browser = await visit("dispatcher")
    await browser.post("/signout")
    assert await Session.count() == 0
    rows = await AuditEvent.raw("SELECT action FROM audit_event")
    assert [row["action"] for row in rows] == ["account.sign_out"]


async def test_a_form_without_its_token_changes_nothing(visit, world: World) -> None:
    browser = await visit("dispatcher")
    answer = await browser.client.post("/signout-everywhere", data={})
    assert answer.status_code == 403


async def test_a_form_posted_by_another_site_is_refused(visit, world: World) -> None:
    browser = await visit("dispatcher")
    answer = await browser.post("/signout-everywhere", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


async def test_sign_in_never_leads_to_another_site(visit, world: World) -> None:
    for target in ("https://evil.example", "//evil.example", "/\\evil.example", "/\tx", "javascript:alert(1)"):
        browser = await visit(None)
        answer = await browser.post("/signin", {"username": "worker", "password": PASSWORD, "next": target})
        assert answer.headers["location"] == "/", target
