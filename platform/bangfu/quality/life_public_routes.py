"""The public page of results: contracts, what was checked, aggregated results and bands; nobody is named."""

from typing import Any

from litestar import get

from bangfu.accounts.throttle import Throttle
from bangfu.quality.life_public import quarters, results
from bangfu.shared.clock import now
from bangfu.shared.web.access import public
from bangfu.shared.web.pages import Page, Request, page


@get("/results", guards=[public])
async def public_results(request: Request) -> Page:
    """The published quarters; ?quarter=2026Q3 shows one, the newest without."""
    at, address = now(), request.client.host if request.client else ""
    throttle: Throttle = request.app.state.throttle
    if throttle.full(f"results {address}", at):
        return await page(request, "quality/life/results.html", 429, rows=[], quarters=[], year=0, quarter=0, full=True)
    throttle.failed(f"results {address}", at)
    known = await quarters()
    asked = request.query_params.get("quarter", "")
    year, quarter = next((each for each in known if f"{each[0]}Q{each[1]}" == asked), known[0] if known else (0, 0))
    rows = await results(year, quarter) if year else []
    return await page(
        request, "quality/life/results.html", rows=rows, quarters=known, year=year, quarter=quarter, full=False
    )


ROUTES: list[Any] = [public_results]
