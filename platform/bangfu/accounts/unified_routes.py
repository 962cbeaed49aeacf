"""Unified sign-in beside passwords: out to the other side and back; linking one's own account to it."""

import logging
from uuid import UUID

from litestar import get, post

from bangfu.accounts import sessions, signing_in, unified
from bangfu.accounts.cookies import drop_cookie, set_cookie
from bangfu.accounts.middleware import session_cookie, unified_cookie
from bangfu.accounts.signing_routes import CODE, SIGN_IN, local_path
from bangfu.accounts.unified import NotVouched
from bangfu.errors import N_, NotYours, Refused
from bangfu.shared import i18n
from bangfu.shared.clock import now
from bangfu.shared.web.access import proved, public, signed_in
from bangfu.shared.web.flash import flash
from bangfu.shared.web.limits import address_of, may_try, was_right
from bangfu.shared.web.pages import Page, Request, go, page

log = logging.getLogger("bangfu.accounts")
OUT, BACK = "/signin/unified", unified.BACK


@get(OUT, guards=[public])
async def go_out(request: Request) -> Page:
    """Lead the browser to the unified sign-in."""
    return await _out(request, local_path(request.query_params.get("next")))


@post("/account/unified/link", guards=[signed_in, proved], status_code=200)
async def begin_link(request: Request) -> Page:
    """Lead there to link one's own account."""
    if not request.app.state.settings.unified.issuer:
        raise Refused(N_("This portal has no unified sign-in."))
    return await _out(request, "/account", link=request.actor.me)


@post("/account/unified/remove", guards=[signed_in, proved], status_code=200)
async def remove_link(request: Request) -> Page:
    """Forget the link; the password goes on."""
    await unified.unlink(request.actor, now())
    await flash(request, "ok", N_("The unified sign-in no longer opens your account."))
    return go(request, "/account")


async def _out(request: Request, following: str, link: UUID | None = None) -> Page:
    settings = request.app.state.settings
    if not settings.unified.issuer:
        raise NotYours
    try:
        place, kept = await unified.begin(settings.unified, _portal(request), following, now(), link)
    except NotVouched as error:
        return await _failed(request, error)
    # A form may lead to this portal only (form-action): a page with a link goes on from there, without scripts too.
    answer = await page(request, "accounts/unified_out.html", place=place) if link else go(request, place)
    set_cookie(request, answer, unified_cookie(settings), kept)
    return answer


@get(BACK, guards=[public])
async def come_back(request: Request) -> Page:
    """What the unified sign-in says: a session, a link, or a sentence why not."""
    settings = request.app.state.settings
    if not settings.unified.issuer:
        raise NotYours
    name = unified_cookie(settings)
    if not await may_try(request, signing_in.NETWORK):
        return await page(request, "accounts/signin.html", 429, next="/", error=_too_many(), locked=True)
    try:
        answered = {key: str(value) for key, value in request.query_params.items()}
        vouched = await unified.finish(
            settings.unified, _portal(request), request.cookies.get(name, ""), answered, now()
        )
    except NotVouched as error:
        return await _failed(request, error)
    await was_right(request, signing_in.NETWORK)
    answer = await _linked(request, vouched) if vouched.link else await _signed_in(request, vouched)
    drop_cookie(request, answer, name)
    return answer


async def _linked(request: Request, vouched: unified.Vouched) -> Page:
    if request.visitor is None or request.visitor.user != vouched.link:
        return go(request, SIGN_IN)  # somebody else sits here by now
    try:
        await unified.link(request.actor, vouched.mark, now())
    except Refused as error:
        await flash(request, "warn", error.message)
        return go(request, "/account")
    await flash(request, "ok", N_("From now on the unified sign-in opens your account, too."))
    return go(request, "/account")


async def _signed_in(request: Request, vouched: unified.Vouched) -> Page:
    agent = request.headers.get("user-agent", "")
    outcome = await signing_in.sign_in_unified(vouched.mark, address_of(request), agent, now(), strong=vouched.strong)
    if outcome.token is None:
        text = i18n._(
            "Nobody here is linked to you. Sign in with your password, then link it on the page of your account."
        )
        return await page(request, "accounts/signin.html", 422, next=vouched.following, error=text, locked=False)
    if request.visitor is not None:
        await sessions.end(request.visitor.session)
    answer = go(request, CODE if outcome.second else vouched.following)
    set_cookie(request, answer, session_cookie(request.app.state.settings), outcome.token)
    return answer


async def _failed(request: Request, error: NotVouched) -> Page:
    log.warning("the unified sign-in did not work: %s", error)
    text = i18n._("The unified sign-in did not work. Try again, or sign in with your password.")
    answer = await page(request, "accounts/signin.html", 422, next="/", error=text, locked=False)
    drop_cookie(request, answer, unified_cookie(request.app.state.settings))
    return answer


def _too_many() -> str:
    return i18n._("Too many failed tries from your network. Wait 15 minutes, then try again.")


def _portal(request: Request) -> str:
    settings = request.app.state.settings
    return str(settings.public_url or settings.url)


ROUTES = [go_out, begin_link, remove_link, come_back]
