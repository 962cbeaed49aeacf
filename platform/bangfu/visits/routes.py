"""The lists of visits: the office's, the organisation's with a page for each, the tab of a household."""

from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Stream

from bangfu.divisions.queries import areas_for
from bangfu.errors import N_
from bangfu.households import routes as household_pages
from bangfu.households.head_facts import HeadFact, add_head_fact
from bangfu.households.tabs import Tab, add_tab
from bangfu.needs.catalogue import WORDS as SERVICES
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, parse_date
from bangfu.shared.clock import today
from bangfu.shared.masking_filters import shown_time
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import stream_list
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage
from bangfu.visits import household_words, list_org, list_queries
from bangfu.visits.due_queries import View
from bangfu.visits.life_rules import EVIDENCE
from bangfu.visits.list_queries import STATES, Sought

add_tab(Tab(28, "visits", N_("Home visits"), "/households/{household}/visits", "visits.read"))
PATHS: Final[Mapping[str, str]] = {"scope": "/visits", "organization": "/org-visits"}
FILTERS: Final = ("state", "week", "service", "evidence", "carer", "number", "division")


@get("/visits", guards=[requires("visits.read")])
async def list_visits(request: Request) -> Page:
    """The visits of a week in the actor's area."""
    return await _list(request, "scope")


@get("/org-visits", guards=[requires("visits.organization")])
async def list_org_visits(request: Request) -> Page:
    """The organisation's visits of a week."""
    return await _list(request, "organization")


@get("/visits/export/{kind:str}", guards=[requires("visits.read")])
async def export_visits(request: Request, kind: FromPath[str]) -> Stream:
    """The list of the area as a file."""
    return await _file(request, "scope", kind)


@get("/org-visits/export/{kind:str}", guards=[requires("visits.organization")])
async def export_org_visits(request: Request, kind: FromPath[str]) -> Stream:
    """The organisation's list as a file."""
    return await _file(request, "organization", kind)


def sought_of(request: Request, view: View) -> tuple[Sought, dict[str, str]]:
    """The filters from the address; anything odd falls back, an unreadable week is this one."""
    typed = {name: request.query_params.get(name, "").strip()[:40] for name in FILTERS}
    monday = _monday(typed["week"])
    filters = {
        "state": typed["state"] if typed["state"] in STATES else "all",
        "week": monday.isoformat(),
        "service": typed["service"] if typed["service"] in SERVICES["service"] else "",
        "evidence": typed["evidence"] if typed["evidence"] in EVIDENCE else "",
        "carer": typed["carer"] if _uuid(typed["carer"]) else "",
        "number": typed["number"].upper(),
        "division": typed["division"][:12] if view == "scope" and typed["division"].isdigit() else "",
    }
    sought = Sought(
        monday, filters["state"], filters["service"], filters["evidence"], _uuid(filters["carer"]), filters["number"],
        filters["division"],
    )  # fmt: skip
    return sought, filters


def _monday(text: str) -> date:
    try:
        day = parse_date(text) if text else today()
    except ValueError:
        day = today()
    if not 2000 <= day.year <= 2100:
        day = today()
    return day - timedelta(days=day.weekday())


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


async def _list(request: Request, view: View) -> Page:
    sought, filters = sought_of(request, view)
    number = page_number(request.query_params.get("page"))
    rows, total = await list_queries.visits(request.actor, view, sought, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing, counts = (
        ListPage(number, total, PATHS[view], filters),
        await list_queries.state_counts(request.actor, view, sought),
    )
    areas = await areas_for(request.actor) if view == "scope" else []
    carers = await list_org.carers_of(request.actor) if view == "organization" else []
    return await page(
        request, "visits/list.html", rows=rows, said=await household_words.of([row.id for row in rows]),
        listing=listing, filters=filters, view=view, base=PATHS[view],
        tabs=[
            {"href": listing.href(1, state=tab), "label": i18n.word("visit_list", tab), "count": counts[tab],
             "active": tab == sought.state}
            for tab in STATES
        ],
        active=_active(listing, filters, dict(areas), dict(carers)), areas=areas, carers=carers,
        evidence=[(code, i18n.word("evidence_class", code)) for code in EVIDENCE], monday=sought.monday,
        sunday=sought.monday + timedelta(days=6), this_week=_monday(""),
        before=listing.href(1, week=(sought.monday - timedelta(days=7)).isoformat()),
        after=listing.href(1, week=(sought.monday + timedelta(days=7)).isoformat()),
    )  # fmt: skip


def _active(
    listing: ListPage, filters: Mapping[str, str], areas: Mapping[str, str], carers: Mapping[str, str]
) -> list[dict[str, str]]:
    shown = {
        "division": (i18n._("Area"), areas.get(filters["division"], filters["division"])),
        "service": (i18n._("Service"), i18n.word("service", filters["service"])),
        "evidence": (i18n._("Class of evidence"), i18n.word("evidence_class", filters["evidence"])),
        "carer": (i18n._("Carer"), carers.get(filters["carer"], filters["carer"][:8])),
        "number": (i18n._("Number"), filters["number"]),
    }
    return [
        {"label": label, "value": value, "remove_href": listing.href(1, **{name: ""})}
        for name, (label, value) in shown.items()
        if filters[name]
    ]


async def _file(request: Request, view: View, kind: str) -> Stream:
    sought, _filters = sought_of(request, view)
    titles = [
        i18n._("Number"), i18n._("State"), i18n._("Service"), i18n._("Task"), i18n._("Household"), i18n._("Township"),
        i18n._("Village"), i18n._("Planned for"), i18n._("Began"), i18n._("Ended"), i18n._("Organisation"),
        i18n._("Carer"), i18n._("Class of evidence"),
    ]  # fmt: skip

    async def parts() -> AsyncIterator[list[list[object]]]:
        async for rows in list_queries.visit_parts(request.actor, view, sought):
            yield [_cells(one, view) for one in rows]

    return await stream_list(titles, parts(), f"{i18n._('Home visits')} {sought.monday.isoformat()}", kind)


def _cells(one: list_queries.VisitRow, view: View) -> list[object]:
    return [
        one.number, i18n.word("visit_status", one.status), i18n.word("service", one.service), one.task_number,
        one.household_number if view == "scope" else "", one.township, one.village, shown_time(one.planned_start),
        shown_time(one.started_at), shown_time(one.ended_at), one.organization_name,
        f"{one.carer_number} {one.carer_name}", i18n.word("evidence_class", one.evidence),
    ]  # fmt: skip


@get("/households/{household:uuid}/visits", guards=[requires("visits.read")])
async def household_visits(request: Request, household: FromPath[UUID]) -> Page:
    """A household's visits, the latest first."""
    head = await household_pages.head_of(request, household, "visits")
    number = page_number(request.query_params.get("page"))
    sought = Sought(today(), household=household)
    rows, total = await list_queries.visits(request.actor, "scope", sought, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, f"/households/{household}/visits", {})
    said = await household_words.of([row.id for row in rows])
    return await page(request, "visits/household.html", **head, rows=rows, said=said, listing=listing)


async def next_visit(actor: Actor, household: UUID, at: datetime) -> HeadFact | None:
    """The household's next visit, for the head of its page."""
    if not allows(actor.roles, "visits.read"):
        return None
    found = await list_queries.next_of(household, at)
    if found is None:
        return None
    late = civil_date(found.planned_start) == civil_date(at)
    text = i18n._(
        "Next visit: {when}, {service}",
        when=shown_time(found.planned_start),
        service=i18n.word("service", found.service),
    )
    return HeadFact(text, "info" if late else "neutral")


add_head_fact(next_visit)
ROUTES = [
    list_visits, list_org_visits, export_visits, export_org_visits, household_visits, *list_org.ROUTES,
]  # fmt: skip
MENU = [
    MenuItem(41, "visits", N_("Home visits"), "/visits", "visits.read", "visit", group="service"),
    MenuItem(41, "org-visits", N_("Home visits"), "/org-visits", "visits.organization", "visit", group="service",
             phone=3),
]  # fmt: skip
TODO: list[Any] = []
