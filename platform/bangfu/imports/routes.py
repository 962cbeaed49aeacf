"""Pages on which lists are taken in: choose, upload, name the columns, read the report, take."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours
from bangfu.imports import results, uploads
from bangfu.imports.actions import KINDS, ImportFaults
from bangfu.imports.forms import chosen_columns, posted_file
from bangfu.imports.kinds.base import Kind
from bangfu.imports.queries import recent_uploads
from bangfu.imports.report import count_sentences, lines_of, note_sentences, report_file
from bangfu.imports.tables import Upload
from bangfu.imports.templates import template_file
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.faults import Fault
from bangfu.shared.tabular import Field
from bangfu.shared.tabular.limits import LIMITS
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.web.paging import page_number

FAULTS_ON_A_PAGE = 50
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
USE = [requires("imports.use")]


@get("/imports", guards=USE)
async def show_imports(request: Request) -> Page:
    """The kinds of lists with their templates, and one's own uploads."""
    kinds = [code for code, kind in KINDS.items() if kind.may_take(request.actor)]
    return await page(request, "imports/list.html", kinds=kinds, uploads=await recent_uploads(request.actor))


@get("/imports/template/{kind:str}/{extension:str}", guards=USE)
async def download_template(request: Request, kind: FromPath[str], extension: FromPath[str]) -> Response[bytes]:
    """An empty list with two example rows, as .xlsx or .csv."""
    if extension not in TYPES:
        raise NotYours
    name = f"{i18n.word('import_kind', _kind(kind).code)}.{extension}"
    return _file(template_file(_kind(kind), extension, today()), name, extension)


@get("/imports/new/{kind:str}", guards=USE)
async def show_upload_form(request: Request, kind: FromPath[str]) -> Page:
    """Choose a file."""
    _kind(kind).check_taker(request.actor)
    return await _upload_form(request, _kind(kind), uuid4())


@post("/imports/new/{kind:str}", guards=USE, status_code=200)
async def upload(request: Request, kind: FromPath[str]) -> Page:
    """Check the file; nothing is written but the encrypted file itself."""
    posted = await request.form()
    form, wanted = Form.of(posted), _kind(kind)
    wanted.check_taker(request.actor)
    key = form.uuid("key") or uuid4()
    try:
        name, content = await posted_file(posted, form)
        form.check()
        await uploads.receive(request.actor, wanted, key, name, content, now())
    except Fault as fault:
        text = f"{i18n.sentence(fault.message, fault.params)} {i18n.sentence(fault.fix, fault.params)}".strip()
        return await _upload_form(request, wanted, key, 422, errors={"file": text})
    except FormError as error:
        return await _upload_form(request, wanted, key, 422, errors=error_texts(error.fields))
    return go(request, f"/imports/uploads/{key}")


@get("/imports/uploads/{upload_id:uuid}", guards=USE)
async def show_report(request: Request, upload_id: FromPath[UUID]) -> Page:
    """What taking the list would do, or what is wrong with it; first the columns where some have no name."""
    row = await uploads.own(request.actor, upload_id)
    if row.status == "mapping":
        return await _columns_page(request, row)
    found = uploads.findings_of(row)
    shown = ListPage(
        page_number(request.query_params.get("page")), len(found.faults), f"/imports/uploads/{upload_id}", {},
        FAULTS_ON_A_PAGE,
    )  # fmt: skip
    summary = json.loads(row.summary)
    fields = _titles(row)
    return await page(
        request, "imports/report.html", upload=row, summary=summary, shown=shown,
        lines=lines_of(found.faults[shown.offset : shown.offset + shown.size]),
        notes=note_sentences(summary.get("notes", {})), counts=count_sentences(summary.get("counts", {})),
        used=[(found.columns[column], fields.get(code, code)) for code, column in found.mapped.items()],
        unused=[title for place, title in enumerate(found.columns) if title and place not in found.mapped.values()],
        kept_until=row.created_at + uploads.KEPT,
    )  # fmt: skip


@get("/imports/uploads/{upload_id:uuid}/columns", guards=USE)
async def show_columns(request: Request, upload_id: FromPath[UUID]) -> Page:
    """Say which column is what, also where the list could be read without."""
    row = await uploads.own(request.actor, upload_id)
    return await _columns_page(request, row) if row.content else go(request, f"/imports/uploads/{upload_id}")


@post("/imports/uploads/{upload_id:uuid}/columns", guards=USE, status_code=200)
async def set_columns(request: Request, upload_id: FromPath[UUID]) -> Page:
    """Read the list again with the chosen columns; the choice is remembered for later lists."""
    row = await uploads.own(request.actor, upload_id)
    form, found = Form.of(await request.form()), uploads.findings_of(row)
    try:
        chosen = chosen_columns(form, found.columns, found.mapped, KINDS[row.kind].template_fields(today()))
        form.check()
    except FormError as error:
        return await _columns_page(request, row, 422, errors=error_texts(error.fields), form=form)
    await uploads.name_columns(request.actor, upload_id, chosen, now())
    return go(request, f"/imports/uploads/{upload_id}")


@get("/imports/uploads/{upload_id:uuid}/report/{extension:str}", guards=USE)
async def download_report(request: Request, upload_id: FromPath[UUID], extension: FromPath[str]) -> Response[bytes]:
    """The faults as a list."""
    row = await uploads.own(request.actor, upload_id)
    if extension not in TYPES:
        raise NotYours
    lines = lines_of(uploads.findings_of(row).faults)
    name = f"{i18n.word('import_kind', row.kind)}-{i18n._('Report')}.{extension}"
    return _file(report_file(lines, extension), name, extension)


@get("/imports/uploads/{upload_id:uuid}/result/{extension:str}", guards=USE)
async def download_result(request: Request, upload_id: FromPath[UUID], extension: FromPath[str]) -> Response[bytes]:
    """What became of every row: its outcome, the number of what it is about, its faults in words."""
    row = await uploads.own(request.actor, upload_id)
    if extension not in TYPES:
        raise NotYours
    faults = lines_of(uploads.findings_of(row).faults)
    name = f"{i18n.word('import_kind', row.kind)}-{i18n._('Result')}.{extension}"
    return _file(results.result_file(await results.kept(upload_id), faults, extension), name, extension)


@post("/imports/uploads/{upload_id:uuid}/take", guards=USE, status_code=200)
async def take_list(request: Request, upload_id: FromPath[UUID]) -> Page:
    """Take the whole list; a double click takes it once."""
    try:
        taken = await uploads.take_upload(request.actor, upload_id, now())
    except ImportFaults:
        await flash(
            request, "bad", N_("The list was not taken: the data changed since it was checked. See the report.")
        )
        return go(request, f"/imports/uploads/{upload_id}")
    if taken is not None:
        text = N_("The list is taken: {inserted} rows new, {updated} changed, {unchanged} unchanged.")
        numbers = {"inserted": taken.inserted, "updated": taken.updated, "unchanged": taken.unchanged}
        await flash(request, "ok", text, **numbers)
    return go(request, f"/imports/uploads/{upload_id}")


@post("/imports/uploads/{upload_id:uuid}/discard", guards=USE, status_code=200)
async def discard_list(request: Request, upload_id: FromPath[UUID]) -> Page:
    """Delete the file without taking it."""
    await uploads.discard(request.actor, upload_id)
    await flash(request, "ok", N_("The file is deleted; nothing was taken."))
    return go(request, "/imports")


def _kind(code: str) -> Kind:
    kind = KINDS.get(code)
    if kind is None:
        raise NotYours
    return kind


def _titles(row: Upload) -> dict[str, str]:
    locale = "zh_CN" if i18n.current() == "zh" else "en"
    return {field.code: field.title(locale) for field in KINDS[row.kind].columns(today())}


def _file(content: bytes, name: str, extension: str) -> Response[bytes]:
    headers = {"Content-Disposition": f"attachment; filename=\"list.{extension}\"; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=TYPES[extension], headers=headers)


async def _upload_form(request: Request, kind: Kind, key: UUID, status: int = 200, **values: Any) -> Page:
    locale = "zh_CN" if i18n.current() == "zh" else "en"
    fields: tuple[Field, ...] = kind.template_fields(today())
    columns = [(field.title(locale), field.required, field.hint, field.example) for field in fields]
    return await page(
        request, "imports/upload.html", status, kind=kind.code, key=key, columns=columns,
        limit_mb=LIMITS.file_bytes // 1_000_000, **values,
    )  # fmt: skip


async def _columns_page(request: Request, row: Upload, status: int = 200, **values: Any) -> Page:
    found = uploads.findings_of(row)
    fields = KINDS[row.kind].template_fields(today())
    locale = "zh_CN" if i18n.current() == "zh" else "en"
    missing = {entry["field"]: entry["suggestions"] for entry in found.missing}
    guesses = {title: code for code, titles in reversed(missing.items()) for title in titles[:1]}
    asked = [
        {
            "number": number, "title": title, "sample": found.samples[number] if number < len(found.samples) else "",
            "guess": guesses.get(title, ""),
        }
        for number, title in enumerate(found.columns)
        if title and number not in found.mapped.values()
    ]  # fmt: skip
    open_fields = [field for field in fields if field.code not in found.mapped]
    options = [(field.code, field.title(locale) + (" *" if field.required else "")) for field in open_fields]
    return await page(
        request, "imports/columns.html", status, upload=row, asked=asked,
        options=options,
        missing=[field.title(locale) for field in fields if field.code in missing],
        used=[(found.columns[column], _titles(row).get(code, code)) for code, column in found.mapped.items()], **values,
    )  # fmt: skip


ROUTES = [
    show_imports, download_template, show_upload_form, upload, show_report, show_columns, set_columns, download_report,
    download_result, take_list, discard_list,
]  # fmt: skip
MENU = [MenuItem(70, "imports", N_("Import lists"), "/imports", "imports.use", "import", group="basis")]
