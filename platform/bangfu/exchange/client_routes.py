"""The pages on which the bureau lets other systems report, and stops them."""

from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.divisions.queries import areas_for
from bangfu.errors import N_, FormError
from bangfu.exchange import forms, rules
from bangfu.exchange.clients import add_client, clients, disable, rotate
from bangfu.households.labels import summary
from bangfu.shared import i18n
from bangfu.shared.clock import now
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

MANAGE = [requires("exchange.clients")]
HERE = "/exchange/clients"


@get(HERE, guards=MANAGE)
async def show_clients(request: Request) -> Page:
    """The systems of one's area and the form for a new one."""
    return await _list(request, {"key": str(uuid4()), "kind": "hotline", "per_minute": rules.PER_MINUTE})


@post(HERE, guards=[*MANAGE, proved], status_code=200)
async def add(request: Request) -> Page:
    """A new system; the answer shows its secret, once."""
    form = Form.of(await request.form())
    key = form.uuid("key") or uuid4()
    try:
        facts = forms.read_client(form)
        secret = await add_client(request.actor, key, facts, now())
    except FormError as error:
        return await _list(request, form, error)
    if not secret:
        await flash(
            request, "info", N_("This system was added already. Give it a new secret if the first one is lost.")
        )
        return go(request, HERE)
    return await _secret(request, key, secret)


@post(f"{HERE}/{{client:uuid}}/rotate", guards=[*MANAGE, proved], status_code=200)
async def give_new_secret(request: Request, client: FromPath[UUID]) -> Page:
    """Another secret; the old one counts no longer."""
    return await _secret(request, client, await rotate(request.actor, client, now()))


@post(f"{HERE}/{{client:uuid}}/disable", guards=[*MANAGE, proved], status_code=200)
async def stop(request: Request, client: FromPath[UUID]) -> Page:
    """The system may not report any more."""
    await disable(request.actor, client, now())
    await flash(request, "ok", N_("The system was stopped; what it sends is refused from now."))
    return go(request, HERE)


async def _secret(request: Request, client: UUID, secret: str) -> Page:
    return await page(request, "exchange/secret.html", client=client, secret=secret)


async def _list(request: Request, form: Any, error: FormError | None = None) -> Page:
    errors = error_texts(error.fields) if error else {}
    scope = request.actor.scope
    areas = [(scope, i18n._("The whole area")), *await areas_for(request.actor)] if scope else []
    return await page(
        request, "exchange/clients.html", 422 if error else 200, rows=await clients(request.actor), form=form,
        errors=errors, faults=summary(errors, forms.LABELS), areas=areas, kinds=i18n.words_of("api_kind"),
    )  # fmt: skip


ROUTES = [show_clients, add, give_new_secret, stop]
