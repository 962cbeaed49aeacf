"""The pages on which the bureau has other systems told of changes, tries that out, and ends it."""

from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.divisions.queries import areas_for
from bangfu.errors import N_, FormError
from bangfu.exchange import forms, webhooks
from bangfu.exchange.read_tokens import organizations
from bangfu.exchange.webhook_sending import send_trial
from bangfu.households.labels import summary
from bangfu.messages.channels.offered import webhook_hosts
from bangfu.shared import i18n
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

MANAGE, ADD = [requires("exchange.tokens")], [requires("exchange.tokens_add")]
HERE = "/exchange/webhooks"
ONE = f"{HERE}/{{webhook:uuid}}"


@get(HERE, guards=MANAGE)
async def show_webhooks(request: Request) -> Page:
    """The endpoints that are told, and the form for a new one."""
    return await _list(request, {"key": str(uuid4())})


@post(HERE, guards=[*ADD, proved], status_code=200)
async def add(request: Request) -> Page:
    """A new endpoint; the answer shows its secret, once."""
    form = Form.of(await request.form())
    key = form.uuid("key") or uuid4()
    try:
        facts = forms.read_endpoint(form, webhook_hosts())
        secret = await webhooks.add_endpoint(request.actor, key, facts, now())
    except FormError as error:
        return await _list(request, form, error)
    if not secret:
        await flash(request, "info", N_("This webhook was set up already. Give it a new secret if the first is lost."))
        return go(request, HERE)
    return await _secret(request, key, secret)


@get(ONE, guards=MANAGE)
async def show_webhook(request: Request, webhook: FromPath[UUID]) -> Page:
    """One endpoint with its messages and what was answered."""
    row = await webhooks.endpoint_for(request.actor, webhook)
    number = page_number(request.query_params.get("page"))
    rows, total = await webhooks.deliveries(webhook, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    may_add = allows(request.actor.roles, "exchange.tokens_add")
    return await page(
        request, "exchange/webhook.html", row=row, rows=rows, may_add=may_add,
        listing=ListPage(number, total, f"{HERE}/{webhook}", {}),
    )  # fmt: skip


@post(f"{ONE}/trial", guards=[*ADD, proved], status_code=200)
async def trial(request: Request, webhook: FromPath[UUID]) -> Page:
    """Send one message without changes, now."""
    code = await send_trial(request.actor, webhook, now())
    if code.startswith("http_2"):
        await flash(request, "ok", N_("The trial has arrived: the receiver answered {code}."), code=code[5:])
    else:
        await flash(request, "warn", N_("The trial has not arrived; the list below says why."))
    return go(request, f"{HERE}/{webhook}")


@post(f"{ONE}/rotate", guards=[*ADD, proved], status_code=200)
async def give_new_secret(request: Request, webhook: FromPath[UUID]) -> Page:
    """Another secret; the one of before signs beside it for a day."""
    return await _secret(request, webhook, await webhooks.rotate(request.actor, webhook, now()))


@post(f"{ONE}/pause", guards=MANAGE, status_code=200)
async def pause(request: Request, webhook: FromPath[UUID]) -> Page:
    """Send nothing until it is resumed."""
    await webhooks.pause(request.actor, webhook, now())
    await flash(request, "ok", N_("The webhook is paused. What changes meanwhile is told when it is resumed."))
    return go(request, f"{HERE}/{webhook}")


@post(f"{ONE}/resume", guards=[*ADD, proved], status_code=200)
async def resume(request: Request, webhook: FromPath[UUID]) -> Page:
    """Send on from where it stopped."""
    await webhooks.resume(request.actor, webhook, now())
    await flash(request, "ok", N_("The webhook sends on from where it stopped, within a few seconds."))
    return go(request, f"{HERE}/{webhook}")


@post(f"{ONE}/end", guards=MANAGE, status_code=200)
async def end(request: Request, webhook: FromPath[UUID]) -> Page:
    """End it for good."""
    await webhooks.end(request.actor, webhook, now())
    await flash(request, "ok", N_("The webhook was ended; its address and its secret are wiped."))
    return go(request, HERE)


async def _secret(request: Request, key: UUID, secret: str) -> Page:
    return await page(request, "exchange/webhook_secret.html", key=key, secret=secret)


async def _list(request: Request, form: Any, error: FormError | None = None) -> Page:
    errors, actor = error_texts(error.fields) if error else {}, request.actor
    may_add = allows(actor.roles, "exchange.tokens_add")
    areas = [(actor.scope, i18n._("The whole area")), *await areas_for(actor)] if may_add and actor.scope else []
    return await page(
        request, "exchange/webhooks.html", 422 if error else 200, rows=await webhooks.endpoints(actor), form=form,
        errors=errors, faults=summary(errors, forms.LABELS), areas=areas, may_add=may_add,
        scopes=i18n.words_of("api_scope"), chosen=form.many("scopes") if isinstance(form, Form) else [],
        organizations=await organizations(actor) if may_add else [],
    )  # fmt: skip


ROUTES = [show_webhooks, add, show_webhook, trial, give_new_secret, pause, resume, end]
