"""The pages of exchange: exports, and the monthly list of changes."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from litestar import get, post
from litestar.response import Stream

from bangfu.divisions.queries import areas_for
from bangfu.errors import N_, FormError
from bangfu.exchange import forms
from bangfu.exchange.change_files import export_changes, lines
from bangfu.exchange.changes import Monthly, monthly, months
from bangfu.exchange.export_rules import FORMATS, MOST_REASON, MOST_UNMASKED, SUBJECTS
from bangfu.exchange.exporting import Made, export, may_export
from bangfu.exchange.files import TYPES, chunks
from bangfu.households.labels import summary
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, error_texts, page
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.web.paging import page_number

READ, WHOLE = [requires("exchange.export")], [requires("exchange.unmasked")]
LINES_ON_A_PAGE = 50


@get("/exchange", guards=READ)
async def show_exchange(request: Request) -> Page:
    """Choose what to export."""
    return await _export_page(request, {"subject": "households", "format": "xlsx"})


@post("/exchange/export", guards=[*READ, proved], status_code=200)
async def export_masked(request: Request) -> Page | Stream:
    """A file of masked data, as the role sees them on the pages."""
    return await _export(request, whole=False)


@post("/exchange/unmasked", guards=[*WHOLE, proved], status_code=200)
async def export_whole(request: Request) -> Page | Stream:
    """A file of whole data, for the bureau, with a reason."""
    return await _export(request, whole=True)


async def _export(request: Request, *, whole: bool) -> Page | Stream:
    form, at = Form.of(await request.form()), now()
    try:
        asked = forms.read_export(form, whole=whole)
        made = await export(request.actor, asked, at)
    except FormError as error:
        return await _export_page(request, form, error, whole=whole)
    name = f"{i18n.word('export_subject', asked.subject)}-{at:%Y%m%d}.{asked.format}"
    return _answer(made, name, asked.format)


async def _export_page(request: Request, form: Any, error: FormError | None = None, *, whole: bool = False) -> Page:
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "exchange/export.html", 422 if error else 200, form=form, errors={} if whole else errors,
        whole_errors=errors if whole else {}, faults=summary(errors, forms.LABELS),
        subjects=_words("export_subject", tuple(one for one in SUBJECTS if may_export(request.actor, one))),
        formats=_words("export_format", FORMATS), areas=await areas_for(request.actor),
        **_may(request.actor),
    )  # fmt: skip


def _may(actor: Actor) -> dict[str, Any]:
    return {
        "may_whole": allows(actor.roles, "exchange.unmasked"), "may_clients": allows(actor.roles, "exchange.clients"),
        "most_rows": MOST_UNMASKED, "most_reason": MOST_REASON,
    }  # fmt: skip


def _words(group: str, codes: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(code, i18n.word(group, code)) for code in codes]


@get("/exchange/changes", guards=READ)
async def show_changes(request: Request) -> Page:
    """What changed in a month, masked; to be printed or taken along as a file."""
    form = Form({name: [value] for name, value in request.query_params.items()})
    return await _changes_page(request, form)


@post("/exchange/changes/export", guards=[*READ, proved], status_code=200)
async def export_changes_masked(request: Request) -> Page | Stream:
    """The list as a masked file."""
    return await _export_changes(request, whole=False)


@post("/exchange/changes/unmasked", guards=[*WHOLE, proved], status_code=200)
async def export_changes_whole(request: Request) -> Page | Stream:
    """The list with whole names and numbers, for the bureau, with a reason."""
    return await _export_changes(request, whole=True)


async def _export_changes(request: Request, *, whole: bool) -> Page | Stream:
    form, at = Form.of(await request.form()), now()
    try:
        file_format, reason = form.choice("format", FORMATS), forms.read_reason(form) if whole else ""
        area, month = forms.read_area(form), forms.read_month(form.get("month", ""), list(months(today())))
        if month is None:
            form.fault("month", N_("Please choose one of the list."))
        form.check()
        month = month or today().replace(day=1)
        found = await monthly(request.actor, month, area, at)
        made = await export_changes(request.actor, found, area, file_format, reason, at)
    except FormError as error:
        return await _changes_page(request, form, error)
    return _answer(made, f"{i18n.word('export_subject', 'changes')}-{month:%Y-%m}.{file_format}", file_format)


async def _changes_page(request: Request, form: Form, error: FormError | None = None) -> Page:
    errors = error_texts(error.fields) if error else {}
    choices = list(months(today()))
    month = forms.read_month(form.get("month", ""), choices) or choices[1]
    areas = await areas_for(request.actor)
    asked = form.get("division", "")
    area = asked if asked in dict(areas) else ""
    found = await monthly(request.actor, month, area, now())
    filters = {"month": f"{month:%Y-%m}", "division": area}
    shown = ListPage(page_number(form.get("page")), len(found.changes), "/exchange/changes", filters, LINES_ON_A_PAGE)
    own = replace(found, changes=found.changes[shown.offset : shown.offset + shown.size])
    return await page(
        request, "exchange/changes.html", 422 if error else 200, listing=shown, filters=filters, found=found,
        lines=await lines(own.changes, today()), counts=_counts(found), areas=areas,
        area_name=dict(areas).get(area, ""),
        months=[(f"{one:%Y-%m}", f"{one:%Y-%m}") for one in choices], formats=_words("export_format", FORMATS),
        form=form, errors=errors, faults=summary(errors, forms.LABELS), **_may(request.actor),
    )  # fmt: skip


def _counts(found: Monthly) -> list[tuple[str, int]]:
    """How many changes of each kind, in the order of the words."""
    told = [one.kind for one in found.changes]
    return [(word, told.count(code)) for code, word in i18n.words_of("change_kind") if code in told]


def _answer(made: Made, name: str, file_format: str) -> Stream:
    headers = {
        "content-disposition": f"attachment; filename=\"export.{file_format}\"; filename*=UTF-8''{quote(name)}",
        "content-length": str(made.size), "cache-control": "no-store", "x-content-sha256": made.sha256,
    }  # fmt: skip
    return Stream(chunks(made.file), media_type=TYPES[file_format], headers=headers)


ROUTES = [
    show_exchange, export_masked, export_whole, show_changes, export_changes_masked, export_changes_whole,
]  # fmt: skip
MENU = [MenuItem(75, "exchange", N_("Export data"), "/exchange", "exchange.export", "export", group="basis")]
