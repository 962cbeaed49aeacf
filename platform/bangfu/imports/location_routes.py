"""Pages on which the addresses of an area are located: start, progress, stop, go on, and what is to be mended."""

from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_
from bangfu.imports import location_runs
from bangfu.shared.clock import now
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, fragment, go, page

USE = [requires("imports.locate")]


@get("/imports/locations", guards=USE)
async def show_locations(request: Request) -> Page:
    """How many households have no exact place, and the runs so far."""
    return await page(
        request, "imports/locations.html", waiting=await location_runs.without_place(request.actor),
        runs=await location_runs.recent_runs(request.actor), key=uuid4(),
        configured=bool(request.app.state.settings.geocoder),
    )  # fmt: skip


@post("/imports/locations", guards=USE, status_code=200)
async def start_locating(request: Request) -> Page:
    """Queue a run; a double click is one."""
    form = Form.of(await request.form())
    run = await location_runs.start(request.actor, form.uuid("key") or uuid4(), request.app.state.settings, now())
    return go(request, f"/imports/locations/{run}")


@get("/imports/locations/{run:uuid}", guards=USE)
async def show_location_run(request: Request, run: FromPath[UUID]) -> Page:
    """One run: its progress, its numbers, and the households to be mended."""
    found = await location_runs.run_for(request.actor, run)
    return await page(
        request, "imports/location_run.html", run=found, misses=await location_runs.misses(request.actor, run),
        most=location_runs.MOST_MISSES,
    )  # fmt: skip


@get("/imports/locations/{run:uuid}/progress", guards=USE)
async def location_progress(request: Request, run: FromPath[UUID]) -> Page:
    """The progress box, asked for every second; the whole page once the run has ended."""
    found = await location_runs.run_for(request.actor, run)
    if found.status not in location_runs.OPEN:
        return go(request, f"/imports/locations/{run}")
    return fragment(request, "imports/_location_progress.html", run=found)


@post("/imports/locations/{run:uuid}/stop", guards=USE, status_code=200)
async def stop_locating(request: Request, run: FromPath[UUID]) -> Page:
    """Stop; what was found stays."""
    await location_runs.stop_run(request.actor, run, now())
    await flash(request, "ok", N_("The run is stopped. What it found stays; you can let it go on later."))
    return go(request, f"/imports/locations/{run}")


@post("/imports/locations/{run:uuid}/resume", guards=USE, status_code=200)
async def resume_locating(request: Request, run: FromPath[UUID]) -> Page:
    """Go on where it stopped."""
    await location_runs.run_for(request.actor, run)
    await location_runs.go_on(request.actor, run, request.app.state.settings, now())
    return go(request, f"/imports/locations/{run}")


ROUTES = [show_locations, start_locating, show_location_run, location_progress, stop_locating, resume_locating]
