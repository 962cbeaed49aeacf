"""Pages of quality: scores, their indicators, previews, cohorts; standards and goals stand in modules of their own."""

from typing import Any
from uuid import UUID

from litestar import get
from litestar.params import FromPath

from bangfu.errors import N_
from bangfu.quality import score_pages, score_queries
from bangfu.quality.goal_routes import GOALS
from bangfu.quality.score_queries import Wanted
from bangfu.quality.standard_routes import STANDARDS
from bangfu.quality.standard_rules import BANDS
from bangfu.shared import i18n
from bangfu.shared.civil_time import quarter_of
from bangfu.shared.clock import now, today
from bangfu.shared.quarters import period_words
from bangfu.shared.web.access import requires
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, page
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.web.paging import page_number

READ = [requires("quality.read")]
OWN = [requires("quality.own")]
MINE = [requires("quality.own_score")]
"""The manager's own, and the caregiver's whose agreement is scored."""
_SIZE = 30


@get("/scores", guards=READ)
async def list_scores(request: Request) -> Page:
    """The scores of the area, the weakest first in each quarter, and the contracts whose quarter runs."""
    given = {name: request.query_params.get(name, "")[:16] for name in ("period", "status", "band", "kind")}
    if given["band"] not in {*BANDS, ""}:
        given["band"] = ""
    current = page_number(request.query_params.get("page"))
    rows, total = await score_queries.scores(request.actor, Wanted(**given), _SIZE, (current - 1) * _SIZE)
    return await page(
        request, "quality/scores.html", rows=rows, filters=given,
        band_options=[(each, i18n.word("score_band", each)) for each in BANDS],
        periods=[(each, period_words(each)) for each in await score_queries.periods(request.actor)],
        paging=ListPage(current, total, "/scores", given, _SIZE),
        running=await score_queries.running(request.actor, today()) if current == 1 else [],
    )  # fmt: skip


@get("/scores/cohorts", guards=READ)
async def compare_cohorts(request: Request) -> Page:
    """Like with like: contracts within cohorts."""
    return await score_pages.cohorts_page(request)


@get("/scores/{score:uuid}", guards=READ)
async def show_score(request: Request, score: FromPath[UUID]) -> Page:
    """One score."""
    return await score_pages.score_page(request, score, at=now())


@get("/scores/{score:uuid}/indicators/{code:str}", guards=READ)
async def show_indicator(request: Request, score: FromPath[UUID], code: FromPath[str]) -> Page:
    """One indicator with its cases."""
    return await score_pages.indicator_page(request, score, code)


@get("/contracts/{contract:uuid}/quarter", guards=READ)
async def show_preview(request: Request, contract: FromPath[UUID]) -> Page:
    """A contract's quarter as it stands."""
    return await score_pages.preview_page(request, contract, now())


@get("/contracts/{contract:uuid}/quarter/indicators/{code:str}", guards=READ)
async def show_preview_indicator(request: Request, contract: FromPath[UUID], code: FromPath[str]) -> Page:
    """One indicator of the quarter as it stands."""
    return await score_pages.preview_indicator(request, contract, code, now())


@get("/my-scores", guards=MINE)
async def list_own_scores(request: Request) -> Page:
    """Own published scores, and the contracts or agreements whose quarter runs."""
    current = page_number(request.query_params.get("page"))
    rows, total = await score_queries.own_scores(request.actor, _SIZE, (current - 1) * _SIZE)
    return await page(
        request, "quality/own_scores.html", rows=rows, paging=ListPage(current, total, "/my-scores", {}, _SIZE),
        running=await score_queries.running(request.actor, today(), own=True) if current == 1 else [],
        agreements=await score_queries.own_agreements(request.actor, today()) if current == 1 else [],
        period="{}Q{}".format(*quarter_of(today())),
    )  # fmt: skip


@get("/my-scores/{score:uuid}", guards=MINE)
async def show_own_score(request: Request, score: FromPath[UUID]) -> Page:
    """One published score of the organisation."""
    return await score_pages.score_page(request, score, own=True, at=now())


@get("/my-scores/{score:uuid}/indicators/{code:str}", guards=MINE)
async def show_own_indicator(request: Request, score: FromPath[UUID], code: FromPath[str]) -> Page:
    """One indicator of a published score of the organisation."""
    return await score_pages.indicator_page(request, score, code, own=True)


@get("/my-scores/contracts/{contract:uuid}", guards=OWN)
async def show_own_preview(request: Request, contract: FromPath[UUID]) -> Page:
    """The organisation's quarter as it stands, with what each deduction rests on."""
    return await score_pages.preview_page(request, contract, now(), own=True)


@get("/my-scores/contracts/{contract:uuid}/indicators/{code:str}", guards=OWN)
async def show_own_preview_indicator(request: Request, contract: FromPath[UUID], code: FromPath[str]) -> Page:
    """One indicator of the organisation's quarter as it stands."""
    return await score_pages.preview_indicator(request, contract, code, now(), own=True)


@get("/my-scores/agreements/{agreement:uuid}", guards=MINE)
async def show_own_agreement(request: Request, agreement: FromPath[UUID]) -> Page:
    """The caregiver's quarter as it stands."""
    return await score_pages.agreement_page(request, agreement, now())


@get("/my-scores/agreements/{agreement:uuid}/indicators/{code:str}", guards=MINE)
async def show_own_agreement_indicator(request: Request, agreement: FromPath[UUID], code: FromPath[str]) -> Page:
    """One indicator of the caregiver's quarter as it stands."""
    return await score_pages.agreement_indicator(request, agreement, code, now())


ROUTES: list[Any] = [
    show_own_agreement, show_own_agreement_indicator,
    list_scores, compare_cohorts, show_score, show_indicator, show_preview, show_preview_indicator, list_own_scores,
    show_own_score, show_own_indicator, show_own_preview, show_own_preview_indicator, *STANDARDS, *GOALS,
]  # fmt: skip
MENU = [
    MenuItem(54, "scores", N_("Quarterly scores"), "/scores", "quality.read", icon="quality", group="settlement"),
    MenuItem(57, "standards", N_("Scoring standards"), "/standards", "standards.read", icon="quality",
             group="settlement"),
    MenuItem(54, "own-scores", N_("Own results"), "/my-scores", "quality.own", icon="quality", group="settlement"),
    MenuItem(
        16, "own-care", N_("Score of my care"), "/my-scores", "quality.own_care", icon="quality", group="settlement"
    ),
    MenuItem(53, "goals", N_("Goals of needs"), "/goals", "goals.read", icon="quality", group="quality"),
]  # fmt: skip
