"""Headers of every answer, and the refusal of posts from other sites."""

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.exceptions import ClientException, NotFoundException, PermissionDeniedException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:{tiles}; connect-src 'self'; "
    "font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def tiles_origin(tiles: str) -> str:
    """The origin of a tile layer ("https://{s}.tiles.example/{z}/{x}/{y}.png") as the content policy names it."""
    parts = urlsplit(tiles)
    return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}" if parts.scheme and parts.netloc else ""


def security_headers(*, https: bool, tiles: str = "") -> dict[str, str]:
    """What every answer carries: no framing, no sniffing, nothing from elsewhere but the tiles of that origin."""
    headers = {
        "content-security-policy": POLICY.format(tiles=f" {tiles}" if tiles else ""),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(self), geolocation=(self), microphone=()",
    }
    if https:
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return headers


def host_of(header: str) -> str:
    """The name in a Host header, without its port."""
    text = header.strip().lower()
    return text[: text.index("]") + 1] if text.startswith("[") and "]" in text else text.partition(":")[0].rstrip(".")


class SecurityHeaders(ASGIMiddleware):
    """The headers of every answer; unsafe requests must come from our own pages."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, headers: Mapping[str, str], names: Collection[str]) -> None:
        self._headers, self._names = headers, names

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        static = scope["path"].startswith("/static/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", _caching(scope) if static else "no-store")
            await send(message)

        if str(scope.get("method")) not in {"GET", "HEAD", "OPTIONS"} and _from_elsewhere(ASGIConnection(scope)):
            raise PermissionDeniedException("cross-site")
        _refuse_nul(scope)
        if host_of(ASGIConnection(scope).headers.get("host", "")) not in self._names:
            raise ClientException
        await next_app(scope, receive, send_with_headers)


def _refuse_nul(scope: Scope) -> None:
    """A character that no text of ours can hold: an address with it is nobody's."""
    if "\x00" in scope["path"]:
        raise NotFoundException
    if b"%00" in scope["query_string"] or b"\x00" in scope["query_string"]:
        raise ClientException


def _caching(scope: Scope) -> str:
    versioned = scope["query_string"].startswith(b"v=")
    return "public, max-age=31536000, immutable" if versioned else "public, max-age=300"


def _from_elsewhere(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether the browser says that another site made this request."""
    fetched = connection.headers.get("sec-fetch-site", "same-origin")
    return fetched not in {"same-origin", "none"}
