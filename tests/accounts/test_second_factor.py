"""The second factor: who must have one, which codes count, what is shut until it is there."""

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar

from bangfu.accounts import factor_rules as rules
from bangfu.accounts import factors, sessions, signing_in
from bangfu.accounts.middleware import COOKIE
from bangfu.accounts.tables import RecoveryCode, Session
from bangfu.app import create_app
from bangfu.errors import FormError, NotYours, Refused
from bangfu.settings import Settings
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.support import PASSWORD, Visitor, World


async def enrol(actor: Actor, at: datetime) -> tuple[pyotp.TOTP, list[str]]:
    """An authenticator of the person, confirmed."""
    await factors.begin(actor, at)
    totp = pyotp.TOTP(await factors.begun_secret(actor) or "")
    return totp, await factors.confirm(actor, totp.at(at), at)


@pytest.fixture
async def strict(portal_app: Litestar, world: World) -> Litestar:
    """The portal as it is served in earnest: privileged roles need a second factor."""
    settings: Settings = portal_app.state.settings
    return create_app(Settings(data=settings.data, key_file=settings.key_file))


def test_the_privileged_roles_need_one_and_the_others_may_have_one() -> None:
    for role in ("sysadmin", "auditor", "finance_officer", "bureau_officer", "bureau_lead", "township_officer"):
        assert rules.needs_factor("privileged", frozenset({role, "social_worker"}))
    assert not rules.needs_factor("privileged", frozenset({"volunteer", "caregiver"}))
    assert rules.needs_factor("all", frozenset({"volunteer"}))
    assert not rules.needs_factor("off", frozenset({"sysadmin"}))


def test_codes_of_rfc_6238_count() -> None:
    # RFC 6238, appendix B, SHA-1: the last six digits of its table
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037"), (20000000000, "353130")):
        at = datetime.fromtimestamp(seconds, tz=now().tzinfo)
        assert rules.taken_step(secret, code, at, -1) == seconds // 30


@given(st.integers(min_value=-5, max_value=5), st.integers(min_value=0, max_value=10**6))
def test_a_code_counts_one_step_around_its_time_and_once(shift: int, start: int) -> None:
    secret, at = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", datetime.fromtimestamp(1_700_000_000 + start, tz=now().tzinfo)
    code = pyotp.TOTP(secret).at(at + timedelta(seconds=30 * shift))
    step = rules.taken_step(secret, code, at, 0)
    if abs(shift) <= 1:
        assert step == int(at.timestamp()) // 30 + shift
        assert rules.taken_step(secret, code, at, step) is None
    else:
        assert step is None or pyotp.TOTP(secret).at(step * 30) == code


async def test_signing_in_takes_two_steps_and_the_first_opens_nothing(visit, world: World) -> None:
    totp, _ = await enrol(world["bureau"], now() - timedelta(minutes=5))
    browser = await visit(None)
    first = await browser.post("/signin", {"username": "bureau", "password": PASSWORD, "next": "/inbox"})
    assert first.headers["location"] == "/signin/code?next=%2Finbox"
    assert (await browser.get("/inbox")).headers["location"].startswith("/signin?")
    half = browser.client.cookies[COOKIE]
    assert (await browser.get("/signin/code?next=/inbox")).status_code == 200
    wrong = await browser.post("/signin/code", {"code": "000000", "next": "/inbox"})
    assert wrong.status_code == 422
    right = await browser.post("/signin/code", {"code": totp.now(), "next": "/inbox"})
    assert right.headers["location"] == "/inbox"
    assert browser.client.cookies[COOKIE] != half
    assert (await browser.get("/inbox")).status_code == 200
    assert await sessions.find_pending(half, "", now()) is None


async def test_the_same_code_opens_no_second_browser(world: World) -> None:
    at = now()
    totp, _ = await enrol(world["bureau"], at - timedelta(minutes=5))
    assert await factors.check(world["bureau"], totp.at(at), at) is None
    assert await factors.check(world["bureau"], totp.at(at), at) == factors.WRONG


async def test_two_browsers_at_once_cannot_share_a_code(world: World) -> None:
    at = now()
    totp, codes = await enrol(world["bureau"], at - timedelta(minutes=5))
    for code in (totp.at(at), codes[0]):
        answers = await asyncio.gather(*(factors.check(world["bureau"], code, at) for _ in range(4)))
        assert answers.count(None) == 1, "one browser got in"


async def test_a_recovery_code_works_once_and_is_kept_as_a_hash(world: World) -> None:
    at = now()
    _, codes = await enrol(world["bureau"], at)
    assert len(set(codes)) == rules.RECOVERY_CODES
    assert await factors.check(world["bureau"], codes[3].lower().replace("-", " "), at) is None
    assert await factors.check(world["bureau"], codes[3], at) == factors.WRONG
    assert await factors.codes_left(world["bureau"].me) == rules.RECOVERY_CODES - 1
    assert not {row.code_hash for row in await RecoveryCode.objects()} & {rules.plain(code) for code in codes}
    assert await factors.check(world["lead"], codes[4], at) == factors.WRONG, "a code is its person's"


async def test_five_wrong_codes_close_the_door_also_for_a_right_one(world: World) -> None:
    at = now()
    totp, codes = await enrol(world["bureau"], at - timedelta(minutes=5))
    for _ in range(5):
        assert await factors.check(world["bureau"], "123456", at) == factors.WRONG
    assert await factors.check(world["bureau"], totp.at(at), at) == factors.CLOSED
    assert await factors.check(world["bureau"], codes[0], at) == factors.CLOSED
    later = at + timedelta(minutes=16)
    assert await factors.check(world["bureau"], totp.at(later), later) is None


async def test_a_privileged_role_without_one_opens_only_its_page(strict: Litestar, world: World) -> None:
    browser = await Visitor(strict).sign_in(world["finance"])
    assert (await browser.get("/payments")).headers["location"] == "/account/second-factor"
    refused = await browser.post("/payments/batches", {})
    assert refused.headers["location"] == "/account/second-factor"
    assert (await browser.post("/account/second-factor/begin")).status_code == 303
    page = (await browser.get("/account/second-factor")).text
    secret = await factors.begun_secret(world["finance"])
    assert secret and " ".join(secret[at : at + 4] for at in range(0, 32, 4)) in page
    assert "data:image/svg" in page
    shown = await browser.post("/account/second-factor/confirm", {"code": pyotp.TOTP(secret).now()})
    assert shown.status_code == 200 and shown.text.count("<li><code>") == rules.RECOVERY_CODES
    assert (await browser.get("/payments")).status_code == 200
    assert secret[:4] + " " + secret[4:8] not in (await browser.get("/account/second-factor")).text
    await browser.close()


async def test_a_role_that_needs_none_is_not_held_back(strict: Litestar, world: World) -> None:
    browser = await Visitor(strict).sign_in(world["volunteer"])
    assert (await browser.get("/inbox")).status_code == 200
    await browser.close()


async def test_setting_up_signs_the_other_browsers_out_and_tells_the_person(visit, world: World) -> None:
    here, there = await visit("worker"), await visit("worker")
    await here.post("/account/second-factor/begin")
    secret = await factors.begun_secret(world["worker"])
    assert secret
    wrong = await here.post("/account/second-factor/confirm", {"code": "12345"})
    assert wrong.status_code == 422 and (await there.get("/inbox")).status_code == 200
    await here.post("/account/second-factor/confirm", {"code": pyotp.TOTP(secret).now()})
    assert (await there.get("/inbox")).status_code == 303
    assert "An authenticator was set up" in (await here.get("/inbox")).text


async def test_one_that_counts_is_not_replaced_by_a_click(visit, world: World) -> None:
    await enrol(world["worker"], now())
    with pytest.raises(Refused):
        await factors.begin(world["worker"], now())
    assert await factors.begun_secret(world["worker"]) is None


async def test_an_administrator_removes_it_and_the_person_hears(visit, world: World) -> None:
    await enrol(world["worker"], now())
    admin = await visit("admin")
    answer = await admin.post(f"/accounts/{world['worker'].me}/second-factor/remove")
    assert answer.status_code == 303
    assert not await factors.has_factor(world["worker"].me) and await factors.codes_left(world["worker"].me) == 0
    assert "was removed" in (await (await visit("worker")).get("/inbox")).text
    rows = await AuditEvent.raw("SELECT action FROM audit_event WHERE subject = {}", str(world["worker"].me))
    assert rows[-1]["action"] == "account.second_factor_removed"
    with pytest.raises(Refused):
        await factors.remove_for(world["admin"], world["admin"].me, now())
    with pytest.raises(NotYours):
        await factors.remove_for(world["admin"], uuid4(), now())


async def test_a_closed_account_gets_no_further_with_a_code(world: World) -> None:
    at = now()
    totp, _ = await enrol(world["worker"], at - timedelta(minutes=5))
    half = await signing_in.sign_in("worker", PASSWORD, "", "", at)
    await Session.raw("UPDATE app_user SET active = false WHERE id = {}", world["worker"].me)
    assert half.token and await sessions.find_pending(half.token, "", at) is None
    assert totp


async def test_a_wrong_first_code_leaves_nothing_set_up(world: World) -> None:
    await factors.begin(world["worker"], now())
    with pytest.raises(FormError):
        await factors.confirm(world["worker"], "999999", now())
    assert not await factors.has_factor(world["worker"].me)
