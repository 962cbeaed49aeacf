"""Certificates: the organisers' list and papers, revoking, and the public check by number and name."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.shared import i18n
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from bangfu.shared.tries import Limit
from bangfu.shared.web.access import public, requires
from bangfu.shared.web.files import download
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.limits import may_try, was_right
from bangfu.shared.web.pages import Page, Request, go
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage
from bangfu.volunteers import certifying
from bangfu.volunteers.hours_own_routes import portal
from bangfu.volunteers.pages import show

LIST, CHECK = "/volunteer-certificates", "/verify-certificate"
READ, ORGANISE = "volunteers.read", "volunteers.organise"
TRIES = Limit("certificate check")


@get(LIST, guards=[requires(READ)])
async def list_certificates(request: Request) -> Page:
    """The certificates of the area or organisation, the newest first."""
    number = page_number(request.query_params.get("page"))
    rows, total = await certifying.certificates(request.actor, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await show(
        request, "certificates.html", rows=rows, listing=ListPage(number, total, LIST, {}),
        keeps=allows(request.actor.roles, ORGANISE), reasons=i18n.words_of("certificate_revoke"),
    )  # fmt: skip


@get(LIST + "/{certificate:uuid}/paper", guards=[requires(ORGANISE)])
async def print_certificate(request: Request, certificate: FromPath[UUID]) -> Response[bytes]:
    """The paper, to be stamped and signed; who took it is on record."""
    row = await certifying.certificate_for(request.actor, certificate)
    made = await certifying.paper(request.actor, row, portal(request), now())
    return download(made, f"{row.number}.pdf", "application/pdf")


@post(LIST + "/{certificate:uuid}/revoke", guards=[requires(ORGANISE)], status_code=200)
async def revoke_certificate(request: Request, certificate: FromPath[UUID]) -> Page:
    """Revoke it with a reason."""
    row = await certifying.certificate_for(request.actor, certificate)
    form = Form.of(await request.form())
    try:
        await certifying.revoke(request.actor, certificate, form.get("reason", ""), now())
    except FormError:
        await flash(request, "warn", N_("Please choose a reason."))
        return go(request, f"/volunteers/{row.carer}")
    await flash(request, "info", N_("Certificate {number} is revoked."), number=row.number)
    return go(request, f"/volunteers/{row.carer}")


@get(CHECK, guards=[public])
async def ask_certificate(request: Request) -> Page:
    """Where anybody checks a certificate; a QR code brings the number along."""
    number = request.query_params.get("number", "")[:32]
    return await show(request, "verify.html", found=None, form={"number": number})


@post(CHECK, guards=[public], status_code=200)
async def check_certificate(request: Request) -> Page:
    """State and hours, for who knows number and name; nothing else, and not too often."""
    form = Form.of(await request.form())
    if not await may_try(request, TRIES):
        return await show(request, "verify.html", 429, found=None, form=form, throttled=True)
    found = await certifying.check(form.get("number", "")[:32], form.get("name", "")[:64])
    if found is None:
        errors = {"number": i18n._("No certificate has this number and name. Please check both.")}
        return await show(request, "verify.html", 422, found=None, form=form, errors=errors)
    await was_right(request, TRIES)
    return await show(request, "verify.html", found=found, form=form)


ROUTES = [list_certificates, print_certificate, revoke_certificate, ask_certificate, check_certificate]
