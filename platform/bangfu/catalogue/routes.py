"""The pages of the catalogue: items, norms and usual values, their versions, and who does what with them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.catalogue import forms, norm_rules, queries, rules, shown, versions
from bangfu.catalogue.proposal_routes import PROPOSALS
from bangfu.catalogue.proposals import misfit
from bangfu.catalogue.versions import Kind, kind_of, version_for
from bangfu.errors import N_, FormError, Refused
from bangfu.households.labels import summary
from bangfu.households.timeline import events_of
from bangfu.households.timeline import shown as shown_events
from bangfu.needs import items as need_items
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem, Todo, TodoCount
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

FILTERS = ("q", "area", "service", "target", "status")
READ: Mapping[str, Callable[[Form, str], dict[str, Any]]] = {
    "items": forms.read_item,
    "norms": lambda form, _: forms.read_norm(form),
    "services": lambda form, _: forms.read_service(form),
}


@get("/catalogue", guards=[requires("catalogue.read")])
async def list_items(request: Request) -> Page:
    """The items in force; filters stand in the URL."""
    filters = {name: request.query_params.get(name, "").strip()[:64] for name in FILTERS}
    number = page_number(request.query_params.get("page"))
    rows, total = await queries.items(filters, today(), PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, "/catalogue", filters)
    return await page(
        request, "catalogue/list.html", rows=rows, listing=listing, filters=filters, active=_active(listing, filters),
        tabs=_tabs("items"), may_edit=allows(request.actor.roles, "catalogue.edit"),
    )  # fmt: skip


def _active(listing: ListPage, filters: Mapping[str, str]) -> list[dict[str, str]]:
    words = {
        "q": (i18n._("Name or code"), filters["q"]),
        "area": (i18n._("Group"), i18n.word("catalogue_area", filters["area"])),
        "service": (i18n._("Service"), i18n.word("service", filters["service"])),
        "target": (i18n._("For whom"), i18n.word("catalogue_audience", filters["target"])),
        "status": (i18n._("State"), i18n.word("version_status", filters["status"])),
    }
    return [
        {"label": label, "value": value, "remove_href": ListPage(1, 0, listing.path, {**filters, name: ""}).href()}
        for name, (label, value) in words.items()
        if filters[name]
    ]


def _tabs(active: str) -> list[dict[str, object]]:
    places = [
        ("items", "/catalogue", i18n._("Items")),
        ("norms", "/catalogue/norms", i18n._("Frequency norms")),
        ("services", "/catalogue/services", i18n._("Kinds of service")),
    ]
    return [{"href": href, "label": label, "active": key == active} for key, href, label in places]


@get("/catalogue/norms", guards=[requires("catalogue.read")])
async def list_norms(request: Request) -> Page:
    """The norms in force and those that are being prepared."""
    return await _versions_page(request, "norms")


@get("/catalogue/services", guards=[requires("catalogue.read")])
async def list_services(request: Request) -> Page:
    """What each kind of service usually takes."""
    return await _versions_page(request, "services")


async def _versions_page(request: Request, name: str) -> Page:
    kind, day = kind_of(name), today()
    by_code: dict[str, list[Any]] = {}
    for row in await queries.newest(kind):
        by_code.setdefault(row.code, []).append(row)
    rows = [(rules.in_force(found, day), _open(found)) for found in by_code.values()]
    if name == "services":
        order = list(await queries.services())
        rows.sort(key=lambda pair: max((order.index(row.code) for row in pair if row is not None), default=0))
    return await page(
        request, f"catalogue/{name}.html", rows=[pair for pair in rows if any(pair)], tabs=_tabs(name),
        may_edit=allows(request.actor.roles, "catalogue.edit"), frequency=shown.frequency, basis=shown.basis,
        value=shown.value,
    )  # fmt: skip


def _open(found: list[Any]) -> Any | None:
    return next((row for row in found if row.status in {"draft", "submitted"}), None)


@get("/catalogue/{kind:str}/new", guards=[requires("catalogue.edit")])
async def new_version(request: Request, kind: FromPath[str]) -> Page:
    """The form for something new; kinds of service are fixed."""
    what = kind_of(kind)
    if kind == "services":
        raise Refused(N_("The 21 kinds of service are fixed; what they usually take is changed on their page."))
    first = {"key": str(uuid4()), "unit": "visit", "minutes": "60"}
    return await _form_page(request, what, first, {}, None)


@post("/catalogue/{kind:str}/new", guards=[requires("catalogue.edit")], status_code=200)
async def draft_version(request: Request, kind: FromPath[str]) -> Page:
    """Store the first version of a new code as a draft."""
    what, form = kind_of(kind), Form.of(await request.form())
    if kind == "services":
        raise Refused(N_("The 21 kinds of service are fixed; what they usually take is changed on their page."))
    try:
        code, key = forms.read_code(form, kind), form.uuid("key")
        values = READ[kind](form, code)
        past = await queries.history(what, code, today())
        if past and all(version.id != key for version in past):
            form.fault("code", N_("This code is taken."))
        form.check()
        version = await versions.draft(request.actor, what, key or uuid4(), code, values, now())
    except FormError as error:
        return await _form_page(request, what, form, _many(form), None, error=error)
    await flash(request, "ok", N_("The draft is saved. It counts after somebody else has published it."))
    return go(request, f"/catalogue/{kind}/{version}")


@get("/catalogue/{kind:str}/{version:uuid}", guards=[requires("catalogue.read")])
async def show_version(request: Request, kind: FromPath[str], version: FromPath[UUID]) -> Page:
    """One version: its content, what changed, its history, and what this person may do with it."""
    return await _show(request, kind_of(kind), version)


async def _show(request: Request, kind: Kind, version: UUID, status: int = 200, **more: Any) -> Page:
    row = await version_for(kind, version)
    older, past = await queries.before(kind, row), await queries.history(kind, row.code, today())
    return await page(
        request, "catalogue/version.html", status, kind=kind.name, row=row, title=shown.title(kind, row), past=past,
        fields=[(shown.label(name), shown.value(name, row)) for name in kind.content if not _is_element(name)],
        elements=_elements(kind, row), differences=shown.differences(kind, older, row) if older else [], older=older,
        events=shown_events(await events_of(version), own=str(version)), today=today(),
        offered=_offered(request.actor, row), is_own=_own(request.actor, row),
        may_edit=allows(request.actor.roles, "catalogue.edit"), open_version=next(
            (old for old in past if old.state in {"draft", "submitted"}), None
        ), **more,
    )  # fmt: skip


def _is_element(name: str) -> bool:
    return name.rpartition("_")[0] in rules.ELEMENTS


def _elements(kind: Kind, row: Any) -> list[tuple[str, str, str]]:
    """(element, its text in the reader's language, the other language's)."""
    if kind.name != "items":
        return []
    own, other = ("en", "zh") if i18n.current() == "en" else ("zh", "en")
    return [
        (i18n.word("catalogue_element", name), getattr(row, f"{name}_{own}"), getattr(row, f"{name}_{other}"))
        for name in rules.ELEMENTS
    ]


def _own(actor: Actor, row: Any) -> bool:
    return actor.user in (row.made_by, row.changed_by, row.submitted_by)


def _offered(actor: Actor, row: Any) -> list[str]:
    own = _own(actor, row)
    return [name for name in rules.MACHINE.actions_for(row.status, actor.roles) if not (own and name == "publish")]


@get("/catalogue/{kind:str}/{version:uuid}/edit", guards=[requires("catalogue.edit")])
async def edit_version(request: Request, kind: FromPath[str], version: FromPath[UUID]) -> Page:
    """The form of a draft; of a published version the form of the next one."""
    what = kind_of(kind)
    row = await version_for(what, version)
    _check_editable(row)
    values, many = forms.present(kind, row)
    values |= {"key": str(uuid4()), "row_version": str(row.row_version)}
    return await _form_page(request, what, values, many, row)


@post("/catalogue/{kind:str}/{version:uuid}/edit", guards=[requires("catalogue.edit")], status_code=200)
async def change_version(request: Request, kind: FromPath[str], version: FromPath[UUID]) -> Page:
    """Store the draft; out of a published version the next one is made."""
    what = kind_of(kind)
    row = await version_for(what, version)
    _check_editable(row)
    form = Form.of(await request.form())
    try:
        values = READ[kind](form, row.code)
        if row.status == "draft":
            known = form.whole("row_version")
            form.check()
            await versions.change(request.actor, what, version, known or 0, values, now())
        else:
            key = form.uuid("key")
            form.check()
            version = await versions.draft(request.actor, what, key or uuid4(), row.code, values, now())
    except FormError as error:
        return await _form_page(request, what, form, _many(form), row, error=error)
    await flash(request, "ok", N_("The draft is saved. It counts after somebody else has published it."))
    return go(request, f"/catalogue/{kind}/{version}")


def _check_editable(row: Any) -> None:
    if row.status == "submitted":
        raise Refused(N_("This version waits for publication. Have it returned before you change it."))


Act = Callable[[Kind, Form], Awaitable[None]]


async def _decide(request: Request, kind: str, version: UUID, action: str, act: Act, done: str) -> Page:
    what = kind_of(kind)
    await version_for(what, version)
    form = Form.of(await request.form())
    try:
        await act(what, form)
    except FormError as error:
        errors = error_texts(error.fields)
        return await _show(
            request, what, version, 422, form=form, errors=errors, faults=summary(errors, forms.LABELS), tried=action
        )
    await flash(request, "ok", done)
    return go(request, f"/catalogue/{kind}/{version}")


@post("/catalogue/{kind:str}/{version:uuid}/submit", guards=[requires("catalogue.edit")], status_code=200)
async def submit_version(request: Request, kind: FromPath[str], version: FromPath[UUID]) -> Page:
    """draft -> submitted."""

    async def act(what: Kind, _: Form) -> None:
        await versions.submit(request.actor, what, version, now())

    return await _decide(
        request, kind, version, "submit", act, N_("The version is submitted. Next: a bureau lead publishes it.")
    )


@post("/catalogue/{kind:str}/{version:uuid}/publish", guards=[requires("catalogue.publish")], status_code=200)
async def publish_version(request: Request, kind: FromPath[str], version: FromPath[UUID]) -> Page:
    """submitted -> published."""

    async def act(what: Kind, form: Form) -> None:
        await versions.publish(request.actor, what, version, forms.read_valid_from(form), today(), now())

    return await _decide(
        request, kind, version, "publish", act, N_("The version is published; from its first day on it counts.")
    )


@post("/catalogue/{kind:str}/{version:uuid}/return", guards=[requires("catalogue.publish")], status_code=200)
async def return_version(request: Request, kind: FromPath[str], version: FromPath[UUID]) -> Page:
    """submitted -> draft."""

    async def act(what: Kind, form: Form) -> None:
        await versions.send_back(request.actor, what, version, forms.read_reason(form), now())

    return await _decide(
        request, kind, version, "return", act, N_("The version is a draft again; its author was told.")
    )


@post("/catalogue/{kind:str}/{version:uuid}/retire", guards=[requires("catalogue.publish")], status_code=200)
async def retire_version(request: Request, kind: FromPath[str], version: FromPath[UUID]) -> Page:
    """published -> retired."""

    async def act(what: Kind, form: Form) -> None:
        await versions.retire(request.actor, what, version, forms.read_reason(form), now())

    return await _decide(request, kind, version, "retire", act, N_("The version is retired and offered no more."))


def _many(form: Form) -> dict[str, list[str]]:
    return {name: form.many(name) for name in ("kinds", "targets")}


async def _form_page(
    request: Request, kind: Kind, form: Mapping[str, str], chosen: Mapping[str, list[str]], row: Any | None, *,
    error: FormError | None = None,
) -> Page:  # fmt: skip
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "catalogue/form.html", 422 if error else 200, kind=kind.name, form=form, chosen=chosen, row=row,
        title=shown.title(kind, row) if row else "", errors=errors, faults=summary(errors, forms.LABELS),
        targets=[(code, i18n.word("norm_target", code)) for code in norm_rules.TARGETS], elements=rules.ELEMENTS,
    )  # fmt: skip


async def _todo(actor: Actor, _: Any) -> Todo:
    """A lead publishes what waits."""
    result = Todo()
    if allows(actor.roles, "catalogue.publish") and (n := await queries.waiting()):
        result.counts.append(
            TodoCount(i18n._("Catalogue versions to publish"), n, "/catalogue?status=submitted", "info")
        )
    return result


async def _offered_items() -> list[need_items.Item]:
    return await queries.offered(today())


async def _misfit(household: UUID, service: str, person: UUID | None) -> bool:
    return await misfit(household, service, person, today())


need_items.register(_offered_items, queries.item_version, _misfit)

ROUTES: list[Any] = [
    list_items, list_norms, list_services, new_version, draft_version, show_version, edit_version, change_version,
    submit_version, publish_version, return_version, retire_version, *PROPOSALS,
]  # fmt: skip
MENU = [MenuItem(70, "catalogue", N_("Service catalogue"), "/catalogue", "catalogue.read", "settings", group="basis")]
TODO = [_todo]
