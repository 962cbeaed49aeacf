"""Why this carer, why nobody: asked for one proposal at a time; a change that would help becomes a what-if run."""

from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.planning import pages, proposals, queries, whatif, why_pages
from bangfu.shared.clock import now
from bangfu.shared.web.access import requires
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, fragment, go, page


@get("/match/{run:uuid}/proposals/{proposal:uuid}/why", guards=[requires("planning.read")])
async def show_why(request: Request, run: FromPath[UUID], proposal: FromPath[UUID]) -> Page:
    """What each other carer, or each change, would mean for the whole plan: a part with `part=1`, else a page."""
    found = await queries.run_for(request.actor, run)
    shown = {"run": found, "may_run": pages.may_run(request.actor, found), **await why_pages.answer(found, proposal)}
    if request.query_params.get("part"):
        return fragment(request, "planning/_why.html", panel=True, **shown)
    return await page(request, "planning/why.html", **shown)


@post("/match/{run:uuid}/proposals/{proposal:uuid}/what-if", guards=[requires("planning.run")], status_code=200)
async def start_what_if(request: Request, run: FromPath[UUID], proposal: FromPath[UUID]) -> Page:
    """Solve the run again with one change, as a calculation only, and show its progress."""
    found, form = await queries.run_for(request.actor, run), Form.of(await request.form())
    view = await proposals.one(found, proposal)
    key = form.uuid("key") or uuid4()
    started = await whatif.start_what_if(
        request.actor, key, run, view.row["need"], form.get("easing", ""), now()
    )  # fmt: skip
    return go(request, f"/match/{started}")


WHYS = [show_why, start_what_if]
