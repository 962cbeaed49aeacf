"""The pages of budgets: the meter, a fund with its totals and items, and the commitments behind every number."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.budgets import forms, funding, reading, rules
from bangfu.budgets.actions import TAKEN_OVER
from bangfu.budgets.queries import FundMeter, meter, short_of_money
from bangfu.divisions.queries import names_of
from bangfu.errors import N_, FormError, NotYours
from bangfu.households.labels import summary
from bangfu.households.timeline import events_of
from bangfu.households.timeline import shown as shown_events
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.clock import now, today
from bangfu.shared.files import opened
from bangfu.shared.permissions import allows
from bangfu.shared.tabular.writing import write_csv
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.files import download, file_answer, posted_scan
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem, Todo, TodoCount, TodoRow, rows_wanted
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

READ = requires("budgets.read")
EDIT = requires("budgets.edit")
CONFIRM = requires("budgets.confirm")


def _year(request: Request) -> int:
    typed = request.query_params.get("year", "")
    known = {str(year): year for year in forms.YEARS}
    return known.get(typed, today().year)


def _years() -> list[tuple[int, str]]:
    return [(year, str(year)) for year in range(today().year + 3, today().year - 6, -1)]


async def _county(request: Request) -> tuple[str, list[tuple[str, str]]]:
    """The county that the address names, or the first one; and the choice."""
    counties = await reading.counties_for(request.actor)
    asked = request.query_params.get("division", "")
    if asked and asked not in dict(counties):
        raise NotYours
    return asked or (counties[0][0] if counties else ""), counties


@get("/budgets", guards=[READ])
async def show_meter(request: Request) -> Page:
    """Cap, committed and free of a county's year; the other sources stand beside it."""
    county, counties = await _county(request)
    year = _year(request)
    funds = await meter(county, year) if county else []
    return await page(
        request, "budgets/meter.html", county=county, counties=counties, county_name=dict(counties).get(county, ""),
        year=year, year_options=_years(), this_year=today().year, funds=funds,
        capped=[fund for fund in funds if fund.source == rules.CAPPED],
        others=[fund for fund in funds if fund.source != rules.CAPPED],
        items=[(fund, item) for fund in funds for item in fund.items],
        export_href="/budgets/export.csv?" + urlencode({"division": county, "year": year}),
        may_edit=allows(request.actor.roles, "budgets.edit"),
    )  # fmt: skip


@get("/budgets/export.csv", guards=[READ])
async def export_meter(request: Request) -> Response[bytes]:
    """The meter as a list: one row for each fund, then its items."""
    county, counties = await _county(request)
    year = _year(request)
    titles = [
        i18n._("County"), i18n._("Year"), i18n._("Source of funds"), i18n._("Budget item"), i18n._("Name"),
        i18n._("Total or amount"), i18n._("Cap"), i18n._("Committed"), i18n._("Free"),
    ]  # fmt: skip
    rows: list[list[object]] = []
    for fund in await meter(county, year) if county else []:
        head = [dict(counties)[county], year, i18n.word("fund_source", fund.source)]
        cap = fund.cap if fund.state.cap_share is not None else ""
        whole = "" if fund.total is None else fund.total
        free = "" if fund.free is None else fund.free
        rows.append([*head, "", i18n._("The whole fund"), whole, cap if cap is not None else "", fund.committed, free])
        rows += [[*head, each.code, each.name, each.amount, "", each.committed, each.free] for each in fund.items]
    return download(write_csv(titles, rows), f"{dict(counties).get(county, '')}{year}.csv", "text/csv; charset=utf-8")


@get("/budgets/commitments", guards=[READ])
async def list_commitments(request: Request) -> Page:
    """The entries behind a number: contract, line, day, amount, who."""
    filters, number = _ledger_filters(request), page_number(request.query_params.get("page"))
    entries, total, sums = await reading.ledger(request.actor, filters, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    kept = {name: str(value) for name, value in filters.items() if value}
    counties = await reading.counties_for(request.actor)
    return await page(
        request, "budgets/commitments.html", entries=entries, sums=sums, counties=counties,
        listing=ListPage(number, total, "/budgets/commitments", kept), filters=kept, items=await _items(request, kept),
        year_options=_years(), this_year=today().year,
        may_contracts=allows(request.actor.roles, "contracts.read"),
        export_href="/budgets/commitments.csv?" + urlencode(kept),
    )  # fmt: skip


@get("/budgets/commitments.csv", guards=[READ])
async def export_commitments(request: Request) -> Response[bytes]:
    """The same entries as a list."""
    entries, _, _ = await reading.ledger(request.actor, _ledger_filters(request), 100_000, 0)
    titles = [
        i18n._("Day"), i18n._("Kind"), i18n._("Amount in yuan"), i18n._("Year"), i18n._("Source of funds"),
        i18n._("Budget item"), i18n._("Contract"), i18n._("Project"), i18n._("Service"), i18n._("Who"),
        i18n._("Reason"),
    ]  # fmt: skip
    rows: list[list[object]] = [
        [
            civil_date(each.at).isoformat(), i18n.word("commitment_kind", each.kind), each.amount, each.year,
            i18n.word("fund_source", each.source), each.item_code, each.contract_number, each.project,
            i18n.word("service", each.service), each.who, each.override_reason,
        ]
        for each in entries
    ]  # fmt: skip
    return download(write_csv(titles, rows), f"{i18n._('Commitments')}.csv", "text/csv; charset=utf-8")


def _ledger_filters(request: Request) -> dict[str, Any]:
    asked = request.query_params
    found: dict[str, Any] = {"division": asked.get("division", "")[:12], "year": None}
    if asked.get("year", ""):
        found["year"] = _year(request)
    for name in ("fund", "item", "contract"):
        try:
            found[name] = UUID(asked[name]) if asked.get(name) else None
        except ValueError:
            raise NotYours from None
    return found


async def _items(request: Request, kept: Mapping[str, str]) -> list[tuple[str, str]]:
    """The items to choose from: those of the fund, or of the county and year."""
    if "fund" in kept:
        found = [await reading.fund_for(request.actor, UUID(kept["fund"]))]
    elif "division" in kept and "year" in kept and request.actor.sees(kept["division"]):
        found = await meter(kept["division"], int(kept["year"]))
    else:
        return []
    return [(str(item.id), f"{item.code} {item.name}") for fund in found for item in fund.items]


@get("/budgets/new", guards=[EDIT])
async def new_fund(request: Request) -> Page:
    """The form for a fund: county, year, source."""
    county, _ = await _county(request)
    return await _new_fund(request, {"division": county, "year": str(_year(request))})


async def _new_fund(request: Request, form: Mapping[str, str], error: FormError | None = None) -> Page:
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "budgets/new.html", 422 if error else 200, form=form, errors=errors,
        faults=summary(errors, forms.LABELS), counties=await reading.counties_for(request.actor),
    )  # fmt: skip


@post("/budgets/new", guards=[EDIT], status_code=200)
async def add_fund(request: Request) -> Page:
    """Open a fund, or the one that exists."""
    form = Form.of(await request.form())
    try:
        county, year, source = forms.read_fund(form)
        if county not in dict(await reading.counties_for(request.actor)):
            raise FormError({"division": (N_("Please choose one of the list."), {})})
    except FormError as error:
        return await _new_fund(request, form, error)
    fund = await funding.add_fund(request.actor, county, year, source, now())
    return go(request, f"/budgets/{fund}")


@get("/budgets/{fund:uuid}", guards=[READ])
async def show_fund(request: Request, fund: FromPath[UUID]) -> Page:
    """A fund: its numbers, its total with the paper, its items and what happened to it."""
    return await _fund_page(request, await reading.fund_for(request.actor, fund))


async def _fund_page(request: Request, fund: FundMeter, status: int = 200, **more: Any) -> Page:
    totals = await reading.totals_of(fund.id)
    waiting = next((step for step in totals if step.id == fund.proposal), None)
    counties = dict(await reading.counties_for(request.actor))
    return await page(
        request, "budgets/fund.html", status, fund=fund, county_name=counties.get(fund.division, fund.division),
        totals=totals, waiting=waiting, is_own=waiting is not None and waiting.recorded_by == request.actor.user,
        may_edit=allows(request.actor.roles, "budgets.edit"),
        may_confirm=allows(request.actor.roles, "budgets.confirm"), taken_over=TAKEN_OVER,
        events=shown_events(await events_of(fund.id), own=str(fund.id)),
        **{"form": {"key": str(uuid4())}, "tried": "", **more},
    )  # fmt: skip


@post("/budgets/{fund:uuid}/total", guards=[EDIT], status_code=200)
async def enter_total(request: Request, fund: FromPath[UUID]) -> Page:
    """Enter the year's total with its paper; the lead confirms it."""
    found = await reading.fund_for(request.actor, fund)
    posted = await request.form()
    form = Form.of(posted)
    try:
        scan = await posted_scan(posted, "file")
        key, total, basis = forms.read_total(form, has_scan=scan is not None)
        await funding.propose_total(request.actor, key, fund, total, basis, scan, now())
    except FormError as error:
        return await _refused(request, found, form, error, "total")
    await flash(request, "ok", N_("The total is entered. It counts once a bureau lead has confirmed it."))
    return go(request, f"/budgets/{fund}")


async def _refused(request: Request, fund: FundMeter, form: Form, error: FormError, tried: str) -> Page:
    errors = error_texts(error.fields)
    faults = summary(errors, forms.LABELS)
    return await _fund_page(request, fund, 422, form=form, errors=errors, faults=faults, tried=tried)


@post("/budgets/{fund:uuid}/confirm", guards=[CONFIRM, proved], status_code=200)
async def confirm_total(request: Request, fund: FromPath[UUID]) -> Page:
    """The entered total counts."""
    await reading.fund_for(request.actor, fund)
    form = Form.of(await request.form())
    await funding.confirm_total(request.actor, fund, form.uuid("proposal") or uuid4(), now())
    await flash(request, "ok", N_("The total is confirmed and counts from now on."))
    return go(request, f"/budgets/{fund}")


@post("/budgets/{fund:uuid}/refuse", guards=[CONFIRM, proved], status_code=200)
async def refuse_total(request: Request, fund: FromPath[UUID]) -> Page:
    """The entered total does not count; with the reason."""
    found = await reading.fund_for(request.actor, fund)
    form = Form.of(await request.form())
    try:
        reason = forms.read_reason(form)
        await funding.refuse_total(request.actor, fund, form.uuid("proposal") or uuid4(), reason, now())
    except FormError as error:
        return await _refused(request, found, form, error, "refuse")
    await flash(request, "ok", N_("The total is not confirmed; whoever entered it was told why."))
    return go(request, f"/budgets/{fund}")


@get("/budgets/{fund:uuid}/files/{file:uuid}", guards=[READ])
async def show_paper(request: Request, fund: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    """The scan of the paper that sets a total."""
    await reading.fund_for(request.actor, fund)
    return file_answer(await opened(file, funding.BASIS, await reading.file_owner(fund, file)))


@get("/budgets/{fund:uuid}/items/new", guards=[EDIT])
async def new_item(request: Request, fund: FromPath[UUID]) -> Page:
    """The form for a budget item."""
    found = await reading.fund_for(request.actor, fund)
    return await _item_page(request, found, None, {"key": str(uuid4()), "active": "yes"})


@post("/budgets/{fund:uuid}/items/new", guards=[EDIT], status_code=200)
async def add_item(request: Request, fund: FromPath[UUID]) -> Page:
    """Store a budget item."""
    found = await reading.fund_for(request.actor, fund)
    form = Form.of(await request.form())
    try:
        key = form.uuid("key")
        values = forms.read_item(form)
        await funding.add_item(request.actor, key or uuid4(), fund, {**values, "active": True}, now())
    except FormError as error:
        return await _item_page(request, found, None, form, error)
    await flash(request, "ok", N_("The budget item is saved."))
    return go(request, f"/budgets/{fund}")


@get("/budgets/{fund:uuid}/items/{item:uuid}", guards=[EDIT])
async def edit_item(request: Request, fund: FromPath[UUID], item: FromPath[UUID]) -> Page:
    """The form of an item."""
    found = await reading.fund_for(request.actor, fund)
    row = _own_item(found, item)
    values = {name: str(getattr(row, name)) for name in ("code", "name", "purpose", "amount", "version")}
    return await _item_page(request, found, item, {**values, "active": "yes" if row.active else ""})


@post("/budgets/{fund:uuid}/items/{item:uuid}", guards=[EDIT], status_code=200)
async def change_item(request: Request, fund: FromPath[UUID], item: FromPath[UUID]) -> Page:
    """Change an item."""
    found = await reading.fund_for(request.actor, fund)
    _own_item(found, item)
    form = Form.of(await request.form())
    try:
        version = form.whole("version")
        values = forms.read_item(form)
        await funding.change_item(request.actor, fund, item, version or 0, values, now())
    except FormError as error:
        return await _item_page(request, found, item, form, error)
    await flash(request, "ok", N_("The budget item is saved."))
    return go(request, f"/budgets/{fund}")


def _own_item(fund: FundMeter, item: UUID) -> Any:
    row = next((each for each in fund.items if each.id == item and each.code != TAKEN_OVER), None)
    if row is None:
        raise NotYours
    return row


async def _item_page(
    request: Request, fund: FundMeter, item: UUID | None, form: Mapping[str, str], error: FormError | None = None
) -> Page:
    errors = error_texts(error.fields) if error else {}
    counties = dict(await reading.counties_for(request.actor))
    return await page(
        request, "budgets/item.html", 422 if error else 200, fund=fund, item=item, form=form, errors=errors,
        faults=summary(errors, forms.LABELS), county_name=counties.get(fund.division, fund.division),
        row=next((each for each in fund.items if each.id == item), None),
    )  # fmt: skip


_SHORT, _BARE = "funds-short", "funds-without-total"


async def _todo(actor: Actor, _: Any) -> Todo:
    """Totals to confirm for the lead; funds without a total for finance; funds that run short for all who oversee."""
    result = Todo()
    if allows(actor.roles, "budgets.confirm"):
        for row in await reading.to_confirm(actor):
            what = i18n._("Total of a fund to confirm: {source} {year}").format(
                source=i18n.word("fund_source", row["source"]), year=row["year"]
            )
            href = f"/budgets/{row['id']}"
            result.rows.append(TodoRow(what, row["county"], href, i18n._("Look at the total"), since=row["at"]))
    if allows(actor.roles, "budgets.edit") and (bare := await reading.without_total(actor, today().year)):
        label = i18n._("Funds of this year without a total")
        result.counts.append(TodoCount(label, len(bare), "/budgets", "warn", of=_BARE))
        places = await names_of([fund["division"] for fund in bare])
        result.rows += [
            TodoRow(
                f"{label} · {i18n.word('fund_source', fund['source'])}", places.get(fund["division"], ""),
                f"/budgets/{fund['id']}", i18n._("Enter the total"), of=_BARE,
            )
            for fund in bare[: rows_wanted(3)]
        ]  # fmt: skip
    if allows(actor.roles, "budgets.read") and not actor.has("bureau_officer"):
        short, label = await short_of_money(actor.scope, today().year), i18n._("Funds near or over their limit")
        result.counts.append(TodoCount(label, len(short), "/budgets", "bad" if short else "neutral", of=_SHORT))
        names = await names_of([fund.division for fund in short])
        result.rows += [
            TodoRow(
                what=f"{i18n.word('fund_source', fund.state.source)} {fund.state.year}",
                who=names.get(fund.division, ""), href=f"/budgets/{fund.id}", button=i18n._("Look at the fund"),
                of=_SHORT,
            )
            for fund in short[: rows_wanted(3)]
        ]  # fmt: skip
    return result


ROUTES: list[Any] = [
    show_meter, export_meter, list_commitments, export_commitments, new_fund, add_fund, show_fund, enter_total,
    confirm_total, refuse_total, show_paper, new_item, add_item, edit_item, change_item,
]  # fmt: skip
MENU = [MenuItem(65, "budgets", N_("Budget and cap"), "/budgets", "budgets.read", "money", group="money")]
TODO = [_todo]
