"""An institution's own agreements: what it needs to know, and its signature."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.agreements import listing, queries, signing
from bangfu.agreements.pages import agreement_page
from bangfu.errors import N_, FormError
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, go, page

_SHOW = "agreements/own.html"


@get("/my-agreements", guards=[requires("agreements.own")])
async def own_agreements(request: Request) -> Page:
    """The agreements that name the manager's institution."""
    rows = await listing.of_organization(request.actor.organization)
    return await page(request, "agreements/own_list.html", rows=rows, today=today())


@get("/my-agreements/{agreement:uuid}", guards=[requires("agreements.own")])
async def own_agreement(request: Request, agreement: FromPath[UUID]) -> Page:
    """One of them: services, days, duties of the institution, who has signed; no income, no papers of the person."""
    return await agreement_page(request, agreement, template=_SHOW)


@post("/my-agreements/{agreement:uuid}/sign", guards=[requires("agreements.own")], status_code=200)
async def sign_own(request: Request, agreement: FromPath[UUID]) -> Page:
    """The institution signs electronically with its manager's account."""
    await queries.agreement_for(request.actor, agreement)
    form = Form.of(await request.form())
    try:
        given = signing.Signature("electronic", form.text("seen", required=False, most=64))
        status = await signing.sign(request.actor, agreement, "institution", given, None, now())
    except FormError as error:
        return await agreement_page(request, agreement, form=form, error=error, template=_SHOW)
    done = N_("All seven parties have signed: the agreement is in force.")
    await flash(request, "ok", done if status == "active" else N_("The signature is kept."))
    return go(request, f"/my-agreements/{agreement}")


OWN = [own_agreements, own_agreement, sign_own]
