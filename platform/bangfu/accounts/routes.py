"""Signing in and out, one's own account, preferences; accounts for the administrator."""

from urllib.parse import urlsplit
from uuid import UUID, uuid4

from litestar import get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath

from bangfu.accounts import actions, queries, sessions
from bangfu.accounts.middleware import COOKIE, LANG_COOKIE, TYPE_COOKIE
from bangfu.accounts.passwords import random_password
from bangfu.accounts.throttle import Throttle
from bangfu.errors import N_, FormError
from bangfu.shared import i18n
from bangfu.shared.clock import now
from bangfu.shared.identifiers import division_prefix
from bangfu.shared.web.access import public, requires, signed_in
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

ACCOUNT_ROLES = (
    "grid_worker", "assist_coordinator", "child_director", "child_supervisor", "social_worker", "township_officer",
    "station_dispatcher", "department_liaison", "provider_manager", "caregiver", "volunteer", "assessor",
    "bureau_officer", "bureau_lead", "finance_officer", "auditor", "sysadmin",
)  # fmt: skip


def local_path(text: str | None) -> str:
    """A path of this site to go on to; anything that leads elsewhere becomes the start page."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or "\\" in text:
        return "/"
    if any(ord(letter) < 32 for letter in text):
        return "/"
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else "/"


@get("/signin", guards=[public])
async def show_sign_in(request: Request) -> Page:
    """The sign-in page."""
    if request.visitor is not None:
        return go(request, "/")
    return await page(request, "accounts/signin.html", next=local_path(request.query_params.get("next")))


@post("/signin", guards=[public], status_code=200)
async def sign_in(request: Request) -> Page:
    """Check the password; the session's token is new with every sign-in."""
    form = Form.of(await request.form())
    username, password = form.get("username", "")[:64].strip(), form.get("password", "")[:256]
    following = local_path(form.get("next"))
    address, at = request.client.host if request.client else "", now()
    throttle: Throttle = request.app.state.throttle
    if throttle.full(address, at):
        return await _not_signed_in(request, "throttled", following, username)
    outcome = await actions.sign_in(username, password, address, request.headers.get("user-agent", ""), at)
    if outcome.token is None:
        throttle.failed(address, at)
        return await _not_signed_in(request, outcome.why, following, username)
    if request.visitor is not None:
        await sessions.end(request.visitor.session)
    answer = go(request, following)
    answer.set_cookie(_cookie(request, COOKIE, outcome.token))
    return answer


async def _not_signed_in(request: Request, why: str, following: str, username: str) -> Page:
    message = {
        "locked": N_("Too many failed tries: this account is locked for 15 minutes."),
        "throttled": N_("Too many failed tries from your network. Wait 15 minutes, then try again."),
        "wrong": N_("The user name or the password is wrong."),
    }[why]
    return await page(
        request, "accounts/signin.html", 429 if why == "throttled" else 422, next=following, username=username,
        error=i18n.sentence(message, {}), locked=why != "wrong",
    )  # fmt: skip


@post("/signout", guards=[signed_in], status_code=200)
async def sign_out(request: Request) -> Page:
    """End this browser's session."""
    await actions.sign_out(request.actor, now())
    answer = go(request, "/signin")
    answer.delete_cookie(COOKIE)
    # Drafts of a survey and their key go with the person who signs out.
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@post("/signout-everywhere", guards=[signed_in], status_code=200)
async def sign_out_everywhere(request: Request) -> Page:
    """End every other session of this person."""
    await actions.sign_out(request.actor, now(), everywhere_else=True)
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
        answer.set_cookie(_cookie(request, LANG_COOKIE, lang, keep=True))
    if large is not None:
        answer.set_cookie(_cookie(request, TYPE_COOKIE, "1" if large else "0", keep=True))
    return answer


@get("/account", guards=[signed_in])
async def show_account(request: Request) -> Page:
    """One's own account."""
    return await _account_page(request)


@post("/account/password", guards=[signed_in], status_code=200)
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
    return go(request, "/account")


@get("/accounts", guards=[requires("accounts.manage")])
async def list_accounts(request: Request) -> Page:
    """All accounts, for the administrator."""
    number, query = page_number(request.query_params.get("page")), request.query_params.get("q", "")[:64]
    accounts, total = await queries.accounts(query, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, "/accounts", {"q": query})
    return await page(request, "accounts/list.html", accounts=accounts, listing=listing, query=query)


@get("/accounts/new", guards=[requires("accounts.manage")])
async def new_account(request: Request) -> Page:
    """The form for an account."""
    return await page(request, "accounts/new.html", roles=_role_choices(), carers=await queries.choices(), key=uuid4())


@post("/accounts/new", guards=[requires("accounts.manage")], status_code=200)
async def create_account(request: Request) -> Page:
    """Make an account; its first password is shown once, also to who clicked twice."""
    form = Form.of(await request.form())
    password, key = random_password(), form.uuid("key", required=False) or uuid4()
    try:
        new = await _new_user(form)
        user = await actions.create_once(request.actor, key, new, password, now())
    except FormError as error:
        return await page(
            request, "accounts/new.html", 422, roles=_role_choices(), carers=await queries.choices(), key=key,
            form=form, chosen=form.many("roles"), errors=error_texts(error.fields),
        )  # fmt: skip
    return await page(request, "accounts/created.html", username=new.username, password=password, user=user)


@get("/accounts/{user:uuid}", guards=[requires("accounts.manage")])
async def show_user(request: Request, user: FromPath[UUID]) -> Page:
    """One account."""
    return await page(request, "accounts/edit.html", account=await queries.account(user), roles=_role_choices())


@post("/accounts/{user:uuid}", guards=[requires("accounts.manage")], status_code=200)
async def change_user(request: Request, user: FromPath[UUID]) -> Page:
    """Change roles, scope and whether the account may be used."""
    form = Form.of(await request.form())
    account = await queries.account(user)
    try:
        roles, scope = frozenset(form.many("roles")) & set(ACCOUNT_ROLES), await _scope(form)
        form.check()
        await actions.change_roles(request.actor, user, roles, scope, form.yes("active"))
    except FormError as error:
        return await page(
            request, "accounts/edit.html", 422, account=account, roles=_role_choices(), form=form,
            chosen=form.many("roles"), errors=error_texts(error.fields),
        )  # fmt: skip
    await flash(
        request, "ok", N_("The account {name} was changed and is signed out everywhere."), name=account.username
    )
    return go(request, f"/accounts/{user}")


async def _new_user(form: Form) -> actions.NewUser:
    username = form.text("username", most=64).lower()
    if username and not username.replace("-", "").replace("_", "").replace(".", "").isalnum():
        form.fault("username", N_("Use letters, digits, dots and hyphens only."))
    roles = frozenset(form.many("roles")) & set(ACCOUNT_ROLES)
    organization, carer = form.uuid("organization", required=False), form.uuid("carer", required=False)
    if "provider_manager" in roles and organization is None:
        form.fault("organization", N_("A provider manager belongs to an organisation."))
    if roles & {"assessor", "department_liaison"} and organization is None:
        form.fault("organization", N_("An assessor or a department's liaison belongs to a body: please choose it."))
    if "volunteer" in roles and carer is None:
        form.fault("carer", N_("Please say which volunteer this is."))
    if "caregiver" in roles and carer is None:
        form.fault("carer", N_("Please say which carer of an organisation this is."))
    known = await queries.linkable(organization, carer, worker="caregiver" in roles)
    for name, fits in zip(("organization", "carer"), known, strict=True):
        if not fits:
            form.fault(name, N_("Please choose one of the list."))
    if "caregiver" in roles and carer is not None:
        own = await queries.organization_of(carer)
        if organization not in {None, own}:
            form.fault("organization", N_("This carer belongs to another organisation."))
        organization = own
    new = actions.NewUser(username, form.text("display_name", most=64), roles, await _scope(form), organization, carer)
    form.check()
    return new


async def _scope(form: Form) -> str:
    code = form.text("scope", required=False, most=12)
    if code and not await queries.division_exists(code):
        form.fault("scope", N_("There is no division with the code {code}."), code=code)
    return division_prefix(code.ljust(12, "0")) if code else ""


async def _account_page(request: Request, status: int = 200, errors: dict[str, str] | None = None) -> Page:
    return await page(
        request, "accounts/account.html", status, account=await queries.account(request.actor.me),
        sessions=await queries.sessions_of(request.actor.me), errors=errors or {},
    )  # fmt: skip


def _role_choices() -> list[tuple[str, str]]:
    return [(role, i18n.word("role", role)) for role in ACCOUNT_ROLES]


def _cookie(request: Request, name: str, value: str, *, keep: bool = False) -> Cookie:
    return Cookie(
        key=name, value=value, path="/", httponly=True, samesite="lax", secure=request.app.state.settings.https,
        max_age=365 * 86400 if keep else None,
    )  # fmt: skip


ROUTES = [
    show_sign_in, sign_in, sign_out, sign_out_everywhere, set_preferences, show_account, change_password,
    list_accounts, new_account, create_account, show_user, change_user,
]  # fmt: skip
MENU = [MenuItem(90, "accounts", N_("Accounts"), "/accounts", "accounts.manage", "people")]
