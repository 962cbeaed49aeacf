"""The office's list, what the desk takes in, and one complaint's page."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.complaints import case_pages, choices, forms, intake, queries, rules
from bangfu.complaints.moves import note
from bangfu.complaints.seeing import complaint_for, may_know_reporter
from bangfu.complaints.tables import ComplaintEntry
from bangfu.errors import N_, FormError, NotAllowed, NotYours
from bangfu.households.labels import summary
from bangfu.shared import i18n
from bangfu.shared.civil_time import civil_date, day_span, quarter_of, quarter_span
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from bangfu.shared.files import opened
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

LIST = "/complaints"
READ = [requires("complaints.read")]
ENTER = [requires("complaints.enter")]
ONE = LIST + "/{complaint:uuid}"


@get(LIST, guards=READ)
async def list_complaints(request: Request) -> Page:
    """What the person sees, what is open first; clocks and severity in words."""
    actor, at = request.actor, now()
    given = {name: request.query_params.get(name, "")[:16] for name in ("show", "kind", "severity", "intake")}
    given["show"] = given["show"] if given["show"] in queries.SHOWS else "open"
    number = page_number(request.query_params.get("page"))
    rows, total = await queries.rows_of(actor, given, PAGE_SIZE, (number - 1) * PAGE_SIZE, at=at)
    first = quarter_span(*quarter_of(civil_date(at)))[0]
    return await page(
        request, "complaints/list.html", rows=rows, listing=ListPage(number, total, LIST, given), filters=given, at=at,
        counts=await queries.counts(actor, at), figures=await queries.figures(actor, day_span(first)[0]),
        enters=allows(actor.roles, "complaints.enter"), shows=i18n.words_of("complaint_show"),
        discipline=allows(actor.roles, "complaints.discipline"),
    )  # fmt: skip


@get(f"{LIST}/new", guards=ENTER)
async def new_complaint(request: Request) -> Page:
    """The desk's form; an address may bring numbers along."""
    names = ("visit_number", "carer_number", "contract_number", "household_number", "target", "channel", "intake")
    given = {name: request.query_params.get(name, "")[:64] for name in names}
    return await _form_page(request, {"key": str(uuid4()), **given})


@post(f"{LIST}/new", guards=ENTER, status_code=200)
async def enter_complaint(request: Request) -> Page:
    """Take in what somebody told; who may see the case goes to it, who may not is told its number."""
    actor, form = request.actor, Form.of(await request.form())
    try:
        told = await forms.read_entered(form, actor, {code for code, _ in await choices.own_places(actor)})
        form.check()
        key = await intake.enter(actor, form.uuid("key", required=False) or uuid4(), told, now())
    except FormError as error:
        return await _form_page(request, form, error)
    return await entered(request, key)


async def entered(request: Request, key: UUID) -> Page:
    """Where somebody goes who has taken a complaint in."""
    try:
        row = await complaint_for(request.actor, key)
    except NotYours:
        await flash(request, "ok", N_("It is taken in and goes to the people who handle it; you do not see it."))
        return go(request, LIST)
    await flash(request, "ok", N_("{number} is taken in."), number=row.number)
    return go(request, f"{LIST}/{key}")


async def _form_page(request: Request, form: Mapping[str, str], error: FormError | None = None) -> Page:
    actor = request.actor
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "complaints/new.html", 422 if error else 200, form=form, errors=errors,
        faults=summary(errors, forms.LABELS), places=await choices.own_places(actor),
        organizations=await choices.organizations(actor), staff=await choices.staff(actor),
        targets=i18n.words_of("complaint_target"), action=f"{LIST}/new",
        channels=[(code, i18n.word("complaint_channel", code)) for code in rules.CHANNELS if code != "portal"],
    )  # fmt: skip


@get(ONE, guards=READ)
async def show_complaint(request: Request, complaint: FromPath[UUID]) -> Page:
    """One complaint; who complained is masked."""
    return await case_pages.show(request, complaint)


@get(ONE + "/reply", guards=READ)
async def print_reply(request: Request, complaint: FromPath[UUID]) -> Page:
    """The reply in big type, to be read aloud or printed."""
    row = await complaint_for(request.actor, complaint)
    if not row.reply_enc:
        raise NotYours
    return await page(request, "complaints/reply.html", case=await queries.case_of(row), at=now())


@post(ONE + "/identity", guards=[requires("complaints.identity")], status_code=200)
async def show_identity(request: Request, complaint: FromPath[UUID]) -> Page:
    """Show once who complained, after the reason is logged."""
    actor, at = request.actor, now()
    row = await complaint_for(actor, complaint)
    if not may_know_reporter(actor, row):
        raise NotAllowed
    form = Form.of(await request.form())
    try:
        reason = form.choice("reason", dict(i18n.words_of("complaint_identity")))
        form.check()
    except FormError as error:
        return await case_pages.show(request, complaint, form=form, error=error)
    async with transaction():
        await note(actor, row, "identity_shown", at, reason=reason)
    return await case_pages.show(request, complaint, reveal=True)


@get(ONE + "/files/{entry:uuid}", guards=READ)
async def open_file(request: Request, complaint: FromPath[UUID], entry: FromPath[UUID]) -> Response[bytes]:
    """A file of the record."""
    row = await complaint_for(request.actor, complaint)
    found = await ComplaintEntry.objects().get((ComplaintEntry.id == entry) & (ComplaintEntry.complaint == row.id))
    if found is None or found.file is None or not case_pages.reads_record(request.actor, row):
        raise NotYours
    return file_answer(await opened(found.file, "complaint", row.id), row.number)


OFFICE = [
    list_complaints, new_complaint, enter_complaint, show_complaint, print_reply, show_identity, open_file,
]  # fmt: skip
