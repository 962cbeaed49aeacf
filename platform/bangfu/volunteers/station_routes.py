"""The station's side: opening visits to volunteers, naming who comes along, closing."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.shared import i18n
from bangfu.shared.civil_time import SHANGHAI, civil_date, day_span
from bangfu.shared.clock import now
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage
from bangfu.visits.due import free_window
from bangfu.volunteers import opening, partners
from bangfu.volunteers import task_queries as queries
from bangfu.volunteers import task_rules as rules
from bangfu.volunteers.fitting import Wanted
from bangfu.volunteers.opening import Opening, Slot
from bangfu.volunteers.pages import show
from bangfu.volunteers.words import WORDS

LIST = "/volunteer-tasks"
ORGANISE = "volunteers.organise"
LEVELS = {"open": "info", "taken": "ok", "closed": "neutral", "done": "ok"}


@get(LIST, guards=[requires(ORGANISE)])
async def list_tasks(request: Request) -> Page:
    """The area's open tasks, and the needs that may be opened."""
    number, state = page_number(request.query_params.get("page")), request.query_params.get("state", "open")
    state = state if state in WORDS["open_task_status"] else ""
    rows, total = await queries.tasks_of(request.actor, state, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await show(
        request, "tasks.html", rows=rows, listing=ListPage(number, total, LIST, {"state": state or "all"}),
        state=state, states=i18n.words_of("open_task_status"), levels=LEVELS,
        needs=await queries.openable(request.actor),
    )  # fmt: skip


@get(LIST + "/new", guards=[requires(ORGANISE)])
async def new_task(request: Request) -> Page:
    """The form for one need; without one, the list to choose from."""
    if not request.query_params.get("need"):
        return go(request, LIST)
    return await _form(request, _uuid(request.query_params.get("need", "")))


async def _form(request: Request, need: UUID, status: int = 200, **more: Any) -> Page:
    found = await queries.need_for(request.actor, need)
    return await show(request, "task_new.html", status, need=found, key=uuid4(), most=rules.MOST_SLOTS, **more)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


@post(LIST, guards=[requires(ORGANISE)], status_code=200)
async def create_task(request: Request) -> Page:
    """Open the visits."""
    form = Form.of(await request.form())
    if not form.get("need"):
        await flash(request, "warn", N_("Please choose one of the list."))
        return go(request, LIST)
    need = _uuid(form.get("need", ""))
    found = await queries.need_for(request.actor, need)
    try:
        new = await _read(form, found)
        await opening.open_task(request.actor, new, now())
    except FormError as error:
        return await _form(request, need, 422, form=form, errors=error_texts(error.fields))
    await flash(request, "ok", N_("The visits are open to volunteers now."))
    return go(request, f"{LIST}/{new.id}")


async def _read(form: Form, need: dict[str, Any]) -> Opening:
    minutes = form.whole("minutes", least=10, most=480) or 0
    starts = [start for start in (_moment(form, place) for place in range(rules.MOST_SLOTS)) if start]
    if not starts:
        form.fault("start0", N_("Please fill this in."))
    form.check()
    slots = [await _slot(need, start) for start in starts]
    return Opening(form.uuid("key", required=False) or uuid4(), need["id"], slots, minutes)


def _moment(form: Form, place: int) -> datetime | None:
    text = form.get(f"start{place}", "").strip()
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    except ValueError:
        form.fault(f"start{place}", N_("Please enter day and time, such as 2026-11-21 09:30."))
        return None


async def _slot(need: dict[str, Any], start: datetime) -> Slot:
    """The due window of a running task; for a need in matching the civil week of the start."""
    if need["assignment"]:
        window = await free_window(need["assignment"], start)
        if window is None:
            raise FormError({"start0": (N_("No due window of this task is free at one of the times."), {})})
        return Slot(start, window.start, window.end)
    monday = civil_date(start) - timedelta(days=civil_date(start).weekday())
    return Slot(start, day_span(monday)[0], day_span(monday + timedelta(days=6))[1])


@get(LIST + "/{task:uuid}", guards=[requires(ORGANISE)])
async def show_task(request: Request, task: FromPath[UUID]) -> Page:
    """One open task: times, who took it, who comes along."""
    return await _show(request, task)


async def _show(request: Request, task: UUID, status: int = 200, **more: Any) -> Page:
    row = await queries.task_for(request.actor, task)
    mates: list[tuple[str, str]] = []
    if row["status"] == "open":
        wanted, _ = await queries.wanted_by(task)
        found = await partners.candidates(Wanted(wanted.need, wanted.times), row["division"], [], now())
        mates = [(str(each["id"]), f"{each['number']} {each['name']}") for each in found]
    return await show(
        request, "task_show.html", status, task=row, mates=mates, levels=LEVELS,
        reasons=i18n.words_of("open_task_close"), **more,
    )  # fmt: skip


@post(LIST + "/{task:uuid}/partner", guards=[requires(ORGANISE)], status_code=200)
async def name_partner(request: Request, task: FromPath[UUID]) -> Page:
    """Name who comes along, or nobody."""
    await queries.task_for(request.actor, task)
    form = Form.of(await request.form())
    try:
        partner = form.uuid("partner", required=False)
        form.check()
        await opening.name_partner(request.actor, task, partner, now())
    except FormError as error:
        return await _show(request, task, 422, form=form, errors=error_texts(error.fields))
    await flash(request, "ok", N_("Saved."))
    return go(request, f"{LIST}/{task}")


@post(LIST + "/{task:uuid}/close", guards=[requires(ORGANISE)], status_code=200)
async def close_task(request: Request, task: FromPath[UUID]) -> Page:
    """Take it off the list."""
    await queries.task_for(request.actor, task)
    form = Form.of(await request.form())
    try:
        await opening.close(request.actor, task, form.get("reason", ""), now())
    except FormError as error:
        return await _show(request, task, 422, form=form, errors=error_texts(error.fields))
    await flash(request, "info", N_("The task is closed."))
    return go(request, f"{LIST}/{task}")


ROUTES = [list_tasks, new_task, create_task, show_task, name_partner, close_task]
