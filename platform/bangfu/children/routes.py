"""The pages of child files: list, open, the file with everything that is done on it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.children import actions, forms, queries, rules
from bangfu.children import assessed as _assessed  # noqa: F401 (it registers itself)
from bangfu.divisions.queries import areas_for
from bangfu.errors import N_, FormError
from bangfu.households import timeline
from bangfu.households.reading import note_read
from bangfu.households.routes import head_of
from bangfu.households.tabs import Tab, add_tab
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from bangfu.shared.i18n import _
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem, Todo, TodoCount
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage
from bangfu.supervision.todo import show_on_start

FILTERS = ("color", "division", "show")
READ, KEEP = "children.read", "children.keep"
Act = Callable[[Form, UUID, datetime], Awaitable[None]]

show_on_start("child.review", N_("Look at the colour again"))
show_on_start("child.contact", N_("Record a visit or call"))
add_tab(Tab(40, "children", N_("Children"), "/households/{household}/children", READ))
timeline.add_page("child_file", "/children/{}", READ)


@get("/children", guards=[requires(READ)])
async def list_children(request: Request) -> Page:
    """The minors of one's area, the highest risk first; filters stand in the URL."""
    filters = {name: request.query_params.get(name, "").strip()[:16] for name in FILTERS}
    number = page_number(request.query_params.get("page"))
    rows, total = await queries.children(request.actor, filters, today(), PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await page(
        request, "children/list.html", rows=rows, listing=ListPage(number, total, "/children", filters),
        filters=filters, areas=await areas_for(request.actor), counts=await queries.counts(request.actor, today()),
        may_keep=allows(request.actor.roles, KEEP),
    )  # fmt: skip


@get("/households/{household:uuid}/children", guards=[requires(READ)])
async def household_children(request: Request, household: FromPath[UUID]) -> Page:
    """The children of one household and their files."""
    head = await head_of(request, household, "children")
    rows = await queries.of_household(request.actor, household, today())
    return await page(request, "children/household.html", **head, rows=rows, may_keep=allows(request.actor.roles, KEEP))


@get("/households/{household:uuid}/children/{person:uuid}/open", guards=[requires(KEEP)])
async def new_file(request: Request, household: FromPath[UUID], person: FromPath[UUID]) -> Page:
    """The form that opens a child's file with its first colour."""
    return await _new_page(request, household, person, {"key": str(uuid4())}, [])


@post("/households/{household:uuid}/children/{person:uuid}/open", guards=[requires(KEEP)], status_code=200)
async def open_file(request: Request, household: FromPath[UUID], person: FromPath[UUID]) -> Page:
    """Open the file; a repeat leads to the same one."""
    await queries.person_for(request.actor, household, person)
    form = Form.of(await request.form())
    try:
        judgement = forms.read_judgement(form)
        file = await actions.open_file(request.actor, forms.key_of(form), person, judgement, now())
    except FormError as error:
        return await _new_page(request, household, person, form, form.many("areas"), error)
    await flash(request, "ok", N_("The child file is open. Next: guardians, school and a plan."))
    return go(request, f"/children/{file}")


@get("/children/{file:uuid}", guards=[requires(READ)])
async def show_file(request: Request, file: FromPath[UUID]) -> Page:
    """One child's file; opening that of a child under 14 is on record."""
    return await _show(request, file)


@post("/children/{file:uuid}/review", guards=[requires(KEEP)], status_code=200)
async def review(request: Request, file: FromPath[UUID]) -> Page:
    """Give the colour anew."""

    async def act(form: Form, key: UUID, at: datetime) -> None:
        judgement = forms.read_judgement(form)
        form.check()
        await actions.review(request.actor, file, key, judgement, at)

    return await _act(request, file, "review", act, N_("The colour and its basis are recorded."))


@post("/children/{file:uuid}/plan", guards=[requires(KEEP)], status_code=200)
async def write_plan(request: Request, file: FromPath[UUID]) -> Page:
    """A new version of the plan."""

    async def act(form: Form, key: UUID, at: datetime) -> None:
        goal, measures = form.text("goal", most=forms.MOST_WORDS), forms.read_measures(form)
        form.check()
        await actions.write_plan(request.actor, file, key, goal, measures, at)

    return await _act(request, file, "plan", act, N_("The plan is saved."))


@post("/children/{file:uuid}/measures/{measure:uuid}/done", guards=[requires(KEEP)], status_code=200)
async def finish_measure(request: Request, file: FromPath[UUID], measure: FromPath[UUID]) -> Page:
    """A line of the plan is done."""
    await actions.finish_measure(request.actor, file, measure, now())
    await flash(request, "ok", N_("The measure is done."))
    return go(request, f"/children/{file}")


@post("/children/{file:uuid}/school", guards=[requires(KEEP)], status_code=200)
async def record_school(request: Request, file: FromPath[UUID]) -> Page:
    """Where the child goes to school."""

    async def act(form: Form, _key: UUID, at: datetime) -> None:
        school, grade = form.text("school", most=80), form.text("grade", required=False, most=16)
        teacher = form.text("teacher", required=False, most=120)
        form.check()
        await actions.record_school(request.actor, file, school, grade, form.yes("boarding"), teacher, at)

    return await _act(request, file, "school", act, N_("The school is recorded."))


@post("/children/{file:uuid}/guardians", guards=[requires(KEEP)], status_code=200)
async def add_guardian(request: Request, file: FromPath[UUID]) -> Page:
    """One more guardian."""

    async def act(form: Form, key: UUID, at: datetime) -> None:
        guardian = forms.read_guardian(form)
        form.check()
        await actions.add_guardian(request.actor, file, key, guardian, at)

    return await _act(request, file, "guardian", act, N_("The guardian is recorded."))


@post("/children/{file:uuid}/guardians/{guardian:uuid}/end", guards=[requires(KEEP)], status_code=200)
async def end_guardian(request: Request, file: FromPath[UUID], guardian: FromPath[UUID]) -> Page:
    """The person has the child in care no more."""
    await actions.end_guardian(request.actor, file, guardian, now())
    await flash(request, "ok", N_("The guardian is not in charge any more."))
    return go(request, f"/children/{file}")


@post("/children/{file:uuid}/contacts", guards=[requires(KEEP)], status_code=200)
async def add_contact(request: Request, file: FromPath[UUID]) -> Page:
    """A visit, call or talk."""

    async def act(form: Form, key: UUID, at: datetime) -> None:
        kind, met_at = form.choice("kind", rules.CONTACT_KINDS), forms.read_meeting(form)
        what = form.text("what", most=forms.MOST_WORDS)
        form.check()
        assert met_at is not None  # noqa: S101 (checked with the form)
        await actions.add_contact(request.actor, file, key, kind, met_at, form.yes("child_seen"), what, at)

    return await _act(request, file, "contact", act, N_("The contact is recorded."))


@post("/children/{file:uuid}/close", guards=[requires(KEEP)], status_code=200)
async def close(request: Request, file: FromPath[UUID]) -> Page:
    """Close the file with a reason."""

    async def act(form: Form, _key: UUID, at: datetime) -> None:
        reason, text = form.choice("reason", rules.CLOSE_REASONS), form.text("close_text", required=False)
        form.check()
        await actions.close(request.actor, file, reason, text, at)

    return await _act(request, file, "close", act, N_("The child file is closed."))


@post("/children/{file:uuid}/reopen", guards=[requires(KEEP)], status_code=200)
async def reopen(request: Request, file: FromPath[UUID]) -> Page:
    """Open a closed file again."""

    async def act(form: Form, _key: UUID, at: datetime) -> None:
        text = form.text("reopen_text")
        form.check()
        await actions.reopen(request.actor, file, text, at)

    return await _act(request, file, "reopen", act, N_("The child file is open again; give the colour anew."))


async def _act(request: Request, file: UUID, part: str, act: Act, done: str) -> Page:
    """Fetch with the access check, act, go back; a fault shows the file with what was typed, that part open."""
    await queries.file_for(request.actor, file, today())
    form = Form.of(await request.form())
    try:
        await act(form, form.uuid("key", required=False) or uuid4(), now())
    except FormError as error:
        return await _show(request, file, part=part, form=form, areas=form.many("areas"), error=error)
    await flash(request, "ok", done)
    return go(request, f"/children/{file}")


async def _show(
    request: Request, file: UUID, *, part: str = "", form: Mapping[str, str] | None = None,
    areas: list[str] | None = None, error: FormError | None = None,
) -> Page:  # fmt: skip
    actor, day, at = request.actor, today(), now()
    shown = await queries.file_for(actor, file, day)
    if shown.child:
        await note_read(actor, shown.household, shown.person, "child", "child_file", at)
    keeps = allows(actor.roles, KEEP)
    return await page(
        request, "children/show.html", 422 if error else 200, file=shown, colors=await queries.colors(file),
        plan=await queries.plan(file), guardians=await queries.guardians(file), rules=rules, at=at, part=part,
        contacts=await queries.contacts(file), windows=await queries.windows(shown, day), today=day,
        events=timeline.shown(await timeline.events_of(file), own=str(file)), keys=[str(uuid4()) for _ in range(4)],
        keeps=keeps, possible=rules.MACHINE.actions_for(shown.status, actor.roles) if keeps else (), form=form or {},
        areas=areas or [], errors=error_texts(error.fields) if error else {},
    )  # fmt: skip


async def _new_page(
    request: Request, household: UUID, person: UUID, form: Mapping[str, str], areas: list[str],
    error: FormError | None = None,
) -> Page:  # fmt: skip
    member = await queries.person_for(request.actor, household, person)
    return await page(
        request, "children/new.html", 422 if error else 200, member=member, form=form, areas=areas,
        errors=error_texts(error.fields) if error else {},
    )  # fmt: skip


async def todo(actor: Actor, _at: datetime) -> Todo:
    """Children whose colour is to be looked at again, and red ones."""
    result = Todo()
    if allows(actor.roles, KEEP) and actor.scope:
        counts: dict[str, Any] = await queries.counts(actor, today())
        if counts["late"]:
            result.counts.append(TodoCount(_("Child reviews overdue"), counts["late"], "/children?show=late", "bad"))
        if counts["red"]:
            result.counts.append(TodoCount(_("Red children"), counts["red"], "/children?color=red", "bad"))
    return result


ROUTES = [
    list_children, household_children, new_file, open_file, show_file, review, write_plan, finish_measure,
    record_school, add_guardian, end_guardian, add_contact, close, reopen,
]  # fmt: skip
MENU = [MenuItem(18, "children", N_("Children"), "/children", READ, "person", group="register", phone=9)]
TODO = [todo]
