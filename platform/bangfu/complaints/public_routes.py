"""The complainant's pages without an account: complain, see state and reply, add words, close, open again."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from litestar import get, post

from bangfu.complaints import choices, forms, intake, receipts, rules
from bangfu.errors import N_, FormError, Refused
from bangfu.households.labels import summary
from bangfu.shared import i18n, tries
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now
from bangfu.shared.tries import Limit
from bangfu.shared.web.access import public
from bangfu.shared.web.forms import Form
from bangfu.shared.web.limits import address_of, may_try, was_right
from bangfu.shared.web.pages import Page, Request, error_texts, page

COMPLAIN, STATUS = "/complain", "/complain/status"
COMPLAINING, ASKING = Limit("complain"), Limit("complaint status")
COSTS: Final = 5
"""A complaint that is sent counts as so many tries: ten within 15 minutes from one address [D]."""


@get(COMPLAIN, guards=[public])
async def show_form(request: Request) -> Page:
    """The form, for everybody."""
    return await _form_page(request)


@post(COMPLAIN, guards=[public], status_code=200)
async def complain(request: Request) -> Page:
    """Take it in; the receipt with number and code is shown once."""
    form, at = Form.of(await request.form()), now()
    key = form.uuid("key", required=False) or intake.fresh_key()
    if await tries.closed_until(COMPLAINING, address_of(request), at):
        return await _form_page(request, 429, form=form, throttled=True)
    try:
        told = forms.read_public(form, {code for _, group in await choices.places() for code, _ in group})
        form.check()
    except FormError as error:
        return await _form_page(request, 422, form=form, errors=error_texts(error.fields))
    if not await may_try(request, COMPLAINING, COSTS):
        return await _form_page(request, 429, form=form, throttled=True)
    receipt = await intake.enter_with_receipt(SYSTEM, key, told, at)
    return await page(request, "complaints/receipt.html", receipt=receipt, intake=told.intake, self_report=False)


async def _form_page(request: Request, status: int = 200, **more: Any) -> Page:
    more.setdefault("form", {"intake": request.query_params.get("intake", "")})
    return await page(
        request, "complaints/complain.html", status, places=await choices.places(), key=intake.fresh_key(),
        targets=[(code, i18n.word("complaint_target", code)) for code in rules.PUBLIC_TARGETS],
        faults=summary(more.get("errors", {}), forms.LABELS), **more,
    )  # fmt: skip


@get(STATUS, guards=[public])
async def ask_status(request: Request) -> Page:
    """Where the receipt is entered."""
    number = request.query_params.get("number", "")[:20]
    return await page(request, "complaints/status.html", found=None, form={"number": number})


@post(STATUS, guards=[public], status_code=200)
async def show_status(request: Request) -> Page:
    """State and reply, for who has number and code."""
    return await _with_code(request, None)


@post("/complain/add", guards=[public], status_code=200)
async def add_words(request: Request) -> Page:
    """Words that the complainant adds before the decision."""

    async def act(form: Form, number: str, code: str, at: datetime) -> bool:
        key = form.uuid("key", required=False) or intake.fresh_key()
        return await receipts.add_words(number, code, form.text("words", most=forms.MOST_WORDS), key, at)

    return await _with_code(request, act, N_("Your words were added."))


@post("/complain/close", guards=[public], status_code=200)
async def close(request: Request) -> Page:
    """Say whether the reply satisfies."""

    async def act(form: Form, number: str, code: str, at: datetime) -> bool:
        return await receipts.close(number, code, form.get("satisfied", ""), at)

    return await _with_code(request, act, N_("Thank you, your answer is kept."))


@post("/complain/reopen", guards=[public], status_code=200)
async def reopen(request: Request) -> Page:
    """Have it looked into again, once."""

    async def act(form: Form, number: str, code: str, at: datetime) -> bool:
        return await receipts.reopen(number, code, form.text("reopen_text", most=forms.MOST_WORDS), at)

    return await _with_code(request, act, N_("It is looked into again."))


Act = Callable[[Form, str, str, datetime], Awaitable[bool]]


async def _with_code(request: Request, act: Act | None, done: str = "") -> Page:
    """Check number and code, act, show the state; wrong ones are counted and told without saying which was wrong."""
    form, at = Form.of(await request.form()), now()
    number, code = form.get("number", "")[:20], form.get("code", "")[:24]
    if not await may_try(request, ASKING):
        return await page(request, "complaints/status.html", 429, found=None, throttled=True)
    errors: dict[str, str] = {}
    try:
        found = await act(form, number, code, at) if act else True
        form.check()
    except FormError as error:
        found, errors = True, error_texts(error.fields)
    except Refused as error:
        found, errors = True, {"": i18n.sentence(error.message, error.params)}
    shown = await receipts.shown(number, code, at) if found else None
    if shown is None:
        errors = {"number": i18n._("No complaint has this number and code. Please check both.")}
        return await page(request, "complaints/status.html", 422, found=None, form={"number": number}, errors=errors)
    await was_right(request, ASKING)
    told = i18n.sentence(done, {}) if done and not errors else ""
    return await page(
        request, "complaints/status.html", 422 if errors else 200, found=shown, form=form, errors=errors, told=told,
        key=intake.fresh_key(), code=code,
    )  # fmt: skip


PUBLIC = [show_form, complain, ask_status, show_status, add_words, close, reopen]
