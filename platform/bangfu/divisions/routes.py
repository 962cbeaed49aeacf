"""Browsing the network of divisions within one's scope."""

from litestar import get
from litestar.params import FromPath

from bangfu.divisions import queries
from bangfu.errors import N_
from bangfu.shared.division_codes import division_prefix
from bangfu.shared.web.access import requires
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage


@get("/divisions", guards=[requires("divisions.read")])
async def start_browsing(request: Request) -> Page:
    """The top of one's own scope."""
    return go(request, f"/divisions/{await queries.top_of(request.actor)}")


@get("/divisions/{code:str}", guards=[requires("divisions.read")])
async def show_division(request: Request, code: FromPath[str]) -> Page:
    """One division and what lies directly below it."""
    division = await queries.division_for(request.actor, code)
    number = page_number(request.query_params.get("page"))
    places, total = await queries.children(division.code, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await page(
        request, "divisions/show.html", division=division, prefix=division_prefix(division.code), places=places,
        above=await queries.path_of(request.actor, division.code),
        listing=ListPage(number, total, f"/divisions/{division.code}", {}),
    )  # fmt: skip


ROUTES = [start_browsing, show_division]
MENU = [MenuItem(80, "divisions", N_("Divisions"), "/divisions", "divisions.read", "map", group="basis")]
