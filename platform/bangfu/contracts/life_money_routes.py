"""Where the money of a contract is: figures with bars, the ledger of each line, its export; risks of all contracts."""

from datetime import timedelta
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from bangfu.contracts import burning, risk_rules
from bangfu.contracts.burning_rules import burn_of_sums
from bangfu.contracts.life_own import own_page
from bangfu.contracts.life_pages import framed, seen
from bangfu.contracts.reading import line_for
from bangfu.contracts.risk_reading import watched
from bangfu.shared.clock import SHANGHAI, now
from bangfu.shared.i18n import _, word
from bangfu.shared.tabular import write_csv
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import download
from bangfu.shared.web.pages import Page, Request, page
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.web.paging import page_number

_LEDGER = "/{contract:uuid}/lines/{line:uuid}/ledger"
CSV = "text/csv; charset=utf-8"


@get("/contracts/{contract:uuid}/burn", guards=[requires("contracts.read")])
async def show_burn(request: Request, contract: FromPath[UUID]) -> Page:
    """Committed, delivered, verified, held, settled and left, of each line and of all."""
    found = await seen(request, contract)
    lines, total = await burning.burning_of(contract)
    return await page(request, "contracts/burn.html", lines=lines, total=total, **framed(request, found, "burn"))


@get("/my-contracts/{contract:uuid}/money", guards=[requires("contracts.own")])
async def own_money(request: Request, contract: FromPath[UUID]) -> Page:
    """The supplier's page of one contract."""
    return await own_page(request, contract)


@get(f"/contracts{_LEDGER}", guards=[requires("contracts.read")])
async def show_ledger(request: Request, contract: FromPath[UUID], line: FromPath[UUID]) -> Page:
    """Every entry of a line."""
    return await _ledger(request, contract, line)


@get(f"/my-contracts{_LEDGER}", guards=[requires("contracts.own")])
async def show_own_ledger(request: Request, contract: FromPath[UUID], line: FromPath[UUID]) -> Page:
    """The same for the supplier."""
    return await _ledger(request, contract, line)


@get(f"/contracts{_LEDGER}/export", guards=[requires("contracts.read")])
async def export_ledger(request: Request, contract: FromPath[UUID], line: FromPath[UUID]) -> Response[bytes]:
    """Every entry of a line as a list."""
    return await _export(request, contract, line)


@get(f"/my-contracts{_LEDGER}/export", guards=[requires("contracts.own")])
async def export_own_ledger(request: Request, contract: FromPath[UUID], line: FromPath[UUID]) -> Response[bytes]:
    """The same for the supplier."""
    return await _export(request, contract, line)


async def _ledger(request: Request, contract: UUID, line: UUID) -> Page:
    found = await seen(request, contract)
    shown = await line_for(contract, line)
    ledger = await burning.ledger_of(shown)
    known = framed(request, found, "burn")
    number = page_number(request.query_params.get("page"))
    listing = ListPage(number, len(ledger.rows), f"{known['base']}/lines/{line}/ledger", {}, burning.ROWS)
    newest = ledger.rows[::-1][listing.offset : listing.offset + burning.ROWS]
    return await page(
        request, "contracts/burn_ledger.html", line=shown, rows=newest, sums=ledger.sums, listing=listing,
        burn=burn_of_sums(ledger.sums), **known,
    )  # fmt: skip


async def _export(request: Request, contract: UUID, line: UUID) -> Response[bytes]:
    found = await seen(request, contract)
    shown = await line_for(contract, line)
    ledger = await burning.ledger_of(shown)
    titles = [_("Time"), _("Entry"), _("Number of the subject"), _("Units"), _("Amount in yuan"), _("Units left"),
              _("Yuan left")]  # fmt: skip
    rows = [
        [
            f"{row.entry.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", word("movement_kind", row.entry.kind),
            row.entry.number, row.entry.units, row.entry.amount, row.left.units, row.left.amount,
        ]
        for row in ledger.rows
    ]  # fmt: skip
    return download(write_csv(titles, rows), f"{found.number}-{shown.service}.csv", CSV)


@get("/contracts/risks", guards=[requires("contracts.read")])
async def list_risks(request: Request) -> Page:
    """The watched contracts, the riskiest first, each with every reason."""
    level = request.query_params.get("level", "")
    rows = await watched(request.actor, now())
    counts = {name: sum(row.risk.level == name for row in rows) for name in ("bad", "warn", "ok")}
    shown = [row for row in rows if level not in counts or row.risk.level == level]
    number = page_number(request.query_params.get("page"))
    listing = ListPage(number, len(shown), "/contracts/risks", {"level": level if level in counts else ""})
    return await page(
        request, "contracts/risk_list.html", rows=shown[listing.offset : listing.offset + listing.size],
        listing=listing, counts=counts, level=level, points=risk_rules.POINTS, at=now(), soon=timedelta(days=1),
    )  # fmt: skip


ROUTES = [
    show_burn, own_money, show_ledger, show_own_ledger, export_ledger, export_own_ledger, list_risks,
]  # fmt: skip
