"""The pages of match runs: list, new, progress, review; the decisions stand in decision_routes.py."""

from datetime import datetime
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, Refused
from bangfu.planning import actions, hooks, pages, queries, returned
from bangfu.planning.compare_routes import COMPARING, show_what_if
from bangfu.planning.decision_routes import DECISIONS
from bangfu.planning.returned_routes import RETURNED
from bangfu.planning.weights import MOST, SOFT
from bangfu.planning.why_routes import WHYS
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.i18n import _, told
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem, Todo, TodoCount, TodoRow, rows_wanted
from bangfu.shared.web.pages import Page, Request, error_texts, fragment, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

LEAST_SECONDS, MOST_SECONDS = 5, 1800
hooks.register()


@get("/match", guards=[requires("planning.read")])
async def list_runs(request: Request) -> Page:
    """The runs of one's area, newest first."""
    number = page_number(request.query_params.get("page"))
    found = await queries.runs(request.actor, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, found[0].total if found else 0, "/match", {})
    return await page(
        request, "planning/list.html", runs=found, listing=listing, may_run=allows(request.actor.roles, "planning.run"),
        waiting=await queries.waiting_needs(request.actor), came_back=await returned.count_returned(request.actor),
    )  # fmt: skip


@get("/match/new", guards=[requires("planning.run")])
async def new_run(request: Request) -> Page:
    """Where to match, how long to search, with which weights."""
    chosen = request.query_params.get("division", "") or request.actor.scope.ljust(12, "0")
    first = {"key": str(uuid4()), "division": chosen, "time_limit": "30", "seed": "1"}
    return await _new_page(request, first | {name: str(value) for name, value in SOFT.items()})


@post("/match/new", guards=[requires("planning.run")], status_code=200)
async def start_run(request: Request) -> Page:
    """Queue the run and show its progress."""
    form = Form.of(await request.form())
    try:
        division = form.choice("division", {row["code"] for row in await queries.divisions_to_match(request.actor)})
        seconds = form.whole("time_limit", least=LEAST_SECONDS, most=MOST_SECONDS)
        seed = form.whole("seed", most=2**31 - 1)
        weights = {name: form.whole(name, most=MOST[name], required=False) for name in SOFT}
        key = form.uuid("key")
        form.check()
        chosen = {name: value for name, value in weights.items() if value is not None}
        run = await actions.start_run(request.actor, key or uuid4(), division, seconds or 30, seed or 0, now(), chosen)
    except FormError as error:
        return await _new_page(request, dict(form), 422, error_texts(error.fields))
    except actions.AlreadyRunning as error:
        return await _new_page(request, dict(form), 409, {"": told(error)}, other=error.run)
    except Refused as error:
        return await _new_page(request, dict(form), 409, {"division": told(error)})
    return go(request, f"/match/{run}")


async def _new_page(
    request: Request, form: dict[str, str], status: int = 200, errors: dict[str, str] | None = None,
    other: UUID | None = None,
) -> Page:  # fmt: skip
    areas = await queries.divisions_to_match(request.actor)
    return await page(
        request, "planning/new.html", status, form=form, errors=errors or {}, other=other,
        areas=pages.area_options(areas, form.get("division", "")), soft=SOFT, most=MOST,
        carers=await queries.carers_in_reach(request.actor),
    )  # fmt: skip


@get("/match/{run:uuid}", guards=[requires("planning.read")])
async def show_run(request: Request, run: FromPath[UUID]) -> Page:
    """Progress while the run is under way, the review of its proposals once it is done."""
    found = await queries.run_for(request.actor, run)
    if found.what_if:
        return await show_what_if(request, found)
    if found.status != "done":
        return await page(request, "planning/run.html", run=found, may_run=pages.may_run(request.actor, found))
    return await page(request, "planning/review.html", **await pages.review(request, found))


@get("/match/{run:uuid}/progress", guards=[requires("planning.read")])
async def run_progress(request: Request, run: FromPath[UUID]) -> Page:
    """The progress box, asked for every second; the whole page once the run has ended."""
    found = await queries.run_for(request.actor, run)
    if found.over:
        return go(request, f"/match/{run}")
    return fragment(request, "planning/_progress.html", run=found, may_run=pages.may_run(request.actor, found))


@get("/match/{run:uuid}/sums", guards=[requires("planning.read")])
async def run_sums(request: Request, run: FromPath[UUID]) -> Page:
    """The numbers above the list, after a decision in place."""
    found = await queries.run_for(request.actor, run)
    counts = await queries.counts(run)
    return fragment(
        request, "planning/_decided.html", run=found, counts=counts, may_run=pages.may_run(request.actor, found)
    )


@post("/match/{run:uuid}/cancel", guards=[requires("planning.run")], status_code=200)
async def stop_run(request: Request, run: FromPath[UUID]) -> Page:
    """Stop a run; its needs go back to confirmed."""
    await queries.run_for(request.actor, run)
    try:
        await actions.cancel_run(request.actor, run, now())
    except Refused as error:
        await flash(request, "warn", error.message, **{name: str(value) for name, value in error.params.items()})
    return go(request, f"/match/{run}")


async def todo(actor: Actor, at: datetime) -> Todo:
    """A dispatcher reviews runs, starts the next one, and decides on offers that came back."""
    result = Todo()
    if not allows(actor.roles, "planning.run"):
        return result
    runs = await queries.to_review(actor)
    waiting, back = await queries.waiting_needs(actor), await returned.count_returned(actor)
    result.counts += [
        TodoCount(_("Match runs to review"), len(runs), "/match", "info" if runs else "neutral", of="match-runs"),
        TodoCount(
            _("Confirmed needs without a match"), waiting, "/needs?status=confirmed", "warn" if waiting else "neutral"
        ),
        TodoCount(_("Offers that came back"), back, "/match/returned", "warn" if back else "neutral"),
    ]
    for each in runs[: rows_wanted(1)]:
        run = await queries.run_for(actor, each)
        result.rows.append(
            TodoRow(
                what=_("Review match run {number}", number=run.number),
                who=f"{run.division_name} · "
                + _("{served} of {needs} needs", served=f"{run.served:,}", needs=f"{run.needs:,}"),
                href=f"/match/{run.id}",
                button=_("Review the proposals"),
                since=run.finished_at,
                of="match-runs",
            )
        )
    return result


ROUTES = [
    list_runs,
    new_run,
    start_run,
    show_run,
    run_progress,
    run_sums,
    stop_run,
    *DECISIONS,
    *RETURNED,
    *WHYS,
    *COMPARING,
]
MENU = [MenuItem(35, "match", N_("Matching"), "/match", "planning.read", "match", phone=3)]
TODO = [todo]
