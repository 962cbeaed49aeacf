"""The pages of supervision: one's tasks, the board of an area, the wall, a task by hand; further ones beside."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from litestar import get, post

from bangfu.divisions.queries import areas_for
from bangfu.errors import N_, FormError
from bangfu.shared import i18n
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage
from bangfu.supervision import actions, figures, forms, queries, todo
from bangfu.supervision.actions import BY_HAND, Timed
from bangfu.supervision.calendar import current_calendar, end_of_working_day
from bangfu.supervision.calendar_routes import CALENDAR
from bangfu.supervision.task_routes import TASK, areas_of
from bangfu.supervision.words import MANUAL_KINDS

FILTERS = ("when", "kind", "status", "unit", "division", "organization", "level", "view")
WORST = 6
MOST_HIGH = 12


@get("/supervision", guards=[requires("supervision.own")])
async def list_mine(request: Request) -> Page:
    """What one has to do until when, or the feedback that waits for one's check."""
    filters = _filters(request, ("when", "kind", "view"))
    number, at = page_number(request.query_params.get("page")), now()
    tasks, total = await queries.my_tasks(request.actor, filters, at, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, "/supervision", filters)
    return await page(
        request, "supervision/mine.html", tasks=tasks, listing=listing, filters=filters, at=at,
        counts=await figures.own_counts(request.actor, at), active=_active(listing, filters, {}),
        **_may(request),
    )  # fmt: skip


@get("/supervision/board", guards=[requires("supervision.board")])
async def board(request: Request) -> Page:
    """Every unit of the area: open, late, high levels, feedback that waits; numbers open their lists."""
    filters, at = _filters(request, ("kind", "division")), now()
    area = filters["division"] if filters["division"].isdecimal() else ""
    areas = await areas_for(request.actor)
    return await page(
        request, "supervision/board.html", filters=filters, areas=areas, at=at,
        sums=await figures.sums(request.actor, at, division=area),
        units=await figures.per_unit(request.actor, at, kind=filters["kind"], division=area),
        kinds=await figures.per_kind(request.actor, at, division=area),
        active=_active(ListPage(1, 0, "/supervision/board", filters), filters, dict(areas)), **_may(request),
    )  # fmt: skip


@get("/supervision/list", guards=[requires("supervision.board")])
async def list_board(request: Request) -> Page:
    """The tasks behind a number of the board."""
    filters = _filters(request, FILTERS[:-1])
    number, at = page_number(request.query_params.get("page")), now()
    tasks, total = await queries.board_tasks(request.actor, filters, at, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing, areas = ListPage(number, total, "/supervision/list", filters), await areas_for(request.actor)
    return await page(
        request, "supervision/list.html", tasks=tasks, listing=listing, filters=filters, areas=areas, at=at,
        active=_active(listing, filters, dict(areas)),
    )  # fmt: skip


@get("/supervision/wall", guards=[requires("supervision.wall")])
async def wall(request: Request) -> Page:
    """Large figures for leaders; with `auto` the browser asks again every minute, without any script."""
    at, auto = now(), request.query_params.get("auto") == "1"
    high, _total = await queries.board_tasks(request.actor, {"level": "2"}, at, MOST_HIGH, 0)
    units = await figures.per_unit(request.actor, at, limit=WORST)
    answer = await page(
        request, "supervision/wall.html", sums=await figures.sums(request.actor, at), high=high, at=at, auto=auto,
        units=[unit for unit in units if unit.late],
    )  # fmt: skip
    if auto:
        answer.headers["Refresh"] = "60"
    return answer


@get("/supervision/new", guards=[requires("supervision.close")])
async def new_task(request: Request) -> Page:
    """The form for a task by hand."""
    return await _form_page(request, {"key": str(uuid4()), "unit": "township", "days": "5"})


@post("/supervision/new", guards=[requires("supervision.close")], status_code=200)
async def issue_task(request: Request) -> Page:
    """Issue it; who has it is told."""
    form = Form.of(await request.form())
    at = now()
    try:
        key, kind = form.uuid("key"), form.choice("kind", MANUAL_KINDS)
        title, text = form.text("title", most=80), form.text("text", required=False, most=500)
        days = form.whole("days", least=1, most=120)
        to = await forms.read_unit(form, request.actor)
        form.check()
        key = key or uuid4()
        due = end_of_working_day(at, days or 1, await current_calendar())
        timed = Timed(
            kind=kind, subject_type=BY_HAND, subject=key, href="", division=to.division, due_at=due, unit=to.unit,
            organization=to.organization,
        )  # fmt: skip
        task = await actions.issue(request.actor, timed, title, at, text=text, key=key)
    except FormError as error:
        return await _form_page(request, form, error)
    await flash(request, "ok", N_("The task is issued; the unit has been told."))
    return go(request, f"/supervision/{task}")


async def _form_page(request: Request, form: Mapping[str, str], error: FormError | None = None) -> Page:
    return await page(
        request, "supervision/new.html", 422 if error else 200, form=form,
        errors=error_texts(error.fields) if error else {}, units=i18n.words_of("supervision_unit"),
        kinds=[(kind, i18n.word("timed_kind", kind)) for kind in MANUAL_KINDS], areas=await areas_of(request.actor),
        organizations=await queries.organizations_for(request.actor),
    )  # fmt: skip


def _filters(request: Request, names: tuple[str, ...]) -> dict[str, str]:
    return {name: request.query_params.get(name, "").strip()[:40] for name in names}


def _may(request: Request) -> dict[str, bool]:
    roles = request.actor.roles
    return {
        "may_issue": allows(roles, "supervision.close"),
        "may_board": allows(roles, "supervision.board"),
        "may_wall": allows(roles, "supervision.wall"),
        "may_calendar": allows(roles, "calendar.manage"),
    }


def _active(listing: ListPage, filters: Mapping[str, str], areas: Mapping[str, str]) -> list[dict[str, str]]:
    """The filters in force as chips that remove them."""
    words = {
        "when": (i18n._("Deadline"), i18n.word("supervision_when", filters.get("when", ""))),
        "kind": (i18n._("Matter"), i18n.word("timed_kind", filters.get("kind", ""))),
        "status": (i18n._("State"), i18n.word("supervision_status", filters.get("status", ""))),
        "unit": (i18n._("Responsible unit"), i18n.word("supervision_unit", filters.get("unit", ""))),
        "division": (i18n._("Area"), areas.get(filters.get("division", ""), filters.get("division", ""))),
        "organization": (i18n._("Organisation"), i18n._("one organisation")),
        "level": (i18n._("Urging level from"), filters.get("level", "")),
    }
    return [
        {"label": label, "value": value, "remove_href": ListPage(1, 0, listing.path, {**filters, name: ""}).href()}
        for name, (label, value) in words.items()
        if filters.get(name)
    ]


ROUTES: list[Any] = [list_mine, board, list_board, wall, new_task, issue_task, *TASK, *CALENDAR]
MENU = [
    MenuItem(60, "supervision", N_("Timed tasks"), "/supervision", "supervision.own", "clock", group="supervision"),
    MenuItem(
        61,
        "supervision_board",
        N_("Supervision board"),
        "/supervision/board",
        "supervision.board",
        "quality",
        group="supervision",
        phone=7,
    ),
    MenuItem(79, "calendar", N_("Working days"), "/calendar", "calendar.manage", "calendar", group="basis"),
]
TODO = [todo.todo]
