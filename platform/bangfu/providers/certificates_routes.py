"""Certificates: handing in, verifying, what waits, what ends soon, and one's own."""

from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, NotYours
from bangfu.providers import certificates, expiries
from bangfu.providers.carer_details import certificates_of, papers_of
from bangfu.providers.carer_pages import detail_page
from bangfu.providers.carer_paper_forms import read_certificate
from bangfu.providers.carer_paper_routes import paper_page, take_paper
from bangfu.providers.carer_reading import carer_for, kept_carer
from bangfu.providers.certificates_queries import waiting
from bangfu.providers.standing import barred_carers
from bangfu.providers.tables import Carer
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.words import WORDS as SHARED

_FORM = "providers/certificate_form.html"


@get("/carers/{carer:uuid}/certificates/new", guards=[requires("carers.keep")])
async def new_certificate(request: Request, carer: FromPath[UUID]) -> Page:
    """The form for a new or a renewed certificate (`?code=` of the one to renew)."""
    code = request.query_params.get("code", "")
    first = {"key": str(uuid4()), "code": code if code in SHARED["qualification"] else ""}
    return await paper_page(request, await kept_carer(request.actor, carer), _FORM, first)


@post("/carers/{carer:uuid}/certificates/new", guards=[requires("carers.keep")], status_code=200)
async def hand_in(request: Request, carer: FromPath[UUID]) -> Page:
    """Store it; it waits for somebody else to verify it."""
    row = await kept_carer(request.actor, carer)
    done = N_("The certificate is handed in. It counts once the township or the bureau has verified it.")
    return await take_paper(request, row, _FORM, read_certificate, certificates.hand_in, done)


_ONE = "/carers/{carer:uuid}/certificates/{certificate:uuid}"


@post(f"{_ONE}/verify", guards=[requires("qualifications.verify")], status_code=200)
async def verify(request: Request, carer: FromPath[UUID], certificate: FromPath[UUID]) -> Page:
    """It counts from now on."""
    await certificates.verify(request.actor, carer, certificate, now())
    await flash(request, "ok", N_("The certificate is verified and counts from now on."))
    return go(request, f"/carers/{carer}")


@post(f"{_ONE}/reject", guards=[requires("qualifications.verify")], status_code=200)
async def reject(request: Request, carer: FromPath[UUID], certificate: FromPath[UUID]) -> Page:
    """It does not count; the reason goes to who handed it in."""
    await carer_for(request.actor, carer)
    await certificates.check_belongs(carer, certificate)
    form = Form.of(await request.form())
    reason = form.text("reject_reason", most=200)
    if form.faults:
        errors = error_texts(form.faults)
        return await detail_page(request, carer, today(), status=422, form=form, errors=errors, rejected=certificate)
    await certificates.reject(request.actor, carer, certificate, reason, now())
    await flash(request, "ok", N_("The certificate does not count; who handed it in is told."))
    return go(request, f"/carers/{carer}")


@get("/certificates", guards=[requires("qualifications.verify")])
async def list_waiting(request: Request) -> Page:
    """The certificates of the area that wait for verification, the oldest first."""
    number = page_number(request.query_params.get("page"))
    rows, total = await waiting(request.actor, today(), PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await page(
        request, "providers/certificate_list.html", rows=rows, listing=ListPage(number, total, "/certificates", {})
    )


@get("/carers/expiring", guards=[requires("carers.read")])
async def list_expiring(request: Request) -> Page:
    """Certificates and policies that end within 60 days or are over, the most urgent first."""
    number = page_number(request.query_params.get("page"))
    rows, total = await expiries.endings(request.actor, today(), PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, "/carers/expiring", {})
    return await page(request, "providers/certificate_expiring.html", rows=rows, listing=listing)


@get("/my-certificates", guards=[requires("roster.own")])
async def my_certificates(request: Request) -> Page:
    """What is recorded about oneself: certificates, training, insurance; the station changes it."""
    actor, day = request.actor, today()
    if actor.carer is None:
        raise NotYours
    rows = await Carer.raw("SELECT * FROM carer WHERE id = {}", actor.carer)
    if not rows:
        raise NotYours
    row = rows[0]
    return await page(
        request, "providers/certificate_own.html", carer=row, today=day,
        certificates=await certificates_of(actor, row, day, full=True), papers=await papers_of(actor, row, full=False),
        barred=(await barred_carers(day, [row["id"]])).get(row["id"], ""),
    )  # fmt: skip


ROUTES = [new_certificate, hand_in, verify, reject, list_waiting, list_expiring, my_certificates]
