"""The page of offers that came back."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, Refused
from bangfu.needs.queries import need_for
from bangfu.planning import returned
from bangfu.shared.clock import now
from bangfu.shared.masking_filters import shown_time
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, go, page
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.web.paging import page_number

SIZE = 10


@get("/match/returned", guards=[requires("planning.read")])
async def list_returned(request: Request) -> Page:
    """Needs whose offer was declined, expired or given back, each with who could take it now."""
    total = await returned.count_returned(request.actor)
    number = min(page_number(request.query_params.get("page")), max(1, -(-total // SIZE)))
    listing = ListPage(number, total, "/match/returned", {}, SIZE)
    found = await returned.returned(request.actor, now(), SIZE, listing.offset)
    return await page(
        request, "planning/returned.html", found=found, listing=listing,
        lacking=await returned.without_calendar(request.actor),
        may_run=allows(request.actor.roles, "planning.run"),
    )  # fmt: skip


@post("/match/returned/{need:uuid}/offer", guards=[requires("planning.run")], status_code=200)
async def offer_next(request: Request, need: FromPath[UUID]) -> Page:
    """Offer a returned need to the carer that the dispatcher chose."""
    await need_for(request.actor, need)
    form = Form.of(await request.form())
    carer = form.uuid("carer")
    form.check()
    try:
        assignment = await returned.offer_next(request.actor, need, carer or UUID(int=0), now())
    except Refused as error:
        await flash(request, "warn", error.message, **{name: str(value) for name, value in error.params.items()})
        return go(request, "/match/returned")
    number, deadline = await returned.sent(assignment)
    await flash(
        request, "ok", N_("Task {number} was offered; the answer is due by {deadline}."), number=number,
        deadline=shown_time(deadline),
    )  # fmt: skip
    return go(request, f"/assignments/{assignment}" if form.get("then") == "task" else "/match/returned")


@post("/match/returned/{need:uuid}/next-run", guards=[requires("planning.run")], status_code=200)
async def send_to_next_run(request: Request, need: FromPath[UUID]) -> Page:
    """Leave a returned need to the next match run."""
    try:
        await returned.to_next_run(request.actor, need, now())
    except Refused as error:
        await flash(request, "warn", error.message, **{name: str(value) for name, value in error.params.items()})
        return go(request, "/match/returned")
    await flash(request, "ok", N_("The need waits for the next match run."))
    return go(request, "/match/returned")


RETURNED = [list_returned, offer_next, send_to_next_run]
