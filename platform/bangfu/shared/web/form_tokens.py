"""The token that every form carries against forged ones: the framework's own, for what no honest browser sends, too."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import Receive, Scope, Send
from litestar.utils.scope.state import ScopeState


class FormTokens(CSRFMiddleware):
    """A token that is no text of ASCII is a wrong one, not a fault of ours; a cookie that holds none is replaced, so
    that nobody is shut out by a cookie that something else set."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
            kept = connection.cookies.get(self.config.cookie_name)
            if kept is not None and self._decode_csrf_token(kept) is None:
                others = {name: value for name, value in connection.cookies.items() if name != self.config.cookie_name}
                ScopeState.from_scope(scope).cookies = others
        await super().__call__(scope, receive, send)

    def _decode_csrf_token(self, token: object) -> str | None:
        return super()._decode_csrf_token(token) if isinstance(token, str) and token.isascii() else None
