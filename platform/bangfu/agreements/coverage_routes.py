"""The coverage of dispersed 特困 with care agreements: by township and village, the missing ones, and a CSV of them."""

from urllib.parse import quote

from litestar import Response, get

from bangfu.agreements import coverage
from bangfu.divisions.queries import areas_for
from bangfu.shared import i18n
from bangfu.shared.clock import today
from bangfu.shared.permissions import allows
from bangfu.shared.tabular.writing import write_csv
from bangfu.shared.web.access import requires
from bangfu.shared.web.pages import Page, Request, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

MOST = 500_000
"""Rows of the file: more than any county has people."""


@get("/agreements/coverage", guards=[requires("agreements.read")])
async def show_coverage(request: Request) -> Page:
    """Who has an agreement in force, of all who need one; the missing ones with the clock since they came in."""
    actor, division = request.actor, request.query_params.get("division", "").strip()[:12]
    number = page_number(request.query_params.get("page"))
    towns = await coverage.shares(actor, today(), 9)
    rows, total = await coverage.missing(actor, division, today(), PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, "/agreements/coverage", {"division": division})
    return await page(
        request, "agreements/coverage.html", towns=towns, villages=await coverage.shares(actor, today(), 12),
        sum=coverage.total(towns), rows=rows, listing=listing,
        division=division, areas=await areas_for(actor), without_mode=await coverage.without_mode(actor),
        may_draft=allows(actor.roles, "agreements.draft"),
    )  # fmt: skip


@get("/agreements/coverage.csv", guards=[requires("agreements.read")])
async def export_coverage(request: Request) -> Response[bytes]:
    """Those without an agreement as CSV, names masked."""
    division = request.query_params.get("division", "").strip()[:12]
    rows, _ = await coverage.missing(request.actor, division, today(), MOST, 0)
    titles = [
        i18n._("Household"), i18n._("Person cared for"), i18n._("Township"), i18n._("Village"),
        i18n._("Level of self-care"), i18n._("Days without an agreement"), i18n._("Agreement being made"),
        i18n._("Signed of seven"),
    ]  # fmt: skip
    cells = [
        [row.household_number, row.name, row.township_name, row.division_name, i18n.word("selfcare_level", row.level),
         "" if row.days is None else row.days, row.open_number, row.signed if row.open else ""]
        for row in rows
    ]  # fmt: skip
    name = f"{i18n._('Without a care agreement')} {today().isoformat()}.csv"
    headers = {"Content-Disposition": f"attachment; filename=\"list.csv\"; filename*=UTF-8''{quote(name)}"}
    content = write_csv(titles, cells)
    return Response(content, media_type="text/csv; charset=utf-8", headers={**headers, "Cache-Control": "no-store"})


COVERAGE = [show_coverage, export_coverage]
