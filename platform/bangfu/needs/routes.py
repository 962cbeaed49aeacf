"""The pages of needs: list, record, detail; the household's tab; and the search over households and needs."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.divisions.queries import areas_for
from bangfu.errors import N_, FormError, Refused
from bangfu.households import routes as household_pages
from bangfu.households import searching
from bangfu.households.labels import summary
from bangfu.households.queries import household_for, live_grounds, members
from bangfu.households.tabs import Tab, add_tab
from bangfu.needs import forms, leaving, merging, queries, recording, rules, todo
from bangfu.needs.decision_routes import DECISIONS
from bangfu.needs.emergency_routes import EMERGENCY
from bangfu.needs.facts import Wish
from bangfu.needs.items import offered_items
from bangfu.needs.labels import NEED
from bangfu.needs.pages import need_page
from bangfu.shared import i18n
from bangfu.shared.civil_time import format_windows
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

FILTERS = ("q", "status", "service", "priority", "division", "overdue", "mine")

leaving.register()
merging.register()
add_tab(Tab(10, "needs", N_("Needs"), "/households/{household}/needs", "needs.read"))


@get("/needs", guards=[requires("needs.read")])
async def list_needs(request: Request) -> Page:
    """The needs of one's area, the next due first; filters stand in the URL."""
    filters = {name: request.query_params.get(name, "").strip()[:64] for name in FILTERS}
    if searching.is_sensitive(filters["q"]):
        filters["q"] = ""
    number, at = page_number(request.query_params.get("page")), now()
    found, total = await queries.needs(request.actor, filters, at, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing, areas = ListPage(number, total, "/needs", filters), await areas_for(request.actor)
    return await page(
        request, "needs/list.html", needs=found, listing=listing, filters=filters, areas=areas, at=at,
        statuses=[
            *((state, i18n.word("need_status", state)) for state in rules.STATES),
            ("waiting", i18n._("waiting for somebody")), ("all", i18n._("All states")),
        ],
        active=_active(listing, filters, dict(areas)), may_need=allows(request.actor.roles, "needs.record"),
    )  # fmt: skip


def _active(listing: ListPage, filters: Mapping[str, str], areas: Mapping[str, str]) -> list[dict[str, str]]:
    """The filters in force as chips that remove them."""
    groups = {"all": i18n._("All states"), "waiting": i18n._("waiting for somebody")}
    status = groups.get(filters["status"]) or i18n.word("need_status", filters["status"])
    words = {
        "q": (i18n._("Name or number"), filters["q"]),
        "status": (i18n._("State"), status),
        "service": (i18n._("Service"), i18n.word("service", filters["service"])),
        "priority": (i18n._("Priority"), i18n.word("priority", filters["priority"])),
        "division": (i18n._("Area"), areas.get(filters["division"], filters["division"])),
        "overdue": (i18n._("Deadline"), i18n._("overdue")),
        "mine": (i18n._("Recorded by"), i18n._("me")),
    }
    return [
        {"label": label, "value": value, "remove_href": ListPage(1, 0, listing.path, {**filters, name: ""}).href()}
        for name, (label, value) in words.items()
        if filters[name]
    ]


@get("/households/{household:uuid}/needs", guards=[requires("needs.read")])
async def needs_of_household(request: Request, household: FromPath[UUID]) -> Page:
    """The tab of a household's page."""
    head = await household_pages.head_of(request, household, "needs")
    found = await queries.needs_of_household(request.actor, household)
    return await page(request, "needs/household.html", **head, needs=found)


@get("/needs/new", guards=[requires("needs.record")])
async def new_need(request: Request) -> Page:
    """The form for a need of a household; without a household the list of households opens."""
    try:
        household = UUID(request.query_params.get("household", ""))
    except ValueError:
        await flash(request, "info", N_("Choose the household first; its page has the button “Record a need”."))
        return go(request, "/households")
    shown = await household_for(request.actor, household)
    wish = f"wish:{shown.gender_wish}" if shown.gender_wish else ""
    first = {"key": str(uuid4()), "household": str(household), "sex_rule": wish, "language_wish": shown.language}
    service = request.query_params.get("service", "")
    return await _form_page(request, household, {**first, "service": service}, [])


@post("/needs/new", guards=[requires("needs.record")], status_code=200)
async def record_need(request: Request) -> Page:
    """Store it as a draft, or submit it at once."""
    form = Form.of(await request.form())
    household = form.uuid("household")
    if household is None:
        form.check()
        return go(request, "/households")
    await household_for(request.actor, household)
    try:
        wish = await _wish(form, household)
        key = form.uuid("key")
        form.check()
        need = await recording.record_need(request.actor, key or uuid4(), household, wish, now(), submit=_submits(form))
    except FormError as error:
        return await _form_page(request, household, form, form.many("windows"), error=error)
    await _said(request, form)
    return go(request, f"/needs/{need}")


@get("/needs/{need:uuid}/edit", guards=[requires("needs.record")])
async def edit_draft(request: Request, need: FromPath[UUID]) -> Page:
    """The form of a draft."""
    shown = await queries.need_for(request.actor, need)
    if shown.status != "draft":
        raise Refused(N_("Only a draft can be changed. What was submitted is rejected or cancelled and recorded anew."))
    ticked, rest = forms.ticked_of(shown.windows)
    rule = f"required:{shown.gender_required}" if shown.gender_required else ""
    present = {
        "household": str(shown.household), "version": str(shown.version), "service": shown.service,
        "person": str(shown.person or ""), "visits": str(shown.visits), "minutes": str(shown.minutes),
        "hours": format_windows(rest), "sex_rule": rule or (f"wish:{shown.gender_wish}" if shown.gender_wish else ""),
        "language_wish": shown.language_wish, "reason": shown.reason,
        "urgent": "yes" if shown.priority == "urgent" and not shown.emergency else "", "item": shown.item,
        "emergency": "yes" if shown.emergency else "",
    }  # fmt: skip
    return await _form_page(request, shown.household, present, ticked, need=need)


@post("/needs/{need:uuid}/edit", guards=[requires("needs.record")], status_code=200)
async def change_draft(request: Request, need: FromPath[UUID]) -> Page:
    """Store the changed draft, or submit it."""
    shown = await queries.need_for(request.actor, need)
    form = Form.of(await request.form())
    try:
        wish, version = await _wish(form, shown.household), form.whole("version")
        form.check()
        await recording.change_draft(request.actor, need, version or 0, wish, now(), submit=_submits(form))
    except FormError as error:
        return await _form_page(request, shown.household, form, form.many("windows"), error=error, need=need)
    await _said(request, form)
    return go(request, f"/needs/{need}")


@get("/needs/{need:uuid}", guards=[requires("needs.read")])
async def show_need(request: Request, need: FromPath[UUID]) -> Page:
    """One need: its state, who acts next until when, and the actions that the table allows this person."""
    return await need_page(request, need)


@get("/search", guards=[requires("search")])
async def search(request: Request) -> Page:
    """Search by name, pinyin, household or need number, phone tail; ID and phone numbers only by the form's POST."""
    query = request.query_params.get("q", "").strip()[:64]
    refused = searching.is_sensitive(query)
    return await _search_page(request, "" if refused else query, refused=refused)


@post("/search", guards=[requires("search")], status_code=200)
async def search_privately(request: Request) -> Page:
    """The same without the query in the address: a whole ID number or phone never stands in a URL or a log."""
    form = Form.of(await request.form())
    return await _search_page(request, form.get("q", "").strip()[:64])


async def _search_page(request: Request, query: str, *, refused: bool = False) -> Page:
    actor = request.actor
    found = await queries.needs_numbered(actor, query) if searching.is_number(query) else []
    hits = await searching.search(actor, query)
    asked = not query or searching.condition(query) is not None
    return await page(
        request, "households/search.html", query=query, hits=hits, needs=found, refused=refused or not asked,
        most=searching.MOST_HITS,
    )  # fmt: skip


def _submits(form: Form) -> bool:
    return form.get("do") == "submit"


async def _wish(form: Form, household: UUID) -> Wish:
    defaults = {service.code: service.minutes for service in await queries.services()}
    people = {member.id for member in await members(household, today())}
    return forms.read_wish(form, defaults, people, complete=_submits(form))


async def _items(service: str) -> list[tuple[str, str]]:
    """The items to choose from, those of the chosen service first."""
    found = sorted(await offered_items(), key=lambda item: (item.service != service, item.service, item.code))
    return [(item.code, item.label) for item in found]


async def _said(request: Request, form: Form) -> None:
    if _submits(form):
        await flash(request, "ok", N_("The need is submitted. Next: the township officer decides on it."))
    else:
        await flash(request, "ok", N_("The draft is saved. Nobody acts on it before you submit it."))


async def _form_page(
    request: Request, household: UUID, form: Mapping[str, str], ticked: list[str], *,
    error: FormError | None = None, need: UUID | None = None,
) -> Page:  # fmt: skip
    shown = await household_for(request.actor, household)
    people: list[tuple[str, Any]] = [
        (str(member.id), f"{member.name} · {i18n.word('relation', member.relation)}")
        for member in await members(household, today())
    ]
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "needs/form.html", 422 if error else 200, household=shown, form=form, ticked=ticked, people=people,
        services=await queries.services(), errors=errors, need=need, items=await _items(form.get("service", "")),
        grounds=await live_grounds(household, today()), faults=summary(errors, NEED),
    )  # fmt: skip


ROUTES = [
    list_needs, needs_of_household, new_need, record_need, edit_draft, change_draft, show_need, search,
    search_privately, *DECISIONS, *EMERGENCY,
]  # fmt: skip
MENU = [MenuItem(20, "needs", N_("Needs"), "/needs", "needs.read", "need", phone=6)]
TODO = [todo.todo]
