"""One's own account: password, second factor, sessions; the proof that what is grave asks for."""

from typing import Any
from uuid import UUID

import segno
from litestar import get, post
from litestar.params import FromPath

from bangfu.accounts import actions, factor_rules, factors, queries, signing_in, unified
from bangfu.accounts.signing_routes import local_path
from bangfu.errors import N_, FormError
from bangfu.shared import i18n
from bangfu.shared.clock import now
from bangfu.shared.web.access import PROOF, proved, signed_in
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

ACCOUNT, FACTOR = "/account", "/account/second-factor"


@get(ACCOUNT, guards=[signed_in])
async def show_account(request: Request) -> Page:
    """One's own account."""
    return await _account_page(request)


@post(ACCOUNT + "/password", guards=[signed_in], status_code=200)
async def change_password(request: Request) -> Page:
    """Set a new password."""
    form = Form.of(await request.form())
    try:
        if form.get("new_password") != form.get("repeat_password"):
            raise FormError({"repeat_password": (N_("The two new passwords differ."), {})})
        await actions.change_password(request.actor, form.get("old_password", ""), form.get("new_password", ""), now())
    except FormError as error:
        return await _account_page(request, 422, errors=error_texts(error.fields))
    await flash(request, "ok", N_("The new password counts from now on; other devices are signed out."))
    return go(request, ACCOUNT)


@post(ACCOUNT + "/sessions/{session:uuid}/end", guards=[signed_in], status_code=200)
async def end_session(request: Request, session: FromPath[UUID]) -> Page:
    """Sign one of one's own browsers out; one that is gone already is out, too."""
    if await signing_in.end_session(request.actor, session, now()):
        await flash(request, "ok", N_("That device is signed out."))
    else:
        await flash(request, "ok", N_("That device was signed out already."))
    return go(request, ACCOUNT)


@get(FACTOR, guards=[signed_in])
async def show_factor(request: Request) -> Page:
    """Set up, renew or remove the second factor."""
    return await _factor_page(request)


@post(FACTOR + "/begin", guards=[signed_in, proved], status_code=200)
async def begin_factor(request: Request) -> Page:
    """Make the secret that the authenticator reads from a QR code."""
    await factors.begin(request.actor, now())
    return go(request, FACTOR)


@post(FACTOR + "/confirm", guards=[signed_in], status_code=200)
async def confirm_factor(request: Request) -> Page:
    """The first code; the recovery codes are shown once."""
    form = Form.of(await request.form())
    try:
        codes = await factors.confirm(request.actor, form.text("code", most=40), now())
    except FormError as error:
        return await _factor_page(request, 422, errors=error_texts(error.fields))
    return await page(request, "accounts/recovery_codes.html", codes=codes, first=True)


@post(FACTOR + "/codes", guards=[signed_in, proved], status_code=200)
async def renew_codes(request: Request) -> Page:
    """New recovery codes; the old ones end."""
    codes = await factors.renew_codes(request.actor, now())
    return await page(request, "accounts/recovery_codes.html", codes=codes, first=False)


@post(FACTOR + "/remove", guards=[signed_in, proved], status_code=200)
async def remove_factor(request: Request) -> Page:
    """Remove the authenticator, for a new phone."""
    await factors.remove(request.actor, now())
    await flash(request, "ok", N_("The authenticator is removed; other devices are signed out."))
    return go(request, FACTOR)


@get(ACCOUNT + "/prove", guards=[signed_in])
async def show_proof(request: Request) -> Page:
    """Where a person proves once more who they are, before a download."""
    return await _proof_page(request, local_path(request.query_params.get("next")))


@post(ACCOUNT + "/prove", guards=[signed_in], status_code=200)
async def give_proof(request: Request) -> Page:
    """Check the password or the code, then go on."""
    form = Form.of(await request.form())
    following = local_path(form.get("next"))
    if fault := await signing_in.prove(request.actor, form.get(PROOF, "")[:256], now()):
        return await _proof_page(request, following, 422, fault)
    return go(request, following)


async def _proof_page(request: Request, following: str, status: int = 200, fault: str = "") -> Page:
    return await page(
        request, "accounts/prove.html", status, action=f"{ACCOUNT}/prove", kept=[("next", following)],
        has_factor=await factors.has_factor(request.actor.me), fault=i18n.sentence(fault, {}) if fault else "",
        with_files=False,
    )  # fmt: skip


async def _account_page(request: Request, status: int = 200, errors: dict[str, str] | None = None) -> Page:
    own = await queries.own_account(request.actor.me)
    return await page(
        request, "accounts/account.html", status, account=await queries.account(request.actor.me), own=own,
        sessions=await queries.sessions_of(request.actor.me), errors=errors or {}, needed=_needed(request),
        unified=bool(request.app.state.settings.unified.issuer), linked=await unified.is_linked(request.actor),
    )  # fmt: skip


def _needed(request: Request) -> bool:
    return factor_rules.needs_factor(request.app.state.settings.second_factor, request.actor.roles)


async def _factor_page(request: Request, status: int = 200, **more: Any) -> Page:
    actor, secret = request.actor, ""
    has = await factors.has_factor(actor.me)
    if not has:
        secret = await factors.begun_secret(actor) or ""
    address = factor_rules.enrolment_address(secret, actor.username) if secret else ""
    picture = (
        segno.make(address, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff") if secret else ""
    )
    return await page(
        request, "accounts/second_factor.html", status, has_factor=has, needed=_needed(request), picture=picture,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        codes_left=await factors.codes_left(actor.me) if has else 0, **more,
    )  # fmt: skip


ROUTES = [
    show_account, change_password, end_session, show_factor, begin_factor, confirm_factor, renew_codes, remove_factor,
    show_proof, give_proof,
]  # fmt: skip
