"""Pages about scores: the office's statistics, few stars with words, a provider's own figures without identities."""

from typing import Any
from uuid import UUID

from litestar import get
from litestar.params import FromPath

from bangfu.agreements.rules import ROLES
from bangfu.errors import NotYours
from bangfu.feedback import policy
from bangfu.feedback import rating_queries as queries
from bangfu.feedback.pages import choices, code_of, show, term_of
from bangfu.households.reading import note_read
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import quarter_span
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.pages import Page, Request


@get("/ratings", guards=[requires("callbacks.read")])
async def show_statistics(request: Request) -> Page:
    """Scores of a quarter by contract and agreement in one's area, and those with words that somebody should read."""
    actor, (year, quarter) = request.actor, term_of(request)
    return await show(
        request, "ratings.html", rows=await queries.figures(year, quarter, scope=actor.scope or "-", user=actor.user),
        low=await queries.low_ones(actor, year, quarter), devices=await queries.one_device(actor, year, quarter),
        terms=choices(), term=code_of(year, quarter), year=year, quarter=quarter,
        least=policy.in_force(quarter_span(year, quarter)[0]).least,
    )  # fmt: skip


@get("/ratings/{rating:uuid}", guards=[requires("callbacks.read")])
async def show_score(request: Request, rating: FromPath[UUID]) -> Page:
    """One score with its words; that somebody read them is on record."""
    found = await queries.score_for(request.actor, rating)
    if found["words"]:
        await _note(request.actor, found)
    return await show(
        request, "rating.html", r=found, may_complain=allows(request.actor.roles, "complaints.enter")
    )  # fmt: skip


async def _note(actor: Actor, row: dict[str, Any]) -> None:
    at = now()
    async with transaction():
        await note_read(actor, row["household"], None, "contact", "rating", at)
        await audit.record(actor, "rating.read", "rating", row["id"], division=row["division"], at=at)


@get("/organization-feedback", guards=[requires("feedback.organization")])
async def show_own(request: Request) -> Page:
    """What is said about one's own organisation: sums only, and none of fewer than five."""
    actor, (year, quarter) = request.actor, term_of(request)
    if actor.organization is None:
        raise NotYours
    least = policy.in_force(quarter_span(year, quarter)[0]).least
    seen, duties = await queries.duties_seen(year, quarter, organization=actor.organization)
    return await show(
        request, "own.html", rows=await queries.figures(year, quarter, organization=actor.organization),
        calls=await queries.calls_of_organization(actor.organization, year, quarter), least=least,
        seen=seen, duties=duties if seen >= least else {}, roles=ROLES, terms=choices(), term=code_of(year, quarter),
        year=year, quarter=quarter,
    )  # fmt: skip


ROUTES: list[Any] = [show_statistics, show_score, show_own]
