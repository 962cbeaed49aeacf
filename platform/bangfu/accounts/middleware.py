"""Finding out who asks, and in which language, before any route runs."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from bangfu.accounts import sessions
from bangfu.shared import i18n
from bangfu.shared.clock import now

COOKIE = "bangfu_session"
LANG_COOKIE = "bangfu_lang"
_NOBODYS = ("/static/", "/api/", "/healthz", "/readyz")
"""Where a session is never asked for: what a browser carries is of no account there."""
TYPE_COOKIE = "bangfu_large_type"


class Identify(ASGIMiddleware):
    """Puts the Actor (or None) into the connection as `user` and sets the language of the request."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        scope["user"] = None
        state = scope.setdefault("state", {})
        lang, large = connection.cookies.get(LANG_COOKIE, ""), connection.cookies.get(TYPE_COOKIE) == "1"
        token = connection.cookies.get(COOKIE)
        if token and not scope["path"].startswith(_NOBODYS):
            address = connection.client.host if connection.client else ""
            signed = await sessions.find(token, address, now())
            if signed is not None:
                scope["user"] = signed.actor
                lang, large = signed.lang, signed.large_type
                state["has_flashes"] = signed.has_flashes
        state["preferences"] = {"large_type": large}
        i18n.use(lang or "zh")
        await next_app(scope, receive, send)
