"""The provider manager's tasks: inbox, detail, accept, decline, give back, and the household's contact."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.contracts.queries import balance
from bangfu.dispatch import actions, pages, queries, rules, sharing
from bangfu.dispatch.moves import CHECKS
from bangfu.dispatch.queries import Task
from bangfu.errors import N_, FormError
from bangfu.shared.clock import now
from bangfu.shared.i18n import sentence, words_of
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

STATES = ("offered", "serving", "ended", "all")
MOST_CHECKED = 24
"""So many own carers are checked while a page is made; more are checked when named."""


@get("/tasks", guards=[requires("tasks.organization")])
async def list_tasks(request: Request) -> Page:
    """The organisation's tasks: new ones with the time left, running ones, ended ones."""
    at = now()
    number, state, service = pages.wanted(request, STATES, "offered")
    tasks, total = await queries.tasks(
        request.actor, "organization", at, state=state, service=service, offset=pages.offset_of(number)
    )
    listing = pages.listing_of(number, total, "/tasks", state=state, service=service)
    counts = await queries.counts(request.actor, "organization", at)
    return await page(
        request, "dispatch/tasks.html", tasks=tasks, listing=listing, at=at, levels=pages.LEVELS,
        tabs=pages.tab_items(listing, "task_list", counts, STATES),
    )  # fmt: skip


@get("/tasks/{task:uuid}", guards=[requires("tasks.organization")])
async def show_task(request: Request, task: FromPath[UUID]) -> Page:
    """One task: before acceptance what is asked, afterwards for whom (DOMAIN.md 9.2)."""
    return await _task_page(request, await queries.task_for(request.actor, "organization", task))


@post("/tasks/{task:uuid}/accept", guards=[requires("tasks.organization")], status_code=200)
async def accept_task(request: Request, task: FromPath[UUID]) -> Page:
    """Accept with the matched or another own carer."""
    found = await queries.task_for(request.actor, "organization", task)
    form = Form.of(await request.form())
    carer = form.uuid("carer", required=False)
    try:
        form.check()
        await actions.accept(request.actor, task, carer, now())
    except FormError as error:
        return await _task_page(request, found, 422, form=form, errors=error_texts(error.fields))
    await flash(request, "ok", N_("Task {number} is accepted; name and address now stand below."), number=found.number)
    return go(request, f"/tasks/{task}")


@post("/tasks/{task:uuid}/decline", guards=[requires("tasks.organization")], status_code=200)
async def decline_task(request: Request, task: FromPath[UUID]) -> Page:
    """Decline with a reason."""
    return await _ended(request, task, actions.decline, N_("Task {number} is declined; the station has been told."))


@post("/tasks/{task:uuid}/withdraw", guards=[requires("tasks.organization")], status_code=200)
async def withdraw_task(request: Request, task: FromPath[UUID]) -> Page:
    """Give an accepted task back with a reason."""
    return await _ended(request, task, actions.withdraw, N_("Task {number} is given back; the station has been told."))


async def _ended(request: Request, task: UUID, verb: Any, message: str) -> Page:
    found = await queries.task_for(request.actor, "organization", task)
    form = Form.of(await request.form())
    text = form.text("remark", required=False, most=500)
    try:
        form.check()
        await verb(request.actor, task, form.get("reason", ""), text, now())
    except FormError as error:
        return await _task_page(request, found, 422, form=form, errors=error_texts(error.fields))
    await flash(request, "info", message, number=found.number)
    return go(request, f"/tasks/{task}")


@post("/tasks/{task:uuid}/contact", guards=[requires("tasks.organization")], status_code=200)
async def show_contact(request: Request, task: FromPath[UUID]) -> Page:
    """Name, address and phone in full, once, with a reason that is logged."""
    found = await queries.task_for(request.actor, "organization", task)
    form = Form.of(await request.form())
    try:
        text = form.text("contact_text", required=False)
        form.check()
        shared = await sharing.unmask(request.actor, found, form.get("contact_reason", ""), text, now())
    except FormError as error:
        return await _task_page(request, found, 422, form=form, errors=error_texts(error.fields))
    return await _task_page(request, found, unmasked=shared)


async def _task_page(
    request: Request, task: Task, status: int = 200, unmasked: sharing.Shared | None = None, **more: Any
) -> Page:
    at = now()
    shared = unmasked or await sharing.household_of(task, at)
    await sharing.note_child(request.actor, task, shared, at)
    return await page(
        request, "dispatch/task.html", status, task=task, at=at, levels=pages.LEVELS,
        turn=pages.whose_turn(task), can=rules.actions_for(task.status, request.actor.roles),
        shared=shared, plain=unmasked is not None,
        line=await balance(task.contract_line) if task.contract_line else None,
        events=await pages.timeline_of(task, names=False), carers=await _carers(task, at),
        decline_reasons=_reasons(rules.DECLINE_REASONS), withdraw_reasons=_reasons(rules.WITHDRAW_REASONS),
        contact_reasons=words_of("contact_reason"), **more,
    )  # fmt: skip


async def _carers(task: Task, at: datetime) -> dict[str, Any]:
    """Who of the organisation may serve: `able` as choices, `unable` with the reasons; the matched carer first."""
    if task.status != "offered" or task.organization is None:
        return {"able": [], "unable": []}
    own = await sharing.own_carers(task.organization)
    loads = await queries.loads([row["id"] for row in own])
    able: list[dict[str, Any]] = []
    unable: list[dict[str, Any]] = []
    for row in own:
        shown = {**row, "minutes": loads[row["id"]][0], "matched": row["id"] == task.matched_carer, "why": []}
        if not shown["matched"] and CHECKS and len(own) <= MOST_CHECKED:
            problems = await actions.problems_of(task.need, row["id"], at)
            shown["why"] = [sentence(message, params) for message, params in problems]
        (unable if shown["why"] else able).append(shown)
    if not CHECKS:
        able = [row for row in able if row["matched"]]
    return {"able": sorted(able, key=lambda row: not row["matched"]), "unable": unable}


def _reasons(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    words = dict(words_of("assignment_reason"))
    return [(code, words[code]) for code in codes]


ROUTES = [list_tasks, show_task, accept_task, decline_task, withdraw_task, show_contact]
