"""The pages of ledgers: the list, a ledger with its filters, and its files."""

from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Stream

from bangfu.divisions.queries import areas_for, names_of
from bangfu.errors import N_, NotYours
from bangfu.ledgers import (
    asking,
    check_routes,
    export_routes,
    files,
    household_routes,
    issue_routes,
    issuing,
    own,
    own_routes,
    reading,
)
from bangfu.ledgers.asking import Asked
from bangfu.ledgers.canonical import shown_row
from bangfu.ledgers.definitions import Definition, may_read, standing
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from bangfu.shared.i18n import _, words_of
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem, TodoHook
from bangfu.shared.web.pages import Page, Request, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

READ, ISSUE = [requires("ledgers.read")], [requires("ledgers.issue")]
ISSUES_ON_A_PAGE = 20


@get("/ledgers", guards=READ)
async def list_ledgers(request: Request) -> Page:
    """The standing ledgers, the own ones, and what was issued."""
    number = page_number(request.query_params.get("page"))
    made, total = await issuing.issues(request.actor, ISSUES_ON_A_PAGE, (number - 1) * ISSUES_ON_A_PAGE)
    return await page(
        request, "ledgers/list.html", own=await own.owns(request.actor), issues=made,
        standing=[each for each in standing().values() if may_read(request.actor, each.source)],
        period_words=asking.period_words, listing=ListPage(number, total, "/ledgers", {}, ISSUES_ON_A_PAGE),
    )  # fmt: skip


@get("/ledgers/{key:str}", guards=READ)
async def show_ledger(request: Request, key: FromPath[str]) -> Page:
    """A standing ledger: filters, the first rows, sums."""
    return await _show(request, _standing(request.actor, key), f"/ledgers/{key}", dict(request.query_params))


@post("/ledgers/{key:str}/export", guards=[*READ, proved], status_code=200)
async def export_ledger(request: Request, key: FromPath[str]) -> Page | Stream:
    """The rows as they are now, as a file without a check code."""
    return await _export(request, _standing(request.actor, key))


@post("/ledgers/{key:str}/issue", guards=ISSUE)
async def issue_ledger(request: Request, key: FromPath[str]) -> Page:
    """Make the ledger: its rows are kept, and it gets a check code."""
    return await _issue(request, _standing(request.actor, key))


@get("/ledgers/own/{own_ledger:uuid}", guards=READ)
async def show_own(request: Request, own_ledger: FromPath[UUID]) -> Page:
    """An own ledger, with its kept filters unless the address has others."""
    found = await own.own_for(request.actor, own_ledger)
    query = dict(request.query_params) or {**found.filters}
    return await _show(request, found.definition, f"/ledgers/own/{own_ledger}", query, found)


@post("/ledgers/own/{own_ledger:uuid}/export", guards=[*READ, proved], status_code=200)
async def export_own(request: Request, own_ledger: FromPath[UUID]) -> Page | Stream:
    """The same as a file."""
    return await _export(request, (await own.own_for(request.actor, own_ledger)).definition)


@post("/ledgers/own/{own_ledger:uuid}/issue", guards=ISSUE)
async def issue_own(request: Request, own_ledger: FromPath[UUID]) -> Page:
    """Make an own ledger."""
    return await _issue(request, (await own.own_for(request.actor, own_ledger)).definition)


def _standing(actor: Actor, key: str) -> Definition:
    found = standing().get(key)
    if found is None or not may_read(actor, found.source):
        raise NotYours
    return found.shown_to(actor)


async def _show(
    request: Request, definition: Definition, path: str, query: dict[str, str], kept: own.OwnView | None = None
) -> Page:
    wanted = asking.asked(request.actor, definition, query, today())
    number = page_number(query.get("page"))
    seen = await reading.preview(wanted, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    area = wanted.scope if wanted.scope != request.actor.scope else ""
    filters = {"period": wanted.period, "area": area, **wanted.filters}
    listing = ListPage(number, seen.total, path, filters, PAGE_SIZE)
    return await page(
        request, "ledgers/show.html", definition=definition, titles=files.titles(definition), listing=listing,
        rows=[shown_row(definition.columns, row) for row in seen.rows], filters=filters, kept=kept, here=path,
        sums=seen.sums, as_of=seen.at, areas=await _areas(request.actor, area), choices=_choices(wanted),
        active=await _active(wanted, listing, area),
        periods=_periods(wanted), may_issue=issuing.may_issue(request.actor, definition), fresh=uuid4(),
        at_once=issuing.AT_ONCE, needs=definition.source.needs, home=wanted.filters.get("home", ""),
    )  # fmt: skip


async def _areas(actor: Actor, chosen: str) -> list[tuple[str, str]]:
    """One level below the reader's own area, and one below the chosen one."""
    found = await areas_for(actor)
    if chosen:
        known = dict(found)
        names = await names_of([chosen.ljust(12, "0")])
        found = found if chosen in known else [*found, (chosen, names.get(chosen.ljust(12, "0"), chosen))]
        below = await areas_for(Actor(None, "", "", frozenset(), chosen))
        found = [*found, *((code, f"— {name}") for code, name in below)]
    return found


def _periods(wanted: Asked) -> list[tuple[str, str]]:
    both = [each for kind in ("month", "quarter") for each in asking.periods(kind, today())]
    offered = list(dict.fromkeys([wanted.period, *both, str(today().year), str(today().year - 1)]))
    return [(each, asking.period_words(each)) for each in offered]


def _choices(wanted: Asked) -> list[dict[str, Any]]:
    source = wanted.definition.source
    return [
        {
            "code": code, "label": asking.title_of(column.zh, column.en), "value": wanted.filters.get(code, ""),
            "options": [each for each in words_of(column.words) if each[0]] if column.words else [],
        }
        for code, column in ((code, source.column(code)) for code in source.filters) if column.kind != "id"
    ]  # fmt: skip


async def _active(wanted: Asked, listing: ListPage, area: str) -> list[dict[str, str]]:
    found = []
    if area:
        name = (await names_of([area.ljust(12, "0")])).get(area.ljust(12, "0"), area)
        found.append({"label": _("Area"), "value": name, "remove_href": listing.href(area="")})
    for each in _choices(wanted):
        if each["value"]:
            said = dict(each["options"]).get(each["value"], each["value"])
            href = listing.href(1, **{each["code"]: ""})
            found.append({"label": each["label"], "value": said, "remove_href": href})
    return found


async def _export(request: Request, definition: Definition) -> Page | Stream:
    form = Form.of(await request.form())
    return await export_routes.export(request, asking.asked(request.actor, definition, form, today()), form)


async def _issue(request: Request, definition: Definition) -> Page:
    form = Form.of(await request.form())
    wanted = asking.asked(request.actor, definition, form, today())
    key = form.uuid("issue", required=False) or uuid4()
    made = await issuing.issue(request.actor, wanted, key, now())
    await flash(request, "ok", N_("The ledger was made."))
    return go(request, f"/ledgers/issues/{made}")


ROUTES: list[Any] = [
    list_ledgers, show_ledger, export_ledger, issue_ledger, show_own, export_own, issue_own,
    *own_routes.ROUTES, *issue_routes.ROUTES, *export_routes.ROUTES, *household_routes.ROUTES, *check_routes.ROUTES,
]  # fmt: skip
MENU: list[MenuItem] = [
    MenuItem(74, "ledgers", N_("Ledgers"), "/ledgers", "ledgers.read", "export", group="basis"),
]
TODO: list[TodoHook] = []
