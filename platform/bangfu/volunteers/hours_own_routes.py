"""My hours, on a phone: recorded, confirmed and not confirmed with the reason, stars, certificates, the own record."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import download
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go
from bangfu.volunteers import certifying, exporting, noting
from bangfu.volunteers import hours_rules as rules
from bangfu.volunteers.fitting import mine
from bangfu.volunteers.ledger import confirmed_minutes
from bangfu.volunteers.noting import barred_until
from bangfu.volunteers.numbers import numbers_on
from bangfu.volunteers.pages import show
from bangfu.volunteers.people import record_of

OWN = "volunteers.own"
HOURS = "/my-hours"


@get(HOURS, guards=[requires(OWN)])
async def my_hours(request: Request) -> Page:
    """The own record."""
    return await _page(request)


async def _page(request: Request, status: int = 200, **more: Any) -> Page:
    carer = mine(request.actor)
    minutes, numbers = (await confirmed_minutes([carer]))[carer], await numbers_on(today())
    return await show(
        request, "my_hours.html", status, minutes=minutes, stars=rules.stars(minutes, numbers.stars),
        missing=rules.next_star(minutes, numbers.stars), record=await record_of(carer), numbers=numbers,
        barred=await barred_until(carer, today()), **more,
    )  # fmt: skip


@get(HOURS + "/record/{kind:str}", guards=[requires(OWN)])
async def my_record(request: Request, kind: FromPath[str]) -> Response[bytes]:
    """The own record with the fields of order 67, in full."""
    if kind not in exporting.FORMATS:
        raise NotYours
    row = await exporting.own_row(mine(request.actor))
    made = await exporting.export(request.actor, row, kind, now(), own=True)
    return download(made, f"record.{kind}", exporting.FORMATS[kind])


@get(HOURS + "/certificates/{certificate:uuid}/paper", guards=[requires(OWN)])
async def my_certificate(request: Request, certificate: FromPath[UUID]) -> Response[bytes]:
    """One of the own certificates."""
    row = await certifying.certificate_for(request.actor, certificate)
    if row.carer != mine(request.actor):
        raise NotYours
    made = await certifying.paper(request.actor, row, portal(request), now())
    return download(made, f"{row.number}.pdf", "application/pdf")


@post(HOURS + "/no-shows/{no_show:uuid}/answer", guards=[requires(OWN)], status_code=200)
async def answer_no_show(request: Request, no_show: FromPath[UUID]) -> Page:
    """Say what happened."""
    await noting.own_no_show(request.actor, no_show)
    form = Form.of(await request.form())
    try:
        text = form.text("answer", required=False, most=300)
        form.check()
        await noting.answer_no_show(request.actor, no_show, text, now())
    except FormError as error:
        return await _page(request, 422, form=form, errors=error_texts(error.fields))
    await flash(request, "ok", N_("Thank you; the station reads what you wrote."))
    return go(request, HOURS)


def portal(request: Request) -> str:
    """The portal's public address, for the check of papers."""
    settings = request.app.state.settings
    return str(settings.public_url or settings.url)


ROUTES = [my_hours, my_record, my_certificate, answer_no_show]
