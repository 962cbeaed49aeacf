"""Suspending, resuming, terminating and closing a contract: what hangs on it is counted before anybody decides."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.contracts import life, life_hooks, life_rules
from bangfu.contracts.life_pages import acted, framed, seen
from bangfu.errors import N_, FormError
from bangfu.shared.civil_time import parse_date
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.files import posted_scan
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, page

_LIFE = "/contracts/{contract:uuid}/life"
LONGEST = 2000


@get(_LIFE, guards=[requires("contracts.read")])
async def show_life(request: Request, contract: FromPath[UUID]) -> Page:
    """Whether it can be suspended, resumed, terminated or closed, and what follows from it."""
    return await _show(request, contract)


async def _show(
    request: Request, contract: UUID, form: Form | None = None, error: FormError | None = None, tried: str = ""
) -> Page:
    found = await seen(request, contract)
    here = request.actor.sees(found.division)
    actions = life_rules.MACHINE.actions_for(found.status, request.actor.roles) if here else ()
    return await page(
        request, "contracts/suspend.html", 422 if error else 200, actions=actions, tried=tried,
        tasks=await life_hooks.open_tasks(await life.lines_of(contract)), grounds=life.GROUNDS, form=form or {},
        errors=error_texts(error.fields) if error else {},
        closing=await life.closing_of(contract) if found.status == "accepting" else None,
        **framed(request, found, "overview"),
    )  # fmt: skip


@post(f"{_LIFE}/suspend", guards=[requires("contracts.approve"), proved], status_code=200)
async def suspend(request: Request, contract: FromPath[UUID]) -> Page:
    """Suspend it."""

    async def act(form: Form, at: datetime, posted: Any) -> None:
        why = await _why(form, posted)
        await life.suspend(request.actor, contract, why, at, hand_over=form.yes("hand_over"))

    return await _act(request, contract, act, "suspend", N_("The contract is suspended."))


@post(f"{_LIFE}/resume", guards=[requires("contracts.approve"), proved], status_code=200)
async def resume(request: Request, contract: FromPath[UUID]) -> Page:
    """Put it into force again."""

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        text = form.text("text", most=LONGEST)
        form.check()
        await life.resume(request.actor, contract, text, at)

    return await _act(request, contract, act, "resume", N_("The contract is in force again."))


@post(f"{_LIFE}/terminate", guards=[requires("contracts.approve"), proved], status_code=200)
async def terminate(request: Request, contract: FromPath[UUID]) -> Page:
    """End it before its time."""

    async def act(form: Form, at: datetime, posted: Any) -> None:
        await life.terminate(request.actor, contract, await _why(form, posted), at)

    return await _act(request, contract, act, "terminate", N_("The contract is terminated; its recipients are handed"
                                                             " over."))  # fmt: skip


@post(f"{_LIFE}/close", guards=[requires("contracts.close"), proved], status_code=200)
async def close(request: Request, contract: FromPath[UUID]) -> Page:
    """Close it after the acceptance and the last payment."""

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        text = form.text("write_off", required=False, most=LONGEST)
        form.check()
        await life.close(request.actor, contract, text, at)

    return await _act(request, contract, act, "close", N_("The contract is closed."))


async def _why(form: Form, posted: Any) -> life.Why:
    text = form.text("text", required=False, most=LONGEST)
    heard_on = form.day("heard_on", parse_date, required=False)
    form.check()
    notice = await posted_scan(posted)
    return life.Why(form.get("ground", ""), text, notice, form.yes("disputed"), heard_on)


async def _act(request: Request, contract: UUID, act: Any, tried: str, done: str) -> Page:
    await seen(request, contract)

    async def show(form: Form | None, error: FormError | None) -> Page:
        return await _show(request, contract, form, error, tried)

    return await acted(request, act, show, done, f"/contracts/{contract}")


ROUTES = [show_life, suspend, resume, terminate, close]
