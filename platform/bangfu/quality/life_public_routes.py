"""The public pages of results: contracts, what was checked, aggregated results and bands; nobody is named."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import get
from litestar.params import FromPath

from bangfu.errors import NotYours
from bangfu.quality.life_public import Result, checked_items, quarters, result_of, results
from bangfu.shared.tries import Limit
from bangfu.shared.web.access import public
from bangfu.shared.web.limits import may_try, was_right
from bangfu.shared.web.pages import Page, Request, page
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.web.paging import page_number

LIST: Final = "/results"
ITEMS: Final = 50
"""Checked services on one page."""
READING: Final = Limit("results", within=timedelta(minutes=1))
GUESSING: Final = Limit("result")


@get(LIST, guards=[public])
async def public_results(request: Request) -> Page:
    """The published quarters; ?quarter=2026Q3 shows one, the newest without.

    It may be opened 50 times a minute from one address: a whole office stands behind one, and the page tells nothing
    that guessing could find; only who asks without a pause is made to wait, until the minute is over.
    """
    if not await may_try(request, READING):
        return await page(request, "quality/life/results.html", 429, rows=[], quarters=[], year=0, quarter=0, full=True)
    known = await quarters()
    asked = request.query_params.get("quarter", "")
    year, quarter = next((each for each in known if f"{each[0]}Q{each[1]}" == asked), known[0] if known else (0, 0))
    rows = await results(year, quarter) if year else []
    return await page(
        request, "quality/life/results.html", rows=rows, quarters=known, year=year, quarter=quarter, full=False
    )


@get(LIST + "/{score:uuid}", guards=[public])
async def public_result(request: Request, score: FromPath[UUID]) -> Page:
    """One contract's quarter with the list of what was checked."""
    row = await _known(request, score)
    items, path = await checked_items(score), f"{LIST}/{score}"
    listing = ListPage(page_number(request.query_params.get("page")), len(items), path, {}, ITEMS)
    return await page(
        request, "quality/life/result.html", row=row, listing=listing,
        items=items[listing.offset : listing.offset + ITEMS],
    )  # fmt: skip


async def _known(request: Request, score: UUID) -> Result:
    """Guessing ids is slowed down by address."""
    if not await may_try(request, GUESSING):
        raise NotYours
    found = await result_of(score)
    await was_right(request, GUESSING)
    return found


ROUTES: list[Any] = [public_results, public_result]
