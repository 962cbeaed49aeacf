"""Entering afterwards, attesting, approving; the page of how visits were proved."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours
from bangfu.shared import audit, files, i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.database import transaction
from bangfu.shared.kept import kept
from bangfu.shared.permissions import allows
from bangfu.shared.tabular.writing import write_csv
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer, posted_scan
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem, Todo, TodoCount
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage
from bangfu.visits import afterwards, afterwards_shares
from bangfu.visits import afterwards_reading as reading
from bangfu.visits import afterwards_rules as rules
from bangfu.visits.afterwards_shares import Share
from bangfu.visits.code_desk_routes import record_context
from bangfu.visits.code_records import WORD_OF_HOUSEHOLD, asked_of, moment, read_record
from bangfu.visits.tables import Visit

_ONE = "/visits/{visit:uuid}"
AFTERWARDS_MENU = (
    MenuItem(
        46, "afterwards", N_("Entered afterwards"), "/visits/afterwards", "visits.approve", "late", group="service"
    ),
    MenuItem(
        48, "evidence", N_("How visits were proved"), "/visits/evidence", "visits.evidence", "ok", group="service"
    ),
    MenuItem(49, "to-enter", N_("Visits to enter"), "/visits/to-enter", "visits.afterwards", "late", group="service"),
)


@get("/visits/to-enter", guards=[requires("visits.afterwards")])
async def show_enterable(request: Request) -> Page:
    """Own visits without a record: enter them afterwards while there is time."""
    number = page_number(request.query_params.get("page"))
    rows, total = await reading.enterable(request.actor, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, "/visits/to-enter", {})
    return await page(request, "visits/codes/to_enter.html", rows=rows, listing=listing, today=today())


@get(f"{_ONE}/afterwards", guards=[requires("visits.afterwards")])
async def show_form(request: Request, visit: FromPath[UUID]) -> Page:
    """The form in which a visit is entered afterwards."""
    return await _form_page(request, visit, "afterwards")


@get(f"{_ONE}/attest", guards=[requires("visits.attest")])
async def show_attest(request: Request, visit: FromPath[UUID]) -> Page:
    """The form in which the organisation vouches for a visit of today."""
    return await _form_page(request, visit, "attest")


async def _form_page(
    request: Request, visit: UUID, kind: str, form: Form | None = None, error: FormError | None = None
) -> Page:
    found = await reading.own_visit(request.actor, visit)
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "visits/codes/afterwards.html", 422 if error else 200, v=found, kind=kind, form=form or {},
        errors=errors, key=uuid4(), today=today(), days=rules.LATEST.days,
        **record_context(await asked_of(visit), WORD_OF_HOUSEHOLD),
    )  # fmt: skip


@post(f"{_ONE}/afterwards", guards=[requires("visits.afterwards")], status_code=200)
async def enter(request: Request, visit: FromPath[UUID]) -> Page:
    """The claim is kept and waits for the township's officer."""
    return await _take(request, visit, "afterwards")


@post(f"{_ONE}/attest", guards=[requires("visits.attest")], status_code=200)
async def attest(request: Request, visit: FromPath[UUID]) -> Page:
    """The organisation's word is kept."""
    return await _take(request, visit, "attest")


async def _take(request: Request, visit: UUID, kind: str) -> Page:
    found = await reading.own_visit(request.actor, visit)
    posted = await request.form()
    form = Form.of(posted)
    try:
        start, end = _times(form, found)
        asked = await asked_of(visit)
        record = read_record(form, asked, WORD_OF_HOUSEHOLD)
        reason = form.choice("reason", rules.ATTEST_REASONS if kind == "attest" else rules.REASONS)
        key, text = form.uuid("key"), form.text("why_text", most=1000)
        file = await posted_scan(posted, "evidence")
        form.check()
        act = afterwards.attest if kind == "attest" else afterwards.enter_afterwards
        assert start is not None and end is not None  # noqa: S101, PT018 (checked above)
        await act(request.actor, visit, key or uuid4(), record, start, end, reason, text, now(), file=file)
    except FormError as error:
        renamed = {"why_text" if name == "text" else name: fault for name, fault in error.fields.items()}
        return await _form_page(request, visit, kind, form, FormError(renamed))
    told = N_("The visit is attested.") if kind == "attest" else N_("Kept. The township's officer decides on it.")
    await flash(request, "ok", told)
    return go(request, f"/visits/{visit}/approval")


def _times(form: Form, found: reading.Shown) -> tuple[datetime | None, datetime | None]:
    """The claimed times; a proved arrival stays as it is."""
    day = form.day("day", parse_date)
    on = (day or civil_date(found.planned_start)).isoformat()
    proved = found.started_at if found.status == "in_progress" else None
    return proved or moment(form, "start", on), moment(form, "end", on)


@get(f"{_ONE}/approval", guards=[requires("visits.approval")])
async def show_approval(request: Request, visit: FromPath[UUID]) -> Page:
    """The claim as it was made, and its decision."""
    return await _approval_page(request, visit)


async def _approval_page(
    request: Request, visit: UUID, form: Form | None = None, error: FormError | None = None
) -> Page:
    found = await reading.shown(request.actor, visit)
    if found.claim is None:
        raise NotYours
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "visits/codes/approval.html", 422 if error else 200, v=found, form=form or {}, errors=errors,
        office=allows(request.actor.roles, "visits.read"),
    )  # fmt: skip


@post(f"{_ONE}/approve", guards=[requires("visits.approve")], status_code=200)
async def approve(request: Request, visit: FromPath[UUID]) -> Page:
    """The entry counts; the visit is checked like any other."""
    await afterwards.approve(request.actor, visit, now())
    await flash(request, "ok", N_("The entry is approved; the visit is checked like any other."))
    return go(request, f"/visits/{visit}/approval")


@post(f"{_ONE}/refuse", guards=[requires("visits.approve")], status_code=200)
async def refuse(request: Request, visit: FromPath[UUID]) -> Page:
    """The entry does not count."""
    await reading.shown(request.actor, visit)
    form = Form.of(await request.form())
    try:
        reason, text = form.get("reason", "").strip(), form.text("text", required=False, most=1000)
        form.check()
        await afterwards.refuse(request.actor, visit, reason, text, now())
    except FormError as error:
        return await _approval_page(request, visit, form, error)
    await flash(request, "ok", N_("The entry is refused and the visit rejected."))
    return go(request, f"/visits/{visit}/approval")


@get(f"{_ONE}/afterwards/file", guards=[requires("visits.evidence_file")])
async def show_file(request: Request, visit: FromPath[UUID]) -> Response[Any]:
    """The file that was handed in with the claim; who looked is on record."""
    found = await reading.shown(request.actor, visit)
    overseer = request.actor.has("township_officer", "bureau_officer", "bureau_lead", "auditor")
    if found.file is None or found.claim is None or not (found.own or overseer):
        raise NotYours
    async with transaction():
        await audit.record(request.actor, "visit.evidence_read", "visit", visit, at=now())
    return file_answer(await files.opened(found.file, afterwards.SUBJECT, found.claim), "evidence")


@get("/visits/afterwards", guards=[requires("visits.approve")])
async def show_waiting(request: Request) -> Page:
    """What waits for approval, the oldest first."""
    number = page_number(request.query_params.get("page"))
    rows, total = await reading.waiting(request.actor, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, "/visits/afterwards", {})
    return await page(request, "visits/codes/waiting.html", rows=rows, listing=listing)


@get("/visits/evidence", guards=[requires("visits.evidence")])
async def show_evidence(request: Request) -> Page:
    """How the month's visits were proved: by organisation and carer; every number opens its visits."""
    asked = request.query_params
    month = afterwards_shares.month_of(asked.get("month", ""), today())
    organization, carer = _id(asked.get("organization")), _id(asked.get("carer"))
    evidence = asked.get("evidence", "") if asked.get("evidence", "") in rules.CLASSES else ""
    months = [(one, one) for one in rules.months_back(today(), 24)]
    actor, own = request.actor, request.actor.has("provider_manager")
    whose = (own, actor.organization if own else actor.scope)
    bodies = await kept(
        ("evidence", whose, month), list[Share], lambda: afterwards_shares.shares(actor, month, "organization")
    )
    carers = await kept(
        ("evidence", whose, month, str(organization)), list[Share],
        lambda: afterwards_shares.shares(actor, month, "carer", organization),
    )  # fmt: skip
    given = {"month": month, "organization": str(organization or ""), "carer": str(carer or ""), "evidence": evidence}
    current, behind, total = page_number(asked.get("page")), list[dict[str, Any]](), 0
    if evidence:
        behind, total = await afterwards_shares.visits_behind(
            actor, month, evidence, carer, organization, PAGE_SIZE, (current - 1) * PAGE_SIZE
        )
    return await page(
        request, "visits/codes/evidence.html", month=month, months=months, bodies=bodies.value,
        carers=carers.value, as_of=carers.at or bodies.at,
        sum=afterwards_shares.summed(bodies.value), evidence=evidence, behind=behind, classes=rules.CLASSES,
        listing=ListPage(current, total, "/visits/evidence", given), most=afterwards_shares.MOST,
        organization=organization, own=own,
        office=allows(request.actor.roles, "visits.read"),
    )  # fmt: skip


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@get("/visits/evidence.csv", guards=[requires("visits.evidence")])
async def export_evidence(request: Request) -> Response[bytes]:
    """The carers' month as CSV."""
    month = afterwards_shares.month_of(request.query_params.get("month", ""), today())
    organization = _id(request.query_params.get("organization"))
    rows = await afterwards_shares.shares(request.actor, month, "carer", organization, None)
    titles = [
        i18n._("Month"), i18n._("Organisation"), i18n._("Carer"), i18n._("Delivered"),
        *(i18n.word("evidence_class", kind) for kind in rules.CLASSES), i18n._("Share entered afterwards"),
        i18n._("Share by hand"), i18n._("Waiting for approval"), i18n._("Not approved"),
    ]  # fmt: skip
    cells: Sequence[Sequence[object]] = [
        [month, one.organization_name, one.carer_name, one.total, *(one.counts[kind] for kind in rules.CLASSES),
         one.percent("afterwards"), one.manual, one.waiting, one.refused]
        for one in rows
    ]  # fmt: skip
    name = f"{i18n._('How visits were proved')} {month}.csv"
    headers = {"Content-Disposition": f"attachment; filename=\"list.csv\"; filename*=UTF-8''{quote(name)}"}
    content = write_csv(titles, cells)
    return Response(content, media_type="text/csv; charset=utf-8", headers={**headers, "Cache-Control": "no-store"})


async def todo(actor: Actor, at: datetime) -> Todo:
    """The officer's approvals that wait."""
    result = Todo()
    if allows(actor.roles, "visits.approve"):
        rows = await Visit.raw(
            "SELECT count(*) AS n FROM visit WHERE approval = 'waiting' AND division LIKE {}",
            f"{actor.scope}%" if actor.scope else "",
        )
        result.counts.append(
            TodoCount(i18n._("Visits entered afterwards to approve"), rows[0]["n"], "/visits/afterwards", "warn")
        )
    return result


AFTERWARDS = [
    show_enterable, show_form, show_attest, enter, attest, show_approval, approve, refuse, show_file, show_waiting,
    show_evidence, export_evidence,
]  # fmt: skip
