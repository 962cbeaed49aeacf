"""Why this carer, why nobody: asked for one proposal at a time."""

from uuid import UUID

from litestar import get
from litestar.params import FromPath

from bangfu.planning import pages, queries, why_pages
from bangfu.shared.web.access import requires
from bangfu.shared.web.pages import Page, Request, fragment, page


@get("/match/{run:uuid}/proposals/{proposal:uuid}/why", guards=[requires("planning.read")])
async def show_why(request: Request, run: FromPath[UUID], proposal: FromPath[UUID]) -> Page:
    """What each other carer, or each change, would mean for the whole plan: a part with `part=1`, else a page."""
    found = await queries.run_for(request.actor, run)
    shown = {"run": found, "may_run": pages.may_run(request.actor, found), **await why_pages.answer(found, proposal)}
    if request.query_params.get("part"):
        return fragment(request, "planning/_why.html", **shown)
    return await page(request, "planning/why.html", **shown)


WHYS = [show_why]
