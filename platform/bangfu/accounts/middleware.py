"""Finding out who asks, and in which language, before any route runs."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from bangfu.accounts import sessions
from bangfu.accounts.factor_rules import needs_factor
from bangfu.accounts.sessions import Signed
from bangfu.settings import Settings
from bangfu.shared import i18n
from bangfu.shared.clock import now

COOKIE = "bangfu_session"
LANG_COOKIE = "bangfu_lang"
_NOBODYS = ("/static/", "/api/", "/healthz", "/readyz")
"""Where a session is never asked for: what a browser carries is of no account there."""
TYPE_COOKIE = "bangfu_large_type"
PASSWORD_FIRST, FACTOR_FIRST = "/account", "/account/second-factor"
_OPEN_WHEN_HELD = {"/signout", "/account", "/account/password", "/account/prove"}


def session_cookie(settings: Settings) -> str:
    """The name of the session's cookie; over TLS one that no other host and no plain page of ours can set."""
    return f"__Host-{COOKIE}" if settings.https else COOKIE


def csrf_cookie(settings: Settings) -> str:
    """The name of the cookie whose value every form repeats; as `session_cookie`."""
    return "__Host-bangfu_csrf" if settings.https else "bangfu_csrf"


def unified_cookie(settings: Settings) -> str:
    """The name of the cookie that waits for who went to the unified sign-in; as `session_cookie`."""
    return "__Host-bangfu_unified" if settings.https else "bangfu_unified"


class Identify(ASGIMiddleware):
    """Puts the Actor (or None) into the connection as `user` and sets the language of the request.

    `held` in the state is where a person has to go before anything else: to a password of their own, to the second
    factor that the role needs. The access check of the routes asks it (shared/web/access.py).
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        settings: Settings = connection.app.state.settings
        scope["user"] = None
        state = scope.setdefault("state", {})
        lang, large = connection.cookies.get(LANG_COOKIE, ""), connection.cookies.get(TYPE_COOKIE) == "1"
        token = connection.cookies.get(session_cookie(settings))
        if token and not scope["path"].startswith(_NOBODYS):
            address = connection.client.host if connection.client else ""
            signed = await sessions.find(token, address, now())
            if signed is not None:
                scope["user"] = signed.actor
                lang, large = signed.lang, signed.large_type
                state["has_flashes"], state["proved_at"] = signed.has_flashes, signed.proved_at
                state["held"] = _held(settings, signed, scope["path"])
        state["preferences"] = {"large_type": large}
        i18n.use(lang or "zh")
        await next_app(scope, receive, send)


def _held(settings: Settings, signed: Signed, path: str) -> str:
    if path in _OPEN_WHEN_HELD or path.startswith(FACTOR_FIRST):
        return ""
    if signed.password_given:
        return PASSWORD_FIRST
    return FACTOR_FIRST if needs_factor(settings.second_factor, signed.actor.roles) and not signed.has_factor else ""
