"""The pages of outreach: who is due a service and has none; and the quarterly lists of people in special difficulty."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.catalogue.norm_rules import HEALTH, TARGETS
from bangfu.divisions.queries import areas_for
from bangfu.errors import N_, FormError, NotYours
from bangfu.households.labels import summary
from bangfu.outreach import contacting, forms, quarters, queries, refreshing
from bangfu.outreach.quarters import Line
from bangfu.outreach.queries import Row
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.clock import now, today
from bangfu.shared.masking_filters import shown_time
from bangfu.shared.permissions import allows
from bangfu.shared.tabular.writing import write_csv
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem, Todo, TodoCount
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

FILTERS = ("kind", "service", "target", "division", "child", "state")
refreshing.register()


@get("/outreach", guards=[requires("outreach.read")])
async def list_outreach(request: Request) -> Page:
    """People for whom a norm makes a service due and no open need answers it."""
    filters = {name: request.query_params.get(name, "").strip()[:64] for name in FILTERS}
    number = page_number(request.query_params.get("page"))
    rows, total = await queries.rows(request.actor, filters, today(), PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing, areas = ListPage(number, total, "/outreach", filters), await areas_for(request.actor)
    return await page(
        request, "outreach/list.html", rows=rows, listing=listing, filters=filters, areas=areas, why=why,
        active=_active(listing, filters, dict(areas)), as_of=await queries.as_of(request.actor),
        counts=await queries.counts(request.actor, today()), may_work=allows(request.actor.roles, "outreach.work"),
        targets=[(code, i18n.word("norm_target", code)) for code in (*TARGETS, HEALTH)],
        states=_states(), may_propose=allows(request.actor.roles, "norms.propose"),
    )  # fmt: skip


def _states() -> list[tuple[str, str]]:
    return [("new", i18n._("not asked yet")), ("asked", i18n._("asked")), ("resting", i18n._("refused for now"))]


def _active(listing: ListPage, filters: Mapping[str, str], areas: Mapping[str, str]) -> list[dict[str, str]]:
    words = {
        "kind": (i18n._("What is missing"), i18n.word("outreach_kind", filters["kind"])),
        "service": (i18n._("Service"), i18n.word("service", filters["service"])),
        "target": (i18n._("Target group"), i18n.word("norm_target", filters["target"])),
        "division": (i18n._("Area"), areas.get(filters["division"], filters["division"])),
        "child": (i18n._("Children"), i18n._("only children")),
        "state": (i18n._("Contact"), dict(_states()).get(filters["state"], filters["state"])),
    }
    return [
        {"label": label, "value": value, "remove_href": ListPage(1, 0, listing.path, {**filters, name: ""}).href()}
        for name, (label, value) in words.items()
        if filters[name]
    ]


def why(row: Row) -> str:
    """The norm in words: whom it is for and how often; a norm that tells about health stays hidden."""
    target = i18n.word("norm_target", row.target)
    often = i18n._("{times} × {period}", times=row.times, period=i18n.word("norm_period", row.period))
    return f"{target}{i18n._(': ')}{often}"


@get("/outreach/{row:uuid}", guards=[requires("outreach.read")])
async def show_outreach(request: Request, row: FromPath[UUID]) -> Page:
    """One row: why it is due, who was asked before, and the form for asking."""
    return await _row_page(request, row)


async def _row_page(request: Request, row: UUID, *, form: Form | None = None, error: FormError | None = None) -> Page:
    shown = await queries.row_for(request.actor, row, today())
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "outreach/row.html", 422 if error else 200, row=shown, why=why(shown),
        contacts=await queries.contacts(request.actor, shown, today()), form=form or {"key": str(uuid4())},
        errors=errors, faults=summary(errors, forms.LABELS), may_work=allows(request.actor.roles, "outreach.work"),
        may_propose=allows(request.actor.roles, "norms.propose"),
    )  # fmt: skip


@post("/outreach/{row:uuid}/contact", guards=[requires("outreach.work")], status_code=200)
async def record_contact(request: Request, row: FromPath[UUID]) -> Page:
    """Keep that the household was asked."""
    form = Form.of(await request.form())
    try:
        shown = await queries.row_for(request.actor, row, today())
    except NotYours:
        if not await contacting.was_contacted(request.actor, _key(form)):
            raise
        return go(request, "/outreach")
    try:
        said = forms.read_contact(form, today())
    except FormError as error:
        return await _row_page(request, row, form=form, error=error)
    await contacting.contact(request.actor, row, said, now())
    if said.result == "interested":
        await flash(request, "ok", N_("The contact is recorded. Next: record the proposed need."))
        return go(request, f"/households/{shown.household}/proposals")
    await flash(request, "ok", N_("The contact is recorded."))
    return go(request, "/outreach")


def _key(form: Form) -> UUID | None:
    try:
        return UUID(form.get("key", ""))
    except ValueError:
        return None


@get("/outreach/quarters", guards=[requires("outreach.read")])
async def list_quarters(request: Request) -> Page:
    """The quarterly lists with how far they are."""
    return await page(
        request, "outreach/quarters.html", lists=await quarters.lists(request.actor), today=today(),
        may_make=allows(request.actor.roles, "outreach.quarter"),
    )  # fmt: skip


@post("/outreach/quarters", guards=[requires("outreach.quarter")], status_code=200)
async def make_quarters(request: Request) -> Page:
    """Make this quarter's lists, or add who has come since."""
    new = await quarters.make_lists(request.actor, now())
    if new:
        await flash(request, "ok", N_("{n} lines were added to this quarter's lists."), n=new)
    else:
        await flash(request, "info", N_("This quarter's lists are complete: nobody is to be added."))
    return go(request, "/outreach/quarters")


@get("/outreach/quarters/{quarter_list:uuid}", guards=[requires("outreach.read")])
async def show_quarter(request: Request, quarter_list: FromPath[UUID]) -> Page:
    """One list: every line with what was found; printed on A4 with the place of the seal."""
    found = await quarters.list_for(request.actor, quarter_list)
    filters = {name: request.query_params.get(name, "").strip()[:32] for name in ("status", "finding")}
    return await page(
        request, "outreach/quarter.html", made=found, filters=filters, today=today(),
        lines=await quarters.lines_of(request.actor, quarter_list, filters),
        may_work=allows(request.actor.roles, "outreach.work"),
    )  # fmt: skip


@get("/outreach/quarters/{quarter_list:uuid}/list.csv", guards=[requires("outreach.read")])
async def export_quarter(request: Request, quarter_list: FromPath[UUID]) -> Response[bytes]:
    """The list as CSV, names masked, without the evidence."""
    found = await quarters.list_for(request.actor, quarter_list)
    lines = await quarters.lines_of(request.actor, quarter_list, {})
    titles = [
        i18n._("Number"), i18n._("Head of the household"), i18n._("Village"), i18n._("Support"), i18n._("Self-care"),
        i18n._("State"), i18n._("What you found"), i18n._("How it was verified"), i18n._("Verified by"),
        i18n._("Verified on"),
    ]  # fmt: skip
    content = write_csv(titles, [_cells(line) for line in lines])
    name = f"{found['division_name']}{found['year']}Q{found['quarter']}.csv"
    headers = {"Content-Disposition": f"attachment; filename=\"list.csv\"; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type="text/csv; charset=utf-8", headers={**headers, "Cache-Control": "no-store"})


def _cells(line: Line) -> list[str]:
    return [
        line.number, line.head, line.division_name, i18n.word("support_mode", line.support_mode),
        i18n.word("selfcare_level", line.selfcare_level), i18n.word("quarter_status", line.status),
        i18n.word("quarter_finding", line.finding), i18n.word("quarter_how", line.how), line.verifier,
        shown_time(line.verified_at) if line.verified_at else "",
    ]  # fmt: skip


@get("/outreach/lines/{line:uuid}", guards=[requires("outreach.read")])
async def show_line(request: Request, line: FromPath[UUID]) -> Page:
    """One line with its evidence, and the form for verifying or correcting it."""
    return await _line_page(request, line)


async def _line_page(request: Request, line: UUID, *, form: Form | None = None, error: FormError | None = None) -> Page:
    shown = await quarters.line_for(request.actor, line)
    made = await quarters.list_for(request.actor, shown.quarter_list)
    errors = error_texts(error.fields) if error else {}
    present = {"finding": shown.finding, "how": shown.how, "words": shown.words}
    return await page(
        request, "outreach/line.html", 422 if error else 200, line=shown, made=made, form=form or present,
        errors=errors, faults=summary(errors, forms.LABELS), may_work=allows(request.actor.roles, "outreach.work"),
    )  # fmt: skip


@post("/outreach/lines/{line:uuid}/verify", guards=[requires("outreach.work")], status_code=200)
async def verify_line(request: Request, line: FromPath[UUID]) -> Page:
    """Store what was found; a change leads to where it is entered with the household."""
    shown = await quarters.line_for(request.actor, line)
    form = Form.of(await request.form())
    try:
        found = forms.read_verified(form)
    except FormError as error:
        return await _line_page(request, line, form=form, error=error)
    await quarters.verify(request.actor, line, found, now())
    if found.finding == "at_home":
        await flash(request, "ok", N_("Verified."))
        return go(request, f"/outreach/quarters/{shown.quarter_list}")
    await flash(request, "warn", N_("Verified. What has changed is entered with the household: follow the link below."))
    return go(request, f"/outreach/lines/{line}")


async def _todo(actor: Actor, at: datetime) -> Todo:
    """Gaps in care first, then what is missing, then the lines of the quarter."""
    result = Todo()
    if not allows(actor.roles, "outreach.work"):
        return result
    found = await queries.counts(actor, civil_date(at))
    if gaps := found.get("gap", 0):
        result.counts.append(TodoCount(i18n._("Gaps in care"), gaps, "/outreach?kind=gap", "bad"))
    if missing := found.get("missing", 0):
        label = i18n._("Services due without a need")
        result.counts.append(TodoCount(label, missing, "/outreach?kind=missing", "warn"))
    if below := found.get("below", 0):
        label = i18n._("Services below the norm")
        result.counts.append(TodoCount(label, below, "/outreach?kind=below", "warn"))
    if lines := await quarters.waiting(actor, civil_date(at)):
        result.counts.append(TodoCount(i18n._("To verify this quarter"), lines, "/outreach/quarters", "info"))
    return result


ROUTES: list[Any] = [
    list_outreach, show_outreach, record_contact, list_quarters, make_quarters, show_quarter, export_quarter, show_line,
    verify_line,
]  # fmt: skip
MENU = [MenuItem(22, "outreach", N_("Outreach"), "/outreach", "outreach.read", "people", group="discovery")]
TODO = [_todo]
