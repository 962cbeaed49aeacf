"""Re-planning after an event: the list, the form, the curve with its points, and the choice of one."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import FormError, Refused
from bangfu.planning import present, replan_events, replan_pages, replan_rows, replanning, studies
from bangfu.planning.studies import REPLAN, StudyView
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.i18n import word
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, fragment, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

MOST_FIXED = 500


def _may(actor: Actor) -> bool:
    return allows(actor.roles, "planning.run") and bool(actor.scope)


@get("/match/replans", guards=[requires("planning.read")])
async def list_replans(request: Request) -> Page:
    """The re-plans of one's area, newest first."""
    number = page_number(request.query_params.get("page"))
    found = await studies.replans(request.actor, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, found[0].total if found else 0, "/match/replans", {})
    said = {study.id: await replan_pages.events_of(study) for study in found}
    return await page(
        request, "planning/replans.html", studies=found, said=said, listing=listing, may_run=_may(request.actor)
    )


@get("/match/replans/new", guards=[requires("planning.run")])
async def new_replan(request: Request) -> Page:
    """What happened, to whom; the kind of event stands in the address, and so do events entered before."""
    asked = request.query_params
    first = {
        "key": str(uuid4()), "event": asked.get("event", ""), "keep_served": asked.get("keep_served", "yes")[:8],
        "waiting": asked.get("waiting", "")[:8],
        "fixed": asked.get("fixed", "") if asked.get("fixed") in present.FIXED else present.WEEK,
        "task": asked.get("task", "")[:32], "of": asked.get("of", "")[:64],
    }  # fmt: skip
    return await _form(request, first, await replan_rows.read(request.actor, asked.getall("earlier", [])))


async def _form(
    request: Request, form: Mapping[str, str], rows: Sequence[replan_rows.Row], error: FormError | None = None
) -> Page:
    kind = form.get("event", "")
    kind = kind if kind in replan_events.KINDS else replan_events.KINDS[0]
    return await page(
        request, "planning/replan_new.html", 422 if error else 200, form=form, kind=kind,
        kinds=[(code, word("replan_event", code), _to(form, code, rows)) for code in replan_events.KINDS],
        of_task=kind in replan_events.OF_TASK, choices=await replan_events.options(request.actor, kind),
        fixes=[(code, word("replan_fixed", code)) for code in present.FIXED],
        earlier=[
            (value, said, _to(form, kind, [*rows[:at], *rows[at + 1 :]]))
            for at, ((value, _event), said) in enumerate(
                zip(rows, await replan_events.said([event for _value, event in rows]), strict=True)
            )
        ],
        errors=error_texts(error.fields) if error else {},
    )  # fmt: skip


def _to(form: Mapping[str, str], kind: str, rows: Sequence[replan_rows.Row]) -> str:
    """The form for another event, with the rows and the settings as they are."""
    settings = {"fixed": form.get("fixed", ""), "keep_served": form.get("keep_served", "") or "off"}
    settings |= {"waiting": "yes"} if form.get("waiting") else {}
    return replan_rows.address(kind, [value for value, _event in rows], settings)


@post("/match/replans/new", guards=[requires("planning.run")], status_code=200)
async def ask_replan(request: Request) -> Page:
    """Queue the re-plan and show its progress, or keep the event and ask for the next one."""
    form = Form.of(await request.form())
    rows = await replan_rows.read(request.actor, form.many("earlier"))
    more = form.get("do") == "add"
    try:
        kind = form.choice("event", replan_events.KINDS)
        form.check()
        if more or not rows or not replan_rows.blank(form):
            rows_now = replan_rows.with_one_more(form, rows, await replan_events.read(request.actor, form, kind))
        else:
            rows_now = rows
        fixed = form.choice("fixed", present.FIXED)
        key = form.uuid("key")
        form.check()
    except FormError as error:
        return await _form(request, dict(form), rows, error)
    if more:
        return go(request, _to(form, kind, rows_now))
    study = await replanning.ask(
        request.actor, key or uuid4(), [event for _value, event in rows_now], now(),
        keep_served=form.yes("keep_served"), waiting=form.yes("waiting"), fixed=fixed,
    )  # fmt: skip
    return go(request, f"/match/replans/{study}")


@get("/match/replans/{study:uuid}", guards=[requires("planning.read")])
async def show_replan(request: Request, study: FromPath[UUID]) -> Page:
    """The curve, and for one of its points whom it concerns; progress while it is being worked out."""
    return await _replan_page(request, await studies.study_for(request.actor, study, REPLAN))


async def _replan_page(request: Request, found: StudyView) -> Page:
    more: dict[str, Any] = {}
    if found.status == "done":
        more = await replan_pages.shown(found, request.query_params.get("point", ""))
    return await page(
        request, "planning/replan.html", study=found, said=await replan_pages.events_of(found), key=str(uuid4()),
        may_run=_may(request.actor) and request.actor.sees(found.division), **more,
    )  # fmt: skip


@get("/match/replans/{study:uuid}/progress", guards=[requires("planning.read")])
async def replan_progress(request: Request, study: FromPath[UUID]) -> Page:
    """The progress box, asked for every second; the whole page once the curve is there."""
    found = await studies.study_for(request.actor, study, REPLAN)
    here = f"/match/replans/{study}"
    if found.over:
        return go(request, here)
    return fragment(request, "planning/_study_progress.html", study=found, here=here)


@post("/match/replans/{study:uuid}/choose", guards=[requires("planning.run")], status_code=200)
async def choose_point(request: Request, study: FromPath[UUID]) -> Page:
    """Make proposals of a point's changes and show them for review."""
    await studies.study_for(request.actor, study, REPLAN)
    form = Form.of(await request.form())
    point = form.whole("point", most=999)
    form.check()
    try:
        run = await replanning.choose(request.actor, study, point or 0, now())
    except Refused as error:
        await flash(request, "warn", error.message, **{name: str(value) for name, value in error.params.items()})
        return go(request, f"/match/replans/{study}?point={point}")
    return go(request, f"/match/{run}")


@post("/match/replans/{study:uuid}/again", guards=[requires("planning.run")], status_code=200)
async def ask_again(request: Request, study: FromPath[UUID]) -> Page:
    """The same event once more, with the ticked tasks fixed and the switches as they stand now."""
    found = await studies.study_for(request.actor, study, REPLAN)
    form = Form.of(await request.form())
    key, ticked = form.uuid("key"), _ids(form.many("fix"))
    form.check()
    again = await replanning.ask(
        request.actor, key or uuid4(), found.asked["events"], now(), keep_served=form.yes("keep_served"),
        waiting=form.yes("waiting"), fixed=found.asked["fixed"], locked=[*found.asked["locked"], *ticked],
    )  # fmt: skip
    return go(request, f"/match/replans/{again}")


def _ids(values: list[str]) -> list[str]:
    """Those that are ids; whether they are part of the plan is asked when it is frozen (present.locked)."""
    found = []
    for value in values[:MOST_FIXED]:
        try:
            found.append(str(UUID(value)))
        except ValueError:
            continue
    return found


ROUTES = [list_replans, new_replan, ask_replan, show_replan, replan_progress, choose_point, ask_again]
