"""Pages for everybody, without an account: hashes, times, lists, results, and the script that repeats a draw."""

from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from bangfu.errors import NotYours
from bangfu.oversight import draw_queries as queries
from bangfu.oversight import draw_script
from bangfu.oversight.draw_publishing import lists_document, result_document, text_of
from bangfu.oversight.draw_round_routes import filters_of, state_choices
from bangfu.oversight.draw_views import RoundView
from bangfu.shared.tries import Limit
from bangfu.shared.web.access import public
from bangfu.shared.web.files import download
from bangfu.shared.web.limits import may_try, was_right
from bangfu.shared.web.pages import Page, Request, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

PUBLIC: Final = "/draws/public"
ONE: Final = PUBLIC + "/{draw_round:uuid}"
SHOWN: Final = 300
"""Ids of one list that a page shows; all of them stand in the file."""
GUESSING: Final = Limit("draw")


@get(PUBLIC, guards=[public])
async def public_draws(request: Request) -> Page:
    """Every round of every county."""
    number = page_number(request.query_params.get("page"))
    filters = filters_of(request)
    found = await queries.public_rounds(PAGE_SIZE, (number - 1) * PAGE_SIZE, **filters)
    return await page(
        request, "oversight/draws/public_list.html", rows=found.rows,
        listing=ListPage(number, found.total, PUBLIC, filters),
        filters=filters, states=state_choices(), counties=await queries.counties(None),
    )  # fmt: skip


@get(ONE, guards=[public])
async def public_draw(request: Request, draw_round: FromPath[UUID]) -> Page:
    """One round: hashes and their times, the lists' hashes, and once both secrets are in all that repeats the draw."""
    row = await _known(request, draw_round)
    lists = await queries.lists_of_round(row)
    drawn = await result_document(row.id) if row.status == "drawn" else {"draws": []}
    return await page(
        request, "oversight/draws/public_one.html", row=row, lists=lists, most=SHOWN,
        results={(each["contract"], each["population"]): each for each in drawn["draws"]},
    )  # fmt: skip


async def _known(request: Request, draw_round: UUID) -> RoundView:
    """Guessing ids is slowed down by address."""
    if not await may_try(request, GUESSING):
        raise NotYours
    found = await queries.public_round(draw_round)
    await was_right(request, GUESSING)
    return found


@get(ONE + "/lists.json", guards=[public])
async def public_lists(request: Request, draw_round: FromPath[UUID]) -> Response[bytes]:
    """The closed lists; 404 until both secrets are in."""
    row = await _known(request, draw_round)
    return download(text_of(await lists_document(row.id)), f"lists-{row.name}.json", "application/json")


@get(ONE + "/result.json", guards=[public])
async def public_result(request: Request, draw_round: FromPath[UUID]) -> Response[bytes]:
    """Secrets, lists and result, for `draw.py check`; 404 until both secrets are in."""
    row = await _known(request, draw_round)
    return download(text_of(await result_document(row.id)), f"draw-{row.name}.json", "application/json")


@get("/draws/draw.py", guards=[public])
async def script() -> Response[bytes]:
    """The script itself, byte for byte as the portal runs it."""
    return download(_script(), "draw.py", "text/x-python")


@cache
def _script() -> bytes:
    return Path(draw_script.__file__).read_bytes()


PUBLIC_ROUTES = [public_draws, public_draw, public_lists, public_result, script]
