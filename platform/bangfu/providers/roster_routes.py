"""When people are there: the roster of a week for who keeps it, one's own times for who serves."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.providers import roster_actions, roster_forms, roster_pages
from bangfu.providers import roster_people as seen
from bangfu.providers import roster_queries as queries
from bangfu.providers.feed_routes import ROUTES as FEED_ROUTES
from bangfu.providers.roster_people import Who
from bangfu.providers.signing_up_routes import MENU as SIGN_UP_MENU
from bangfu.providers.signing_up_routes import ROUTES as SIGN_UP_ROUTES
from bangfu.providers.signing_up_routes import TODO as SIGN_UP_TODO
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MOST_WAITING, MenuItem, Todo, TodoCount, TodoRow, rows_wanted
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

OWN = "/my-times"


@get("/roster", guards=[requires("roster.read")])
async def show_roster(request: Request) -> Page:
    """People by days of a week: the own organisation's, or the area's social workers and volunteers."""
    number, day = page_number(request.query_params.get("page")), today()
    monday = roster_pages.asked_week(request, day)
    people, total = await seen.people(request.actor, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await page(
        request, "providers/roster.html", rows=await queries.week_of(people, monday),
        waiting=await queries.leaves_waiting(request.actor),
        listing=ListPage(number, total, "/roster", {"week": monday.isoformat()}),
        full_names=request.actor.has(*roster_pages.ABOUT_LEAVE), **roster_pages.around(monday, day),
    )  # fmt: skip


@get("/roster/{carer:uuid}", guards=[requires("roster.read")])
async def show_person(request: Request, carer: FromPath[UUID]) -> Page:
    """One person's week, days and leave."""
    who = await seen.person_for(request.actor, carer)
    keeper = await seen.may_keep(request.actor, carer)
    return await roster_pages.person_page(request, who, f"/roster/{carer}", now(), keeper=keeper)


@get("/roster/{carer:uuid}/week", guards=[requires("roster.keep")])
async def edit_week(request: Request, carer: FromPath[UUID]) -> Page:
    """The form of the weekly times."""
    who = await seen.person_for(request.actor, carer, keep=True)
    return await roster_pages.week_page(request, who, f"/roster/{carer}")


@post("/roster/{carer:uuid}/week", guards=[requires("roster.keep")], status_code=200)
async def save_week(request: Request, carer: FromPath[UUID]) -> Page:
    """Replace the weekly times."""
    return await _save_week(request, await seen.person_for(request.actor, carer, keep=True), f"/roster/{carer}")


@post("/roster/{carer:uuid}/days", guards=[requires("roster.keep")], status_code=200)
async def enter_day(request: Request, carer: FromPath[UUID]) -> Page:
    """Enter a single day."""
    return await _enter_day(request, await seen.person_for(request.actor, carer, keep=True), f"/roster/{carer}")


@post("/roster/{carer:uuid}/days/{entry:uuid}/remove", guards=[requires("roster.keep")], status_code=200)
async def remove_day(request: Request, carer: FromPath[UUID], entry: FromPath[UUID]) -> Page:
    """Take a single day back."""
    who = await seen.person_for(request.actor, carer, keep=True)
    return await _remove_day(request, who, entry, f"/roster/{carer}")


@post("/roster/{carer:uuid}/leaves", guards=[requires("roster.keep")], status_code=200)
async def enter_leave(request: Request, carer: FromPath[UUID]) -> Page:
    """Enter a leave; it counts at once."""
    who = await seen.person_for(request.actor, carer, keep=True)
    return await _enter_leave(request, who, f"/roster/{carer}", keeper=True)


@post("/roster/{carer:uuid}/leaves/{leave:uuid}/approve", guards=[requires("roster.keep")], status_code=200)
async def approve_leave(request: Request, carer: FromPath[UUID], leave: FromPath[UUID]) -> Page:
    """Approve a leave."""
    who = await seen.person_for(request.actor, carer, keep=True)
    return await _decide(request, who, leave, "approve", f"/roster/{carer}")


@post("/roster/{carer:uuid}/leaves/{leave:uuid}/refuse", guards=[requires("roster.keep")], status_code=200)
async def refuse_leave(request: Request, carer: FromPath[UUID], leave: FromPath[UUID]) -> Page:
    """Refuse a leave, with a reason."""
    who = await seen.person_for(request.actor, carer, keep=True)
    return await _decide(request, who, leave, "refuse", f"/roster/{carer}")


@post("/roster/{carer:uuid}/leaves/{leave:uuid}/withdraw", guards=[requires("roster.keep")], status_code=200)
async def withdraw_leave(request: Request, carer: FromPath[UUID], leave: FromPath[UUID]) -> Page:
    """Take a leave back: the person is there after all."""
    who = await seen.person_for(request.actor, carer, keep=True)
    return await _decide(request, who, leave, "withdraw", f"/roster/{carer}")


@get("/my-times", guards=[requires("roster.own")])
async def my_times(request: Request) -> Page:
    """One's own week, days and leave."""
    who = await seen.myself(request.actor)
    return await roster_pages.person_page(request, who, OWN, now(), keeper=False, own=True)


@get("/my-times/week", guards=[requires("roster.own")])
async def edit_my_week(request: Request) -> Page:
    """The form of one's own weekly times."""
    return await roster_pages.week_page(request, await seen.myself(request.actor), OWN, own=True)


@post("/my-times/week", guards=[requires("roster.own")], status_code=200)
async def save_my_week(request: Request) -> Page:
    """Replace one's own weekly times."""
    return await _save_week(request, await seen.myself(request.actor), OWN)


@post("/my-times/days", guards=[requires("roster.own")], status_code=200)
async def enter_my_day(request: Request) -> Page:
    """Enter a single day of one's own."""
    return await _enter_day(request, await seen.myself(request.actor), OWN)


@post("/my-times/days/{entry:uuid}/remove", guards=[requires("roster.own")], status_code=200)
async def remove_my_day(request: Request, entry: FromPath[UUID]) -> Page:
    """Take a single day of one's own back."""
    return await _remove_day(request, await seen.myself(request.actor), entry, OWN)


@post("/my-times/leaves", guards=[requires("roster.own")], status_code=200)
async def ask_my_leave(request: Request) -> Page:
    """Ask for leave; a volunteer's counts at once."""
    return await _enter_leave(request, await seen.myself(request.actor), OWN, keeper=False)


@post("/my-times/leaves/{leave:uuid}/withdraw", guards=[requires("roster.own")], status_code=200)
async def withdraw_my_leave(request: Request, leave: FromPath[UUID]) -> Page:
    """Take one's own leave back."""
    return await _decide(request, await seen.myself(request.actor), leave, "withdraw", OWN)


async def _save_week(request: Request, who: Who, base: str) -> Page:
    form = Form.of(await request.form())
    try:
        windows = roster_forms.read_week(form)
        form.check()
        await roster_actions.set_week(request.actor, who, windows, now())
    except FormError as error:
        errors = error_texts(error.fields)
        return await roster_pages.week_page(request, who, base, own=base == OWN, status=422, form=form, errors=errors)
    await flash(request, "ok", N_("The weekly times are saved; the next match counts with them."))
    return go(request, base)


async def _enter_day(request: Request, who: Who, base: str) -> Page:
    form, at = Form.of(await request.form()), now()
    try:
        day = form.day("day", parse_date)
        there = form.choice("there", ("no", "yes"))
        spans = roster_forms.read_spans(form) if there == "yes" else []
        form.check()
        assert day is not None  # noqa: S101 (checked)
        await roster_actions.set_day(request.actor, who, day, spans, at)
    except FormError as error:
        return await _again(request, who, base, at, form, error)
    await flash(request, "ok", N_("The day is entered."))
    return go(request, base)


async def _remove_day(request: Request, who: Who, entry: UUID, base: str) -> Page:
    await roster_actions.clear_day(request.actor, who, entry, now())
    await flash(request, "ok", N_("The day is taken back; the weekly times count for it again."))
    return go(request, base)


async def _enter_leave(request: Request, who: Who, base: str, *, keeper: bool) -> Page:
    form, at = Form.of(await request.form()), now()
    try:
        wanted = roster_forms.read_leave(form)
        form.check()
        assert wanted is not None  # noqa: S101 (checked)
        await roster_actions.ask_leave(request.actor, who, wanted, at, keeper=keeper)
    except FormError as error:
        return await _again(request, who, base, at, form, error)
    waits = not keeper and who.kind != "volunteer"
    message = N_("The leave is asked for; the station decides.") if waits else N_("The leave is entered.")
    await flash(request, "ok", message)
    return go(request, base)


async def _decide(request: Request, who: Who, leave: UUID, decision: roster_actions.Decision, base: str) -> Page:
    form, at = Form.of(await request.form()), now()
    remark = form.text("remark", required=False)
    try:
        form.check()
        await roster_actions.decide_leave(request.actor, who, leave, decision, at, remark=remark)
    except FormError as error:
        return await _again(request, who, base, at, form, error)
    await flash(request, "ok", _DECIDED[decision])
    return go(request, base)


_DECIDED = {
    "approve": N_("The leave is approved."),
    "refuse": N_("The leave is refused; the person is told why."),
    "withdraw": N_("The leave is taken back."),
}


async def _again(request: Request, who: Who, base: str, at: datetime, form: Form, error: FormError) -> Page:
    own = base == OWN
    more: dict[str, Any] = {"form": form, "errors": error_texts(error.fields)}
    return await roster_pages.person_page(request, who, base, at, keeper=not own, own=own, status=422, **more)


async def _todo(actor: Actor, at: datetime) -> Todo:
    """Leave and sign-ups that wait for the station."""
    result, waiting = Todo(), await queries.leaves_waiting(actor, MOST_WAITING)
    if waiting:
        result.counts.append(TodoCount(i18n._("Leave to decide"), len(waiting), "/roster", "info", of="leave"))
    result.rows += [
        TodoRow(
            what=i18n.word("roster_event", "carer.leave_requested"), who=f"{leave.carer_number} {leave.carer_name}",
            href=f"/roster/{leave.carer}", button=i18n._("Decide on the leave"), since=leave.requested_at,
            of="leave",
        )
        for leave in waiting[: rows_wanted(8)]
    ]  # fmt: skip
    return result


ROUTES = [
    show_roster, show_person, edit_week, save_week, enter_day, remove_day, enter_leave, approve_leave, refuse_leave,
    withdraw_leave, my_times, edit_my_week, save_my_week, enter_my_day, remove_my_day, ask_my_leave, withdraw_my_leave,
    *FEED_ROUTES, *SIGN_UP_ROUTES,
]  # fmt: skip
MENU = [
    MenuItem(59, "roster", N_("Roster"), "/roster", "roster.read", "calendar", group="supply"),
    MenuItem(31, "my_times", N_("My times"), OWN, "roster.own", "clock", phone=3),
    *SIGN_UP_MENU,
]
TODO = [_todo, *SIGN_UP_TODO]
