"""Accounts for the administrator."""

from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.accounts import actions, factors, own_routes, queries, resets, signing_routes, unified_routes
from bangfu.accounts.passwords import random_password
from bangfu.errors import N_, FormError
from bangfu.shared import i18n
from bangfu.shared.clock import now
from bangfu.shared.identifiers import division_prefix
from bangfu.shared.web.access import proved, requires
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


@post("/accounts/new", guards=[requires("accounts.manage"), proved], status_code=200)
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
    return await _user_page(request, user)


@post("/accounts/{user:uuid}", guards=[requires("accounts.manage"), proved], status_code=200)
async def change_user(request: Request, user: FromPath[UUID]) -> Page:
    """Change roles, scope and whether the account may be used."""
    form = Form.of(await request.form())
    account = await queries.account(user)
    try:
        roles, scope = frozenset(form.many("roles")) & set(ACCOUNT_ROLES), await _scope(form)
        form.check()
        await actions.change_roles(request.actor, user, roles, scope, form.yes("active"))
    except FormError as error:
        return await _user_page(
            request, user, 422, form=form, chosen=form.many("roles"), errors=error_texts(error.fields)
        )
    await flash(
        request, "ok", N_("The account {name} was changed and is signed out everywhere."), name=account.username
    )
    return go(request, f"/accounts/{user}")


@post("/accounts/{user:uuid}/password", guards=[requires("accounts.manage"), proved], status_code=200)
async def give_password(request: Request, user: FromPath[UUID]) -> Page:
    """A new first password for who forgot theirs; shown once, changed by the person at the next sign-in."""
    account, password = await queries.account(user), random_password()
    await resets.give_password(request.actor, user, password, now())
    return await page(
        request, "accounts/created.html", username=account.username, password=password, user=user, again=True
    )


@post("/accounts/{user:uuid}/second-factor/remove", guards=[requires("accounts.manage"), proved], status_code=200)
async def remove_factor(request: Request, user: FromPath[UUID]) -> Page:
    """Remove the authenticator of who lost it; the person is told and sets up another one."""
    account = await queries.account(user)
    await factors.remove_for(request.actor, user, now())
    await flash(
        request, "ok", N_("The second factor of {name} is removed; the person was told."), name=account.username
    )
    return go(request, f"/accounts/{user}")


@post("/accounts/{user:uuid}/signout", guards=[requires("accounts.manage"), proved], status_code=200)
async def sign_out_user(request: Request, user: FromPath[UUID]) -> Page:
    """End every session of a person: a lost phone, a doubt."""
    account = await queries.account(user)
    await actions.sign_out_user(request.actor, user, now())
    await flash(request, "ok", N_("{name} is signed out everywhere."), name=account.username)
    return go(request, f"/accounts/{user}")


async def _user_page(request: Request, user: UUID, status: int = 200, **more: Any) -> Page:
    return await page(
        request, "accounts/edit.html", status, account=await queries.account(user), roles=_role_choices(),
        own=await queries.own_account(user), sessions=await queries.sessions_of(user),
        mine=user == request.actor.user, **more,
    )  # fmt: skip


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


def _role_choices() -> list[tuple[str, str]]:
    return [(role, i18n.word("role", role)) for role in ACCOUNT_ROLES]


ROUTES = [
    *signing_routes.ROUTES, *own_routes.ROUTES, *unified_routes.ROUTES, list_accounts, new_account, create_account,
    show_user, change_user, give_password, remove_factor, sign_out_user,
]  # fmt: skip
MENU = [MenuItem(90, "accounts", N_("Accounts"), "/accounts", "accounts.manage", "people")]
