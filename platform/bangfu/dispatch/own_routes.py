"""My tasks, for a social worker or a volunteer, made for a phone: the next task on top, everything else below."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.dispatch import actions, pages, queries, rules, sharing
from bangfu.dispatch.queries import Task
from bangfu.errors import N_, FormError, Refused
from bangfu.shared import i18n
from bangfu.shared.civil_time import age_on
from bangfu.shared.clock import SHANGHAI, now
from bangfu.shared.names import name_with_title, surname, syllables
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

MOST = 50
ADULT = 18


@get("/my-tasks", guards=[requires("tasks.own")])
async def my_tasks(request: Request) -> Page:
    """The next accepted task on top, then the offers by deadline, then what else is accepted, then what has ended."""
    at = now()
    offers, _ = await queries.tasks(request.actor, "own", at, state="offered", limit=MOST)
    serving, _ = await queries.tasks(request.actor, "own", at, state="serving", limit=MOST)
    ended, _ = await queries.tasks(request.actor, "own", at, state="ended", limit=10)
    waiting = [await _card(task, at) for task in offers]
    going = sorted([await _card(task, at) for task in serving], key=lambda card: str(card["next"] or "9999"))
    first = going.pop(0) if going else waiting.pop(0) if waiting else None
    return await page(
        request, "dispatch/my_tasks.html", first=first, waiting=waiting, going=going, ended=ended, at=at,
        levels=pages.LEVELS,
    )  # fmt: skip


async def _card(task: Task, at: datetime) -> dict[str, Any]:
    """One task with who it is for, as far as that may be known, and when it is next."""
    shared = await sharing.household_of(task, at)
    day = at.astimezone(SHANGHAI).date()
    return {"task": task, "who": _title(shared, day), "next": queries.next_window(task, at), "today": day}


def _title(shared: sharing.Shared | None, day: date) -> str:
    """Family name and title (DOMAIN.md 9.2), of a minor the family's child; or nothing."""
    if shared is None:
        return ""
    if shared.birth_date is not None and age_on(shared.birth_date, day) < ADULT:
        family = surname(shared.name)
        return i18n._("Child of the family {name}", name=family if i18n.current() == "zh" else _latin(family))
    return name_with_title(
        shared.name, "male" if shared.sex == "m" else "female", "zh_CN" if i18n.current() == "zh" else "en"
    )


def _latin(family: str) -> str:
    return "".join(syllables(family)).capitalize()


@get("/my-tasks/{task:uuid}", guards=[requires("tasks.own")])
async def my_task(request: Request, task: FromPath[UUID]) -> Page:
    """One of my tasks; opening an accepted one shows the address, which is logged."""
    return await _task_page(request, await queries.task_for(request.actor, "own", task))


@post("/my-tasks/{task:uuid}/accept", guards=[requires("tasks.own")], status_code=200)
async def accept_mine(request: Request, task: FromPath[UUID]) -> Page:
    """Accept it."""
    found = await queries.task_for(request.actor, "own", task)
    await actions.accept(request.actor, task, None, now())
    await flash(request, "ok", N_("Task {number} is yours. Thank you! The address stands below."), number=found.number)
    return go(request, f"/my-tasks/{task}")


@post("/my-tasks/{task:uuid}/decline", guards=[requires("tasks.own")], status_code=200)
async def decline_mine(request: Request, task: FromPath[UUID]) -> Page:
    """Decline it: a volunteer without a word, a social worker with a reason."""
    message = N_("Task {number} is declined. That has no effect on later tasks.")
    return await _ended(request, task, actions.decline, message)


@post("/my-tasks/{task:uuid}/withdraw", guards=[requires("tasks.own")], status_code=200)
async def withdraw_mine(request: Request, task: FromPath[UUID]) -> Page:
    """Give an accepted task back."""
    message = N_("Task {number} is given back; the station looks for somebody else.")
    return await _ended(request, task, actions.withdraw, message)


async def _ended(request: Request, task: UUID, verb: Any, message: str) -> Page:
    found = await queries.task_for(request.actor, "own", task)
    form = Form.of(await request.form())
    text = form.text("remark", required=False, most=500)
    try:
        form.check()
        await verb(request.actor, task, form.get("reason", ""), text, now())
    except FormError as error:
        return await _task_page(request, found, 422, form=form, errors=error_texts(error.fields))
    await flash(request, "info", message, number=found.number)
    return go(request, "/my-tasks")


@post("/my-tasks/{task:uuid}/contact", guards=[requires("tasks.own")], status_code=200)
async def show_my_contact(request: Request, task: FromPath[UUID]) -> Page:
    """A social worker sees name, address and phone in full, once, with a reason that is logged; a volunteer calls the
    station instead (DOMAIN.md 9.2)."""
    found = await queries.task_for(request.actor, "own", task)
    if found.carer_kind == "volunteer":
        raise Refused(N_("Volunteers are not shown the phone; the station calls the household for you."))
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
    if shared is not None and unmasked is None:
        await sharing.log_address_shown(request.actor, task, at)
    await sharing.note_child(request.actor, task, shared, at)
    words = dict(i18n.words_of("assignment_reason"))
    return await page(
        request, "dispatch/my_task.html", status, task=task, at=at, levels=pages.LEVELS,
        turn=pages.whose_turn(task), can=rules.actions_for(task.status, {task.carer_kind}), shared=shared,
        plain=unmasked is not None, who=_title(shared, at.astimezone(SHANGHAI).date()),
        volunteer=task.carer_kind == "volunteer",
        next=queries.next_window(task, at), decline_reasons=[(code, words[code]) for code in rules.DECLINE_REASONS],
        contact_reasons=i18n.words_of("contact_reason"), **more,
    )  # fmt: skip


ROUTES = [my_tasks, my_task, accept_mine, decline_mine, withdraw_mine, show_my_contact]
