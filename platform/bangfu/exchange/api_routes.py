"""The interface for other systems: reports in, states out, and its own description. JSON only, no sessions."""

from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.exchange import rules
from bangfu.exchange.json_answers import as_json, problem_handlers
from bangfu.exchange.openapi import document
from bangfu.exchange.problems import Refusal
from bangfu.exchange.receiving import receive, state_of
from bangfu.exchange.schema import BadJson, read_json
from bangfu.exchange.signing import Caller, signed
from bangfu.shared.clock import now
from bangfu.shared.web.access import public
from bangfu.shared.web.pages import Request

PROBLEMS: Final = problem_handlers({404: "unknown_reference", 405: "method", 413: "too_large"})


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
    answer = as_json(receipt.answer, 200 if receipt.again else 201)
    answer.headers["location"] = f"/api/v1/reports/{receipt.answer['client_reference']}"
    return answer


@get("/api/v1/reports/{client_reference:str}", guards=[signed], exception_handlers=PROBLEMS)
async def get_report(request: Request, client_reference: FromPath[str]) -> Response[bytes]:
    """Where one's own report stands."""
    return as_json(await state_of(request.state.caller, client_reference))


@get("/api/openapi.json", guards=[public])
async def describe(request: Request) -> Response[bytes]:
    """The interface as an OpenAPI document; anybody may read it."""
    base = str(request.base_url).rstrip("/")
    answer = as_json(document(base))
    answer.headers["access-control-allow-origin"] = "*"
    return answer


ROUTES = [post_report, get_report, describe]
