"""The buttons of a need's page: one address per action, each fetches with the access check, reads, acts, redirects."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from litestar import post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.needs import deciding, forms, queries, recording
from bangfu.needs.pages import need_page
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go

Act = Callable[[Form], Awaitable[None]]


async def _decide(request: Request, need: UUID, action: str, act: Act, done: str) -> Page:
    """Run one action; its form comes back with what was typed where something is missing."""
    await queries.need_for(request.actor, need)
    form = Form.of(await request.form())
    try:
        await act(form)
    except FormError as error:
        return await need_page(request, need, status=422, form=form, errors=error_texts(error.fields), tried=action)
    await flash(request, "ok", done)
    return go(request, f"/needs/{need}")


@post("/needs/{need:uuid}/submit", guards=[requires("needs.record")], status_code=200)
async def submit(request: Request, need: FromPath[UUID]) -> Page:
    """draft -> submitted."""

    async def act(_: Form) -> None:
        await recording.submit_need(request.actor, need, now())

    return await _decide(
        request, need, "submit", act, N_("The need is submitted. Next: the township officer decides on it.")
    )


@post("/needs/{need:uuid}/confirm", guards=[requires("needs.decide")], status_code=200)
async def confirm(request: Request, need: FromPath[UUID]) -> Page:
    """submitted -> confirmed, on a chosen ground."""

    async def act(form: Form) -> None:
        consent = form.uuid("consent", required=False)
        form.check()
        await deciding.confirm_need(request.actor, need, consent, now())

    return await _decide(request, need, "confirm", act, N_("The need is confirmed and waits for the next match run."))


@post("/needs/{need:uuid}/reject", guards=[requires("needs.decide")], status_code=200)
async def reject(request: Request, need: FromPath[UUID]) -> Page:
    """submitted -> rejected, with the reason that the submitter is told."""

    async def act(form: Form) -> None:
        await deciding.reject_need(request.actor, need, forms.read_reason(form), now())

    return await _decide(request, need, "reject", act, N_("The need is rejected; the submitter has been told why."))


@post("/needs/{need:uuid}/cancel", guards=[requires("needs.decide")], status_code=200)
async def cancel(request: Request, need: FromPath[UUID]) -> Page:
    """Any open state -> cancelled."""

    async def act(form: Form) -> None:
        ending = forms.read_ending(form, "cancel_reason")
        await deciding.cancel_need(request.actor, need, ending.code, ending.text, now())

    return await _decide(request, need, "cancel", act, N_("The need is cancelled."))


@post("/needs/{need:uuid}/close", guards=[requires("needs.decide")], status_code=200)
async def close(request: Request, need: FromPath[UUID]) -> Page:
    """in_service -> closed, with its outcome."""

    async def act(form: Form) -> None:
        ending = forms.read_ending(form, "close_outcome")
        await deciding.close_need(request.actor, need, ending.code, ending.text, now())

    return await _decide(request, need, "close", act, N_("The need is closed. It can be reopened within 30 days."))


@post("/needs/{need:uuid}/reopen", guards=[requires("needs.decide")], status_code=200)
async def reopen(request: Request, need: FromPath[UUID]) -> Page:
    """closed -> confirmed, within 30 days."""

    async def act(form: Form) -> None:
        consent, reason = form.uuid("consent", required=False), forms.read_reason(form)
        await deciding.reopen_need(request.actor, need, consent, reason, now())

    return await _decide(request, need, "reopen", act, N_("The need is open again and waits for the next match run."))


@post("/needs/{need:uuid}/suspend", guards=[requires("needs.record")], status_code=200)
async def suspend(request: Request, need: FromPath[UUID]) -> Page:
    """assigned or in_service -> suspended, with the expected end."""

    async def act(form: Form) -> None:
        pause = forms.read_suspension(form, today())
        assert pause.until is not None  # noqa: S101 (read_suspension requires it)
        await deciding.suspend_need(request.actor, need, pause.code, pause.text, pause.until, now())

    return await _decide(request, need, "suspend", act, N_("The service is suspended."))


@post("/needs/{need:uuid}/resume", guards=[requires("needs.record")], status_code=200)
async def resume(request: Request, need: FromPath[UUID]) -> Page:
    """suspended -> the state before it."""

    async def act(_: Form) -> None:
        await deciding.resume_need(request.actor, need, now())

    return await _decide(request, need, "resume", act, N_("The service goes on."))


DECISIONS = [submit, confirm, reject, cancel, close, reopen, suspend, resume]
