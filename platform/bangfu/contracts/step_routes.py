"""The steps of a contract, each a form on its overview (DOMAIN.md 8.6)."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import post
from litestar.params import FromPath

from bangfu.contracts import making, reading, signing
from bangfu.contracts.check_facts_rules import PARTIES, SUPPLYING
from bangfu.contracts.pages import show_page
from bangfu.errors import N_, FormError
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, go

Act = Callable[[Form], Awaitable[object]]


async def _step(request: Request, contract: UUID, name: str, done: str, act: Act) -> Page:
    """Fetch with the access check, read the form, act, go back to the overview; a fault shows the form again."""
    await reading.contract_for(request.actor, contract)
    form = Form.of(await request.form())
    try:
        await act(form)
    except FormError as error:
        return await show_page(request, contract, form=form, error=error, tried=name)
    await flash(request, "ok", done)
    return go(request, f"/contracts/{contract}")


@post("/contracts/{contract:uuid}/hand-on", guards=[requires("contracts.draft")], status_code=200)
async def hand_on(request: Request, contract: FromPath[UUID]) -> Page:
    """Hand a draft on to finance."""
    return await _step(
        request, contract, "hand_on", N_("The draft is handed on to the finance officer."),
        lambda _: making.hand_on(request.actor, contract, now()),
    )  # fmt: skip


@post("/contracts/{contract:uuid}/check", guards=[requires("contracts.check")], status_code=200)
async def check_budget(request: Request, contract: FromPath[UUID]) -> Page:
    """Confirm that the budget covers it."""

    async def act(form: Form) -> None:
        await making.check_budget(request.actor, contract, now(), version=_version(form))

    return await _step(request, contract, "check_budget", N_("The budget is confirmed."), act)


@post("/contracts/{contract:uuid}/send-back", guards=[requires("contracts.check")], status_code=200)
async def send_back(request: Request, contract: FromPath[UUID]) -> Page:
    """Finance returns a draft or a checked contract with a reason."""

    async def act(form: Form) -> None:
        text = _reason(form)
        found = await reading.contract_for(request.actor, contract)
        verb = making.send_back if found.status == "draft" else making.give_back
        await verb(request.actor, contract, text, now())

    return await _step(request, contract, "send_back", N_("The contract is returned with the reason."), act)


@post("/contracts/{contract:uuid}/submit", guards=[requires("contracts.draft")], status_code=200)
async def submit(request: Request, contract: FromPath[UUID]) -> Page:
    """Submit it to the bureau's lead."""
    return await _step(
        request, contract, "submit", N_("The contract is submitted for approval."),
        lambda _: making.submit(request.actor, contract, now()),
    )  # fmt: skip


@post("/contracts/{contract:uuid}/approve", guards=[requires("contracts.approve"), proved], status_code=200)
async def approve(request: Request, contract: FromPath[UUID]) -> Page:
    """Approve it and commit its money."""

    async def act(form: Form) -> None:
        reason = form.text("override_reason", required=False, most=500)
        form.check()
        await making.approve(request.actor, contract, now(), override_reason=reason, version=_version(form))

    return await _step(request, contract, "approve", N_("The contract is approved; its money is committed."), act)


@post("/contracts/{contract:uuid}/return", guards=[requires("contracts.approve"), proved], status_code=200)
async def give_back(request: Request, contract: FromPath[UUID]) -> Page:
    """The lead returns it with a reason."""

    async def act(form: Form) -> None:
        await making.give_back(request.actor, contract, _reason(form), now())

    return await _step(request, contract, "return", N_("The contract is returned with the reason."), act)


@post("/contracts/{contract:uuid}/revise", guards=[requires("contracts.draft")], status_code=200)
async def revise(request: Request, contract: FromPath[UUID]) -> Page:
    """Take a returned contract up again."""
    return await _step(
        request, contract, "revise", N_("The contract is a draft again."),
        lambda _: making.revise(request.actor, contract, now()),
    )  # fmt: skip


@post("/contracts/{contract:uuid}/sign", guards=[requires("contracts.approve"), proved], status_code=200)
async def sign(request: Request, contract: FromPath[UUID]) -> Page:
    """Record the signature of a public party."""

    async def act(form: Form) -> None:
        roles = [role for parts in PARTIES.values() for role in parts if role not in SUPPLYING]
        role, signatory = form.choice("role", roles), form.text("signatory", most=64)
        day = form.day("signed_on", parse_date)
        form.check()
        await signing.sign(request.actor, contract, role, signatory, day or today(), now())

    return await _step(request, contract, "sign", N_("The signature is recorded."), act)


@post("/contracts/{contract:uuid}/publish", guards=[requires("contracts.draft")], status_code=200)
async def publish(request: Request, contract: FromPath[UUID]) -> Page:
    """Publish its notice."""

    async def act(form: Form) -> None:
        title = form.text("title", most=160)
        form.check()
        await signing.publish(request.actor, contract, title, now())

    return await _step(request, contract, "publish", N_("The notice is published."), act)


@post("/contracts/{contract:uuid}/file-copy", guards=[requires("contracts.draft")], status_code=200)
async def file_copy(request: Request, contract: FromPath[UUID]) -> Page:
    """Record on which day a copy was filed."""

    async def act(form: Form) -> None:
        day = form.day("filed_on", parse_date)
        form.check()
        await signing.file_copy(request.actor, contract, day or today(), now())

    return await _step(request, contract, "file", N_("The filing is recorded."), act)


@post("/contracts/{contract:uuid}/void", guards=[requires("contracts.approve"), proved], status_code=200)
async def void(request: Request, contract: FromPath[UUID]) -> Page:
    """Give it up before its signature."""

    async def act(form: Form) -> None:
        await making.void(request.actor, contract, _reason(form), now())

    return await _step(request, contract, "void", N_("The contract is void; its money is released."), act)


def _reason(form: Form) -> str:
    text = form.text("text", most=1000)
    form.check()
    return text


def _version(form: Form) -> int | None:
    typed = form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else None


STEPS: list[Any] = [
    hand_on, check_budget, send_back, submit, approve, give_back, revise, sign, publish, file_copy, void,
]  # fmt: skip
