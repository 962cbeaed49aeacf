"""Where a match run is short: the page, the question that fills it, and its progress."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, Refused
from bangfu.planning import queries, shortage, studies
from bangfu.planning.queries import RunView
from bangfu.shared.clock import now
from bangfu.shared.web.access import requires
from bangfu.shared.web.pages import Page, Request, fragment, go, page


@get("/match/{run:uuid}/shortage", guards=[requires("planning.read")])
async def show_shortage(request: Request, run: FromPath[UUID]) -> Page:
    """By service and town: who waits, and what one hour, visit or 10,000 yuan more would be worth."""
    found = await queries.run_for(request.actor, run)
    study = await studies.shortage_of(run)
    more = (
        await shortage.shown(study, run, request.query_params.get("service", "")[:24])
        if study is not None and study.status == "done"
        else {}
    )
    return await page(request, "planning/shortage.html", run=found, study=study, may_ask=_may_ask(found), **more)


@post("/match/{run:uuid}/shortage", guards=[requires("planning.read")], status_code=200)
async def ask_shortage(request: Request, run: FromPath[UUID]) -> Page:
    """Have it worked out, once for each run; nothing else changes, so that whoever reads the run may ask."""
    found = await queries.run_for(request.actor, run)
    if not _may_ask(found):
        raise Refused(N_("Match run {number} has no result to look at."), number=found.number)
    await studies.start_shortage(request.actor, run, found.division, now())
    return go(request, f"/match/{run}/shortage")


@get("/match/{run:uuid}/shortage/progress", guards=[requires("planning.read")])
async def shortage_progress(request: Request, run: FromPath[UUID]) -> Page:
    """The progress box, asked for every second; the whole page once the answer is there."""
    await queries.run_for(request.actor, run)
    study = await studies.shortage_of(run)
    if study is None or study.over:
        return go(request, f"/match/{run}/shortage")
    return fragment(request, "planning/_study_progress.html", study=study, here=f"/match/{run}/shortage")


def _may_ask(run: RunView) -> bool:
    return run.status == "done" and not run.what_if


ROUTES = [show_shortage, ask_shortage, shortage_progress]
