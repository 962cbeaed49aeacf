"""The pages of contracts: list, draft, overview, history; lines, files, steps and the supplier's pages beside them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.contracts import choices, drafting, reading
from bangfu.contracts.check_facts_rules import PARTIES
from bangfu.contracts.file_routes import FILES
from bangfu.contracts.forms import faults_named, fresh, read_draft, typed_of
from bangfu.contracts.life_rules import STATES
from bangfu.contracts.line_routes import LINES
from bangfu.contracts.listing import found_of, sorts_by_risk
from bangfu.contracts.own_routes import OWN
from bangfu.contracts.pages import LEVELS, head_of, show_page
from bangfu.contracts.reading import ContractView
from bangfu.contracts.step_routes import STEPS
from bangfu.contracts.todo import todo
from bangfu.divisions.queries import areas_for
from bangfu.errors import N_, FormError
from bangfu.households.timeline import add_page, events_of, shown
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.web.paging import page_number

add_page("contract", "/contracts/{}", "contracts.read")
FILTERS = ("q", "status", "kind", "supplier", "division", "sort")


@get("/contracts", guards=[requires("contracts.read")])
async def list_contracts(request: Request) -> Page:
    """The contracts of the area, those of the county for a township."""
    query = request.query_params
    filters = {name: query.get(name, "").strip()[:64] for name in FILTERS}
    filters["status"] = filters["status"] if filters["status"] in (*STATES, "open") else ""
    filters["kind"] = filters["kind"] if filters["kind"] in PARTIES else ""
    number = page_number(query.get("page"))
    rows, total, risks = await found_of(request.actor, filters, number)
    listing = ListPage(number, total, "/contracts", filters)
    areas, counts = await areas_for(request.actor), await reading.status_counts(request.actor)
    return await page(
        request, "contracts/list.html", rows=rows, listing=listing, filters=filters, areas=areas, counts=counts,
        levels=LEVELS, risks=risks, states=STATES, today=today(), active=_active(listing, filters, dict(areas)),
        may_draft=allows(request.actor.roles, "contracts.draft"), by_risk=sorts_by_risk(),
    )  # fmt: skip


def _active(listing: ListPage, filters: Mapping[str, str], areas: Mapping[str, str]) -> list[dict[str, str]]:
    words = {
        "q": (i18n._("Search"), filters["q"]),
        "status": (i18n._("State"), i18n._("not at their end") if filters["status"] == "open"
                   else i18n.word("contract_status", filters["status"])),
        "kind": (i18n._("Kind"), i18n.word("contract_kind", filters["kind"])),
        "supplier": (i18n._("Supplier"), i18n._("one supplier")),
        "division": (i18n._("Area"), areas.get(filters["division"], filters["division"])),
    }  # fmt: skip
    return [
        {"label": label, "value": value, "remove_href": ListPage(1, 0, listing.path, {**filters, name: ""}).href()}
        for name, (label, value) in words.items()
        if filters[name]
    ]


@get("/contracts/new", guards=[requires("contracts.draft")])
async def new_contract(request: Request) -> Page:
    """The form for a draft of one kind."""
    kind = request.query_params.get("kind", "procurement")
    first: dict[str, Any] = {**fresh(kind if kind in PARTIES else "procurement"), "key": str(uuid4())}
    return await _form_page(request, first)


@post("/contracts/new", guards=[requires("contracts.draft")], status_code=200)
async def draft_contract(request: Request) -> Page:
    """Keep the draft and go on to its lines."""
    form = Form.of(await request.form())
    try:
        key = form.uuid("key", required=False) or uuid4()
        kind = form.choice("kind", PARTIES)
        counties = [code for code, _ in await choices.counties(request.actor)]
        if form.text("division", most=12) not in counties:
            form.fault("division", N_("Please choose one of the list."))
        made = read_draft(form, kind if kind in PARTIES else "procurement", "", today())
        await _check_parties(request, form, made)
        form.check()
        found = await drafting.draft(request.actor, key, made, now())
    except FormError as error:
        return await _form_page(request, form, error=error)
    await flash(request, "ok", N_("The draft is saved. Now add its service lines."))
    return go(request, f"/contracts/{found}/lines")


@get("/contracts/{contract:uuid}/edit", guards=[requires("contracts.draft")])
async def edit_contract(request: Request, contract: FromPath[UUID]) -> Page:
    """The form of a draft."""
    found = await reading.contract_for(request.actor, contract)
    return await _form_page(request, typed_of(found, await reading.parties_of(contract)), found=found)


@post("/contracts/{contract:uuid}/edit", guards=[requires("contracts.draft")], status_code=200)
async def change_contract(request: Request, contract: FromPath[UUID]) -> Page:
    """Keep the changed draft."""
    found = await reading.contract_for(request.actor, contract)
    form = Form.of(await request.form())
    try:
        if form.get("number", "").strip() == found.number:  # its own number may be one that the portal gave
            form = Form({**{name: form.many(name) or [form[name]] for name in form}, "number": [""]})
        made = read_draft(form, found.kind, found.division, today())
        await _check_parties(request, form, made)
        form.check()
        await drafting.change(request.actor, contract, made, now())
    except FormError as error:
        return await _form_page(request, form, found=found, error=error)
    await flash(request, "ok", N_("The change is saved."))
    return go(request, f"/contracts/{contract}")


@get("/contracts/{contract:uuid}", guards=[requires("contracts.read")])
async def show_contract(request: Request, contract: FromPath[UUID]) -> Page:
    """One contract: what it says, who signs, what is still missing, and what this person may do."""
    return await show_page(request, contract)


@get("/contracts/{contract:uuid}/history", guards=[requires("contracts.read")])
async def history(request: Request, contract: FromPath[UUID]) -> Page:
    """Everything that happened to a contract, with what was written."""
    head = await head_of(request, contract, "history")
    events = shown(await events_of(contract, 500), own=str(contract), roles=request.actor.roles)
    return await page(request, "contracts/history.html", **head, events=events, notes=await reading.notes_of(contract))


async def _check_parties(request: Request, form: Form, made: drafting.Draft) -> None:
    """Notes a fault where a party is not one that the form offered."""
    offered = await choices.organizations(request.actor, made.kind)
    for party in made.parties:
        if str(party.organization) not in dict(offered[party.role]):
            form.fault(f"party_{party.role}", N_("Please choose one of the list."))


async def _form_page(
    request: Request, form: Mapping[str, Any], *, found: ContractView | None = None, error: FormError | None = None
) -> Page:
    kind = found.kind if found else str(form.get("kind", "procurement"))
    kind = kind if kind in PARTIES else "procurement"
    counties = await choices.counties(request.actor)
    division = found.division if found else counties[0][0] if len(counties) == 1 else ""
    errors = error_texts(error.fields) if error else {}
    scope = form.many("scope") if isinstance(form, Form) else list(found.scope) if found else []
    return await page(
        request, "contracts/new.html" if found is None else "contracts/edit.html", 422 if error else 200, form=form,
        errors=errors, faults=faults_named(errors), c=found, kind=kind, counties=counties, scope=scope,
        roles=PARTIES[kind], offered=await choices.organizations(request.actor, kind),
        townships=await choices.townships(division) if division else [],
    )  # fmt: skip


ROUTES: list[Any] = [
    list_contracts, new_contract, draft_contract, edit_contract, change_contract, show_contract, history, *LINES,
    *FILES, *STEPS, *OWN,
]  # fmt: skip
MENU = [
    MenuItem(63, "contracts", N_("Contracts"), "/contracts", "contracts.read", "contract", group="supply"),
    MenuItem(59, "my_contracts", N_("Our contracts"), "/my-contracts", "contracts.own", "contract", group="supply"),
]
TODO = [todo]
