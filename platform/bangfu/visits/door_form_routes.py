"""The checklists of visits as versioned data: a bureau officer drafts and submits, a lead publishes (DOMAIN.md 5.5)."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.catalogue import queries, rules, versions
from bangfu.catalogue.forms import read_reason, read_valid_from
from bangfu.errors import N_, FormError, Refused
from bangfu.needs.tables import Service
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem, Todo, TodoCount
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.visits import door_checklists, door_rules
from bangfu.visits.door_checklists import KIND, lines_of
from bangfu.visits.door_form_reading import EMPTY_LINES, present, read_lines, read_version
from bangfu.visits.door_tables import VisitForm

Act = Callable[[Form], Awaitable[None]]


@get("/checklists", guards=[requires("catalogue.read")])
async def list_checklists(request: Request) -> Page:
    """The checklists in force and those that are being prepared."""
    by_code: dict[str, list[Any]] = {}
    for row in await VisitForm.objects().order_by(VisitForm.code).order_by(VisitForm.version):
        by_code.setdefault(row.code, []).append(row)
    rows = [
        (rules.in_force(found, today()), next((row for row in found if row.status in {"draft", "submitted"}), None))
        for found in by_code.values()
    ]
    return await page(
        request, "door/checklists.html", rows=[pair for pair in rows if any(pair)], lines_of=lines_of,
        may_edit=allows(request.actor.roles, "catalogue.edit"),
    )  # fmt: skip


@get("/checklists/new", guards=[requires("catalogue.edit")])
async def new_checklist(request: Request) -> Page:
    """The form of a checklist with a new code."""
    return await _form_page(request, {"key": str(uuid4())}, [], None)


@post("/checklists/new", guards=[requires("catalogue.edit")], status_code=200)
async def draft_checklist(request: Request) -> Page:
    """Keep the first version of a new code as a draft."""
    form = Form.of(await request.form())
    lines = read_lines(form)
    try:
        code, key = form.text("code", most=24).upper(), form.uuid("key", required=False) or uuid4()
        if code and not code.replace("-", "").isalnum():
            form.fault("code", N_("Use letters, digits and hyphens only."))
        if code and await VisitForm.exists().where((VisitForm.code == code) & (VisitForm.id != key)):
            form.fault("code", N_("This code is taken."))
        values = await read_version(form, lines)
        version = await versions.draft(request.actor, KIND, key, code, values, now())
    except FormError as error:
        return await _form_page(request, form, lines, None, error)
    await flash(request, "ok", N_("The draft is saved. It counts after somebody else has published it."))
    return go(request, f"/checklists/{version}")


@get("/checklists/{version:uuid}", guards=[requires("catalogue.read")])
async def show_checklist(request: Request, version: FromPath[UUID]) -> Page:
    """One version with its lines, and what this person may do with it."""
    return await _show(request, version)


@get("/checklists/{version:uuid}/edit", guards=[requires("catalogue.edit")])
async def edit_checklist(request: Request, version: FromPath[UUID]) -> Page:
    """The form of a draft; of a published version the form of the next one."""
    row = await versions.version_for(KIND, version)
    _check_editable(row)
    form = present(row) | {"key": str(uuid4()), "row_version": str(row.row_version)}
    return await _form_page(request, form, lines_of(row), row)


@post("/checklists/{version:uuid}/edit", guards=[requires("catalogue.edit")], status_code=200)
async def change_checklist(request: Request, version: FromPath[UUID]) -> Page:
    """Keep the draft; out of a published version the next one is made."""
    row = await versions.version_for(KIND, version)
    _check_editable(row)
    form = Form.of(await request.form())
    lines = read_lines(form)
    try:
        values = await read_version(form, lines)
        if row.status == "draft":
            known = form.whole("row_version")
            form.check()
            await versions.change(request.actor, KIND, version, known or 0, values, now())
        else:
            key = form.uuid("key", required=False) or uuid4()
            version = await versions.draft(request.actor, KIND, key, row.code, values, now())
    except FormError as error:
        return await _form_page(request, form, lines, row, error)
    await flash(request, "ok", N_("The draft is saved. It counts after somebody else has published it."))
    return go(request, f"/checklists/{version}")


@post("/checklists/{version:uuid}/submit", guards=[requires("catalogue.edit")], status_code=200)
async def submit_checklist(request: Request, version: FromPath[UUID]) -> Page:
    """draft -> submitted."""

    async def act(_: Form) -> None:
        await versions.submit(request.actor, KIND, version, now())

    return await _decide(
        request, version, "submit", act, N_("The version is submitted. Next: a bureau lead publishes it.")
    )


@post("/checklists/{version:uuid}/publish", guards=[requires("catalogue.publish")], status_code=200)
async def publish_checklist(request: Request, version: FromPath[UUID]) -> Page:
    """submitted -> published."""

    async def act(form: Form) -> None:
        await versions.publish(request.actor, KIND, version, read_valid_from(form), today(), now())

    return await _decide(
        request, version, "publish", act, N_("The version is published; from its first day on it counts.")
    )


@post("/checklists/{version:uuid}/return", guards=[requires("catalogue.publish")], status_code=200)
async def return_checklist(request: Request, version: FromPath[UUID]) -> Page:
    """submitted -> draft."""

    async def act(form: Form) -> None:
        await versions.send_back(request.actor, KIND, version, read_reason(form), now())

    return await _decide(request, version, "return", act, N_("The version is a draft again; its author was told."))


@post("/checklists/{version:uuid}/retire", guards=[requires("catalogue.publish")], status_code=200)
async def retire_checklist(request: Request, version: FromPath[UUID]) -> Page:
    """published -> retired."""

    async def act(form: Form) -> None:
        await versions.retire(request.actor, KIND, version, read_reason(form), now())

    return await _decide(request, version, "retire", act, N_("The version is retired and offered no more."))


async def _decide(request: Request, version: UUID, action: str, act: Act, done: str) -> Page:
    await versions.version_for(KIND, version)
    form = Form.of(await request.form())
    try:
        await act(form)
    except FormError as error:
        return await _show(request, version, 422, form=form, errors=error_texts(error.fields), tried=action)
    await flash(request, "ok", done)
    return go(request, f"/checklists/{version}")


def _check_editable(row: Any) -> None:
    if row.status == "submitted":
        raise Refused(N_("This version waits for publication. Have it returned before you change it."))


async def _show(request: Request, version: UUID, status: int = 200, **more: Any) -> Page:
    row, actor = await versions.version_for(KIND, version), request.actor
    own = actor.user in (row.made_by, row.changed_by, row.submitted_by)
    past = await queries.history(KIND, row.code, today())
    offered = [name for name in rules.MACHINE.actions_for(row.status, actor.roles) if not (own and name == "publish")]
    return await page(
        request, "door/checklist.html", status, row=row, lines=lines_of(row), past=past, offered=offered, is_own=own,
        text_of=door_checklists.text_of, today=today(), may_edit=allows(actor.roles, "catalogue.edit"),
        open_version=next((old for old in past if old.state in {"draft", "submitted"}), None), **more,
    )  # fmt: skip


async def _form_page(
    request: Request, form: Mapping[str, str], lines: list[dict[str, Any]], row: Any | None,
    error: FormError | None = None,
) -> Page:  # fmt: skip
    many = form.many if isinstance(form, Form) else lambda name: json.loads(form.get(name, "[]"))
    services = [(service.code, i18n.word("service", service.code)) for service in await Service.objects()]
    return await page(
        request, "door/checklist_form.html", 422 if error else 200, form=dict(form), row=row, services=services,
        lines=[*lines, *({} for _ in range(EMPTY_LINES))], chosen={name: many(name) for name in ("services", "areas")},
        errors=error_texts(error.fields) if error else {}, must=i18n.words_of("line_must"), areas=door_rules.AREAS,
    )  # fmt: skip


async def _todo(actor: Actor, _: Any) -> Todo:
    """A lead publishes what waits."""
    result = Todo()
    if allows(actor.roles, "catalogue.publish"):
        rows = await VisitForm.objects().where(VisitForm.status == "submitted")
        if rows:
            href = f"/checklists/{rows[0].id}" if len(rows) == 1 else "/checklists"
            result.counts.append(TodoCount(i18n._("Checklists to publish"), len(rows), href, "info"))
    return result


ROUTES: list[Any] = [
    list_checklists, new_checklist, draft_checklist, show_checklist, edit_checklist, change_checklist,
    submit_checklist, publish_checklist, return_checklist, retire_checklist,
]  # fmt: skip
MENU = [MenuItem(71, "checklists", N_("Checklists"), "/checklists", "catalogue.read", "todo", group="basis")]
TODO = [_todo]
