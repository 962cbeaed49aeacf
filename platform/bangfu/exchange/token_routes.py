"""The pages on which the bureau lets other systems read, and stops them."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.divisions.queries import areas_for
from bangfu.errors import N_, FormError
from bangfu.exchange import forms, read_tokens, rules
from bangfu.households.labels import summary
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

MANAGE, ADD = [requires("exchange.tokens")], [requires("exchange.tokens_add")]
HERE = "/exchange/tokens"


@get(HERE, guards=MANAGE)
async def show_tokens(request: Request) -> Page:
    """The systems that read, and the form for a new one."""
    last = today() + timedelta(days=read_tokens.MOST_DAYS - 1)
    return await _list(request, {"key": str(uuid4()), "per_minute": rules.PER_MINUTE, "expires_on": last.isoformat()})


@post(HERE, guards=[*ADD, proved], status_code=200)
async def add(request: Request) -> Page:
    """A new system; the answer shows its token, once."""
    form = Form.of(await request.form())
    key = form.uuid("key") or uuid4()
    try:
        facts = forms.read_token(form, today())
        token = await read_tokens.add_token(request.actor, key, facts, now())
    except FormError as error:
        return await _list(request, form, error)
    if not token:
        await flash(request, "info", N_("This token was given already. Stop it and give another if it is lost."))
        return go(request, HERE)
    return await page(request, "exchange/token.html", token=token, name=facts.name)


@post(f"{HERE}/{{token:uuid}}/disable", guards=MANAGE, status_code=200)
async def stop(request: Request, token: FromPath[UUID]) -> Page:
    """The system may not read any more."""
    await read_tokens.disable_token(request.actor, token, now())
    await flash(request, "ok", N_("The token was stopped; it counts no longer from now."))
    return go(request, HERE)


async def _list(request: Request, form: Any, error: FormError | None = None) -> Page:
    errors, actor = error_texts(error.fields) if error else {}, request.actor
    may_add = allows(actor.roles, "exchange.tokens_add")
    areas = [(actor.scope, i18n._("The whole area")), *await areas_for(actor)] if may_add and actor.scope else []
    return await page(
        request, "exchange/tokens.html", 422 if error else 200, rows=await read_tokens.tokens(actor), form=form,
        errors=errors, faults=summary(errors, forms.LABELS), areas=areas, may_add=may_add, today=today(),
        scopes=i18n.words_of("api_scope"), chosen=form.many("scopes") if isinstance(form, Form) else [],
        organizations=await read_tokens.organizations(actor) if may_add else [],
    )  # fmt: skip


ROUTES = [show_tokens, add, stop]
MENU = [MenuItem(76, "tokens", N_("Systems that read"), HERE, "exchange.tokens", "lock", group="basis")]
