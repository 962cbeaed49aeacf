"""Measures: a unit's own list, one measure with only what it needs, and its buttons."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.discovery import forms, measure_queries, measure_rules, measuring
from bangfu.discovery.labels import REPORT
from bangfu.discovery.measure_queries import MeasureView
from bangfu.errors import N_, FormError
from bangfu.households.labels import summary
from bangfu.households.timeline import events_of, shown
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.permissions import LIAISON, STATION, TOWNSHIP, allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

Act = Callable[[Form], Awaitable[None]]


@get("/measures", guards=[requires("discovery.measures")])
async def list_measures(request: Request) -> Page:
    """The own unit's measures, the next due first."""
    state, number = request.query_params.get("status", "")[:16], page_number(request.query_params.get("page"))
    found, total = await measure_queries.measures(request.actor, state, now(), PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, "/measures", {"status": state if state in measure_rules.STATES else ""})
    return await page(
        request, "discovery/measures.html", measures=found, listing=listing, shown=listing.filters["status"],
        states=measure_rules.STATES,
    )  # fmt: skip


@get("/measures/{measure:uuid}", guards=[requires("discovery.measures")])
async def show_measure(request: Request, measure: FromPath[UUID]) -> Page:
    """One measure: village, masked name, what is to be done; a liaison gets no way to the report."""
    return await _page(request, measure)


async def _page(
    request: Request, measure: UUID, *, status: int = 200, form: Mapping[str, str] | None = None,
    errors: dict[str, str] | None = None, tried: str = "",
) -> Page:  # fmt: skip
    actor = request.actor
    found = await measure_queries.measure_for(actor, measure, now())
    return await page(
        request, "discovery/measure.html", status, measure=found, offered=offered(actor, found),
        may_read=allows(actor.roles, "discovery.read"), events=shown(await events_of(measure), own=str(measure)),
        form=form or {}, errors=errors or {}, faults=summary(errors or {}, REPORT), tried=tried,
    )  # fmt: skip


def offered(actor: Actor, measure: MeasureView) -> tuple[str, ...]:
    """The actions that the table and the guards leave to this person."""
    if measure.report_status not in {"reviewed", "intervening"}:
        return ()
    own = {
        "organization": actor.has(*LIAISON) and actor.organization == measure.organization,
        "township": actor.has("township_officer"),
        "station": not actor.roles.isdisjoint(STATION | TOWNSHIP - {"township_officer"}),
    }[measure.unit]
    hidden = set() if own else {"report_done"}
    hidden |= {"close"} if measure.done_by == actor.user else set()
    hidden |= {"report_done", "close", "send_back"} if measure.report_status == "reviewed" else set()
    found = measure_rules.MACHINE.actions_for(measure.status, actor.roles)
    return tuple(action for action in found if action not in hidden)


async def _decide(request: Request, measure: UUID, action: str, act: Act, done: str) -> Page:
    await measure_queries.measure_for(request.actor, measure, now())
    form = Form.of(await request.form())
    try:
        await act(form)
    except FormError as error:
        return await _page(request, measure, status=422, form=form, errors=error_texts(error.fields), tried=action)
    await flash(request, "ok", done)
    return go(request, f"/measures/{measure}")


@post("/measures/{measure:uuid}/done", guards=[requires("discovery.measures")], status_code=200)
async def done(request: Request, measure: FromPath[UUID]) -> Page:
    """The responsible unit reports it as done."""

    async def act(form: Form) -> None:
        await measuring.report_done(request.actor, measure, forms.read_evidence(form), now())

    return await _decide(request, measure, "report_done", act, N_("Reported as done. Next: another person closes it."))


@post("/measures/{measure:uuid}/close", guards=[requires("discovery.measures")], status_code=200)
async def close(request: Request, measure: FromPath[UUID]) -> Page:
    """done_reported -> closed."""

    async def act(_: Form) -> None:
        await measuring.close_measure(request.actor, measure, now())

    return await _decide(request, measure, "close", act, N_("The measure is closed."))


@post("/measures/{measure:uuid}/return", guards=[requires("discovery.set_measures")], status_code=200)
async def send_back(request: Request, measure: FromPath[UUID]) -> Page:
    """done_reported -> returned."""

    async def act(form: Form) -> None:
        await measuring.send_back(request.actor, measure, forms.read_reason(form), now())

    return await _decide(request, measure, "send_back", act, N_("The measure is back with its unit."))


@post("/measures/{measure:uuid}/extend", guards=[requires("discovery.set_measures")], status_code=200)
async def extend(request: Request, measure: FromPath[UUID]) -> Page:
    """A later day."""

    async def act(form: Form) -> None:
        day, reason = forms.read_extension(form)
        await measuring.extend(request.actor, measure, day, reason, now())

    return await _decide(request, measure, "extend", act, N_("The measure has a later day."))


@post("/measures/{measure:uuid}/cancel", guards=[requires("discovery.set_measures")], status_code=200)
async def cancel(request: Request, measure: FromPath[UUID]) -> Page:
    """Not needed any more."""

    async def act(form: Form) -> None:
        await measuring.cancel_measure(request.actor, measure, forms.read_reason(form), now())

    return await _decide(request, measure, "cancel", act, N_("The measure is cancelled."))


MEASURES = [list_measures, show_measure, done, close, send_back, extend, cancel]
