"""The station's and the bureau's view: what was offered to whom, what came back, and ending an assignment."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.dispatch import actions, pages, queries, rules
from bangfu.dispatch.queries import Task
from bangfu.errors import N_, FormError
from bangfu.shared.clock import now
from bangfu.shared.i18n import _, word, words_of
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page


@get("/assignments", guards=[requires("dispatch.read")])
async def list_assignments(request: Request) -> Page:
    """The assignments of the actor's area, by list, service and organisation."""
    at = now()
    number, state, service = pages.wanted(request, queries.LISTS, "all")
    choices = await queries.organizations_asked(request.actor)
    chosen = request.query_params.get("organization", "")
    chosen = chosen if chosen in dict(choices) else ""
    tasks, total = await queries.tasks(
        request.actor, "scope", at, state=state, service=service, organization=UUID(chosen) if chosen else None,
        offset=pages.offset_of(number),
    )  # fmt: skip
    listing = pages.listing_of(number, total, "/assignments", state=state, service=service, organization=chosen)
    counts = await queries.counts(request.actor, "scope", at)
    return await page(
        request, "dispatch/assignments.html", tasks=tasks, listing=listing, at=at, levels=pages.LEVELS,
        organizations=choices, services=pages.service_choices(),
        tabs=pages.tab_items(listing, "assignment_list", counts, queries.LISTS),
        active=pages.active_filters(
            listing,
            {
                "service": (_("Service"), word("service", service)),
                "organization": (_("Organisation"), dict(choices).get(chosen, "")),
            },
        ),
    )  # fmt: skip


@get("/assignments/{assignment:uuid}", guards=[requires("dispatch.read")])
async def show_assignment(request: Request, assignment: FromPath[UUID]) -> Page:
    """One assignment with its timeline and the alternatives stored with the offer."""
    return await _assignment_page(request, await queries.task_for(request.actor, "scope", assignment))


@post("/assignments/{assignment:uuid}/cancel", guards=[requires("dispatch.cancel")], status_code=200)
async def cancel_assignment(request: Request, assignment: FromPath[UUID]) -> Page:
    """End it from the station's side, with a reason."""
    found = await queries.task_for(request.actor, "scope", assignment)
    form = Form.of(await request.form())
    text = form.text("remark", required=False, most=500)
    try:
        form.check()
        await actions.cancel(request.actor, assignment, form.get("reason", ""), text, now())
    except FormError as error:
        return await _assignment_page(request, found, 422, form=form, errors=error_texts(error.fields))
    await flash(request, "ok", N_("Assignment {number} is cancelled; who was asked has been told."),
                number=found.number)  # fmt: skip
    return go(request, f"/assignments/{assignment}")


async def _assignment_page(request: Request, task: Task, status: int = 200, **more: Any) -> Page:
    at, actor = now(), request.actor
    words = dict(words_of("assignment_reason"))
    waits = await queries.returned(task)
    expired = (await queries.expiries([task.organization], at))[task.organization] if task.organization else 0
    return await page(
        request, "dispatch/assignment.html", status, task=task, at=at, levels=pages.LEVELS,
        turn=pages.station_turn(task, waits), events=await pages.timeline_of(task, names=True),
        alternatives=await queries.alternatives_of(task), expired=expired, warned=rules.warned(expired),
        may_cancel=allows(actor.roles, "dispatch.cancel") and rules.may(task.status, "cancel", actor.roles),
        waits=waits, notes=await pages.notes_of(task.id),
        opens_household=allows(actor.roles, "households.read"), opens_need=allows(actor.roles, "needs.read"),
        opens_planning=allows(actor.roles, "planning.read"), opens_provider=allows(actor.roles, "providers.read"),
        cancel_reasons=[(code, words[code]) for code in rules.CANCEL_REASONS], **more,
    )  # fmt: skip


ROUTES = [list_assignments, show_assignment, cancel_assignment]
