"""Plans: asking for one, its draft in week and day views, changes by hand, publication."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.planning.faults import Listed
from bangfu.providers.roster_rules import week_of
from bangfu.schedules import draft_moving, drafting, pages, publishing, refusing, rules, views
from bangfu.schedules.sides import Side, side_of
from bangfu.schedules.tables import VisitPlanRow
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.i18n import told
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import Todo, TodoCount, TodoRow
from bangfu.shared.web.pages import Page, Request, error_texts, fragment, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

BASE = "/schedule/plans"
NINE = 540
"""What the form proposes where a visit has no time yet."""
_ONE = f"{BASE}/{{plan:uuid}}"


@get(BASE, guards=[requires("schedules.plan")])
async def list_plans(request: Request) -> Page:
    """The plans of one's side, newest first, and the form for the next."""
    return await _list_page(request)


async def _list_page(request: Request, status: int = 200, **more: Any) -> Page:
    number = page_number(request.query_params.get("page"))
    found = await views.plans(request.actor, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, found[0].total if found else 0, BASE, {})
    return await page(
        request, "schedules/plans.html", status, plans=found, listing=listing, key=uuid4(),
        tomorrow=today() + timedelta(days=1), **more,
    )  # fmt: skip


@post(BASE, guards=[requires("schedules.plan")], status_code=200)
async def start_plan(request: Request) -> Page:
    """Ask for a calendar of four weeks."""
    form = Form.of(await request.form())
    try:
        first, key = form.day("first", parse_date), form.uuid("key")
        seconds = form.whole("time_limit", least=drafting.LEAST_SECONDS, most=drafting.MOST_SECONDS)
        form.check()
        assert first is not None  # noqa: S101 (checked)
        plan = await drafting.start(request.actor, key or uuid4(), first, seconds or 60, now())
    except FormError as error:
        return await _list_page(request, 422, form=form, errors=error_texts(error.fields))
    except Refused as error:
        return await _list_page(request, 409, form=form, errors={"": told(error)})
    return go(request, f"{BASE}/{plan}")


@get(_ONE, guards=[requires("schedules.plan")])
async def show_plan(request: Request, plan: FromPath[UUID]) -> Page:
    """Progress while it is made; then the draft with its weeks, what has no place, and why."""
    return await _plan_page(request, await views.plan_for(request.actor, plan))


async def _plan_page(request: Request, found: views.PlanView, status: int = 200, **more: Any) -> Page:
    if found.under_way or found.status == "failed" or not found.finished_at:
        return await page(request, "schedules/plan_progress.html", status, plan=found, **more)
    homes = request.query_params.get("by") == "household"
    day_view = request.query_params.get("view") == "day"
    day = pages.asked_day(request, "day" if day_view else "week", found.first)
    monday = week_of(day)
    span = views.Span(day, 1) if day_view else views.Span(monday, 7)
    number = page_number(request.query_params.get("page"))
    rows, total = await views.of_plan(found.id, span, number, homes=homes)
    filters = {"view": "day" if day_view else "", "by": "household" if homes else ""}
    filters["day" if day_view else "week"] = day.isoformat() if day_view else monday.isoformat()
    carers = {carer for row in rows for cell in row.cells for card in cell.cards for carer in card.item.carers}
    conflicted = {UUID(carer) for group in found.conflicts for carer in group["carers"]}
    return await page(
        request, "schedules/plan.html", status, plan=found, rows=rows, homes=homes, day_view=day_view, day=day,
        names=await views.names_of(carers | conflicted), listing=ListPage(number, total, f"{BASE}/{found.id}", filters,
        views.ROWS), lacking=await views.without_place(found.id), rules_told=_rules_told, uuid=UUID,
        date_of=lambda number: found.first + timedelta(days=number), day_before=day - timedelta(days=1),
        day_after=day + timedelta(days=1), may_move=lambda item: found.status == "draft",
        **pages.around(monday, today()), **more,
    )  # fmt: skip


def _rules_told(codes: list[str]) -> str:
    return str(Listed("calendar_rule", codes))


@get(f"{_ONE}/progress", guards=[requires("schedules.plan")])
async def plan_progress(request: Request, plan: FromPath[UUID]) -> Page:
    """The progress box, asked for every second; the page once it is over."""
    found = await views.plan_for(request.actor, plan)
    if not found.under_way:
        return go(request, f"{BASE}/{plan}")
    return fragment(request, "schedules/_progress.html", plan=found)


@post(f"{_ONE}/cancel", guards=[requires("schedules.plan")], status_code=200)
async def cancel_plan(request: Request, plan: FromPath[UUID]) -> Page:
    """Stop it, or drop the draft."""
    found = await views.plan_for(request.actor, plan)
    try:
        await drafting.cancel(request.actor, plan, now())
    except Refused as error:
        return await _plan_page(request, found, 409, errors={"": told(error)})
    await flash(request, "ok", N_("Calendar {number} is dropped; published visits stay."), number=found.number)
    return go(request, BASE)


@get(f"{_ONE}/publish", guards=[requires("schedules.plan")])
async def confirm_publish(request: Request, plan: FromPath[UUID]) -> Page:
    """What publication does, before it is done."""
    found = await views.plan_for(request.actor, plan)
    if found.status != "draft":
        return go(request, f"{BASE}/{plan}")
    return await page(request, "schedules/publish.html", plan=found)


@post(f"{_ONE}/publish", guards=[requires("schedules.plan")], status_code=200)
async def publish_plan(request: Request, plan: FromPath[UUID]) -> Page:
    """Make and move the visits, tell everybody once."""
    found = await views.plan_for(request.actor, plan)
    try:
        counts = await publishing.publish(request.actor, plan, now())
    except Refused as error:
        return await _plan_page(request, found, 409, errors={"": told(error)})
    await flash(
        request, "ok", N_("Calendar {number} is published: {new} visits made, {moved} moved, {left} left out."),
        number=found.number, new=counts["new"], moved=counts["moved"], left=counts["left"],
    )  # fmt: skip
    return go(request, f"/schedule?week={week_of(found.first)}")


async def _row(plan: views.PlanView, row: UUID) -> VisitPlanRow:
    found = await VisitPlanRow.objects().get(VisitPlanRow.id == row)
    if found is None or found.plan != plan.id:
        raise NotYours
    return found


@get(f"{_ONE}/rows/{{row:uuid}}", guards=[requires("schedules.plan")])
async def show_row(request: Request, plan: FromPath[UUID], row: FromPath[UUID]) -> Page:
    """One visit of a draft with the form that moves it."""
    found = await views.plan_for(request.actor, plan)
    return await _row_page(request, found, await _row(found, row))


async def _row_page(request: Request, plan: views.PlanView, row: VisitPlanRow, status: int = 200, **more: Any) -> Page:
    item = await draft_moving.item_of(row)
    side = Side(plan.organization, plan.division)
    return await page(
        request, "schedules/plan_row.html", status, plan=plan, row=row, item=item,
        staff=await views.staff(side) if plan.status == "draft" else [], names=await views.names_of(item.carers),
        day=max(rules.day_of(item.start), plan.first), minute=rules.minute_of(item.start) if row.start else NINE,
        back=request.query_params.get("back", ""), **more,
    )  # fmt: skip


@post(f"{_ONE}/rows/{{row:uuid}}", guards=[requires("schedules.plan")], status_code=200)
async def move_row(request: Request, plan: FromPath[UUID], row: FromPath[UUID]) -> Page:
    """Another day, time or carer for a visit of a draft."""
    found = await views.plan_for(request.actor, plan)
    known = await _row(found, row)
    form, at = Form.of(await request.form()), now()
    try:
        start, carer = pages.read_start(form), pages.chosen(form, "carer")
        partner = pages.chosen(form, "partner") if "partner" in form else known.partner
        version = pages.read_version(form)
        form.check()
        assert start is not None  # noqa: S101 (checked)
        await draft_moving.move_row(request.actor, plan, row, start, carer, partner, version, at)
    except FormError as error:
        return await _row_page(request, found, known, 422, form=form, errors=error_texts(error.fields))
    except Refused as error:
        return await _row_page(request, found, await _row(found, row), 409, form=form, errors={"": told(error)})
    await flash(request, "ok", N_("The draft is changed; nothing is published yet."))
    return go(request, pages.back_to(form, f"{BASE}/{plan}"))


@post("/schedule/refusals/{refusal:uuid}/keep", guards=[requires("planning.run")], status_code=200)
async def keep_as_is(request: Request, refusal: FromPath[UUID]) -> Page:
    """The dispatcher leaves a task without a calendar where it is."""
    await refusing.keep(request.actor, refusal, now())
    await flash(request, "ok", N_("The task stays as it is; the next calendar tries again."))
    return go(request, "/match/returned")


async def todo(actor: Actor, at: datetime) -> Todo:
    """Drafts that wait for their planner, and tasks without a calendar for the dispatcher."""
    result = Todo()
    if allows(actor.roles, "schedules.plan"):
        try:
            await side_of(actor)
        except NotAllowed:
            return result
        drafts = [plan for plan in await views.plans(actor, 5, 0) if plan.status == "draft"]
        result.rows += [
            TodoRow(
                what=i18n._("Review and publish calendar {number}").format(number=plan.number), who=plan.side_name,
                href=f"{BASE}/{plan.id}", button=i18n._("Review the draft"), since=plan.finished_at,
            )
            for plan in drafts
        ]  # fmt: skip
    if allows(actor.roles, "planning.run") and (lacking := await refusing.open_refusals(actor)):
        result.counts.append(
            TodoCount(i18n._("Tasks without a calendar"), len(lacking), "/match/returned#lacking", "warn")
        )
    return result


ROUTES = [
    list_plans, start_plan, show_plan, plan_progress, cancel_plan, confirm_publish, publish_plan, show_row, move_row,
    keep_as_is,
]  # fmt: skip
