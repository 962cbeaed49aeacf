"""The steps of a score (confirm, count anew, return, publish), the list by risk, the sign-off of a quarter."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.quality import life
from bangfu.quality.life_pages import LONGEST, acted, tabs_at
from bangfu.quality.life_reading import score_seen
from bangfu.quality.life_risk import rated
from bangfu.quality.life_risk_rules import POINTS
from bangfu.quality.life_signing import not_frozen, quarters_of, signatures
from bangfu.shared.civil_time import civil_date, quarter_of
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

_ONE = "/scores/{score:uuid}"


@post(f"{_ONE}/confirm", guards=[requires("quality.score")], status_code=200)
async def confirm(request: Request, score: FromPath[UUID]) -> Page:
    """Put one's name to the score."""

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        revision = form.whole("revision", required=False)
        form.check()
        await life.confirm(request.actor, score, at, revision)

    return await _step(request, score, act, N_("The score is confirmed; another officer publishes it."))


@post(f"{_ONE}/recount", guards=[requires("quality.score")], status_code=200)
async def recount(request: Request, score: FromPath[UUID]) -> Page:
    """Gather the facts anew before they are confirmed."""

    async def act(_form: Form, at: datetime, _posted: Any) -> None:
        await life.recount(request.actor, score, at)

    return await _step(request, score, act, N_("The facts were counted anew."))


@post(f"{_ONE}/return", guards=[requires("quality.publish")], status_code=200)
async def give_back(request: Request, score: FromPath[UUID]) -> Page:
    """Return a confirmed score with a reason."""

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        text = form.text("return_text", most=LONGEST)
        form.check()
        await life.give_back(request.actor, score, text, at)

    return await _step(request, score, act, N_("The score is returned with the reason."))


@post(f"{_ONE}/publish", guards=[requires("quality.publish")], status_code=200)
async def publish(request: Request, score: FromPath[UUID]) -> Page:
    """Publish the preliminary score."""

    async def act(_form: Form, at: datetime, _posted: Any) -> None:
        await life.publish(request.actor, score, at)

    return await _step(request, score, act, N_("The preliminary score is published; the provider was told."))


async def _step(request: Request, score: UUID, act: Any, done: str) -> Page:
    row = await score_seen(request.actor, score)

    async def show(form: Form | None, error: FormError | None) -> Page:
        return await page(
            request, "quality/life/return.html", 422, s=row, form=form or {},
            errors=error_texts(error.fields) if error else {},
        )  # fmt: skip

    return await acted(request, act, show, done, f"/scores/{score}")


@get("/scores/risk", guards=[requires("quality.read")])
async def by_risk(request: Request) -> Page:
    """The contracts of the area, the riskiest first, with the last score."""
    level, band = request.query_params.get("level", ""), request.query_params.get("band", "")
    found = await rated(request.actor, now())
    counts = {name: sum(each.level == name for each in found) for name in ("bad", "warn", "ok")}
    shown = [
        each for each in found
        if level in {"", each.level} and (not band or (each.score is not None and each.score.final_band == band))
    ]  # fmt: skip
    path = "/scores/risk"
    listing = ListPage(page_number(request.query_params.get("page")), len(shown), path, {"level": level, "band": band})
    return await page(
        request, "quality/life/risk.html", rows=shown[listing.offset : listing.offset + PAGE_SIZE], listing=listing,
        counts=counts, level=level, band=band, points=POINTS, tabs=tabs_at(path),
        may_contract=allows(request.actor.roles, "contracts.read"),
    )  # fmt: skip


@get("/scores/signoff", guards=[requires("quality.read")])
async def sign_off(request: Request) -> Page:
    """Who put their name to which score of a quarter, and what is not frozen yet."""
    known = await quarters_of(request.actor)
    year, quarter = _asked(request, known)
    rows, until = await signatures(request.actor, year, quarter)
    at = now()
    return await page(
        request, "quality/life/signoff.html", rows=rows, until=until, year=year, quarter=quarter, quarters=known, at=at,
        waiting=await not_frozen(request.actor, at), tabs=tabs_at("/scores/signoff"),
    )  # fmt: skip


def _asked(request: Request, known: list[tuple[int, int]]) -> tuple[int, int]:
    """The quarter asked for as 2026Q3, else the newest that there is."""
    text = request.query_params.get("quarter", "")
    year, _, quarter = text.partition("Q")
    if year.isascii() and year.isdigit() and quarter in {"1", "2", "3", "4"} and 2000 <= int(year) <= 2100:
        return int(year), int(quarter)
    return known[0] if known else quarter_of(civil_date(now()))


ROUTES: list[Any] = [confirm, recount, give_back, publish, by_risk, sign_off]
