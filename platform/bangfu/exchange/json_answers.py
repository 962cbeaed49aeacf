"""Answers in JSON: with an ETag where somebody may ask again, and every failure as a problem."""

import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import asyncpg
from litestar import Response
from litestar.exceptions import HTTPException

from bangfu.exchange.problems import Refusal
from bangfu.shared.tracing import where
from bangfu.shared.web.pages import Request

log = logging.getLogger("bangfu")
_GONE = (ConnectionError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.InterfaceError)


def as_json(content: object, status: int = 200, media_type: str = "application/json") -> Response[bytes]:
    """A value as JSON, its names in order."""
    body = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    return Response(body, status_code=status, media_type=media_type)


def tagged(request: Request, content: object, *, public: bool = False) -> Response[bytes]:
    """A value as JSON with an ETag of its bytes; 304 without a body where the other side has just them."""
    answer = as_json(content)
    tag = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        answer = Response(b"", status_code=304)
    answer.headers["etag"] = tag
    answer.headers["cache-control"] = "no-cache" if public else "private, no-cache"
    answer.headers["vary"] = "Authorization"
    return answer


def problem_handlers(statuses: Mapping[int, str], scheme: str = "") -> dict[Any, Any]:
    """Handlers that answer with problems. `statuses`: code of the problem for a status of the framework; `scheme`: how
    the other side would have to prove who it is."""

    def problem(_: Request, error: Exception) -> Response[bytes]:
        if isinstance(error, Refusal):
            refusal = error
        elif isinstance(error, HTTPException):
            refusal = Refusal(statuses.get(error.status_code, "request"))
        elif isinstance(error, _GONE):
            log.warning("the database does not answer: %s", type(error).__name__)
            refusal = Refusal("unavailable", retry_after=30)
        else:
            log.error("error %s in the interface\n%s", uuid4().hex[:8], where(error))
            refusal = Refusal("failed")
        answer = as_json(refusal.document(), refusal.status, PROBLEM)
        if refusal.retry_after:
            answer.headers["retry-after"] = str(refusal.retry_after)
        if scheme and refusal.status == 401:
            answer.headers["www-authenticate"] = scheme
        return answer

    return {Refusal: problem, HTTPException: problem, Exception: problem}


PROBLEM: Final = "application/problem+json"
