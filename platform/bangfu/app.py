"""create_app(): assembles the features into one web application."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any
from uuid import UUID

from litestar import Litestar
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.middleware import DefineMiddleware
from litestar.static_files import create_static_files_router

import bangfu.accounts.routes
import bangfu.agreements.print_routes
import bangfu.agreements.routes
import bangfu.agreements.words
import bangfu.assessments.routes
import bangfu.assessments.words
import bangfu.budgets.routes
import bangfu.budgets.words
import bangfu.catalogue.routes
import bangfu.catalogue.words
import bangfu.children.routes
import bangfu.children.words
import bangfu.complaints.routes
import bangfu.complaints.words
import bangfu.contracts.life_routes
import bangfu.contracts.life_words
import bangfu.contracts.routes
import bangfu.contracts.words
import bangfu.directory.routes
import bangfu.directory.words
import bangfu.discovery.field_routes
import bangfu.discovery.routes
import bangfu.discovery.words
import bangfu.dispatch.co_approval_routes
import bangfu.dispatch.co_approval_words
import bangfu.dispatch.routes
import bangfu.dispatch.words
import bangfu.divisions.routes
import bangfu.divisions.words
import bangfu.exchange.api_routes
import bangfu.exchange.client_routes
import bangfu.exchange.read_routes
import bangfu.exchange.routes
import bangfu.exchange.token_routes
import bangfu.exchange.webhook_routes
import bangfu.exchange.words
import bangfu.family.routes
import bangfu.family.words
import bangfu.feedback.routes
import bangfu.feedback.words
import bangfu.guides.routes
import bangfu.guides.words
import bangfu.home.routes
import bangfu.households.consent_routes
import bangfu.households.consent_text_routes
import bangfu.households.merge_routes
import bangfu.households.merge_words
import bangfu.households.routes
import bangfu.households.words
import bangfu.imports.location_routes
import bangfu.imports.location_words
import bangfu.imports.routes
import bangfu.imports.words
import bangfu.incidents.routes
import bangfu.incidents.words
import bangfu.ledgers.routes
import bangfu.ledgers.words
import bangfu.maps.routes
import bangfu.maps.words
import bangfu.messages.routes
import bangfu.messages.words
import bangfu.needs.routes
import bangfu.needs.words
import bangfu.operating.routes
import bangfu.outreach.routes
import bangfu.outreach.words
import bangfu.oversight.check_routes
import bangfu.oversight.check_words
import bangfu.oversight.draw_routes
import bangfu.oversight.draw_words
import bangfu.planning.answer_words
import bangfu.planning.replanning_routes
import bangfu.planning.routes
import bangfu.planning.scenario_routes
import bangfu.planning.shortage_routes
import bangfu.planning.study_words
import bangfu.planning.words
import bangfu.privacy.routes
import bangfu.privacy.words
import bangfu.providers.carer_routes
import bangfu.providers.carer_words
import bangfu.providers.roster_routes
import bangfu.providers.roster_words
import bangfu.providers.routes
import bangfu.providers.words
import bangfu.purchasing.routes
import bangfu.purchasing.words
import bangfu.quality.life_routes
import bangfu.quality.life_words
import bangfu.quality.routes
import bangfu.quality.words
import bangfu.reports.routes
import bangfu.reports.words
import bangfu.retention.routes
import bangfu.retention.words
import bangfu.schedules.routes
import bangfu.schedules.words
import bangfu.separation.routes
import bangfu.separation.words
import bangfu.settlement.bundle_routes
import bangfu.settlement.bundle_words
import bangfu.settlement.routes
import bangfu.settlement.words
import bangfu.supervision.routes
import bangfu.supervision.words
import bangfu.verification.routes
import bangfu.verification.words
import bangfu.visits.code_routes
import bangfu.visits.code_words
import bangfu.visits.door_routes
import bangfu.visits.door_words
import bangfu.visits.due_routes
import bangfu.visits.due_words
import bangfu.visits.routes
import bangfu.visits.words
import bangfu.volunteers.hours_routes
import bangfu.volunteers.hours_words
import bangfu.volunteers.routes
import bangfu.volunteers.words
from bangfu.accounts import factors, sessions, signing_in
from bangfu.accounts import queries as account_queries
from bangfu.accounts.middleware import Identify, csrf_cookie
from bangfu.exposure import own_names
from bangfu.maps.boundaries import boundaries
from bangfu.messages.channels.offered import configure as configure_channels
from bangfu.messages.queries import unread_count
from bangfu.messages.words import SENTENCES
from bangfu.needs import catalogue
from bangfu.paths import STATIC
from bangfu.retention.rules import configure as configure_retention
from bangfu.separation.attempts import log_refused
from bangfu.settings import Settings
from bangfu.shared import i18n, words
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.crypto import keys
from bangfu.shared.database import close_pool, open_pool
from bangfu.shared.web import frame
from bangfu.shared.web.access import public
from bangfu.shared.web.failures import HANDLERS
from bangfu.shared.web.flash import shown
from bangfu.shared.web.form_tokens import FormTokens
from bangfu.shared.web.headers import SecurityHeaders, security_headers, tiles_origin
from bangfu.shared.web.pages import Request

FEATURES: Sequence[ModuleType] = (
    bangfu.divisions.routes,
    bangfu.accounts.routes,
    bangfu.messages.routes,
    bangfu.supervision.routes,
    bangfu.households.routes,
    bangfu.households.consent_routes,
    bangfu.households.merge_routes,
    bangfu.households.consent_text_routes,
    bangfu.needs.routes,
    bangfu.providers.routes,
    bangfu.providers.carer_routes,
    bangfu.providers.roster_routes,
    bangfu.budgets.routes,
    bangfu.catalogue.routes,
    bangfu.contracts.routes,
    bangfu.contracts.life_routes,
    bangfu.dispatch.routes,
    bangfu.dispatch.co_approval_routes,
    bangfu.assessments.routes,
    bangfu.agreements.routes,
    bangfu.agreements.print_routes,
    bangfu.children.routes,
    bangfu.incidents.routes,
    bangfu.discovery.routes,
    bangfu.discovery.field_routes,
    bangfu.outreach.routes,
    bangfu.planning.routes,
    bangfu.planning.shortage_routes,
    bangfu.planning.replanning_routes,
    bangfu.planning.scenario_routes,
    bangfu.purchasing.routes,
    bangfu.visits.routes,
    bangfu.visits.due_routes,
    bangfu.visits.door_routes,
    bangfu.visits.code_routes,
    bangfu.schedules.routes,
    bangfu.verification.routes,
    bangfu.volunteers.routes,
    bangfu.volunteers.hours_routes,
    bangfu.complaints.routes,
    bangfu.oversight.draw_routes,
    bangfu.oversight.check_routes,
    bangfu.feedback.routes,
    bangfu.quality.routes,
    bangfu.quality.life_routes,
    bangfu.settlement.routes,
    bangfu.settlement.bundle_routes,
    bangfu.separation.routes,
    bangfu.family.routes,
    bangfu.imports.routes,
    bangfu.imports.location_routes,
    bangfu.exchange.routes,
    bangfu.exchange.client_routes,
    bangfu.exchange.api_routes,
    bangfu.exchange.token_routes,
    bangfu.exchange.webhook_routes,
    bangfu.exchange.read_routes,
    bangfu.privacy.routes,
    bangfu.guides.routes,
    bangfu.reports.routes,
    bangfu.ledgers.routes,
    bangfu.directory.routes,
    bangfu.maps.routes,
    bangfu.operating.routes,
    bangfu.retention.routes,
    bangfu.home.routes,
)
WORDS: Sequence[ModuleType] = (
    words,
    bangfu.divisions.words,
    bangfu.messages.words,
    bangfu.supervision.words,
    bangfu.households.words,
    bangfu.households.merge_words,
    bangfu.needs.words,
    catalogue,
    bangfu.providers.words,
    bangfu.providers.carer_words,
    bangfu.providers.roster_words,
    bangfu.budgets.words,
    bangfu.contracts.words,
    bangfu.contracts.life_words,
    bangfu.catalogue.words,
    bangfu.dispatch.words,
    bangfu.dispatch.co_approval_words,
    bangfu.assessments.words,
    bangfu.agreements.words,
    bangfu.children.words,
    bangfu.incidents.words,
    bangfu.discovery.words,
    bangfu.outreach.words,
    bangfu.planning.words,
    bangfu.planning.answer_words,
    bangfu.planning.study_words,
    bangfu.purchasing.words,
    bangfu.visits.words,
    bangfu.visits.due_words,
    bangfu.visits.door_words,
    bangfu.visits.code_words,
    bangfu.schedules.words,
    bangfu.verification.words,
    bangfu.volunteers.words,
    bangfu.volunteers.hours_words,
    bangfu.complaints.words,
    bangfu.oversight.draw_words,
    bangfu.oversight.check_words,
    bangfu.feedback.words,
    bangfu.quality.words,
    bangfu.quality.life_words,
    bangfu.settlement.words,
    bangfu.settlement.bundle_words,
    bangfu.separation.words,
    bangfu.imports.words,
    bangfu.imports.location_words,
    bangfu.exchange.words,
    bangfu.privacy.words,
    bangfu.maps.words,
    bangfu.family.words,
    bangfu.guides.words,
    bangfu.reports.words,
    bangfu.ledgers.words,
    bangfu.directory.words,
    bangfu.retention.words,
)


@dataclass(frozen=True, slots=True)
class ActorView:
    """The signed-in person as the frame shows them."""

    display_name: str
    role_words: list[str]
    scope_name: str


class FrameHooks:
    """What the frame needs from features that shared code may not import."""

    async def actor(self, actor: Actor) -> ActorView:
        roles = [i18n.word("role", role) for role in sorted(actor.roles)]
        return ActorView(actor.display_name, roles, await account_queries.scope_name(actor))

    async def flashes(self, request: Request) -> list[dict[str, str]]:
        actor = request.scope.get("user")
        if actor is None or not request.state.get("has_flashes"):
            return []
        return [shown(**kept) for kept in await sessions.take_flashes(actor.session)]  # type: ignore[arg-type]

    async def add_flash(self, session: UUID, level: str, message: str, params: dict[str, str]) -> None:
        await sessions.add_flash(session, level, message, params)

    def is_proved(self, proved_at: datetime | None) -> bool:
        return proved_at is not None and signing_in.is_proved(proved_at, now())

    async def prove(self, actor: Actor, typed: str) -> str | None:
        return await signing_in.prove(actor, typed, now())

    async def has_factor(self, actor: Actor) -> bool:
        return await factors.has_factor(actor.me)

    async def inbox_count(self, actor: Actor) -> int:
        return await unread_count(actor.user) if actor.user else 0


def create_app(settings: Settings) -> Litestar:
    """The application over the configured database; the keys are loaded before."""
    prepare_features()
    configure_channels(settings)
    boundaries(settings.boundaries, settings.boundaries_datum)  # a wrong file is told now, not to whoever opens the map
    configure_retention(settings.retention)
    handlers: list[Any] = [route for feature in FEATURES for route in feature.ROUTES]
    static = create_static_files_router(
        path="/static", directories=[STATIC], guards=[public], cache_control=None, name="static"
    )
    headers = security_headers(https=settings.https, tiles=tiles_origin(settings.tiles))
    return Litestar(
        route_handlers=[*handlers, static],
        request_class=Request,
        middleware=[
            SecurityHeaders(headers, own_names(settings)),
            Identify(),
            DefineMiddleware(FormTokens, config=_form_tokens(settings)),
        ],
        exception_handlers=HANDLERS,
        after_exception=[log_refused],
        state=State({"settings": settings, "frame_hooks": FrameHooks(), "headers": headers}),
        lifespan=[_database],
        openapi_config=None,
        logging_config=None,  # shared/logs.py decides what a line may say
        request_max_body_size=32 * 1024 * 1024,
        debug=False,
    )


def _form_tokens(settings: Settings) -> CSRFConfig:
    return CSRFConfig(
        secret=keys().web.hex(),
        cookie_name=csrf_cookie(settings),
        header_name="x-csrf-token",
        cookie_secure=settings.https,
        cookie_httponly=True,
        cookie_samesite="lax",
        exclude=["^/static/", "^/api/v1/", "^/healthz$", "^/readyz$"],
    )


def prepare_features() -> None:
    """Register what the features add to the words, the menu and the start page; repeating it changes nothing."""
    for module in WORDS:
        i18n.add_words(module.WORDS)
        SENTENCES.update(getattr(module, "SENTENCES", {}))
    for feature in FEATURES:
        frame.add_menu(*getattr(feature, "MENU", ()))
        for hook in getattr(feature, "TODO", ()):
            frame.add_todo(hook)
        for finder in getattr(feature, "HINTS", ()):
            frame.add_hints(finder)


@asynccontextmanager
async def _database(_: Litestar) -> AsyncIterator[None]:
    await open_pool()
    try:
        yield
    finally:
        await close_pool()
