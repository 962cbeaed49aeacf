"""The buttons of a report's page: one address per action; each fetches with the access check, acts, redirects."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from litestar import post
from litestar.params import FromPath

from bangfu.discovery import clearing, forms, queries, rejecting, reviewing, verifying
from bangfu.discovery.pages import report_page
from bangfu.errors import N_, FormError
from bangfu.households.forms import key_of
from bangfu.shared.clock import now
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go

Act = Callable[[Form], Awaitable[None]]
_LISTS = ("need_kinds", "departments", "excluded")


async def decide(request: Request, report: UUID, action: str, act: Act, done: str) -> Page:
    """Run one action; its form comes back with what was typed where something is missing."""
    await queries.report_for(request.actor, report)
    form = Form.of(await request.form())
    try:
        await act(form)
    except FormError as error:
        chosen = {name: form.many(name) for name in _LISTS}
        errors = error_texts(error.fields)
        return await report_page(request, report, status=422, form=form, chosen=chosen, errors=errors, tried=action)
    await flash(request, "ok", done)
    return go(request, f"/discovery/{report}")


@post("/discovery/{report:uuid}/visit", guards=[requires("discovery.verify")], status_code=200)
async def visit(request: Request, report: FromPath[UUID]) -> Page:
    """matched -> verified, not confirmed, or the paper that was missing."""

    async def act(form: Form) -> None:
        facts = forms.read_visit(form)
        await verifying.record_visit(request.actor, report, key_of(form), facts, now())

    return await decide(request, report, "verify", act, N_("The home visit is recorded."))


@post("/discovery/{report:uuid}/emergency", guards=[requires("discovery.decide")], status_code=200)
async def emergency(request: Request, report: FromPath[UUID]) -> Page:
    """matched -> reviewed: aid first."""

    async def act(form: Form) -> None:
        await verifying.begin_emergency(request.actor, report, forms.read_reason(form), now())

    return await decide(
        request, report, "emergency", act,
        N_("Aid goes first: set the measures and issue them. The papers are due within ten working days."),
    )  # fmt: skip


@post("/discovery/{report:uuid}/review", guards=[requires("discovery.decide")], status_code=200)
async def review(request: Request, report: FromPath[UUID]) -> Page:
    """verified -> reviewed."""

    async def act(form: Form) -> None:
        facts = forms.read_review(form)
        await reviewing.record_review(request.actor, report, key_of(form), facts, now())

    return await decide(
        request, report, "review", act, N_("The joint review is recorded. Next: its prescription, measure by measure.")
    )


@post("/discovery/{report:uuid}/measures", guards=[requires("discovery.set_measures")], status_code=200)
async def measure(request: Request, report: FromPath[UUID]) -> Page:
    """One more line of the prescription."""

    async def act(form: Form) -> None:
        facts = forms.read_measure(form)
        await reviewing.add_measure(request.actor, report, key_of(form), facts, now())

    return await decide(request, report, "measure", act, N_("The measure is on the list."))


@post("/discovery/{report:uuid}/intervene", guards=[requires("discovery.set_measures")], status_code=200)
async def intervene(request: Request, report: FromPath[UUID]) -> Page:
    """reviewed -> intervening."""

    async def act(_: Form) -> None:
        await reviewing.issue_prescription(request.actor, report, now())

    return await decide(
        request, report, "intervene", act, N_("The prescription is issued; every unit has its measures.")
    )


@post("/discovery/{report:uuid}/propose-clearing", guards=[requires("discovery.decide")], status_code=200)
async def propose_clearing(request: Request, report: FromPath[UUID]) -> Page:
    """The township proposes."""

    async def act(_: Form) -> None:
        await clearing.propose_clearing(request.actor, report, now())

    return await decide(
        request, report, "propose_clearing", act, N_("The clearing is proposed. Next: the bureau confirms it.")
    )


@post("/discovery/{report:uuid}/return-clearing", guards=[requires("discovery.confirm")], status_code=200)
async def return_clearing(request: Request, report: FromPath[UUID]) -> Page:
    """The bureau sends it back."""

    async def act(form: Form) -> None:
        await clearing.return_clearing(request.actor, report, forms.read_reason(form), now())

    return await decide(request, report, "return_clearing", act, N_("The report is back in the intervention."))


@post("/discovery/{report:uuid}/clear", guards=[requires("discovery.confirm")], status_code=200)
async def clear(request: Request, report: FromPath[UUID]) -> Page:
    """intervening -> cleared."""

    async def act(_: Form) -> None:
        await clearing.confirm_clearing(request.actor, report, now())

    return await decide(request, report, "clear", act, N_("The report is cleared. Next: the household is told."))


@post("/discovery/{report:uuid}/tell", guards=[requires("discovery.answer")], status_code=200)
async def tell(request: Request, report: FromPath[UUID]) -> Page:
    """The household told of the result or of the rejection; a caller answered."""

    async def act(form: Form) -> None:
        facts = forms.read_telling(form)
        await clearing.tell(request.actor, report, key_of(form), facts, now())

    return await decide(request, report, "tell", act, N_("It is recorded who was told what."))


@post("/discovery/{report:uuid}/reopen", guards=[requires("discovery.decide")], status_code=200)
async def reopen(request: Request, report: FromPath[UUID]) -> Page:
    """cleared or informed -> intervening."""

    async def act(form: Form) -> None:
        await clearing.reopen_report(request.actor, report, forms.read_reason(form), now())

    return await decide(request, report, "reopen", act, N_("The report is open again: set the measures it needs now."))


@post("/discovery/{report:uuid}/reject", guards=[requires("discovery.decide")], status_code=200)
async def reject(request: Request, report: FromPath[UUID]) -> Page:
    """Any open step -> rejected."""

    async def act(form: Form) -> None:
        rejection = forms.read_rejection(form)
        await rejecting.reject_report(request.actor, report, rejection.code, rejection.text, now())

    return await decide(
        request, report, "reject", act, N_("The report is rejected; its reporter has been told, the household is next.")
    )


@post("/discovery/{report:uuid}/appeal", guards=[requires("discovery.appeal")], status_code=200)
async def appeal(request: Request, report: FromPath[UUID]) -> Page:
    """rejected -> matched, before another officer."""

    async def act(form: Form) -> None:
        await rejecting.appeal(request.actor, report, forms.read_reason(form), now())

    return await decide(request, report, "appeal", act, N_("The appeal is recorded: another officer looks at it."))


STEPPING = [
    visit, emergency, review, measure, intervene, propose_clearing, return_clearing, clear, tell, reopen, reject,
    appeal,
]  # fmt: skip
