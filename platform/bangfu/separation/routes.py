"""The proof that nobody held two duties on one chain: the nights, the chains as they stand, a list to take along."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from bangfu.errors import N_
from bangfu.separation import attempts, reading
from bangfu.separation.duties import CHAINS, PAIRS
from bangfu.shared.i18n import _, word
from bangfu.shared.tabular import write_csv
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import download
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, page
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.web.paging import page_number

READ = [requires("separation.read")]
CSV: Final = "text/csv; charset=utf-8"
HREFS: Final = {"need": "/needs/", "contract": "/contracts/", "visit": "/visits/", "score": "/scores/"}
"""Kind of chain -> where its object is shown; the others stand here by their id."""


@get("/duties", guards=READ)
async def list_nights(request: Request) -> Page:
    """Every night's proof of the area, and which duties exclude each other."""
    number = page_number(request.query_params.get("page"))
    rows, total = await reading.nights(request.actor, reading.ROWS, (number - 1) * reading.ROWS)
    pairs = sorted(tuple(sorted(pair)) for pair in PAIRS)
    return await page(
        request, "separation/nights.html", rows=rows, listing=ListPage(number, total, "/duties", {}, reading.ROWS),
        kinds=list(CHAINS), pairs=pairs, attempts=await attempts.refused_in(request.actor, 20) if number == 1 else [],
    )  # fmt: skip


@get("/duties/chains", guards=READ)
async def list_chains(request: Request) -> Page:
    """Who did what on the chains of a kind, now."""
    kind, chain = _wanted(request)
    number = page_number(request.query_params.get("page"))
    rows, total = await reading.chains(request.actor, kind, chain, reading.ROWS, (number - 1) * reading.ROWS)
    filters = {"kind": kind, "chain": str(chain) if chain else ""}
    return await page(
        request, "separation/chains.html", rows=rows, kind=kind, kinds=list(CHAINS), hrefs=HREFS, filters=filters,
        listing=ListPage(number, total, "/duties/chains", filters, reading.ROWS),
        csv=ListPage(1, 0, "/duties/chains.csv", filters).href(),
    )  # fmt: skip


@get("/duties/chains.csv", guards=READ)
async def export_chains(request: Request) -> Response[bytes]:
    """The same as a list; people by their account's id and name, nobody who is served by name."""
    kind, chain = _wanted(request)
    rows, _total = await reading.chains(request.actor, kind, chain, reading.MOST)
    titles = [_("Kind"), _("Chain"), _("Account"), _("Name"), _("Duties"), _("Excluding duties")]
    lines = [
        [
            word("chain_kind", each.held.kind), str(each.held.chain), str(each.held.actor), each.name,
            ", ".join(word("duty", duty) for duty in each.held.duties),
            "; ".join(" + ".join(word("duty", duty) for duty in pair) for pair in each.held.violations),
        ]
        for each in rows
    ]  # fmt: skip
    return download(write_csv(titles, lines), f"duties-{kind}.csv", CSV)


@get("/duties/{report:uuid}", guards=READ)
async def show_night(request: Request, report: FromPath[UUID]) -> Page:
    """One night's proof."""
    return await page(request, "separation/night.html", night=await reading.night(request.actor, report), hrefs=HREFS)


def _wanted(request: Request) -> tuple[str, UUID | None]:
    kind = request.query_params.get("kind", "")
    try:
        chain = UUID(request.query_params.get("chain", ""))
    except ValueError:
        chain = None
    return (kind if kind in CHAINS else "visit"), chain


ROUTES: list[Any] = [list_nights, list_chains, export_chains, show_night]
MENU = [
    MenuItem(56, "duties", N_("Separation of duties"), "/duties", "separation.read", icon="ok", group="settlement"),
]
