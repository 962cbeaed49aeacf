"""The service lines of a contract: shown at every state, written while it is a draft."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.contracts import choices, drafting, reading
from bangfu.contracts.forms import faults_named, read_line, typed_line
from bangfu.contracts.pages import head, head_of, offered_to
from bangfu.contracts.reading import ContractView, LineView
from bangfu.errors import N_, FormError
from bangfu.shared.clock import now
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page


@get("/contracts/{contract:uuid}/lines", guards=[requires("contracts.read")])
async def show_lines(request: Request, contract: FromPath[UUID]) -> Page:
    """The lines with prices, ceilings, quotas and the budget items that pay."""
    context = await head_of(request, contract, "lines")
    offered = offered_to(request.actor, context["c"])
    return await page(
        request, "contracts/lines.html", **context, lines=await reading.lines_of(contract), may_edit="edit" in offered
    )


@get("/contracts/{contract:uuid}/lines/new", guards=[requires("contracts.draft")])
async def new_line(request: Request, contract: FromPath[UUID]) -> Page:
    """The form for a line."""
    found = await reading.contract_for(request.actor, contract)
    return await _form_page(request, found, {"key": str(uuid4())})


@post("/contracts/{contract:uuid}/lines/new", guards=[requires("contracts.draft")], status_code=200)
async def add_line(request: Request, contract: FromPath[UUID]) -> Page:
    """Keep a new line."""
    found = await reading.contract_for(request.actor, contract)
    form = Form.of(await request.form())
    return await _keep(request, found, form, None)


@get("/contracts/{contract:uuid}/lines/{line:uuid}", guards=[requires("contracts.draft")])
async def edit_line(request: Request, contract: FromPath[UUID], line: FromPath[UUID]) -> Page:
    """The form of a line."""
    found = await reading.contract_for(request.actor, contract)
    known = await reading.line_for(contract, line)
    return await _form_page(request, found, typed_line(known), line=known)


@post("/contracts/{contract:uuid}/lines/{line:uuid}", guards=[requires("contracts.draft")], status_code=200)
async def change_line(request: Request, contract: FromPath[UUID], line: FromPath[UUID]) -> Page:
    """Keep the changed line."""
    found = await reading.contract_for(request.actor, contract)
    known = await reading.line_for(contract, line)
    return await _keep(request, found, Form.of(await request.form()), known)


@post("/contracts/{contract:uuid}/lines/{line:uuid}/remove", guards=[requires("contracts.draft")], status_code=200)
async def remove_line(request: Request, contract: FromPath[UUID], line: FromPath[UUID]) -> Page:
    """Take a line out of a draft."""
    await reading.contract_for(request.actor, contract)
    await drafting.remove_line(request.actor, contract, line, now())
    await flash(request, "ok", N_("The line is removed."))
    return go(request, f"/contracts/{contract}/lines")


async def _keep(request: Request, found: ContractView, form: Form, line: LineView | None) -> Page:
    try:
        key = line.id if line else form.uuid("key", required=False) or uuid4()
        services = [code for code, _ in await choices.services()]
        townships = [prefix for prefix, _ in await choices.townships(found.division)]
        made = read_line(form, found, services, townships)
        await _check_items(form, found)
        form.check()
        await drafting.put_line(request.actor, found.id, key, made, now())
    except FormError as error:
        return await _form_page(request, found, form, line=line, error=error)
    await flash(request, "ok", N_("The line is saved."))
    return go(request, f"/contracts/{found.id}/lines")


async def _check_items(form: Form, found: ContractView) -> None:
    for row in await choices.budget_items(found):
        name = f"item_{row['year']}"
        if form.get(name, "").strip() and form[name].strip() not in dict(row["options"]):
            form.fault(name, N_("Please choose one of the list."))


async def _form_page(
    request: Request, found: ContractView, form: Mapping[str, str], *, line: LineView | None = None,
    error: FormError | None = None,
) -> Page:  # fmt: skip
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "contracts/line.html", 422 if error else 200, **head(request, found, "lines"), form=form, line=line,
        errors=errors, faults=faults_named(errors), services=await choices.services(),
        years=await choices.budget_items(found), townships=await choices.townships(found.division),
    )  # fmt: skip


LINES: list[Any] = [show_lines, new_line, add_line, edit_line, change_line, remove_line]
