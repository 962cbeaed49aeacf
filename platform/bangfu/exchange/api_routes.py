"""The interface for other systems: reports in, states out, and its own description. JSON only, no sessions."""

import json
import logging
from typing import Any
from uuid import uuid4

import asyncpg
from litestar import Response, get, post
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from bangfu.exchange import rules
from bangfu.exchange.openapi import document
from bangfu.exchange.problems import Refusal
from bangfu.exchange.receiving import receive, state_of
from bangfu.exchange.schema import BadJson, read_json
from bangfu.exchange.signing import Caller, signed
from bangfu.shared.clock import now
from bangfu.shared.tracing import where
from bangfu.shared.web.access import public
from bangfu.shared.web.pages import Request

log = logging.getLogger("bangfu")
_HTTP = {404: "unknown_reference", 405: "method", 413: "too_large"}
_GONE = (ConnectionError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.InterfaceError)


def _problem(_: Request, error: Exception) -> Response[bytes]:
    """Every failure as a problem in JSON; an unexpected one is logged without what was sent."""
    if isinstance(error, Refusal):
        refusal = error
    elif isinstance(error, HTTPException):
        refusal = Refusal(_HTTP.get(error.status_code, "request"))
    elif isinstance(error, _GONE):
        log.warning("the database does not answer: %s", type(error).__name__)
        refusal = Refusal("unavailable", retry_after=30)
    else:
        number = uuid4().hex[:8]
        log.error("error %s in the interface\n%s", number, where(error))
        refusal = Refusal("failed")
    answer = _json(refusal.document(), refusal.status, "application/problem+json")
    if refusal.retry_after:
        answer.headers["retry-after"] = str(refusal.retry_after)
    return answer


def _json(content: object, status: int = 200, media_type: str = "application/json") -> Response[bytes]:
    return Response(
        json.dumps(content, ensure_ascii=False, sort_keys=True).encode(), status_code=status, media_type=media_type
    )


PROBLEMS: dict[Any, Any] = {Refusal: _problem, HTTPException: _problem, Exception: _problem}


@post(
    "/api/v1/reports", guards=[signed], status_code=201, exception_handlers=PROBLEMS,
    request_max_body_size=rules.MOST_BYTES,
)  # fmt: skip
async def post_report(request: Request) -> Response[bytes]:
    """A report of a hotline or of a data comparison; 201 when it is new, 200 when it was taken before."""
    caller: Caller = request.state.caller
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal("media_type")
    body = await request.body()
    try:
        message = read_json(body)
    except BadJson as error:
        raise Refusal(error.code) from None
    address = request.client.host if request.client else ""
    receipt = await receive(caller, body, message, address, now())
    answer = _json(receipt.answer, 200 if receipt.again else 201)
    answer.headers["location"] = f"/api/v1/reports/{receipt.answer['client_reference']}"
    return answer


@get("/api/v1/reports/{client_reference:str}", guards=[signed], exception_handlers=PROBLEMS)
async def get_report(request: Request, client_reference: FromPath[str]) -> Response[bytes]:
    """Where one's own report stands."""
    return _json(await state_of(request.state.caller, client_reference))


@get("/api/openapi.json", guards=[public])
async def describe(request: Request) -> Response[bytes]:
    """The interface as an OpenAPI document; anybody may read it."""
    base = str(request.base_url).rstrip("/")
    answer = _json(document(base))
    answer.headers["access-control-allow-origin"] = "*"
    return answer


ROUTES = [post_report, get_report, describe]
