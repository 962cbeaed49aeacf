"""The leaders' view: figures of an area and a quarter, each by what it can be split, each with its rows."""

from collections.abc import AsyncIterator
from typing import Any, Final

from litestar import get
from litestar.params import FromPath
from litestar.response import Stream

from bangfu.errors import N_
from bangfu.reports import chart_routes, drawings, listing, view
from bangfu.reports.addressing import SHARE_OF, asked_of, kept_query, quarters_of, share
from bangfu.reports.asking import Asked, nameless
from bangfu.reports.charts import Row
from bangfu.reports.figure import DIMENSIONS, Figure
from bangfu.reports.listing import Place
from bangfu.reports.view import Number
from bangfu.shared.civil_time import civil_date
from bangfu.shared.i18n import _, word
from bangfu.shared.quarters import period_words
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import stream_list
from bangfu.shared.web.frame import MenuItem, TodoHook
from bangfu.shared.web.pages import Page, Request, page
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.web.paging import page_number

MOST_DRAWN: Final = 40
"""Parts of a figure that a drawing shows, the largest; the table has all of them."""
READ = [requires("reports.read")]


@get("/reports", guards=READ)
async def show_figures(request: Request) -> Page:
    """Every figure that the reader may see, by subject; each opens its rows."""
    asked, name = await asked_of(request)
    figures = view.shown_to(asked)
    answer = await view.numbers(asked, figures)
    numbers = answer.value
    groups: dict[str, list[Figure]] = {}
    for each in figures:
        groups.setdefault(each.group, []).append(each)
    shares = {code: share(numbers[code], numbers[of]) for code, of in SHARE_OF.items() if {code, of} <= set(numbers)}
    return await page(
        request, "reports/figures.html", asked=asked, area_name=name, groups=groups, numbers=numbers, shares=shares,
        quarters=quarters_of(asked), areas=await view.areas(request.actor), kept=kept_query(asked), share_of=SHARE_OF,
        by_county=len(asked.area) > 6, as_of=answer.at or asked.at,
        offered={each.code: view.offered(asked, each) for each in figures}, period_words=period_words,
    )  # fmt: skip


@get("/reports/figures/{figure:str}", guards=READ)
async def show_figure(request: Request, figure: FromPath[str]) -> Page:
    """One figure: how it is counted, by what it is split, and the last eight quarters."""
    asked, name = await asked_of(request)
    found = view.figure_for(asked, figure)
    given = view.dimension_of(found, request.query_params.get("by", ""))
    by = given or next(iter(view.offered(asked, found)), "")
    parts = await view.parts(asked, found, by) if by else []
    series = await view.series(asked, found) if found.time == "quarter" else []
    words, title = DIMENSIONS[by] if by else "", [word("figure", found.code)]
    form = "money" if found.amount else "number"
    return await page(
        request, "reports/figure.html", asked=asked, area_name=name, figure=found, by=by, kept=kept_query(asked),
        number=await view.number(asked, found), parts=parts, words=words, quarters=quarters_of(asked), series=series,
        period_words=period_words, dimensions=[(each, word("figure_by", each)) for each in view.offered(asked, found)],
        drawn_parts=drawings.bars(
            [_named(part, words) for part in parts[:MOST_DRAWN]], title,
            [Row(part.code, "", (part,)) for part in parts[:MOST_DRAWN]], form,
        ),
        drawn_series=drawings.lines(
            [each for each, _number in series], title, [Row(each, "", (one,)) for each, one in series], form
        ),
    )  # fmt: skip


def _named(part: Number, words: str) -> str:
    if not part.code:
        return _("not stated")
    return word(words, part.code) if words else part.name or part.code


@get("/reports/rows/{figure:str}", guards=READ)
async def list_rows(request: Request, figure: FromPath[str]) -> Page:
    """What is behind a number: as many rows as it says, of money adding up to it. A long list is read on from its last
    row, so that its end comes as quickly as its beginning."""
    asked, name = await asked_of(request)
    found, by, code = _part(request, asked, figure)
    place = Place.of(request.query_params.get("after", "")) if found.order[0] else None
    current = 1 if found.order[0] else page_number(request.query_params.get("page"))
    number = await view.number(asked, found, by, code)
    filters = {"area": asked.area, "quarter": asked.quarter, "by": by, "code": code}
    paging = ListPage(current, number.n, f"/reports/rows/{found.code}", filters)
    rows = await listing.rows(asked, found, by, code, paging.size + 1, paging.offset, place)
    shown = rows[: paging.size]
    last = shown[-1].key if len(rows) > len(shown) else None
    return await page(
        request, "reports/rows.html", asked=asked, area_name=name, figure=found, by=by, code=code, number=number,
        rows=shown, listing=paging, kept=kept_query(asked), later=place is not None,
        nameless=nameless(asked, found),
        following=paging.href(after=last.text()) if last else "",
        csv=ListPage(1, 0, f"/reports/rows/{found.code}/csv", filters).href(), period_words=period_words,
    )  # fmt: skip


@get("/reports/rows/{figure:str}/csv", guards=READ)
async def export_rows(request: Request, figure: FromPath[str]) -> Stream:
    """All of them as a file, sent while it is read; names masked."""
    asked, _name = await asked_of(request)
    found, by, code = _part(request, asked, figure)
    titles = [_("Number"), _("Name"), _("Place"), _("Kind"), _("Day"), _("Amount, CNY")]

    async def parts() -> AsyncIterator[list[list[object]]]:
        async for rows in listing.all_rows(asked, found, by, code):
            yield [
                [row.number, row.name, row.place, word(found.words, row.what) if row.what else "",
                 civil_date(row.at).isoformat() if row.at else "", "" if row.amount is None else str(row.amount)]
                for row in rows
            ]  # fmt: skip

    return await stream_list(titles, parts(), f"{found.code}-{asked.area}-{asked.quarter}", "csv")


def _part(request: Request, asked: Asked, figure: str) -> tuple[Figure, str, str]:
    found = view.figure_for(asked, figure)
    by = view.dimension_of(found, request.query_params.get("by", ""))
    return found, by, request.query_params.get("code", "")[:24] if by else ""


ROUTES: list[Any] = [show_figures, show_figure, list_rows, export_rows, *chart_routes.ROUTES]
MENU: list[MenuItem] = [
    MenuItem(61, "reports", N_("Figures"), "/reports", "reports.read", "quality", group="supervision"),
]
TODO: list[TodoHook] = []
