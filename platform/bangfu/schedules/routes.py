"""The calendar of published visits: week and day views, and what moves a visit."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.providers.roster_rules import week_of
from bangfu.schedules import hooks, moving, pages, replacing, rules, views
from bangfu.schedules.items import Item, visit_item
from bangfu.schedules.own_routes import MENU as OWN_MENU
from bangfu.schedules.own_routes import ROUTES as OWN
from bangfu.schedules.plan_routes import ROUTES as PLANS
from bangfu.schedules.plan_routes import todo
from bangfu.schedules.sides import check_plans, may_plan, may_see, side_of
from bangfu.schedules.stand_in_routes import ROUTES as STAND_INS
from bangfu.shared.clock import now, today
from bangfu.shared.i18n import told, words_of
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.web.paging import page_number
from bangfu.visits.making import CALL_OFF_REASONS

hooks.register()


@get("/schedule", guards=[requires("schedules.read")])
async def show_calendar(request: Request) -> Page:
    """A week of several carers or households, or a day with the ways between the visits."""
    day_view, homes = request.query_params.get("view") == "day", request.query_params.get("by") == "household"
    now_day = today()
    day = pages.asked_day(request, "day" if day_view else "week", now_day)
    monday = week_of(day)
    span = views.Span(day, 1) if day_view else views.Span(monday, 7)
    number = page_number(request.query_params.get("page"))
    keys, total = await (views.homes_of if homes else views.carers_of)(
        request.actor, span, views.ROWS, (number - 1) * views.ROWS
    )
    rows = await (views.by_home if homes else views.by_carer)(request.actor, keys, span)
    filters = {"view": "day" if day_view else "", "by": "household" if homes else ""}
    filters["day" if day_view else "week"] = day.isoformat() if day_view else monday.isoformat()
    names = await views.names_of({carer for row in rows for cell in row.cells for card in cell.cards
                                  for carer in card.item.carers})  # fmt: skip
    return await page(
        request, "schedules/calendar.html", rows=rows, homes=homes, day_view=day_view, day=day, names=names,
        listing=ListPage(number, total, "/schedule", filters, views.ROWS),
        plans=allows(request.actor.roles, "schedules.plan"), may_move=lambda item: may_plan(request.actor, item.task),
        day_before=day - timedelta(days=1), day_after=day + timedelta(days=1), **pages.around(monday, now_day),
    )  # fmt: skip


async def _item(request: Request, visit: UUID) -> Item:
    found = await visit_item(visit)
    if found is None or not may_see(request.actor, found.task):
        raise NotYours
    return found


@get("/schedule/visits/{visit:uuid}", guards=[requires("schedules.read")])
async def show_visit(request: Request, visit: FromPath[UUID]) -> Page:
    """One visit: when, who, what it fills, and the forms that move it."""
    return await _visit_page(request, await _item(request, visit))


async def _visit_page(request: Request, item: Item, status: int = 200, **more: Any) -> Page:
    actor = request.actor
    planner = may_plan(actor, item.task) and item.status == "planned"
    staff = await views.staff(await side_of(actor)) if planner else []
    others = await views.swappable(actor, item) if planner else []
    carers = {carer for each in (item, *others) for carer in each.carers}
    words = dict(words_of("call_off_reason"))
    return await page(
        request, "schedules/visit.html", status, item=item, planner=planner, staff=staff, others=others,
        names=await views.names_of(carers), full_names=actor.has("provider_manager", "station_dispatcher"),
        reasons=[(code, words[code]) for code in CALL_OFF_REASONS if code not in {"replanned", "task_ended"}],
        back=request.query_params.get("back", ""), day=rules.day_of(item.start), minute=rules.minute_of(item.start),
        **more,
    )  # fmt: skip


async def _acted(request: Request, visit: UUID, act: Any, done: str) -> Page:
    """Run an action on one's visit; what breaks is said on the visit's page, with the form kept."""
    item = await _item(request, visit)
    check_plans(request.actor, item)
    form, at = Form.of(await request.form()), now()
    try:
        await act(form, item, at)
    except FormError as error:
        return await _visit_page(request, item, 422, form=form, errors=error_texts(error.fields))
    except Refused as error:
        return await _visit_page(request, await _item(request, visit), 409, form=form, errors={"": told(error)})
    await flash(request, "ok", done, number=item.number)
    return go(request, pages.back_to(form, f"/schedule/visits/{visit}"))


@post("/schedule/visits/{visit:uuid}/move", guards=[requires("schedules.plan")], status_code=200)
async def move_visit(request: Request, visit: FromPath[UUID]) -> Page:
    """Another day, time or carer: the same form for the menu and for drag and drop."""

    async def act(form: Form, item: Item, at: datetime) -> None:
        start, carer = pages.read_start(form), pages.chosen(form, "carer")
        partner = pages.chosen(form, "partner") if "partner" in form else item.partner
        version = pages.read_version(form)
        form.check()
        assert start is not None  # noqa: S101 (checked)
        await moving.move(request.actor, visit, start, carer, partner, version, at)

    return await _acted(request, visit, act, N_("Visit {number} is moved; who is concerned has been told."))


@post("/schedule/visits/{visit:uuid}/swap", guards=[requires("schedules.plan")], status_code=200)
async def swap_visit(request: Request, visit: FromPath[UUID]) -> Page:
    """Change carers with another visit; both keep their times."""

    async def act(form: Form, item: Item, at: datetime) -> None:
        other, _, seen_version = form.text("other", most=60).partition(":")
        try:
            key, version = UUID(other), int(seen_version)
        except ValueError:
            raise FormError({"other": (N_("Please choose one of the list."), {})}) from None
        await moving.swap(request.actor, visit, key, pages.read_version(form), version, at)

    return await _acted(request, visit, act, N_("The carers of visit {number} and the other one are changed."))


@post("/schedule/visits/{visit:uuid}/pin", guards=[requires("schedules.plan")], status_code=200)
async def pin_visit(request: Request, visit: FromPath[UUID]) -> Page:
    """Make it a fixed appointment, or release it."""

    async def act(form: Form, item: Item, at: datetime) -> None:
        await moving.pin(request.actor, visit, fixed=form.yes("fixed"), version=pages.read_version(form), at=at)

    return await _acted(request, visit, act, N_("Visit {number} is saved."))


@post("/schedule/visits/{visit:uuid}/call-off", guards=[requires("schedules.plan")], status_code=200)
async def call_off_visit(request: Request, visit: FromPath[UUID]) -> Page:
    """Call it off with a reason; what it would have filled is due again."""

    async def act(form: Form, item: Item, at: datetime) -> None:
        text, version = form.text("remark", required=False, most=500), pages.read_version(form)
        form.check()
        await moving.call_off(request.actor, visit, form.get("reason", ""), text, version, at)

    return await _acted(
        request, visit, act, N_("Visit {number} is called off; what it would have filled is due again.")
    )


@get("/schedule/visits/{visit:uuid}/replacements", guards=[requires("schedules.plan")])
async def list_replacements(request: Request, visit: FromPath[UUID]) -> Page:
    """Who could stand in, ranked."""
    item = await _item(request, visit)
    check_plans(request.actor, item)
    offers = await replacing.offers(request.actor, visit, now()) if item.status == "planned" else []
    return await page(
        request, "schedules/replacements.html", item=item, offers=offers, names=await views.names_of(item.carers),
        back=request.query_params.get("back", ""), key=uuid4(),
    )  # fmt: skip


@post("/schedule/visits/{visit:uuid}/replace", guards=[requires("schedules.plan")], status_code=200)
async def replace_carer(request: Request, visit: FromPath[UUID]) -> Page:
    """Let somebody stand in, in one click."""

    async def act(form: Form, item: Item, at: datetime) -> None:
        carer = form.uuid("carer")
        version = pages.read_version(form)
        form.check()
        assert carer is not None  # noqa: S101 (checked)
        await replacing.take(request.actor, visit, carer, version, at)

    return await _acted(request, visit, act, N_("Visit {number} is given on; both have been told."))


ROUTES = [
    show_calendar, show_visit, move_visit, swap_visit, pin_visit, call_off_visit, list_replacements, replace_carer,
    *STAND_INS, *PLANS, *OWN,
]  # fmt: skip
MENU = [
    MenuItem(40, "schedule", N_("Calendar"), "/schedule", "schedules.read", "calendar", group="service", phone=4),
    *OWN_MENU,
]
TODO = [todo]
