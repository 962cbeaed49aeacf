"""Charts of the leaders' view, each beside its table, and the scores of a quarter in like cohorts."""

from typing import Any, Final

from litestar import get

from bangfu.errors import NotYours
from bangfu.quality import score_pages, score_queries
from bangfu.reports import charts, drawings, view
from bangfu.reports.addressing import asked_of, kept_query, quarters_of, share
from bangfu.shared.i18n import _, word
from bangfu.shared.permissions import allows
from bangfu.shared.quarters import period_words
from bangfu.shared.web.access import requires
from bangfu.shared.web.pages import Page, Request, page

READ = [requires("reports.read")]
MEASURES: Final = {"delivered": "percent", "punctuality": "percent", "duration": "percent", "satisfaction": "stars"}
"""What contracts are compared by -> how it is written."""


@get("/reports/charts", guards=READ)
async def show_charts(request: Request) -> Page:
    """Where it is short, how it went over two years, on what evidence, and what it cost."""
    asked, name = await asked_of(request)
    of_places, of_money = charts.seen(asked, charts.OF_PLACES), charts.seen(asked, charts.OF_MONEY)
    of_visits = charts.seen(asked, charts.OF_VISITS)
    cap = bool(charts.seen(asked, ("cap_used", "cap_total"))[1:])
    answer = await charts.tables(asked, of_places, of_visits, of_money, cap)
    found = answer.value
    titles = [word("figure", each) for each in of_visits]
    return await page(
        request, "reports/charts.html", asked=asked, area_name=name, areas=await view.areas(request.actor),
        quarters=quarters_of(asked), kept=kept_query(asked), period_words=period_words, by=charts.place_of(asked),
        of_places=of_places, of_visits=of_visits, of_money=of_money, found=found, by_county=len(asked.area) > 6,
        covered=_covered(of_places, found.places), as_of=answer.at or asked.at,
        heads_of={
            "of_places": _heads("figure", of_places), "of_visits": _heads("figure", of_visits),
            "of_money": _heads("figure", of_money), "classes": _heads("evidence_class", found.classes),
        },
        drawn={
            "places": drawings.bars(
                [row.name or row.code for row in found.places],
                [word("figure", each) for each in of_places],
                found.places,
            ),
            "visits": drawings.lines([row.code for row in found.visits], titles, found.visits),
            "evidence": drawings.stack(
                [row.code for row in found.evidence],
                [each["label"] for each in _heads("evidence_class", found.classes)],
                found.evidence,
            ),
            "money": drawings.lines(
                [row.code for row in found.money], [word("figure", each) for each in of_money], found.money, "money"
            ),
            "cap": drawings.meter(found.cap, found.months) if found.cap is not None else None,
        },
    )  # fmt: skip


def _heads(kind: str, codes: list[str]) -> list[dict[str, Any]]:
    return [{"label": word(kind, code) if code else _("not stated"), "num": True} for code in codes]


def _covered(codes: list[str], rows: list[charts.Row]) -> dict[str, str]:
    """Code of a place -> the share of its households that are served."""
    if not {"households", "households_served"} <= set(codes):
        return {}
    of, served = codes.index("households"), codes.index("households_served")
    return {row.code: share(row.numbers[served], row.numbers[of]) for row in rows}


@get("/reports/scores", guards=READ)
async def show_scores(request: Request) -> Page:
    """The quarter's scores, and what they are made of with 95 % intervals: contracts and townships only beside their
    like, by name and without a rank."""
    if not allows(request.actor.roles, "quality.read"):
        raise NotYours
    asked, name = await asked_of(request)
    measure = request.query_params.get("by", "")
    measure = measure if measure in MEASURES else "delivered"
    wanted = score_queries.Wanted(period=asked.quarter, kind="contract")
    rows, total = await score_queries.scores(request.actor, wanted, score_pages.MOST_COMPARED, 0)
    county = asked.area[:6]
    rows = [row for row in rows if row.division.startswith(county)]
    cohorts = await score_pages.compared(rows)
    names = await score_queries.town_names({one.code for *_rest, own in cohorts for one in own})
    return await page(
        request, "reports/scores.html", asked=asked, area_name=name, areas=await view.areas(request.actor),
        quarters=quarters_of(asked), kept=kept_query(asked), period_words=period_words, measure=measure,
        newest="" if rows else await score_queries.newest_quarter(request.actor, county),
        measures=[(each, word("score_measure", each)) for each in MEASURES], cohorts=cohorts, names=names, scores=rows,
        most=score_pages.MOST_COMPARED, more=total > len(rows) and len(rows) >= score_pages.MOST_COMPARED,
        drawn=[
            drawings.intervals(
                [(f"{one.number} {one.organization_name}", _told(one.figures, measure)) for one in own],
                MEASURES[measure],
            )
            for _key, own, _all, _towns in cohorts
        ],
    )  # fmt: skip


def _told(figures: Any, measure: str) -> Any:
    """The measure; None where the sample is too small for a figure."""
    few = figures.few_ratings if measure == "satisfaction" else figures.few
    return None if few else getattr(figures, measure)


ROUTES: list[Any] = [show_charts, show_scores]
