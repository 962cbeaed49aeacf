"""The files of a contract: text, award notice, data-processing annex, consents."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.contracts import drafting, reading
from bangfu.contracts.drafting import FILE_STATES
from bangfu.contracts.forms import faults_named
from bangfu.contracts.moves import note_read
from bangfu.contracts.pages import head
from bangfu.contracts.words import WORDS
from bangfu.errors import N_, FormError
from bangfu.shared.clock import now
from bangfu.shared.files import files_of, opened
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer, posted_scan
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page


@get("/contracts/{contract:uuid}/files", guards=[requires("contracts.read")])
async def show_files(request: Request, contract: FromPath[UUID]) -> Page:
    """What is attached, by kind."""
    return await _files_page(request, contract, {})


@post("/contracts/{contract:uuid}/files", guards=[requires("contracts.draft")], status_code=200)
async def add_file(request: Request, contract: FromPath[UUID]) -> Page:
    """Keep a scan."""
    await reading.contract_for(request.actor, contract)
    posted = await request.form()
    form = Form.of(posted)
    try:
        kind = form.choice("kind", WORDS["contract_file"])
        looked = await posted_scan(posted)
        if looked is None:
            form.fault("file", N_("Please choose a file."))
        form.check()
        assert looked is not None  # noqa: S101 (checked above)
        await drafting.add_file(request.actor, contract, kind, looked, now())
    except FormError as error:
        return await _files_page(request, contract, form, error)
    await flash(request, "ok", N_("The file is kept."))
    return go(request, f"/contracts/{contract}/files")


@get("/contracts/{contract:uuid}/files/{file:uuid}", guards=[requires("contracts.read")])
async def read_file(request: Request, contract: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    """One file; reading it is logged."""
    found = await reading.contract_for(request.actor, contract)
    looked = await opened(file, "contract", contract)
    await note_read(request.actor, found.id, found.number, found.division, file, now())
    return file_answer(looked)


async def _files_page(request: Request, contract: UUID, form: Any, error: FormError | None = None) -> Page:
    found = await reading.contract_for(request.actor, contract)
    errors = error_texts(error.fields) if error else {}
    context = head(request, found, "files")
    return await page(
        request, "contracts/files.html", 422 if error else 200, **context, form=form, errors=errors,
        files=(await files_of("contract", [contract]))[contract], faults=faults_named(errors),
        may_add=context["may_draft"] and found.status not in FILE_STATES,
    )  # fmt: skip


FILES: list[Any] = [show_files, add_file, read_file]
