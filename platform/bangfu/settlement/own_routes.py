"""Statements for the organisation that delivered: its list, one statement, the claim; and the township's look at a
caregiver's 差."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours
from bangfu.settlement import claiming, pages, reading, reviewing
from bangfu.settlement.office_routes import statements_page, visits_page
from bangfu.shared.clock import now
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

_OWN = "/my-settlements/{statement:uuid}"
_SUBSIDY = "/subsidies/{statement:uuid}"


@get("/my-settlements", guards=[requires("settlements.own")])
async def list_own(request: Request) -> Page:
    """The statements of one's organisation."""
    return await statements_page(request, own=True)


@get(_OWN, guards=[requires("settlements.own")])
async def show_own(request: Request, statement: FromPath[UUID]) -> Page:
    """One statement of one's organisation: what it comes to, where the money is."""
    return await pages.statement_page(request, statement, own=True)


@get(f"{_OWN}/visits", guards=[requires("settlements.own")])
async def own_visits(request: Request, statement: FromPath[UUID]) -> Page:
    """The visits behind a figure."""
    return await visits_page(request, statement, own=True)


@post(f"{_OWN}/claims/{{claim:uuid}}/claim", guards=[requires("settlements.own"), proved], status_code=200)
async def claim_own(request: Request, statement: FromPath[UUID], claim: FromPath[UUID]) -> Page:
    """Claim the computed amount with the invoice's number."""

    async def act(form: Form) -> None:
        invoice, agreed = form.text("invoice", required=False), form.yes("agreed")
        shown = form.text("amount", required=False), form.text("version", required=False)
        form.check()
        await claiming.claim(request.actor, claim, invoice, agreed, now(), shown=shown)

    done = N_("Claimed: the bureau reviews it next.")
    return await pages.decide(request, statement, f"claim-{claim}", act, done, own=True, claim=claim)


@get("/subsidies", guards=[requires("settlements.subsidy")])
async def list_subsidies(request: Request) -> Page:
    """Quarters of caregivers that were judged poor."""
    number = page_number(request.query_params.get("page"))
    rows, total = await reading.subsidies(request.actor, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await page(
        request, "settlement/subsidies.html", rows=rows, listing=ListPage(number, total, "/subsidies", {})
    )


@get(_SUBSIDY, guards=[requires("settlements.subsidy")])
async def show_subsidy(request: Request, statement: FromPath[UUID]) -> Page:
    """One of them, with the decision."""
    return await _subsidy_page(request, statement)


@post(f"{_SUBSIDY}/review", guards=[requires("settlements.subsidy"), proved], status_code=200)
async def review_subsidy(request: Request, statement: FromPath[UUID]) -> Page:
    """Apply the zero, or not."""
    row = await reading.row_for(request.actor, statement)
    if row["kind"] != "agreement":
        raise NotYours
    form = Form.of(await request.form())
    try:
        outcome = form.choice("outcome", reviewing.OUTCOMES)
        text = form.text("review_text", most=500)
        form.check()
        await reviewing.decide(request.actor, statement, outcome, text, now())
    except FormError as error:
        return await _subsidy_page(request, statement, form, error)
    await flash(request, "ok", N_("Your decision is recorded."))
    return go(request, f"/subsidies/{statement}")


async def _subsidy_page(
    request: Request, statement: UUID, form: Form | None = None, error: FormError | None = None
) -> Page:
    view = await reading.statement_for(request.actor, statement)
    if view.row["kind"] != "agreement":
        raise NotYours
    return await page(
        request, "settlement/subsidy.html", 422 if error else 200, s=view, row=view.row, form=dict(form or {}),
        errors=error_texts(error.fields) if error else {}, outcomes=reviewing.OUTCOMES,
    )  # fmt: skip


OWN = [list_own, show_own, own_visits, claim_own, list_subsidies, show_subsidy, review_subsidy]
