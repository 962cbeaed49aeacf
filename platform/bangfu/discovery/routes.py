"""The pages of discovery: one list per step, a new report, one report, one's own reports."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.discovery import forms, queries, rules, todo
from bangfu.discovery.actions import collect
from bangfu.discovery.compare_routes import COMPARING
from bangfu.discovery.follow_routes import FOLLOWING
from bangfu.discovery.labels import REPORT
from bangfu.discovery.measure_routes import MEASURES
from bangfu.discovery.pages import report_page
from bangfu.discovery.step_routes import STEPPING
from bangfu.discovery.unmasking import log_unmasking
from bangfu.divisions.queries import areas_for, villages_for
from bangfu.errors import N_, FormError
from bangfu.households.forms import key_of, read_unmask
from bangfu.households.labels import summary
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import FIELD, allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

FILTERS = ("step", "source", "urgent", "division", "late", "mine")


@get("/discovery", guards=[requires("discovery.read")])
async def list_reports(request: Request) -> Page:
    """The reports of one step (or all that wait), the next due first; the counts of every step stand above."""
    actor, at = request.actor, now()
    filters = {name: request.query_params.get(name, "").strip()[:24] for name in FILTERS}
    number = page_number(request.query_params.get("page"))
    offset = (number - 1) * PAGE_SIZE
    found, total = await queries.reports(actor, filters, at, PAGE_SIZE, offset)
    listing, areas = ListPage(number, total, "/discovery", filters), await areas_for(actor)
    counts = await queries.counts(actor, at)
    return await page(
        request, "discovery/list.html", reports=found, listing=listing, filters=filters, areas=areas,
        steps=_step_tabs(counts, filters["step"]), active=_active(listing, filters, dict(areas)),
        step=filters["step"] if filters["step"] in queries.STEP_CODES else "", counts=counts,
        may_report=allows(actor.roles, "discovery.report"),
    )  # fmt: skip


def _step_tabs(counts: Mapping[str, tuple[int, int]], step: str) -> list[dict[str, object]]:
    waiting = sum(counts.get(code, (0, 0))[0] for code in rules.OPEN)
    tabs: list[dict[str, object]] = [
        {"href": "/discovery", "label": i18n._("All that wait"), "count": waiting, "late": 0,
         "active": step not in queries.STEP_CODES}
    ]  # fmt: skip
    for code in queries.STEP_CODES:
        number, late = counts.get(code, (0, 0))
        tabs.append({
            "href": f"/discovery?step={code}", "label": i18n.word("report_status", code), "count": number,
            "late": late, "active": step == code,
        })  # fmt: skip
    return tabs


def _active(listing: ListPage, filters: Mapping[str, str], areas: Mapping[str, str]) -> list[dict[str, str]]:
    """The filters in force, beside the step, as chips that remove them."""
    words = {
        "source": (i18n._("Source"), i18n.word("report_source", filters["source"])),
        "urgent": (i18n._("Urgency"), i18n._("urgent")),
        "division": (i18n._("Area"), areas.get(filters["division"], filters["division"])),
        "late": (i18n._("Deadline"), i18n._("overdue")),
        "mine": (i18n._("Turn"), i18n._("mine")),
    }
    return [
        {"label": label, "value": value, "remove_href": ListPage(1, 0, listing.path, {**filters, name: ""}).href()}
        for name, (label, value) in words.items()
        if filters[name]
    ]


@get("/discovery/new", guards=[requires("discovery.report")])
async def new_report(request: Request) -> Page:
    """The short form for a signal."""
    return await _form_page(request, {"key": str(uuid4())}, [])


@post("/discovery/new", guards=[requires("discovery.report")], status_code=200)
async def file_report(request: Request) -> Page:
    """Take it in; a repeated post leads to the same report."""
    form, actor = Form.of(await request.form()), request.actor
    try:
        facts = forms.read_report(form, actor.roles, today())
        form.check()
        report = await collect(actor, key_of(form), facts, now())
    except FormError as error:
        return await _form_page(request, form, form.many("need_kinds"), error=error)
    await flash(request, "ok", N_("The report is taken in. Next: the station compares it with the register."))
    own = set(actor.roles) <= FIELD or facts.hotline_kind in rules.ABOUT_STAFF
    return go(request, "/my-reports" if own else f"/discovery/{report}")


async def _form_page(
    request: Request, form: Mapping[str, str], kinds: list[str], *, error: FormError | None = None
) -> Page:
    errors = error_texts(error.fields) if error else {}
    sources = [(code, i18n.word("report_source", code)) for code in forms.sources_for(request.actor.roles)]
    field_only = set(request.actor.roles) <= FIELD
    return await page(
        request, "discovery/new.html", 422 if error else 200, form=form, kinds=kinds, errors=errors,
        faults=summary(errors, REPORT), sources=sources, villages=await villages_for(request.actor),
        field_only=field_only,
    )  # fmt: skip


@get("/discovery/{report:uuid}", guards=[requires("discovery.read")])
async def show_report(request: Request, report: FromPath[UUID]) -> Page:
    """One report."""
    return await report_page(request, report)


@post("/discovery/{report:uuid}/unmask", guards=[requires("households.unmask")], status_code=200)
async def unmask_report(request: Request, report: FromPath[UUID]) -> Page:
    """Show the hidden values once, after the reason is logged."""
    await queries.report_for(request.actor, report)
    form = Form.of(await request.form())
    try:
        wish = read_unmask(form, ["contact"])
    except FormError as error:
        return await report_page(
            request, report, status=422, form=form, errors=error_texts(error.fields), tried="unmask"
        )
    await log_unmasking(request.actor, report, wish.reason, wish.text, now())
    return await report_page(request, report, reveal=True)


@get("/my-reports", guards=[requires("discovery.report")])
async def my_reports(request: Request) -> Page:
    """What one has reported, and where it stands; nothing about the households."""
    number = page_number(request.query_params.get("page"))
    found, total = await queries.own_reports(request.actor, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await page(request, "discovery/own.html", reports=found, listing=ListPage(number, total, "/my-reports", {}))


ROUTES = [
    list_reports, new_report, file_report, show_report, unmask_report, my_reports, *COMPARING, *STEPPING, *FOLLOWING,
    *MEASURES,
]  # fmt: skip
MENU = [
    MenuItem(14, "discovery", N_("Reports"), "/discovery", "discovery.read", "search", group="discovery", phone=4),
    MenuItem(
        15, "my_reports", N_("What I reported"), "/my-reports", "discovery.report", "edit", group="discovery", phone=8
    ),
    MenuItem(15, "measures", N_("Measures"), "/measures", "discovery.measures", "todo", group="discovery", phone=9),
]
TODO = [todo.todo]
