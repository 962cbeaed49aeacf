"""The leaders' view: figures of an area and a quarter, each by what it can be split, each with its rows."""

from typing import Any, Final

from litestar import Response, get
from litestar.params import FromPath

from bangfu.errors import N_
from bangfu.maps.queries import area_of
from bangfu.reports import view
from bangfu.reports.figure import DIMENSIONS, Figure
from bangfu.reports.view import Asked, Number
from bangfu.shared.civil_time import add_months, civil_date
from bangfu.shared.clock import now, today
from bangfu.shared.i18n import _, word
from bangfu.shared.quarters import period_words
from bangfu.shared.tabular import write_csv
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import download
from bangfu.shared.web.frame import MenuItem, TodoHook
from bangfu.shared.web.pages import Page, Request, page
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.web.paging import page_number

READ = [requires("reports.read")]
SHARE_OF: Final = {
    "households_served": "households", "households_unserved": "households", "children_served": "children",
    "needs_unplaced": "needs_waiting", "agreements_signed": "agreements_due", "visits_done": "visits_due",
    "visits_verified": "visits_due", "visits_missed": "visits_due", "cap_used": "cap_total",
    "deadlines_late": "deadlines_open", "deadlines_in_time": "deadlines_ended",
}  # fmt: skip
"""Figure -> the one that it is a share of."""


@get("/reports", guards=READ)
async def show_figures(request: Request) -> Page:
    """Every figure that the reader may see, by subject; each opens its rows."""
    asked, name = await _asked(request)
    figures = view.shown_to(asked)
    numbers = {each.code: await view.number(asked, each) for each in figures}
    groups: dict[str, list[Figure]] = {}
    for each in figures:
        groups.setdefault(each.group, []).append(each)
    shares = {code: _share(numbers[code], numbers[of]) for code, of in SHARE_OF.items() if {code, of} <= set(numbers)}
    return await page(
        request, "reports/figures.html", asked=asked, area_name=name, groups=groups, numbers=numbers, shares=shares,
        quarters=_quarters(asked), areas=await view.areas(request.actor), kept=_kept(asked), share_of=SHARE_OF,
        by_county=len(asked.area) > 6,
        period_words=period_words,
    )  # fmt: skip


@get("/reports/figures/{figure:str}", guards=READ)
async def show_figure(request: Request, figure: FromPath[str]) -> Page:
    """One figure: how it is counted, by what it is split, and the last eight quarters."""
    asked, name = await _asked(request)
    found = view.figure_for(asked, figure)
    by = view.dimension_of(found, request.query_params.get("by", "")) or next(iter(found.by), "")
    return await page(
        request, "reports/figure.html", asked=asked, area_name=name, figure=found, by=by, kept=_kept(asked),
        number=await view.number(asked, found), parts=await view.parts(asked, found, by) if by else [],
        words=DIMENSIONS[by] if by else "", quarters=_quarters(asked),
        series=await view.series(asked, found) if found.time == "quarter" else [], period_words=period_words,
        dimensions=[(each, word("figure_by", each)) for each in found.by],
    )  # fmt: skip


@get("/reports/rows/{figure:str}", guards=READ)
async def list_rows(request: Request, figure: FromPath[str]) -> Page:
    """What is behind a number: as many rows as it says, of money adding up to it."""
    asked, name = await _asked(request)
    found, by, code = _part(request, asked, figure)
    size = page_number(request.query_params.get("page"))
    number = await view.number(asked, found, by, code)
    filters = {"area": asked.area, "quarter": asked.quarter, "by": by, "code": code}
    listing = ListPage(size, number.n, f"/reports/rows/{found.code}", filters)
    return await page(
        request, "reports/rows.html", asked=asked, area_name=name, figure=found, by=by, code=code, number=number,
        rows=await view.rows(asked, found, by, code, listing.size, listing.offset), listing=listing, kept=_kept(asked),
        csv=ListPage(1, 0, f"/reports/rows/{found.code}/csv", filters).href(), most=view.MOST_ROWS,
        period_words=period_words,
    )  # fmt: skip


@get("/reports/rows/{figure:str}/csv", guards=READ)
async def export_rows(request: Request, figure: FromPath[str]) -> Response[bytes]:
    """The same as a list, names masked."""
    asked, _name = await _asked(request)
    found, by, code = _part(request, asked, figure)
    titles = [_("Number"), _("Name"), _("Place"), _("Kind"), _("Day"), _("Amount, CNY")]
    lines = [
        [row.number, row.name, row.place, word(found.words, row.what) if row.what else "",
         civil_date(row.at).isoformat() if row.at else "", "" if row.amount is None else str(row.amount)]
        for row in await view.rows(asked, found, by, code, view.MOST_ROWS)
    ]  # fmt: skip
    name = f"{found.code}-{asked.area}-{asked.quarter}.csv"
    return download(write_csv(titles, lines), name, "text/csv; charset=utf-8")


async def _asked(request: Request) -> tuple[Asked, str]:
    """Area and quarter of the address; the reader's own area and today's quarter where none is asked."""
    query = request.query_params
    area, name = await area_of(request.actor, query.get("area", ""))
    return Asked(request.actor, area, view.first_day(query.get("quarter", ""), today()), now()), name


def _part(request: Request, asked: Asked, figure: str) -> tuple[Figure, str, str]:
    found = view.figure_for(asked, figure)
    by = view.dimension_of(found, request.query_params.get("by", ""))
    return found, by, request.query_params.get("code", "")[:24] if by else ""


def _quarters(asked: Asked) -> list[tuple[str, str]]:
    """The last eight quarters to choose from, and the asked one."""
    first = view.first_day("", today())
    found = {view.quarter_text(add_months(first, -3 * back)) for back in range(view.EIGHT)} | {asked.quarter}
    return [(each, period_words(each)) for each in sorted(found, reverse=True)]


def _kept(asked: Asked) -> str:
    return f"?area={asked.area}&quarter={asked.quarter}"


def _share(number: Number, of: Number) -> str:
    """Percent with one decimal, cut off: 100 only where nothing is missing."""
    if not of.value:
        return "—"
    whole, tenth = divmod(int(number.value * 1000 / of.value), 10)
    return f"{whole}.{tenth} %"


ROUTES: list[Any] = [show_figures, show_figure, list_rows, export_rows]
MENU: list[MenuItem] = [
    MenuItem(61, "reports", N_("Figures"), "/reports", "reports.read", "quality", group="supervision"),
]
TODO: list[TodoHook] = []
