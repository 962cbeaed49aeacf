"""Around the whole application: the request's number, its access line, its metrics, and the good-bye of a process that
stops. It stands outside of the framework, so that what no route answers is seen as well."""

import logging
import re
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from bangfu.operating.process import THIS
from bangfu.operating.request_metrics import NO_ROUTE, RequestMetrics
from bangfu.settings import Operating
from bangfu.shared.logs import REQUEST

log = logging.getLogger("bangfu.access")
_TOKEN = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_NUMBER = re.compile(rb"[0-9._-]{6,}[0-9Xx]")
"""A phone or an identity number is no request's number, whoever sends it."""
_QUIET = {"/healthz", "/readyz"}
_LEFT = 499
"""What is counted when the other side has gone before any answer."""


class Observed:
    """An application that is counted and logged."""

    def __init__(self, app: ASGIApp, settings: Operating, metrics: RequestMetrics | None = None) -> None:
        self._app, self._settings, self._metrics = app, settings, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if str(scope["type"]) != "http":
            await self._app(scope, receive, send)
            return
        number = _number(scope["headers"])
        REQUEST.set(number)
        began, status = time.perf_counter(), _LEFT

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ()), (b"x-request-id", number.encode())]
                if THIS.stopping:
                    headers.append((b"connection", b"close"))
                message["headers"] = headers
            await send(message)

        if self._metrics:
            self._metrics.in_flight.inc()
        try:
            await self._app(scope, receive, send_marked)
        except BaseException:
            status = 500 if status == _LEFT else status
            raise
        finally:
            if self._metrics:
                self._metrics.in_flight.dec()
            self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: Mapping[str, Any], status: int, seconds: float) -> None:
        route, method = str(scope.get("path_template") or NO_ROUTE), str(scope["method"])
        if self._metrics:
            self._metrics.seen(method, route, status, seconds)
        if not self._settings.access_log or not log.isEnabledFor(logging.INFO) or route in _QUIET:
            return
        user, client = scope.get("user"), scope.get("client")
        known = {
            "method": method if method.isalpha() and len(method) < 10 else "other",
            "route": route,
            "status": status,
            "ms": round(seconds * 1000),
            "roles": ",".join(sorted(user.roles)) if user is not None else "",
            "address": client[0] if client and self._settings.log_addresses else "",
        }
        log.info("%s %s %d %d ms", known["method"], route, status, known["ms"], extra=known)


def _number(headers: Any) -> str:
    """The number that a proxy in front gave the request, if it is a plain token; else a new one."""
    given = next((value for name, value in headers if name == b"x-request-id"), b"")
    if _TOKEN.fullmatch(given) and not _NUMBER.fullmatch(given):
        return str(given.decode())
    return uuid4().hex
