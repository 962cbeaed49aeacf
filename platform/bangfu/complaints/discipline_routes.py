"""Discipline inspection (12388): the auditor's list, what came from there, and the file that goes there."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.complaints import choices, discipline, forms, intake
from bangfu.complaints.office_routes import entered
from bangfu.errors import N_, FormError
from bangfu.households.labels import summary
from bangfu.shared import i18n
from bangfu.shared.clock import now
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import download
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

LIST = "/complaints/discipline"
AUDIT = [requires("complaints.discipline")]


@get(LIST, guards=AUDIT)
async def list_discipline(request: Request) -> Page:
    """What concerns discipline, and the files handed over."""
    return await _list_page(request)


async def _list_page(request: Request, form: Form | None = None, error: FormError | None = None) -> Page:
    number = page_number(request.query_params.get("page"))
    rows, total = await discipline.concerning(request.actor, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "complaints/discipline.html", 422 if error else 200, rows=rows, at=now(), key=str(uuid4()),
        listing=ListPage(number, total, LIST, {}), handovers=await discipline.handovers(request.actor),
        gone=await discipline.handed_over(),
        chosen=form.many("complaints") if form else [], form=form or {}, errors=errors,
        faults=summary(errors, forms.LABELS), reasons=i18n.words_of("complaint_handover"),
    )  # fmt: skip


@get(f"{LIST}/new", guards=AUDIT)
async def new_from_discipline(request: Request) -> Page:
    """What discipline inspection passed on."""
    return await _form_page(request, {"key": str(uuid4()), "intake": "report", "channel": "12388"})


@post(f"{LIST}/new", guards=AUDIT, status_code=200)
async def enter_from_discipline(request: Request) -> Page:
    """Take it in: only the auditor sees who reported."""
    actor, form = request.actor, Form.of(await request.form())
    try:
        told = await forms.read_entered(form, actor, {code for code, _ in await choices.own_places(actor)})
        if told.channel != "12388":
            form.fault("channel", N_("Please choose one of the list."))
        form.check()
        key = await intake.enter(actor, form.uuid("key", required=False) or uuid4(), told, now())
    except FormError as error:
        return await _form_page(request, form, error)
    return await entered(request, key)


async def _form_page(request: Request, form: Mapping[str, str], error: FormError | None = None) -> Page:
    actor = request.actor
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "complaints/new.html", 422 if error else 200, form=form, errors=errors,
        faults=summary(errors, forms.LABELS), places=await choices.own_places(actor),
        organizations=await choices.organizations(actor), staff=await choices.staff(actor),
        targets=i18n.words_of("complaint_target"), action=f"{LIST}/new",
        channels=[("12388", i18n.word("complaint_channel", "12388"))],
    )  # fmt: skip


@post(f"{LIST}/hand-over", guards=AUDIT, status_code=200)
async def hand_over(request: Request) -> Page:
    """Make the file for discipline inspection."""
    form = Form.of(await request.form())
    try:
        chosen = [UUID(each) for each in form.many("complaints")]
        key = form.uuid("key", required=False) or uuid4()
        await discipline.hand_over(
            request.actor, key, chosen, form.get("reason", ""), form.yes("with_names"), now()
        )  # fmt: skip
    except ValueError:
        return await _list_page(request, form, FormError({"complaints": (N_("Please choose one of the list."), {})}))
    except FormError as error:
        return await _list_page(request, form, error)
    await flash(request, "ok", N_("The file is made; its SHA-256 stands in the list and in the audit trail."))
    return go(request, LIST)


@get(f"{LIST}/files/{{handover:uuid}}", guards=AUDIT)
async def handover_file(request: Request, handover: FromPath[UUID]) -> Response[bytes]:
    """The file, kept sealed; who takes it is on record."""
    content = await discipline.handover_file(request.actor, handover, now())
    return download(content, "handover.zip", "application/zip")


DISCIPLINE = [list_discipline, new_from_discipline, enter_from_discipline, hand_over, handover_file]
