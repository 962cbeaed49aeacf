"""A volunteer's open tasks, on a phone: what to take, what is ahead, swaps, and who comes along."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.shared.clock import now
from bangfu.shared.masking import mask_name
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go
from bangfu.volunteers import partners, swap_queries, swapping, taking
from bangfu.volunteers import task_queries as queries
from bangfu.volunteers.fitting import Wanted, mine
from bangfu.volunteers.pages import show

LIST = "/open-tasks"
OWN = "volunteers.own"


@get(LIST, guards=[requires(OWN)])
async def list_open_tasks(request: Request) -> Page:
    """What may be taken now, near and familiar first; the own visits ahead; swaps that others ask for."""
    return await _list(request)


async def _list(request: Request, status: int = 200, **more: Any) -> Page:
    at, actor = now(), request.actor
    return await show(
        request, "open_tasks.html", status, at=at, offered=await queries.offered_to(actor, at),
        taken=await queries.my_taken(actor), visits=await queries.my_visits(actor, at),
        swaps=await swap_queries.swaps_for(actor, at), experience=await queries.experience(actor, at),
        accompanies=await partners.accompanies(mine(actor)), key=uuid4(), **more,
    )  # fmt: skip


@get(LIST + "/{task:uuid}", guards=[requires(OWN)])
async def show_open_task(request: Request, task: FromPath[UUID]) -> Page:
    """One open task before it is taken, with who may come along on a first visit."""
    return await _show(request, task)


async def _show(request: Request, task: UUID, status: int = 200, **more: Any) -> Page:
    at = now()
    found = await queries.offered_task(request.actor, task, at)
    wanted, row = await queries.wanted_by(task)
    mates = []
    if row["status"] == "open" and found.needs_partner and not found.partner_named and not found.why_not:
        mates = await _mates(request, Wanted(wanted.need, wanted.times), row["division"], at)
    return await show(
        request, "open_task.html", status, task=found, mates=mates, at=at,
        taken=row["status"] == "taken", **more,
    )  # fmt: skip


async def _mates(request: Request, wanted: Wanted, division: str, at: datetime) -> list[tuple[str, str]]:
    """Who may come along, as choices: family name and number, no more (DOMAIN.md 7: volunteers' data)."""
    return _choices(await partners.candidates(wanted, division, [mine(request.actor)], at))


def _choices(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(str(row["id"]), f"{mask_name(row['name'])} {row['number']}") for row in rows]


@post(LIST + "/{task:uuid}/take", guards=[requires(OWN)], status_code=200)
async def take_task(request: Request, task: FromPath[UUID]) -> Page:
    """Take it, on a first visit with who comes along."""
    await queries.offered_task(request.actor, task, now())
    form = Form.of(await request.form())
    try:
        partner = form.uuid("partner", required=False)
        form.check()
    except FormError as error:
        return await _show(request, task, 422, form=form, errors=error_texts(error.fields))
    await taking.take(request.actor, task, partner, now())
    await flash(request, "ok", N_("The task is yours. Thank you! The visits stand below, the address on their pages."))
    return go(request, LIST)


@post(LIST + "/{task:uuid}/give-back", guards=[requires(OWN)], status_code=200)
async def give_task_back(request: Request, task: FromPath[UUID]) -> Page:
    """Give it back; no reason is asked for."""
    await taking.give_back(request.actor, task, now())
    await flash(request, "info", N_("The task is given back; others may take it now. This has no effect on you."))
    return go(request, LIST)


@post(LIST + "/visits/{visit:uuid}/cancel", guards=[requires(OWN)], status_code=200)
async def cancel_my_visit(request: Request, visit: FromPath[UUID]) -> Page:
    """Call one visit off; no reason is asked for."""
    await swapping.cancel_visit(request.actor, visit, now())
    await flash(request, "info", N_("The visit is called off; the station has been told. This has no effect on you."))
    return go(request, LIST)


@post(LIST + "/visits/{visit:uuid}/step-back", guards=[requires(OWN)], status_code=200)
async def step_back_from(request: Request, visit: FromPath[UUID]) -> Page:
    """Not come along after all."""
    await swapping.step_back(request.actor, visit, now())
    await flash(request, "info", N_("You do not come along any more; the station and the volunteer have been told."))
    return go(request, LIST)


@post(LIST + "/visits/{visit:uuid}/swap", guards=[requires(OWN)], status_code=200)
async def ask_for_swap(request: Request, visit: FromPath[UUID]) -> Page:
    """Ask one volunteer by number, or everybody, to serve a visit instead."""
    await swapping.own_visit(request.actor, visit)
    form = Form.of(await request.form())
    try:
        key, number = form.uuid("key", required=False) or uuid4(), form.text("number", required=False, most=32)
        form.check()
        await swapping.ask(request.actor, key, visit, number, now())
    except FormError as error:
        return await _list(request, 422, form=form, errors=error_texts(error.fields), failed=visit)
    await flash(request, "ok", N_("Your question stands with the others. Until somebody accepts, the visit is yours."))
    return go(request, LIST)


@get(LIST + "/swaps/{swap:uuid}", guards=[requires(OWN)])
async def show_swap(request: Request, swap: FromPath[UUID]) -> Page:
    """One question, with who may come along where the visit needs somebody."""
    return await _show_swap(request, swap)


async def _show_swap(request: Request, swap: UUID, status: int = 200, **more: Any) -> Page:
    at = now()
    row = await swap_queries.swap_for(request.actor, swap, at)
    mates = _choices(await swap_queries.mates_for(request.actor, row, at))
    return await show(request, "swap.html", status, swap=row, mates=mates, **more)


@post(LIST + "/swaps/{swap:uuid}/accept", guards=[requires(OWN)], status_code=200)
async def accept_swap(request: Request, swap: FromPath[UUID]) -> Page:
    """Serve the visit instead of who asked."""
    await swapping.asked_of(mine(request.actor), swap)
    form = Form.of(await request.form())
    try:
        partner = form.uuid("partner", required=bool(form.get("choose")))
        form.check()
    except FormError as error:
        return await _show_swap(request, swap, 422, form=form, errors=error_texts(error.fields))
    await swapping.accept(request.actor, swap, partner, now())
    await flash(request, "ok", N_("The visit is yours now. Thank you! The address stands on its page."))
    return go(request, LIST)


@post(LIST + "/swaps/{swap:uuid}/refuse", guards=[requires(OWN)], status_code=200)
async def refuse_swap(request: Request, swap: FromPath[UUID]) -> Page:
    """Say no; no reason is asked for."""
    await swapping.refuse(request.actor, swap, now())
    await flash(request, "info", N_("You said no; that has no effect on you."))
    return go(request, LIST)


@post(LIST + "/swaps/{swap:uuid}/withdraw", guards=[requires(OWN)], status_code=200)
async def withdraw_swap(request: Request, swap: FromPath[UUID]) -> Page:
    """Stop asking; the visit stays one's own."""
    await swapping.withdraw(request.actor, swap, now())
    await flash(request, "info", N_("Nobody is asked any more; the visit stays yours."))
    return go(request, LIST)


@post(LIST + "/accompany", guards=[requires(OWN)], status_code=200)
async def set_accompanying(request: Request) -> Page:
    """Say whether newcomers may come along."""
    form = Form.of(await request.form())
    await partners.set_accompanies(request.actor, form.yes("accompanies"), now())
    await flash(request, "ok", N_("Saved."))
    return go(request, LIST)


ROUTES = [
    list_open_tasks, show_open_task, take_task, give_task_back, cancel_my_visit, step_back_from, ask_for_swap,
    show_swap, accept_swap, refuse_swap, withdraw_swap, set_accompanying,
]  # fmt: skip
