"""Files of ledgers as they are now: small ones at once, large ones by the worker, with a page for the waiting."""

from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Stream

from bangfu.errors import NotYours
from bangfu.ledgers import asking, exporting, files, issuing, reading
from bangfu.ledgers.asking import Asked
from bangfu.shared import audit
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, fragment, go, page

READ = [requires("ledgers.read")]


async def export(request: Request, wanted: Asked, form: Form) -> Page | Stream:
    """The rows that are asked for, as a file without a check code; above AT_ONCE rows the worker writes it."""
    file_format, at = format_of(form), now()
    number, sums = await reading.summary(wanted)
    if number > issuing.AT_ONCE:
        return await _later(request, wanted, form)
    unit = await issuing.unit_name(wanted)
    head = files.Head(wanted.definition, unit, asking.period_words(wanted.period), asking.filter_words(wanted))
    async with transaction():
        made, rows = await files.write(file_format, head, reading.batches(wanted), sums)
        await audit.record(
            request.actor, "ledger.exported", "ledger", wanted.definition.key, division=request.actor.scope, at=at,
            data={
                "source": wanted.definition.source.key, "period": wanted.period, "rows": rows, "format": file_format
            },
        )  # fmt: skip
    name = f"{wanted.definition.title}-{wanted.period}"
    return answer(files.chunks(made), name, file_format)


def format_of(form: Form) -> str:
    """xlsx unless csv is asked for."""
    return "csv" if form.get("format", "") == "csv" else "xlsx"


def answer(content: Any, name: str, file_format: str) -> Stream:
    """A file to save, sent piece by piece."""
    return Stream(content, media_type=files.TYPES[file_format], headers=files.headers(name, file_format))


async def _later(request: Request, wanted: Asked, form: Form, issue: issuing.IssueView | None = None) -> Page:
    key = form.uuid("export", required=False) or uuid4()
    made = await exporting.ask(request.actor, wanted, format_of(form), key, now(), issue)
    return go(request, f"/ledgers/exports/{made}")


@post("/ledgers/issues/{ledger_issue:uuid}/export", guards=[*READ, proved])
async def export_issue(request: Request, ledger_issue: FromPath[UUID]) -> Page:
    """Have a large made ledger written as a file."""
    found = await issuing.issue_for(request.actor, ledger_issue)
    if found.status != "ready":
        raise NotYours
    return await _later(request, found.asked, Form.of(await request.form()), found)


@get("/ledgers/exports/{ledger_export:uuid}", guards=READ)
async def show_export(request: Request, ledger_export: FromPath[UUID]) -> Page:
    """How far the file is, and the file once it is there."""
    found = await exporting.export_for(request.actor, ledger_export)
    return await page(request, "ledgers/export.html", made=found, period=asking.period_words(found.asked.period))


@get("/ledgers/exports/{ledger_export:uuid}/progress", guards=READ)
async def show_export_progress(request: Request, ledger_export: FromPath[UUID]) -> Page:
    """The same without the page around it; asked for by it."""
    found = await exporting.export_for(request.actor, ledger_export)
    return fragment(request, "ledgers/_export_progress.html", made=found)


@get("/ledgers/exports/{ledger_export:uuid}/file", guards=READ)
async def take_export(request: Request, ledger_export: FromPath[UUID]) -> Stream:
    """The written file."""
    found = await exporting.export_for(request.actor, ledger_export)
    if found.status != "ready":
        raise NotYours
    definition = found.asked.definition
    async with transaction():
        await audit.record(
            request.actor, "ledger.exported", "ledger", definition.key, division=request.actor.scope, at=now(),
            data={
                "source": definition.source.key, "period": found.asked.period, "rows": found.rows,
                "format": found.format, "issue": str(found.issue or ""),
            },
        )  # fmt: skip
    return answer(exporting.pieces(found.id), found.name, found.format)


ROUTES: list[Any] = [export_issue, show_export, show_export_progress, take_export]
