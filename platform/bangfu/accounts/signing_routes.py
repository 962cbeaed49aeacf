"""Signing in with password and second factor, signing out, preferences, forgotten passwords."""

from urllib.parse import quote, urlsplit

from litestar import get, post

from bangfu.accounts import resets, sessions, signing_in
from bangfu.accounts.cookies import drop_cookie, set_cookie
from bangfu.accounts.middleware import LANG_COOKIE, TYPE_COOKIE, session_cookie
from bangfu.errors import N_, FormError
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.web.access import public, signed_in
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.limits import address_of, may_try, was_right
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

SIGN_IN, CODE, FORGOTTEN, RESET = "/signin", "/signin/code", "/signin/forgotten", "/signin/reset"
_WHY = {
    "locked": N_("Too many failed tries: this account is locked for 15 minutes."),
    "throttled": N_("Too many failed tries from your network. Wait 15 minutes, then try again."),
    "wrong": N_("The user name or the password is wrong."),
}


def local_path(text: str | None) -> str:
    """A path of this site to go on to; anything that leads elsewhere becomes the start page."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or "\\" in text:
        return "/"
    if any(ord(letter) < 32 for letter in text):
        return "/"
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else "/"


@get(SIGN_IN, guards=[public])
async def show_sign_in(request: Request) -> Page:
    """The sign-in page."""
    if request.visitor is not None:
        return go(request, "/")
    told = request.query_params.get("reset") == "done"
    return await page(
        request, "accounts/signin.html", next=local_path(request.query_params.get("next")), reset_done=told,
        unified=bool(request.app.state.settings.unified.issuer),
    )  # fmt: skip


@post(SIGN_IN, guards=[public], status_code=200)
async def sign_in(request: Request) -> Page:
    """Check the password; the session's token is new with every sign-in."""
    form = Form.of(await request.form())
    username, password = form.get("username", "")[:64].strip(), form.get("password", "")[:256]
    following = local_path(form.get("next"))
    if not await may_try(request, signing_in.NETWORK):
        return await _not_signed_in(request, "throttled", following, username)
    agent = request.headers.get("user-agent", "")
    outcome = await signing_in.sign_in(username, password, address_of(request), agent, now())
    if outcome.token is None:
        return await _not_signed_in(request, outcome.why, following, username)
    await was_right(request, signing_in.NETWORK)
    if request.visitor is not None:
        await sessions.end(request.visitor.session)
    answer = go(request, f"{CODE}?next={quote(following, safe='')}" if outcome.second else following)
    set_cookie(request, answer, session_cookie(request.app.state.settings), outcome.token)
    return answer


async def _not_signed_in(request: Request, why: str, following: str, username: str) -> Page:
    return await page(
        request, "accounts/signin.html", 429 if why == "throttled" else 422, next=following, username=username,
        error=i18n.sentence(_WHY[why], {}), locked=why != "wrong",
    )  # fmt: skip


@get(CODE, guards=[public])
async def show_code(request: Request) -> Page:
    """Where the code of the authenticator is typed, after the password."""
    if await _pending(request) is None:
        return go(request, "/" if request.visitor else SIGN_IN)
    return await page(request, "accounts/signin_code.html", next=local_path(request.query_params.get("next")))


@post(CODE, guards=[public], status_code=200)
async def give_code(request: Request) -> Page:
    """Check the code; only now the session opens the portal, under a new token."""
    form, pending = Form.of(await request.form()), await _pending(request)
    following = local_path(form.get("next"))
    if pending is None:
        return go(request, SIGN_IN)
    agent = request.headers.get("user-agent", "")
    outcome = await signing_in.give_second(pending, form.get("code", "")[:64], address_of(request), agent, now())
    if outcome.token is None:
        text = (
            i18n._("Too many wrong codes. Wait 15 minutes, then try again.") if outcome.why == "locked"
            else i18n._("This code is wrong or was used before. Wait for the next one, or use a recovery code.")
        )  # fmt: skip
        return await page(request, "accounts/signin_code.html", 422, next=following, errors={"code": text})
    answer = go(request, following)
    set_cookie(request, answer, session_cookie(request.app.state.settings), outcome.token)
    return answer


async def _pending(request: Request) -> Actor | None:
    token = request.cookies.get(session_cookie(request.app.state.settings))
    return await sessions.find_pending(token, address_of(request), now()) if token else None


@post("/signout", guards=[signed_in], status_code=200)
async def sign_out(request: Request) -> Page:
    """End this browser's session."""
    await signing_in.sign_out(request.actor, now())
    answer = go(request, SIGN_IN)
    drop_cookie(request, answer, session_cookie(request.app.state.settings))
    # Drafts of a survey and their key go with the person who signs out.
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@post("/signout-everywhere", guards=[signed_in], status_code=200)
async def sign_out_everywhere(request: Request) -> Page:
    """End every other session of this person."""
    await signing_in.sign_out(request.actor, now(), everywhere_else=True)
    await flash(request, "ok", N_("You are signed out on every other device."))
    return go(request, "/account")


@post("/preferences", guards=[public], status_code=200)
async def set_preferences(request: Request) -> Page:
    """Language and type size, kept with the account or, before sign-in, in the browser."""
    form = Form.of(await request.form())
    lang = i18n.use(form["lang"]) if form.get("lang") else None
    large = form.yes("large_type") if "large_type" in form else None
    if request.visitor is not None:
        await sessions.preferences(request.actor.me, lang, large)
    answer = go(request, local_path(form.get("next")))
    if lang:
        set_cookie(request, answer, LANG_COOKIE, lang, keep=True)
    if large is not None:
        set_cookie(request, answer, TYPE_COOKIE, "1" if large else "0", keep=True)
    return answer


@get(FORGOTTEN, guards=[public])
async def show_forgotten(request: Request) -> Page:
    """Where a new password is asked for."""
    return await page(request, "accounts/forgotten.html")


@post(FORGOTTEN, guards=[public], status_code=200)
async def ask_for_password(request: Request) -> Page:
    """Note the wish; the answer is the same for every name."""
    form = Form.of(await request.form())
    username = form.text("username", most=64)
    if form.faults:
        return await page(request, "accounts/forgotten.html", 422, form=form, errors=error_texts(form.faults))
    if not await may_try(request, resets.ASKING_NETWORK):
        text = i18n._("Too many requests from your network. Wait an hour, then try again.")
        return await page(request, "accounts/forgotten.html", 429, form=form, errors={"username": text})
    await resets.ask(username, address_of(request), now())
    return await page(request, "accounts/reset.html", form={"username": username}, asked=True)


@get(RESET, guards=[public])
async def show_reset(request: Request) -> Page:
    """Where the code that was sent is typed with a new password."""
    return await page(request, "accounts/reset.html")


@post(RESET, guards=[public], status_code=200)
async def set_password(request: Request) -> Page:
    """Set the new password; signing in comes after it, with the second factor where there is one."""
    form = Form.of(await request.form())
    username, code = form.text("username", most=64), form.text("code", most=40)
    try:
        if form.get("new_password") != form.get("repeat_password"):
            form.fault("repeat_password", N_("The two new passwords differ."))
        form.check()
        if not await may_try(request, signing_in.NETWORK):
            raise FormError(
                {"code": (N_("Too many failed tries from your network. Wait 15 minutes, then try again."), {})}
            )
        await resets.set_with_code(username, code, form.get("new_password", "")[:256], address_of(request), now())
    except FormError as error:
        shown = {"username": username, "code": code}
        return await page(request, "accounts/reset.html", 422, form=shown, errors=error_texts(error.fields))
    await was_right(request, signing_in.NETWORK)
    return go(request, f"{SIGN_IN}?reset=done")


ROUTES = [
    show_sign_in, sign_in, show_code, give_code, sign_out, sign_out_everywhere, set_preferences,
    show_forgotten, ask_for_password, show_reset, set_password,
]  # fmt: skip
