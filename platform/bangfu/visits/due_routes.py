"""The routes of what is due: for the office, for an organisation, for who serves; reasons and the township's word."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from bangfu.errors import N_, FormError, NotYours
from bangfu.households.timeline import add_page
from bangfu.shared import files, i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer, posted_scan
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem, Todo, TodoCount
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage
from bangfu.visits import due_excuses, due_pages, due_pauses, due_queries, due_shown
from bangfu.visits.due_excuse_rules import CODES, EXCUSE_STATES
from bangfu.visits.due_queries import View

due_pauses.register()
add_page("visit_excuse", "/excuses/{}", "visits.read")
_OFFICE, _ORG, _OWN = requires("visits.read"), requires("visits.organization"), requires("visits.own")


@get("/due", guards=[_OFFICE])
async def list_due(request: Request) -> Page:
    """What is due, at risk or missed in the actor's area."""
    return await due_pages.list_page(request, "scope")


@get("/org-due", guards=[_ORG])
async def list_org_due(request: Request) -> Page:
    """What is due, at risk or missed of the organisation's tasks."""
    return await due_pages.list_page(request, "organization")


@get("/my-due", guards=[_OWN])
async def list_my_due(request: Request) -> Page:
    """What is due, at risk or missed of one's own tasks."""
    return await due_pages.list_page(request, "own")


@get("/due/export/{kind:str}", guards=[_OFFICE])
async def export_due(request: Request, kind: FromPath[str]) -> Stream:
    """The list of the area as a file."""
    return await due_pages.list_file(request, "scope", kind)


@get("/org-due/export/{kind:str}", guards=[_ORG])
async def export_org_due(request: Request, kind: FromPath[str]) -> Stream:
    """The organisation's list as a file."""
    return await due_pages.list_file(request, "organization", kind)


@get("/due/{task:uuid}", guards=[_OFFICE])
async def show_due(request: Request, task: FromPath[UUID]) -> Page:
    """The due windows of a task."""
    return await due_pages.task_page(request, "scope", task)


@get("/org-due/{task:uuid}", guards=[_ORG])
async def show_org_due(request: Request, task: FromPath[UUID]) -> Page:
    """The due windows of one of the organisation's tasks."""
    return await due_pages.task_page(request, "organization", task)


@get("/my-due/{task:uuid}", guards=[_OWN])
async def show_my_due(request: Request, task: FromPath[UUID]) -> Page:
    """The due windows of one of one's own tasks."""
    return await due_pages.task_page(request, "own", task)


@post("/due/{task:uuid}/reason", guards=[requires("visits.desk")], status_code=200)
async def give_for(request: Request, task: FromPath[UUID]) -> Page:
    """The desk gives a reason for a carer without an account."""
    return await _give(request, "scope", task)


@post("/org-due/{task:uuid}/reason", guards=[_ORG], status_code=200)
async def give_org(request: Request, task: FromPath[UUID]) -> Page:
    """The organisation gives a reason."""
    return await _give(request, "organization", task)


@post("/my-due/{task:uuid}/reason", guards=[_OWN], status_code=200)
async def give_mine(request: Request, task: FromPath[UUID]) -> Page:
    """Who serves gives a reason."""
    return await _give(request, "own", task)


async def _give(request: Request, view: View, task: UUID) -> Page:
    head = await due_shown.head_for(request.actor, view, task)
    posted = await request.form()
    form = Form.of(posted)
    try:
        scan = await posted_scan(posted)
        await due_excuses.ask(request.actor, task, _reason(form, scan), now())
    except FormError as error:
        return await due_pages.task_page(request, view, task, 422, form=form, errors=error_texts(error.fields))
    message = N_("The reason for task {number} is given; the township decides and you are told.")
    await flash(request, "ok", message, number=head.number)
    return go(request, f"{due_pages.PATHS[view]}/{task}")


def _reason(form: Form, scan: files.Looked | None) -> due_excuses.Reason:
    key, window = form.uuid("key"), _instant(form)
    code, text = form.choice("code", CODES), form.text("remark", most=500)
    form.check()
    if key is None or window is None:
        raise NotYours
    return due_excuses.Reason(key, window, code, text, scan)


def _instant(form: Form) -> datetime | None:
    try:
        found = datetime.fromisoformat(form.get("window", ""))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        form.fault("window", N_("Please choose one of the list."))
        return None
    return found


@post("/due/{task:uuid}/reasons/{reason:uuid}/take-back", guards=[requires("visits.desk")], status_code=200)
async def take_back_for(request: Request, task: FromPath[UUID], reason: FromPath[UUID]) -> Page:
    """The desk takes its reason back."""
    return await _take_back(request, "scope", task, reason)


@post("/org-due/{task:uuid}/reasons/{reason:uuid}/take-back", guards=[_ORG], status_code=200)
async def take_back_org(request: Request, task: FromPath[UUID], reason: FromPath[UUID]) -> Page:
    """Whoever gave it for the organisation takes it back."""
    return await _take_back(request, "organization", task, reason)


@post("/my-due/{task:uuid}/reasons/{reason:uuid}/take-back", guards=[_OWN], status_code=200)
async def take_back_mine(request: Request, task: FromPath[UUID], reason: FromPath[UUID]) -> Page:
    """Who gave it takes it back."""
    return await _take_back(request, "own", task, reason)


async def _take_back(request: Request, view: View, task: UUID, reason: UUID) -> Page:
    await due_shown.head_for(request.actor, view, task)
    if reason not in {each["id"] for each in await due_shown.excuses_of(task)}:
        raise NotYours
    await due_excuses.take_back(request.actor, reason, now())
    await flash(request, "info", N_("The reason is taken back."))
    return go(request, f"{due_pages.PATHS[view]}/{task}")


@get("/excuses", guards=[_OFFICE])
async def list_excuses(request: Request) -> Page:
    """The reasons given in the actor's area; those that wait first."""
    number, state = page_number(request.query_params.get("page")), request.query_params.get("state", "asked")
    state = state if state in EXCUSE_STATES else ""
    rows, total = await due_shown.excuses(request.actor, state, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, "/excuses", {"state": state or "all"})
    tabs = [
        {"href": f"/excuses?state={code}", "label": label, "active": (state or "all") == code}
        for code, label in [*i18n.words_of("excuse_status"), ("all", i18n._("All"))]
    ]
    return await page(
        request,
        "visits/excuses.html",
        rows=rows,
        listing=listing,
        tabs=tabs,
        levels=due_pages.LEVELS,
        state=state,
        span_words=due_pages.span_words,
    )


@get("/excuses/{reason:uuid}", guards=[_OFFICE])
async def show_excuse(request: Request, reason: FromPath[UUID]) -> Page:
    """One reason, with the township's decision."""
    return await _excuse_page(request, reason)


async def _excuse_page(request: Request, reason: UUID, status: int = 200, **more: object) -> Page:
    plain = allows(request.actor.roles, "households.unmask")
    found = await due_shown.excuse_for(request.actor, reason, plain=plain)
    head = (await due_shown.heads([found["assignment"]]))[found["assignment"]]
    return await page(
        request, "visits/excuse.html", status, excuse=found, task=head, levels=due_pages.LEVELS, plain=plain,
        span_words=due_pages.span_words,
        may_decide=found["status"] == "asked" and allows(request.actor.roles, "visits.excuse"), **more,
    )  # fmt: skip


@post("/excuses/{reason:uuid}/decide", guards=[requires("visits.excuse")], status_code=200)
async def decide_excuse(request: Request, reason: FromPath[UUID]) -> Page:
    """The township confirms or refuses."""
    await due_shown.excuse_for(request.actor, reason, plain=False)
    form = Form.of(await request.form())
    verdict, text = form.choice("verdict", ("confirm", "refuse")), form.text("remark", required=False, most=500)
    try:
        form.check()
        await due_excuses.decide(request.actor, reason, confirm=verdict == "confirm", text=text, at=now())
    except FormError as error:
        return await _excuse_page(request, reason, 422, form=form, errors=error_texts(error.fields))
    await flash(request, "ok", N_("Decided; whoever gave the reason has been told."))
    return go(request, "/excuses")


@get("/excuses/{reason:uuid}/file", guards=[requires("visits.excuse")])
async def excuse_file(request: Request, reason: FromPath[UUID]) -> Response[bytes]:
    """The paper that came with a reason."""
    found = await due_shown.excuse_for(request.actor, reason, plain=False)
    if found["file"] is None:
        raise NotYours
    return file_answer(await files.opened(found["file"], "visit_excuse", reason), i18n._("Reason"))


ROUTES = [
    list_due, list_org_due, list_my_due, export_due, export_org_due, show_due, show_org_due, show_my_due, give_for,
    give_org, give_mine, take_back_for, take_back_org, take_back_mine, list_excuses, show_excuse, decide_excuse,
    excuse_file,
]  # fmt: skip
MENU = [
    MenuItem(42, "due", N_("Due visits"), "/due", "visits.read", "clock", group="service"),
    MenuItem(42, "org-due", N_("Due visits"), "/org-due", "visits.organization", "clock", group="service", phone=4),
    MenuItem(42, "my-due", N_("My due visits"), "/my-due", "visits.own", "clock", group="service", phone=6),
    MenuItem(42, "excuses", N_("Reasons for missed visits"), "/excuses", "visits.excuse", "clock",
             due_shown.waiting, group="service"),
]  # fmt: skip


async def todo(actor: Actor, at: datetime) -> Todo:
    """The live counts: due this week and not planned, at risk, missed; reasons that wait for the township."""
    found = Todo()
    for view, permission in (("organization", "visits.organization"), ("own", "visits.own"), ("scope", "visits.read")):
        if allows(actor.roles, permission):
            found.counts += await _counts(actor, view, at)  # type: ignore[arg-type]
            break
    if allows(actor.roles, "visits.excuse"):
        n = await due_shown.waiting(actor)
        found.counts.append(TodoCount(i18n._("Reasons to decide on"), n, "/excuses", "warn" if n else "neutral"))
    return found


async def _counts(actor: Actor, view: View, at: datetime) -> list[TodoCount]:
    base, answer = due_pages.PATHS[view], await due_queries.counts(actor, view, at)
    n = answer.value
    return [
        TodoCount(i18n._("Due this week, not planned"), n["week"], f"{base}?show=week&state=due",
                  "warn" if n["week"] else "neutral", answer.at),
        TodoCount(i18n._("Visits at risk this week"), n["risk"], f"{base}?show=risk",
                  "bad" if n["risk"] else "neutral", answer.at),
        TodoCount(i18n._("Visits missed in four weeks"), n["missed"], f"{base}?show=missed",
                  "bad" if n["missed"] else "neutral", answer.at),
    ]  # fmt: skip


TODO = [todo]
