"""Stepping up: money, accounts, exports and bulk unmasking ask again who one is; nothing filled in is lost."""

from datetime import timedelta

import pyotp
from litestar import Litestar

from bangfu.accounts import factors
from bangfu.accounts.signing_in import PROVED_FOR
from bangfu.accounts.tables import Session, User
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from bangfu.shared.web.access import proved
from tests.support import PASSWORD, World

GRAVE = {
    "settlements.approve", "settlements.pay", "settlements.review", "settlements.adjust", "settlements.own",
    "settlements.subsidy", "payees.keep", "budgets.confirm", "contracts.approve", "contracts.close", "rates.publish",
    "exchange.unmasked", "exchange.tokens_add", "exchange.clients", "exchange.export", "accounts.manage",
}  # fmt: skip
"""Money, roles, unmasking in bulk, export: whoever posts with one of these permissions proves who they are."""


async def age(person: str, world: World) -> None:
    """The person's last proof was too long ago."""
    old = now() - PROVED_FOR - timedelta(minutes=1)
    await Session.raw('UPDATE app_session SET proved_at = {} WHERE "user" = {}', old, world[person].me)


def test_every_grave_route_asks(portal_app: Litestar) -> None:
    asking, silent = set(), []
    for route in portal_app.routes:
        for handler in getattr(route, "route_handlers", []):
            guards = handler.resolve_guards()
            permissions = {getattr(guard, "permission", "") for guard in guards}
            if "POST" in handler.http_methods and permissions & GRAVE:
                asking |= permissions & GRAVE
                silent += [route.path] if proved not in guards else []
    assert silent == []
    assert asking == GRAVE, "each of these permissions has a route"


async def test_a_fresh_session_is_asked_nothing_and_an_old_one_keeps_what_was_filled_in(visit, world: World) -> None:
    admin = await visit("admin")
    form = {"roles": ["volunteer", "social_worker"], "scope": "990101001", "active": "yes"}
    path = f"/accounts/{world['other_volunteer'].me}"
    await age("admin", world)
    asked = await admin.post(path, form)
    assert asked.status_code == 422
    assert f'action="{path}"' in asked.text
    for value in ("volunteer", "social_worker"):
        assert f'<input type="hidden" name="roles" value="{value}">' in asked.text
    unchanged = await User.objects().where(User.id == world["other_volunteer"].me).first()
    assert unchanged is not None and unchanged.roles == ["volunteer"]
    done = await admin.post(path, {**form, "_proof": PASSWORD})
    assert done.status_code == 303
    changed = await User.objects().where(User.id == world["other_volunteer"].me).first()
    assert changed is not None and sorted(changed.roles) == ["social_worker", "volunteer"]
    again = await admin.post(path, {**form, "roles": ["volunteer"]})
    assert again.status_code == 303, "the proof holds for a while"


async def test_a_wrong_proof_changes_nothing_and_five_end_every_session(visit, world: World) -> None:
    admin, other = await visit("admin"), await visit("admin")
    await age("admin", world)
    path, form = f"/accounts/{world['volunteer'].me}", {"roles": ["volunteer"], "scope": "", "active": "yes"}
    for _ in range(5):
        answer = await admin.post(path, {**form, "_proof": "nothing like it"})
        assert answer.status_code == 422 and "not your password" in answer.text
    assert (await other.get("/accounts")).status_code == 303
    kept = await User.objects().where(User.id == world["volunteer"].me).first()
    assert kept is not None and kept.scope == world["volunteer"].scope
    rows = await AuditEvent.raw("SELECT count(*) AS n FROM audit_event WHERE action = 'account.proof_failed'")
    assert rows[0]["n"] == 5


async def test_with_an_authenticator_the_password_is_no_proof(visit, world: World) -> None:
    at = now() - timedelta(minutes=5)
    await factors.begin(world["admin"], at)
    totp = pyotp.TOTP(await factors.begun_secret(world["admin"]) or "")
    await factors.confirm(world["admin"], totp.at(at), at)
    admin = await visit("admin")
    await age("admin", world)
    path, form = f"/accounts/{world['volunteer'].me}", {"roles": ["volunteer"], "scope": "990101", "active": "yes"}
    assert "Code of your authenticator" in (await admin.post(path, form)).text
    assert (await admin.post(path, {**form, "_proof": PASSWORD})).status_code == 422
    assert (await admin.post(path, {**form, "_proof": totp.now()})).status_code == 303


async def test_a_download_leads_over_the_question_and_back(visit, world: World) -> None:
    finance = await visit("finance")
    await age("finance", world)
    path = "/payments/batches/00000000-0000-0000-0000-000000000000/file"
    there = await finance.get(path)
    assert there.headers["location"].startswith("/account/prove?next=")
    assert (await finance.get(there.headers["location"])).status_code == 200
    back = await finance.post("/account/prove", {"next": path, "_proof": PASSWORD})
    assert back.headers["location"] == path
    assert (await finance.get(path)).status_code == 404, "asked no more, and this batch is nobody's"


async def test_the_question_leads_to_no_other_site(visit, world: World) -> None:
    finance = await visit("finance")
    answer = await finance.post("/account/prove", {"next": "https://evil.example/", "_proof": PASSWORD})
    assert answer.headers["location"] == "/"


async def test_who_may_not_is_refused_before_being_asked(visit, world: World) -> None:
    volunteer = await visit("volunteer")
    await age("volunteer", world)
    answer = await volunteer.post(f"/accounts/{world['admin'].me}", {"_proof": PASSWORD})
    assert answer.status_code == 403
