"""The pages of one score, shared by the office's, the organisation's and the previews' routes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.errors import FormError, NotYours
from bangfu.quality import gathering, measure_rules, proving, score_parts, score_queries, snapshot, towns
from bangfu.quality.score_queries import ScoreRow
from bangfu.quality.score_view import ScoreView, cases_of, view_of
from bangfu.quality.standard_rules import INDICATORS
from bangfu.quality.tables import QuarterScore
from bangfu.quality.voices import linked
from bangfu.shared.civil_time import quarter_of
from bangfu.shared.clock import now, today
from bangfu.shared.quarters import period_words
from bangfu.shared.web.pages import Page, Request, error_texts, page
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.web.paging import page_number

LISTED: Final = 50
QUIET: Final = frozenset({"Q6", "Q7", "Q8", "Q9"})
"""What people said: an organisation sees numbers and reasons, but no single case of these."""
NEVER_SINGLE: Final = frozenset({"Q6"})
"""Ratings are never listed one by one, to nobody."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a score's pages live, and whether they are the organisation's own."""

    path: str
    own: bool
    home: str
    """The list that it belongs to."""


async def score_page(
    request: Request, score: UUID, *, own: bool = False, form: Mapping[str, Any] | None = None,
    error: FormError | None = None, at: datetime | None = None,
) -> Page:  # fmt: skip
    """The page of a frozen score; `form` and `error` go to the panels of other parts (score_parts).

    Raises:
        NotYours: if it is not the reader's to see.
    """
    row = await score_queries.score_of(request.actor, score, own=own)
    shown, view = await _revision(request, row)
    table_row = await QuarterScore.objects().get(QuarterScore.id == score)
    assert table_row is not None  # noqa: S101 (just read)
    place = _place(row, own)
    moment = at or now()
    return await page(
        request, "quality/score.html", 422 if error else 200, row=row, view=view, place=place, shown=shown,
        revisions=await score_queries.revisions_of(score), differences=await proving.differences_of(score),
        panels=await score_parts.panels_for(request.actor, table_row, moment), score=table_row, running=False,
        form=form or {}, errors=error_texts(error.fields) if error else {}, suffix=_suffix(shown, row),
    )  # fmt: skip


def _place(row: ScoreRow, own: bool) -> Place:
    return Place(f"/my-scores/{row.id}" if own else f"/scores/{row.id}", own, "/my-scores" if own else "/scores")


def _suffix(shown: int, row: ScoreRow) -> str:
    return "" if shown == row.revision else f"?revision={shown}"


async def _revision(request: Request, row: ScoreRow) -> tuple[int, ScoreView]:
    """The revision that was asked for, the present one by default."""
    given = request.query_params.get("revision", "")
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 6 else row.revision
    return number, view_of(snapshot.read(await score_queries.facts_text(row.id, number)))


async def indicator_page(request: Request, score: UUID, code: str, *, own: bool = False) -> Page:
    """One indicator of a frozen score with every case.

    Raises:
        NotYours: for an unknown indicator, or a score that is not the reader's to see.
    """
    row = await score_queries.score_of(request.actor, score, own=own)
    shown, view = await _revision(request, row)
    return await _cases(request, view, code, _place(row, own), row.number, row.period, _suffix(shown, row))


async def _cases(
    request: Request, view: ScoreView, code: str, place: Place, number: str, period: str, suffix: str
) -> Page:
    if code not in INDICATORS:
        raise NotYours
    tally = view.figures.counted.tallies[code]
    groups = {"misses": tally.misses, "hits": tally.hits, "left_out": tally.left_out}
    chosen = request.query_params.get("cases", "misses")
    chosen = chosen if chosen in groups else "misses"
    quiet = code in NEVER_SINGLE or (place.own and code in QUIET)
    items = () if quiet else groups[chosen]
    current = page_number(request.query_params.get("page"))
    part = items[(current - 1) * LISTED : current * LISTED]
    path = f"{place.path}/indicators/{code}"
    kept = {"cases": chosen, **({"revision": suffix.partition("=")[2]} if suffix.startswith("?revision") else {})}
    return await page(
        request, "quality/indicator.html", view=view, code=code, place=place, number=number, period=period,
        row=next(each for each in view.rows if each.code == code), tally=tally, chosen=chosen, quiet=quiet,
        counts={name: len(each) for name, each in groups.items()}, suffix=suffix,
        cases=await cases_of(view, part), paging=ListPage(current, len(items), path, kept, LISTED),
        indicator=view.scored.indicators[INDICATORS.index(code)],
    )  # fmt: skip


def _period(request: Request) -> tuple[int, int]:
    """The quarter asked for as 2026Q4; the running one by default, none that is to come or older than two years."""
    year, quarter = quarter_of(today())
    given = request.query_params.get("period", "")
    if len(given) == 6 and given[4] == "Q" and (given[:4] + given[5]).isdecimal() and given[5] in "1234":
        wanted = (int(given[:4]), int(given[5]))
        if (year - 2, quarter) <= wanted <= (year, quarter):
            return wanted
    return year, quarter


async def preview_page(request: Request, contract: UUID, at: datetime, *, own: bool = False) -> Page:
    """A contract's quarter as it stands now: computed at once, kept nowhere.

    Raises:
        NotYours: if the contract is not the reader's to see.
    """
    await score_queries.check_contract(request.actor, contract, own=own)
    return await _preview(request, "contract", contract, _preview_place(contract, own), at)


async def agreement_page(request: Request, agreement: UUID, at: datetime) -> Page:
    """The caregiver's own quarter as it stands now.

    Raises:
        NotYours: if the agreement is not the reader's.
    """
    await score_queries.check_agreement(request.actor, agreement)
    return await _preview(request, "agreement", agreement, _agreement_place(agreement), at)


def _agreement_place(agreement: UUID) -> Place:
    return Place(f"/my-scores/agreements/{agreement}", True, "/my-scores")


async def _preview(request: Request, kind: str, subject: UUID, place: Place, at: datetime) -> Page:
    year, quarter = _period(request)
    view = view_of(await gathering.gather(kind, subject, year, quarter, at))
    return await page(
        request, "quality/preview.html", view=view, place=place, contract=subject, running=True,
        period=f"{year}Q{quarter}", at=at, suffix=f"?period={year}Q{quarter}",
        periods=[(each, period_words(each)) for each in _periods()], errors={}, form={},
    )  # fmt: skip


def _preview_place(contract: UUID, own: bool) -> Place:
    if own:
        return Place(f"/my-scores/contracts/{contract}", True, "/my-scores")
    return Place(f"/contracts/{contract}/quarter", False, "/scores")


def _periods() -> list[str]:
    year, quarter = quarter_of(today())
    index = year * 4 + quarter - 1
    return [f"{(index - n) // 4}Q{(index - n) % 4 + 1}" for n in range(4)]


async def preview_indicator(request: Request, contract: UUID, code: str, at: datetime, *, own: bool = False) -> Page:
    """One indicator of a preview with its cases."""
    await score_queries.check_contract(request.actor, contract, own=own)
    return await _preview_cases(request, "contract", contract, code, _preview_place(contract, own), at)


async def agreement_indicator(request: Request, agreement: UUID, code: str, at: datetime) -> Page:
    """One indicator of the caregiver's own quarter with its cases."""
    await score_queries.check_agreement(request.actor, agreement)
    return await _preview_cases(request, "agreement", agreement, code, _agreement_place(agreement), at)


async def _preview_cases(request: Request, kind: str, subject: UUID, code: str, place: Place, at: datetime) -> Page:
    year, quarter = _period(request)
    view = view_of(await gathering.gather(kind, subject, year, quarter, at))
    return await _cases(request, view, code, place, view.facts.number, f"{year}Q{quarter}", f"?period={year}Q{quarter}")


@dataclass(frozen=True, slots=True)
class Compared:
    """One contract's figures in a cohort."""

    score: UUID
    number: str
    organization_name: str
    figures: measure_rules.CohortFigures


CohortRow = tuple[measure_rules.Cohort, list[Compared], measure_rules.CohortFigures, list[towns.TownFigures]]
MOST_COMPARED: Final = 60
"""Contracts of a quarter that are put beside each other."""


async def compared(rows: list[ScoreRow]) -> list[CohortRow]:
    """The frozen facts of these scores cut into like cohorts: contracts by name, all together, townships by code."""
    found: dict[measure_rules.Cohort, list[Compared]] = {}
    parts: dict[measure_rules.Cohort, list[snapshot.Snapshot]] = {}
    for row in rows:
        facts = await linked(snapshot.read(await score_queries.facts_text(row.id, row.revision)))
        for key, figures in measure_rules.cohorts_of(facts).items():
            found.setdefault(key, []).append(Compared(row.id, row.number, row.organization_name, figures))
            parts.setdefault(key, []).append(measure_rules.part_of(facts, key))
    return [
        (key, sorted(each, key=lambda one: (one.organization_name, one.number)),
         measure_rules.figures_of(parts[key], parts[key][0].standard), towns.compared(parts[key], key))
        for key, each in sorted(found.items())
    ]  # fmt: skip


async def cohorts_page(request: Request) -> Page:
    """Contracts of a quarter beside each other, and townships, only within like cohorts, with intervals and without a
    rank (6.6)."""
    actor = request.actor
    periods = await score_queries.periods(actor)
    given = request.query_params.get("period", "")
    period = given if given in periods else (periods[0] if periods else "")
    rows, _ = await score_queries.scores(actor, score_queries.Wanted(period=period, kind="contract"), MOST_COMPARED, 0)
    cohorts = await compared(rows if period else [])
    names = await score_queries.town_names({one.code for *_, own in cohorts for one in own})
    return await page(
        request, "quality/cohorts.html", cohorts=cohorts, period=period, names=names,
        periods=[(each, period_words(each)) for each in periods],
    )  # fmt: skip
