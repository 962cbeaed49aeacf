"""The pages of purchase lists: list, one list with its evidence, its items, contract drafts, the year's comparison."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.budgets.queries import items_for
from bangfu.budgets.reading import counties_for
from bangfu.contracts.choices import organizations, services
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.households.labels import summary
from bangfu.households.timeline import events_of
from bangfu.households.timeline import shown as shown_events
from bangfu.purchasing import actions, exporting, forms, queries, rules
from bangfu.purchasing.drafting import draft_contract
from bangfu.purchasing.evidence import Evidence, evidence_of
from bangfu.purchasing.queries import ItemView, PlanView, plan_for
from bangfu.purchasing.worth import worth_for
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from bangfu.shared.masking_filters import shown_money
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import download
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem, Todo, TodoRow
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

READ = requires("purchasing.read")
EDIT = requires("purchasing.edit")
APPROVE = requires("purchasing.approve")


def _years() -> list[tuple[int, str]]:
    return [(year, str(year)) for year in range(today().year + 2, today().year - 6, -1)]


@get("/purchases", guards=[READ])
async def list_plans(request: Request) -> Page:
    """The lists of one's area by year; filters stand in the URL."""
    asked = {name: request.query_params.get(name, "").strip()[:12] for name in ("division", "year", "status")}
    year = int(asked["year"]) if asked["year"].isascii() and asked["year"].isdigit() else None
    rows = await queries.plans(request.actor, {**asked, "year": year, "division": asked["division"] or None,
                                               "status": asked["status"] or None})  # fmt: skip
    return await page(
        request, "purchasing/list.html", rows=rows, filters=asked, counties=await counties_for(request.actor),
        year_options=_years(), may_edit=allows(request.actor.roles, "purchasing.edit"),
    )  # fmt: skip


@get("/purchases/new", guards=[EDIT])
async def new_plan(request: Request) -> Page:
    """The form for a list: county and year."""
    counties = await counties_for(request.actor)
    first = {"key": str(uuid4()), "division": counties[0][0] if counties else "", "year": str(today().year + 1)}
    return await _plan_form(request, first)


async def _plan_form(request: Request, form: Mapping[str, str], error: FormError | None = None) -> Page:
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "purchasing/new.html", 422 if error else 200, form=form, errors=errors, year_options=_years(),
        faults=summary(errors, forms.LABELS), counties=await counties_for(request.actor),
    )  # fmt: skip


@post("/purchases/new", guards=[EDIT], status_code=200)
async def draft_plan(request: Request) -> Page:
    """Store the list as a draft."""
    form = Form.of(await request.form())
    try:
        key, county, year = forms.read_plan(form)
        if county not in dict(await counties_for(request.actor)):
            raise FormError({"division": (N_("Please choose one of the list."), {})})
        plan = await actions.draft(request.actor, key, county, year, now())
    except FormError as error:
        return await _plan_form(request, form, error)
    return go(request, f"/purchases/{plan}")


@get("/purchases/{plan:uuid}", guards=[READ])
async def show_plan(request: Request, plan: FromPath[UUID]) -> Page:
    """A list with its items, their evidence, and what this person may do with it."""
    return await _plan_page(request, await plan_for(request.actor, plan))


async def _plan_page(request: Request, plan: PlanView, status: int = 200, **more: Any) -> Page:
    actor = request.actor
    own = actor.user in (plan.drafted_by, plan.changed_by, plan.submitted_by)
    offered = [name for name in rules.MACHINE.actions_for(plan.status, actor.roles)
               if not (name == "approve" and own) and not (name == "close" and today().year <= plan.year)]  # fmt: skip
    return await page(
        request, "purchasing/plan.html", status, plan=plan, offered=offered, elements=rules.ELEMENTS,
        may_edit=allows(actor.roles, "purchasing.edit"), own=own, labels=forms.LABELS,
        served={item.id: _served(item) for item in plan.items}, worth=await worth_for(actor, plan),
        events=shown_events(await events_of(plan.id), own=str(plan.id)), **{"form": {}, "tried": "", **more},
    )  # fmt: skip


def _served(item: ItemView) -> dict[str, Any]:
    """How many of the needs that wait the item serves, and for 10,000 yuan at its highest price."""
    needs = rules.served(item.units, item.evidence.waiting_needs, item.evidence.waiting_visits)
    return {"needs": needs, "per_10000": rules.per_10000(needs, item.band[1])}


@get("/purchases/{plan:uuid}/export/{kind:str}", guards=[READ])
async def export_plan(request: Request, plan: FromPath[UUID], kind: FromPath[str]) -> Response[bytes]:
    """The list as CSV or Excel, with its sums."""
    found = await plan_for(request.actor, plan)
    content, media_type = exporting.list_file(found, kind)
    return download(content, f"{found.number}.{kind}", media_type)


@get("/purchases/{plan:uuid}/comparison", guards=[READ])
async def compare_plan(request: Request, plan: FromPath[UUID]) -> Page:
    """Planned, contracted, used, and needs that remain."""
    return await page(request, "purchasing/comparison.html", plan=await plan_for(request.actor, plan))


@get("/purchases/{plan:uuid}/comparison/{kind:str}", guards=[READ])
async def export_comparison(request: Request, plan: FromPath[UUID], kind: FromPath[str]) -> Response[bytes]:
    """The comparison as CSV or Excel."""
    found = await plan_for(request.actor, plan)
    content, media_type = exporting.comparison_file(found, kind)
    return download(content, f"{found.number}-{found.year}.{kind}", media_type)


@get("/purchases/{plan:uuid}/items/new", guards=[EDIT])
async def new_item(request: Request, plan: FromPath[UUID]) -> Page:
    """The form for an item; with a service chosen it shows the evidence and suggests prices."""
    found = await _open_plan(request, plan)
    service = request.query_params.get("service", "")
    form = {"key": str(uuid4()), "service": service}
    if service in dict(await services()):
        shown = await evidence_of(found.division, service, today())
        form |= {"price_low": shown.price_low, "price_high": shown.price_high, "name": i18n.word("service", service)}
        form["units"] = str(shown.waiting_visits * rules.PERIODS or "")
        return await _item_form(request, found, form, None, evidence=shown)
    return await _item_form(request, found, form, None)


async def _open_plan(request: Request, plan: UUID) -> PlanView:
    found = await plan_for(request.actor, plan)
    if found.status != "draft":
        raise Refused(N_("Only a draft can be changed; have the list returned first."))
    return found


@post("/purchases/{plan:uuid}/items/new", guards=[EDIT], status_code=200)
async def add_item(request: Request, plan: FromPath[UUID]) -> Page:
    """Store an item with its evidence."""
    found = await plan_for(request.actor, plan)
    form = Form.of(await request.form())
    try:
        key = form.uuid("key")
        values = forms.read_item(form)
        await actions.put_item(request.actor, plan, key or uuid4(), values, today(), now())
    except FormError as error:
        return await _item_form(request, found, form, None, error=error)
    await flash(request, "ok", N_("The item is saved with the figures of today."))
    return go(request, f"/purchases/{plan}")


@get("/purchases/{plan:uuid}/items/{item:uuid}/edit", guards=[EDIT])
async def edit_item(request: Request, plan: FromPath[UUID], item: FromPath[UUID]) -> Page:
    """The form of an item."""
    found = await _open_plan(request, plan)
    row = _item(found, item)
    names = ("name", "service", "units", "price_low", "price_high", "fund_source", "note", "version", *rules.ELEMENTS)
    form = {name: str(getattr(row, name)) for name in names} | {"budget_item": str(row.budget_item or "")}
    return await _item_form(request, found, form, row, evidence=row.evidence)


@post("/purchases/{plan:uuid}/items/{item:uuid}/edit", guards=[EDIT], status_code=200)
async def change_item(request: Request, plan: FromPath[UUID], item: FromPath[UUID]) -> Page:
    """Change an item; its evidence is computed anew."""
    found = await plan_for(request.actor, plan)
    row, form = _item(found, item), Form.of(await request.form())
    try:
        version = form.whole("version", least=1)
        values = forms.read_item(form)
        await actions.put_item(request.actor, plan, item, values, today(), now(), version=version or 0)
    except FormError as error:
        return await _item_form(request, found, form, row, error=error)
    await flash(request, "ok", N_("The item is saved with the figures of today."))
    return go(request, f"/purchases/{plan}")


@post("/purchases/{plan:uuid}/items/{item:uuid}/remove", guards=[EDIT], status_code=200)
async def remove_item(request: Request, plan: FromPath[UUID], item: FromPath[UUID]) -> Page:
    """Take an item out of a draft."""
    await plan_for(request.actor, plan)
    await actions.remove_item(request.actor, plan, item, now())
    await flash(request, "ok", N_("The item is taken out of the list."))
    return go(request, f"/purchases/{plan}")


def _item(plan: PlanView, item: UUID) -> ItemView:
    found = next((each for each in plan.items if each.id == item), None)
    if found is None:
        raise NotYours
    return found


async def _item_form(
    request: Request, plan: PlanView, form: Mapping[str, str], row: ItemView | None, *,
    evidence: Evidence | None = None, error: FormError | None = None,
) -> Page:  # fmt: skip
    errors = error_texts(error.fields) if error else {}
    budget_items = [
        (str(item.id), f"{item.code} {item.name} · {i18n.word('fund_source', fund.source)} · {shown_money(item.free)}")
        for fund, item in await items_for(plan.division, plan.year)
    ]
    return await page(
        request, "purchasing/item.html", 422 if error else 200, plan=plan, form=form, row=row, evidence=evidence,
        errors=errors, faults=summary(errors, forms.LABELS), services=await services(), budget_items=budget_items,
        elements=rules.ELEMENTS, labels=forms.LABELS,
    )  # fmt: skip


Act = Callable[[Form], Awaitable[None]]


async def _decide(request: Request, plan: UUID, action: str, act: Act, done: str) -> Page:
    found = await plan_for(request.actor, plan)
    form = Form.of(await request.form())
    try:
        await act(form)
    except FormError as error:
        errors = error_texts(error.fields)
        faults = summary(errors, forms.LABELS)
        return await _plan_page(request, found, 422, form=form, errors=errors, faults=faults, tried=action)
    await flash(request, "ok", done)
    return go(request, f"/purchases/{plan}")


@post("/purchases/{plan:uuid}/submit", guards=[EDIT], status_code=200)
async def submit_plan(request: Request, plan: FromPath[UUID]) -> Page:
    """draft -> submitted."""

    async def act(_: Form) -> None:
        await actions.submit(request.actor, plan, now())

    return await _decide(request, plan, "submit", act, N_("The list is submitted. Next: a bureau lead approves it."))


@post("/purchases/{plan:uuid}/approve", guards=[APPROVE], status_code=200)
async def approve_plan(request: Request, plan: FromPath[UUID]) -> Page:
    """submitted -> approved."""

    async def act(_: Form) -> None:
        await actions.approve(request.actor, plan, now())

    return await _decide(
        request, plan, "approve", act, N_("The list is approved. Next: contracts are drafted from its items.")
    )


@post("/purchases/{plan:uuid}/return", guards=[APPROVE], status_code=200)
async def return_plan(request: Request, plan: FromPath[UUID]) -> Page:
    """submitted -> draft, with the reason."""

    async def act(form: Form) -> None:
        await actions.send_back(request.actor, plan, forms.read_reason(form), now())

    return await _decide(request, plan, "return", act, N_("The list is a draft again; its author was told."))


@post("/purchases/{plan:uuid}/close", guards=[EDIT], status_code=200)
async def close_plan(request: Request, plan: FromPath[UUID]) -> Page:
    """approved -> closed."""

    async def act(_: Form) -> None:
        await actions.close(request.actor, plan, today(), now())

    return await _decide(request, plan, "close", act, N_("The list is closed; its comparison is kept as it is."))


@get("/purchases/{plan:uuid}/items/{item:uuid}/contract", guards=[EDIT])
async def new_contract(request: Request, plan: FromPath[UUID], item: FromPath[UUID]) -> Page:
    """The form for a contract draft out of an item."""
    found = await plan_for(request.actor, plan)
    row = _item(found, item)
    first = max(today(), today().replace(year=found.year, month=1, day=1))
    form = {
        "key": str(uuid4()), "units": str(row.units), "unit_price": str(row.price_low),
        "starts_on": first.isoformat(), "ends_on": f"{found.year}-12-31",
    }  # fmt: skip
    return await _contract_form(request, found, row, form)


async def _contract_form(
    request: Request, plan: PlanView, item: ItemView, form: Mapping[str, str], error: FormError | None = None
) -> Page:
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "purchasing/contract.html", 422 if error else 200, plan=plan, item=item, form=form, errors=errors,
        faults=summary(errors, forms.LABELS), parties=await organizations(request.actor, "procurement"),
    )  # fmt: skip


@post("/purchases/{plan:uuid}/items/{item:uuid}/contract", guards=[EDIT], status_code=200)
async def make_contract(request: Request, plan: FromPath[UUID], item: FromPath[UUID]) -> Page:
    """Draft a contract from an item and open it."""
    found = await plan_for(request.actor, plan)
    row, form = _item(found, item), Form.of(await request.form())
    try:
        key, order = forms.read_order(form)
        offered = dict((await organizations(request.actor, "procurement"))["supplier"])
        if str(order.supplier) not in offered:
            raise FormError({"supplier": (N_("Please choose one of the list."), {})})
        contract = await draft_contract(request.actor, key, found, row, order, now())
    except FormError as error:
        return await _contract_form(request, found, row, form, error)
    await flash(request, "ok", N_("The contract is drafted. Next: complete it, then hand it on to finance."))
    return go(request, f"/contracts/{contract}")


async def _todo(actor: Actor, _: Any) -> Todo:
    """A lead approves what waits."""
    result = Todo()
    if allows(actor.roles, "purchasing.approve"):
        for row in await queries.to_approve(actor):
            what = i18n._("Purchase list {number} of {year} to approve", number=row["number"], year=row["year"])
            href, since = f"/purchases/{row['id']}", row["updated_at"]
            result.rows.append(TodoRow(what, row["county"], href, i18n._("Look at the list"), since=since))
    return result


ROUTES: list[Any] = [
    list_plans, new_plan, draft_plan, show_plan, export_plan, compare_plan, export_comparison, new_item, add_item,
    edit_item, change_item, remove_item, submit_plan, approve_plan, return_plan, close_plan, new_contract,
    make_contract,
]  # fmt: skip
MENU = [MenuItem(66, "purchases", N_("Purchase list"), "/purchases", "purchasing.read", "todo", group="money")]
TODO = [_todo]
