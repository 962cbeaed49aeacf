"""One task: its page and its verbs. Each fetches with the access check, reads the form, acts, redirects."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.divisions.queries import areas_for, villages_for
from bangfu.errors import N_, FormError
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now
from bangfu.shared.masking_filters import shown_time
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.supervision import forms, handling, queries, rules
from bangfu.supervision.queries import TaskView

Act = Callable[[Form], Awaitable[None]]
_LEVELS = {"urged": "bad", "fed_back": "info", "closed": "ok", "settled": "ok", "returned": "warn", "paused": "warn"}


@get("/supervision/{task:uuid}", guards=[requires("supervision.read")])
async def show_task(request: Request, task: FromPath[UUID]) -> Page:
    """What it is, who has it, until when, what happened, and what this person may do next."""
    return await task_page(request, task)


async def task_page(
    request: Request, task: UUID, *, status: int = 200, form: Mapping[str, str] | None = None,
    errors: dict[str, str] | None = None, tried: str = "",
) -> Page:  # fmt: skip
    """One task; `tried` names the verb whose form comes back with `errors`."""
    at = now()
    shown = await queries.task_for(request.actor, task, at)
    offered = offered_to(request.actor, shown)
    return await page(
        request, "supervision/show.html", status, task=shown, at=at, offered=offered,
        steps=[_step(step) for step in await queries.steps_of(shown)], own_work=_did(request.actor, shown),
        units=i18n.words_of("supervision_unit"), areas=await areas_of(request.actor) if "forward" in offered else [],
        organizations=await queries.organizations_for(request.actor) if "forward" in offered else [],
        form=form or {}, errors=errors or {}, tried=tried,
    )  # fmt: skip


async def areas_of(actor: Actor) -> list[tuple[str, str]]:
    """Divisions of a person's area for a select: the one itself, what is below it, and its villages."""
    below = [(code.ljust(12, "0"), name) for code, name in await areas_for(actor)]
    villages = [(code, f"{town} {name}") for town, group in await villages_for(actor) for code, name in group]
    own = [(actor.scope.ljust(12, "0"), i18n._("Own area"))] if actor.scope else []
    return list(dict([*own, *below, *villages]).items())


def offered_to(actor: Actor, task: TaskView) -> list[str]:
    """The verbs of the table for this person on this task."""
    overseer = actor.has(*rules.OVERSEERS) and actor.sees(task.division)
    by_hand = task.closing == "feedback"
    found = []
    for action in rules.ACTIONS:
        if not rules.may(task.status, action, actor.roles) or action == "settle":
            continue
        whose = rules.step(task.status, action).whose
        if (whose == "doer" and not task.mine) or (whose == "overseer" and not overseer) or task.hidden:
            continue
        if not (task.mine or overseer) or (action in {"feed_back", "drop"} and not by_hand):
            continue
        if (action in {"return", "close"} and _did(actor, task)) or (action == "pause" and task.mine):
            continue
        if (action == "resume") != (task.paused_at is not None) and action in {"pause", "resume", "urge"}:
            continue
        found.append(action)
    return found


def _did(actor: Actor, task: TaskView) -> bool:
    return actor.user in task.doers or (task.owner is not None and actor.user == task.owner)


def _step(step: queries.StepView) -> dict[str, str]:
    level = f" · {i18n.word('supervision_level', step.level)}" if step.event == "urged" and step.level else ""
    due = i18n._("due then {when}", when=shown_time(step.due_at))
    reference = f" · {i18n._('Reference')}{i18n._(': ')}{step.reference}" if step.reference else ""
    return {
        "at": f"{shown_time(step.at)} · {due}", "at_iso": step.at.isoformat(),
        "who": step.who or i18n.word("role", "system"), "text": f"{step.text}{reference}",
        "what": f"{i18n.word('supervision_step', step.event)}{level}", "level": _LEVELS.get(step.event, ""),
    }  # fmt: skip


async def _do(request: Request, task: UUID, action: str, act: Act, done: str) -> Page:
    """Run one verb; its form comes back with what was typed where something is missing."""
    await queries.task_for(request.actor, task, now())
    form = Form.of(await request.form())
    try:
        await act(form)
    except FormError as error:
        return await task_page(request, task, status=422, form=form, errors=error_texts(error.fields), tried=action)
    await flash(request, "ok", done)
    return go(request, f"/supervision/{task}")


@post("/supervision/{task:uuid}/forward", guards=[requires("supervision.close")], status_code=200)
async def forward(request: Request, task: FromPath[UUID]) -> Page:
    """转办: to another unit."""

    async def act(form: Form) -> None:
        to, reason = await forms.read_unit(form, request.actor), form.text("reason", most=300)
        form.check()
        await handling.forward(request.actor, task, to, reason, now())

    return await _do(request, task, "forward", act, N_("The task is forwarded; the unit has been told."))


@post("/supervision/{task:uuid}/track", guards=[requires("supervision.own")], status_code=200)
async def track(request: Request, task: FromPath[UUID]) -> Page:
    """跟踪: how far it is."""

    async def act(form: Form) -> None:
        text = form.text("text", most=500)
        form.check()
        await handling.track(request.actor, task, text, now())

    return await _do(request, task, "track", act, N_("The progress is recorded."))


@post("/supervision/{task:uuid}/urge", guards=[requires("supervision.close")], status_code=200)
async def urge(request: Request, task: FromPath[UUID]) -> Page:
    """督办: by a person, before the ladder."""

    async def act(form: Form) -> None:
        text = form.text("text", most=500)
        form.check()
        await handling.urge(request.actor, task, text, now())

    return await _do(request, task, "urge", act, N_("The task is urged; whoever has it has been told."))


@post("/supervision/{task:uuid}/feedback", guards=[requires("supervision.own")], status_code=200)
async def feed_back(request: Request, task: FromPath[UUID]) -> Page:
    """反馈: what was done, with evidence."""

    async def act(form: Form) -> None:
        evidence = form.text("evidence", most=1000)
        reference = form.text("reference", required=False, most=120)
        form.check()
        await handling.feed_back(request.actor, task, evidence, reference, now())

    return await _do(request, task, "feed_back", act, N_("The feedback is given. Next: another person checks it."))


@post("/supervision/{task:uuid}/return", guards=[requires("supervision.close")], status_code=200)
async def give_back(request: Request, task: FromPath[UUID]) -> Page:
    """Feedback back to the doer, with the reason."""

    async def act(form: Form) -> None:
        reason = form.text("reason", most=500)
        form.check()
        await handling.give_back(request.actor, task, reason, now())

    return await _do(request, task, "return", act, N_("The feedback is returned; whoever has the task has been told."))


@post("/supervision/{task:uuid}/close", guards=[requires("supervision.close")], status_code=200)
async def close(request: Request, task: FromPath[UUID]) -> Page:
    """销号: on the evidence, by somebody else."""

    async def act(form: Form) -> None:
        finding = form.text("finding", most=500)
        form.check()
        await handling.close(request.actor, task, finding, now())

    return await _do(request, task, "close", act, N_("The task is closed."))


@post("/supervision/{task:uuid}/withdraw", guards=[requires("supervision.close")], status_code=200)
async def withdraw(request: Request, task: FromPath[UUID]) -> Page:
    """A task by hand that fell away."""

    async def act(form: Form) -> None:
        reason = form.text("reason", most=500)
        form.check()
        await handling.withdraw(request.actor, task, reason, now())

    return await _do(request, task, "drop", act, N_("The task is withdrawn."))


@post("/supervision/{task:uuid}/pause", guards=[requires("supervision.close")], status_code=200)
async def hold(request: Request, task: FromPath[UUID]) -> Page:
    """Stop the clock."""

    async def act(form: Form) -> None:
        reason, until = form.text("reason", most=300), form.day("until", parse_date, required=False)
        form.check()
        await handling.hold(request.actor, task, reason, until, now())

    return await _do(request, task, "pause", act, N_("The clock stands still."))


@post("/supervision/{task:uuid}/resume", guards=[requires("supervision.close")], status_code=200)
async def go_on(request: Request, task: FromPath[UUID]) -> Page:
    """Let the clock go on."""

    async def act(_: Form) -> None:
        await handling.go_on(request.actor, task, now())

    return await _do(request, task, "resume", act, N_("The clock goes on; the due date has moved by the pause."))


TASK: list[Any] = [show_task, forward, track, urge, feed_back, give_back, close, withdraw, hold, go_on]
