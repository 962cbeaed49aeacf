"""Signing up as a volunteer: the public pages, and the station's list."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.households.labels import summary
from bangfu.providers import signing_up, signing_up_forms
from bangfu.providers import signing_up_queries as queries
from bangfu.providers import signing_up_rules as rules
from bangfu.providers.roster_words import WORDS
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from bangfu.shared.phones import national_phone
from bangfu.shared.tries import Limit
from bangfu.shared.web.access import public, requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem, Todo, TodoCount
from bangfu.shared.web.limits import may_try, was_right
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

LIST = "/volunteers/applications"
APPROVE = "volunteers.approve"
SIGNING_UP, ASKING = Limit("sign-up"), Limit("sign-up state")


@get("/volunteers/sign-up", guards=[public])
async def show_sign_up(request: Request) -> Page:
    """First the township, then the form."""
    return await _form_page(request, request.query_params.get("town", "")[:12])


@post("/volunteers/sign-up", guards=[public], status_code=200)
async def sign_up(request: Request) -> Page:
    """Sign up. The answer is the same whether the person is known already or not."""
    form, at = Form.of(await request.form()), now()
    town = form.get("town", "")[:12]
    if not await may_try(request, SIGNING_UP):
        return await _form_page(request, town, 429, form=form, throttled=True)
    try:
        places = [code for _, group in await queries.villages(town) for code, _ in group]
        told = signing_up_forms.read_sign_up(form, places, await queries.services(), today())
    except FormError as error:
        return await _form_page(request, town, 422, form=form, errors=error_texts(error.fields))
    number = await signing_up.apply(form.uuid("key", required=False) or uuid4(), told, at)
    return await page(request, "providers/signup_received.html", number=number, days=rules.DECIDE_WORKING_DAYS)


async def _form_page(request: Request, town: str, status: int = 200, **more: Any) -> Page:
    form, services = more.get("form"), await queries.services()
    faults = summary(more.get("errors", {}), signing_up_forms.LABELS)
    return await page(
        request, "providers/signup.html", status, town=town, villages=await queries.villages(town),
        towns=await queries.townships(), services=[(code, i18n.word("service", code)) for code in services],
        chosen={name: form.many(name) if form else [] for name in ("languages", "services")},
        key=uuid4(), least=rules.LEAST_AGE, adult=rules.ADULT, kept=rules.KEPT_DAYS, faults=faults,
        **more,
    )  # fmt: skip


@get("/volunteers/sign-up/state", guards=[public])
async def ask_state(request: Request) -> Page:
    """Where somebody without an account asks what became of a sign-up."""
    return await page(request, "providers/signup_state.html", found=None)


@post("/volunteers/sign-up/state", guards=[public], status_code=200)
async def show_state(request: Request) -> Page:
    """The state, for who knows the number and the tail of the phone."""
    form = Form.of(await request.form())
    number, tail = form.get("number", "")[:20], form.get("tail", "").strip()[:8]
    if not await may_try(request, ASKING):
        return await page(request, "providers/signup_state.html", 429, found=None, throttled=True)
    found = await signing_up.state_of(number, tail)
    if found is None:
        errors = {"number": i18n._("No sign-up has this number and phone. Please check both.")}
        return await page(request, "providers/signup_state.html", 422, found=None, form=form, errors=errors)
    await was_right(request, ASKING)
    return await page(request, "providers/signup_state.html", found=found, form=form)


@post("/volunteers/sign-up/withdraw", guards=[public], status_code=200)
async def withdraw_sign_up(request: Request) -> Page:
    """Take a sign-up back; what was told is deleted at once."""
    form, at = Form.of(await request.form()), now()
    number, tail = form.get("number", "")[:20], form.get("tail", "").strip()[:8]
    if not await may_try(request, ASKING):
        return await page(request, "providers/signup_state.html", 429, found=None, throttled=True)
    if not await signing_up.withdraw(number, tail, at):
        errors = {"number": i18n._("No sign-up has this number and phone. Please check both.")}
        return await page(request, "providers/signup_state.html", 422, found=None, form=form, errors=errors)
    await was_right(request, ASKING)
    found = await signing_up.state_of(number, tail)
    return await page(request, "providers/signup_state.html", found=found, form=form)


@get(LIST, guards=[requires(APPROVE)])
async def list_applications(request: Request) -> Page:
    """The area's sign-ups, by state."""
    number, state = page_number(request.query_params.get("page")), request.query_params.get("state", "waiting")
    state = state if state in WORDS["application_status"] else ""
    found, total = await queries.applications(request.actor, state, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, LIST, {"state": state or "all"})
    return await page(
        request, "providers/volunteer_applications.html", applications=found, listing=listing, state=state,
        states=i18n.words_of("application_status"), today=today(),
    )  # fmt: skip


@get(f"{LIST}/{{application:uuid}}", guards=[requires(APPROVE)])
async def show_application(request: Request, application: FromPath[UUID]) -> Page:
    """One sign-up; phone and ID numbers are masked."""
    return await _application_page(request, await queries.application_for(request.actor, application))


@post(f"{LIST}/{{application:uuid}}/unmask", guards=[requires(APPROVE)], status_code=200)
async def unmask_application(request: Request, application: FromPath[UUID]) -> Page:
    """Show phone and ID numbers once, with a reason that is logged."""
    found = await queries.application_for(request.actor, application)
    form = Form.of(await request.form())
    try:
        reason = form.choice("reason", dict(i18n.words_of("carer_unmask_reason")))
        text = form.text("reason_text", required=reason == "other", most=200)
        form.check()
    except FormError as error:
        return await _application_page(request, found, 422, errors=error_texts(error.fields))
    await signing_up.note_unmasking(request.actor, application, reason, text, now())
    return await _application_page(request, found, plain=True)


@post(f"{LIST}/{{application:uuid}}/approve", guards=[requires(APPROVE)], status_code=200)
async def approve_application(request: Request, application: FromPath[UUID]) -> Page:
    """Take the volunteer on; the first password is shown this once."""
    found = await queries.application_for(request.actor, application)
    welcome = await signing_up.approve(request.actor, found.id, now())
    return await page(request, "providers/volunteer_welcome.html", welcome=welcome)


@post(f"{LIST}/{{application:uuid}}/refuse", guards=[requires(APPROVE)], status_code=200)
async def refuse_application(request: Request, application: FromPath[UUID]) -> Page:
    """Refuse, with a reason that the applicant reads."""
    found = await queries.application_for(request.actor, application)
    form = Form.of(await request.form())
    try:
        reason = form.choice("reason", WORDS["application_refusal"])
        remark = form.text("remark", required=reason == "other")
        form.check()
        await signing_up.refuse(request.actor, application, reason, remark, now())
    except FormError as error:
        return await _application_page(request, found, 422, form=form, errors=error_texts(error.fields))
    await flash(request, "ok", N_("Sign-up {number} is refused; the applicant can read why."), number=found.number)
    return go(request, LIST)


async def _application_page(request: Request, found: queries.Application, status: int = 200, **more: Any) -> Page:
    told = found.told
    return await page(
        request, "providers/volunteer_application.html", status, application=found, told=told, today=today(),
        registered=await queries.registered_as(found), adult=rules.ADULT,
        phone=national_phone(told.phone) if told else "",
        guardian_phone=national_phone(told.guardian_phone) if told else "",
        reasons=i18n.words_of("carer_unmask_reason"), refusals=i18n.words_of("application_refusal"),
        **{"plain": False, **more},
    )  # fmt: skip


async def _todo(actor: Actor, _at: datetime) -> Todo:
    result = Todo()
    if actor.has("station_dispatcher") and (count := await queries.waiting(actor)):
        result.counts.append(TodoCount(i18n._("Volunteers' sign-ups to decide"), count, LIST, "info"))
    return result


ROUTES = [
    show_sign_up, sign_up, ask_state, show_state, withdraw_sign_up, list_applications, show_application,
    unmask_application, approve_application, refuse_application,
]  # fmt: skip
MENU = [MenuItem(62, "volunteer_applications", N_("Sign-ups"), LIST, APPROVE, "people", group="supply")]
TODO = [_todo]
