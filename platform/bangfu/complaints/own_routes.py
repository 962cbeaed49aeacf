"""The organisation's page of what it is asked, and errors that somebody reports of their own side (自查自报)."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.accounts.tables import User
from bangfu.complaints import forms, intake, own
from bangfu.complaints.own import Asked
from bangfu.errors import N_, FormError, NotYours
from bangfu.households.labels import summary
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.files import opened
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer, posted_scan
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

LIST, SELF = "/my-complaints", "/self-report"
OWN = [requires("complaints.organization")]
ONE = LIST + "/{complaint:uuid}"


@get(LIST, guards=OWN)
async def list_asked(request: Request) -> Page:
    """What the organisation is asked; who complained is never shown."""
    number = page_number(request.query_params.get("page"))
    rows, total = await own.asked_of(request.actor, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await page(
        request, "complaints/own_list.html", rows=rows, listing=ListPage(number, total, LIST, {}), at=now()
    )


@get(ONE, guards=OWN)
async def show_asked(request: Request, complaint: FromPath[UUID]) -> Page:
    """One question with the organisation's own words."""
    return await _page(request, await own.asked_one(request.actor, complaint))


@post(f"{ONE}/answer", guards=OWN, status_code=200)
async def answer(request: Request, complaint: FromPath[UUID]) -> Page:
    """The organisation's word."""
    row = await own.asked_one(request.actor, complaint)
    posted = await request.form()
    form = Form.of(posted)
    try:
        text, key = form.text("text", most=forms.MOST_WORDS), form.uuid("key", required=False) or uuid4()
        form.check()
        await own.answer(request.actor, complaint, text, await posted_scan(posted), now(), key)
    except FormError as error:
        return await _page(request, row, form, error)
    await flash(request, "ok", N_("Your answer is on record; the handler reads it before deciding."))
    return go(request, f"{LIST}/{complaint}")


@get(f"{ONE}/files/{{file:uuid}}", guards=OWN)
async def own_file(request: Request, complaint: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    """A file that the organisation handed in."""
    row = await own.asked_one(request.actor, complaint)
    if file not in {found for _, _, found in row.answers}:
        raise NotYours
    return file_answer(await opened(file, "complaint", row.id), row.number)


async def _page(
    request: Request, row: Asked, form: Mapping[str, str] | None = None, error: FormError | None = None
) -> Page:
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "complaints/own_show.html", 422 if error else 200, a=row, at=now(), form=form or {}, errors=errors,
        key=str(uuid4()), faults=summary(errors, forms.LABELS),
    )  # fmt: skip


@get(SELF, guards=[requires("complaints.self_report")])
async def show_self_report(request: Request) -> Page:
    """Where somebody says what went wrong on their own side."""
    return await _self_page(request, {"visit_number": request.query_params.get("visit_number", "")[:64]})


@post(SELF, guards=[requires("complaints.self_report")], status_code=200)
async def self_report(request: Request) -> Page:
    """Take it in, marked as reported by the side itself; the receipt shows how to follow it."""
    actor, form = request.actor, Form.of(await request.form())
    key = form.uuid("key", required=False) or intake.fresh_key()
    try:
        told = await forms.read_self_report(form, actor, await _division_of(actor))
        form.check()
        receipt = await intake.enter_with_receipt(actor, key, told, now())
    except FormError as error:
        return await _self_page(request, form, error)
    return await page(request, "complaints/receipt.html", receipt=receipt, intake=told.intake, self_report=True)


async def _self_page(request: Request, form: Mapping[str, str], error: FormError | None = None) -> Page:
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "complaints/self_report.html", 422 if error else 200, form=form, errors=errors,
        key=intake.fresh_key(), faults=summary(errors, forms.LABELS),
        serves=request.actor.organization is not None or request.actor.carer is not None,
    )  # fmt: skip


async def _division_of(actor: Actor) -> str:
    """Where the person works: the account's area, else the carer's or the organisation's seat."""
    if actor.scope:
        return actor.scope.ljust(12, "0")
    rows = await User.raw(
        "SELECT coalesce((SELECT division FROM carer WHERE id = {}), (SELECT division FROM organization WHERE id = {}))"
        " AS division",
        actor.carer, actor.organization,
    )  # fmt: skip
    if not rows or rows[0]["division"] is None:
        raise NotYours
    return str(rows[0]["division"])


OWN_ROUTES = [list_asked, show_asked, answer, own_file, show_self_report, self_report]
