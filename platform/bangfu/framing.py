"""The outermost layer: a request whose end two servers would find at different places is answered by nobody.

The web server takes a request with both a length and chunks by its chunks, as RFC 9112 (6.3) allows; a proxy in front
may take it by its length, and what one reads as the body the other reads as the next request.
"""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

_ANSWER = b"The request was not understood.\n"
_HEADERS = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(_ANSWER)), (b"connection", b"close")]


class OneReading:
    """Refuses a request with both `Content-Length` and `Transfer-Encoding`, and closes its connection."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        names = {name for name, _ in scope.get("headers") or ()}
        if scope["type"] == ScopeType.HTTP and {b"content-length", b"transfer-encoding"} <= names:
            await send({"type": "http.response.start", "status": 400, "headers": _HEADERS})
            await send({"type": "http.response.body", "body": _ANSWER, "more_body": False})
            return
        await self._app(scope, receive, send)
