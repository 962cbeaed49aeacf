"""Every OpenAPI document that the portal serves, put to the test by schemathesis: whatever is sent, right or wrong, the
answer is one that the document tells of, of the form that it tells, and never a failure of the portal's own.

The suite sends a few requests to each operation; `make fuzz-api` sends many.
"""

import asyncio
import os
import warnings
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from litestar import Litestar
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bangfu.exchange import rules
from bangfu.exchange.read_resources import OWN_SCOPES, SCOPES
from bangfu.exchange.read_tokens import disable_token
from bangfu.exchange.rules import Signed
from bangfu.shared.clock import now
from tests.authorisation.row import Stage
from tests.exchange.callers import Caller, caller
from tests.exchange.readers import ReadingSystem, reading_system
from tests.support import World

EXAMPLES = int(os.environ.get("FUZZ_API", "12"))
"""Requests for each operation and each kind (right, wrong)."""
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance,
]  # fmt: skip


def test_the_documents_are_found(app: Litestar) -> None:
    assert {"/api/openapi.json", "/api/v1/openapi.json"} <= set(_documents(app))


def _documents(app: Litestar) -> list[str]:
    return sorted(route.path for route in app.routes if route.path.endswith("openapi.json"))


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
async def test_every_answer_is_one_that_the_document_tells_of(
    mode: GenerationMode, app: Litestar, world: World, staged: Stage
) -> None:
    systems = await _systems(app, world)
    hotline = await caller(app, world, per_minute=6000)
    keys = {name: await _keys(systems[0], name) for name in SCOPES}
    seen = dict[str, set[int]]()
    for path in _documents(app):
        document = (await hotline.client.get(path)).json()
        schema = openapi.from_dict(document)
        for found in schema.get_all_operations():
            operation = found.ok()
            send = _sender(operation.path, hotline, systems, keys)
            await asyncio.to_thread(_put_to_the_test, operation, mode, send, seen, asyncio.get_running_loop())
    answered = set().union(*seen.values())
    assert answered >= ({200, 401, 403, 404} if mode is GenerationMode.POSITIVE else {401, 404, 422})
    assert not {status for status in answered if status >= 500}


async def test_an_answer_of_another_form_is_found(app: Litestar, world: World, staged: Stage) -> None:
    systems = [await reading_system(app, world)]
    document = (await systems[0].get("openapi.json")).json()
    document["components"]["schemas"]["Needs"]["properties"]["number"]["type"] = "integer"
    operation = openapi.from_dict(document)["/api/v1/needs"]["get"]
    send = _sender("/api/v1/needs", await caller(app, world), systems, {})
    loop, mode = asyncio.get_running_loop(), GenerationMode.POSITIVE
    with pytest.raises(FailureGroup):
        await asyncio.to_thread(_put_to_the_test, operation, mode, send, {}, loop)


Send = Callable[[Case], Any]


def _put_to_the_test(
    operation: Any, mode: GenerationMode, send: Send, seen: dict[str, set[int]], loop: asyncio.AbstractEventLoop
) -> None:
    """Requests are made here, in a thread, and sent in the loop of the test, where the database is open."""

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=EXAMPLES < 20, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def try_out(case: Case) -> None:
        answer: httpx.Response = asyncio.run_coroutine_threadsafe(send(case), loop).result(60)
        seen.setdefault(operation.label, set()).add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try_out()


async def _systems(app: Litestar, world: World) -> list[ReadingSystem]:
    """Tokens of the whole area, of an organisation, of few lists, of nothing any more."""
    whole = await reading_system(app, world)
    own = await reading_system(app, world, *OWN_SCOPES, organization=world.organization)
    narrow = await reading_system(app, world, "divisions", "needs", area="990101001000")
    stopped = await reading_system(app, world, "needs")
    await disable_token(world["bureau"], stopped.id, now())
    return [whole, own, whole, narrow, whole, stopped]


async def _keys(system: ReadingSystem, name: str) -> Iterator[str]:
    field = "code" if name == "divisions" else "id"
    items = (await system.get(f"{name}?limit=3")).json()["items"]
    return cycle([str(one[field]) for one in items] or ["x"])


def _sender(path: str, hotline: Caller, systems: list[ReadingSystem], keys: dict[str, Iterator[str]]) -> Send:
    """Sends a case: signed where reports are taken, with one token after the other elsewhere; every second object is
    one that is there."""
    turns, real = cycle(systems), cycle([True, False])

    async def send(case: Case) -> httpx.Response:
        sent = case.as_transport_kwargs(base_url="http://127.0.0.1")
        headers = {name: value for name, value in dict(sent.get("headers") or {}).items() if value is not None}
        name = path.split("/")[3] if path.count("/") > 2 else ""
        url = sent["url"]
        if path.endswith("{key}") and name in keys and next(real):
            url = f"http://127.0.0.1/api/v1/{name}/{next(keys[name])}"
        request = hotline.client.build_request(
            sent["method"], url, params=sent.get("params"), headers=_plain(headers), cookies=sent.get("cookies"),
            json=sent.get("json"), content=sent.get("data") if isinstance(sent.get("data"), bytes | str) else None,
        )  # fmt: skip
        if path.startswith("/api/v1/reports"):
            _sign(request, hotline)
        elif path.startswith("/api/v1/"):
            request.headers["authorization"] = f"Bearer {next(turns).token}"
        return await hotline.client.send(request)

    return send


def _plain(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as bytes: generated ones may hold what no text may."""
    return [(name.encode("latin-1", "replace"), str(value).encode("latin-1", "replace")) for name, value in
            headers.items()]  # fmt: skip


def _sign(request: httpx.Request, hotline: Caller) -> None:
    """Sign what was made, so that it is looked at; three of its own headers stay where they are of the right form."""
    body = request.content
    key = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
    signed = Signed(hotline.id, str(int(now().timestamp())), os.urandom(8).hex(), key, "")
    path = urlsplit(str(request.url)).path
    decoded = httpx.URL(quote(path, safe="/%")).path
    request.headers["bangfu-client"], request.headers["bangfu-timestamp"] = hotline.id, signed.timestamp
    request.headers["bangfu-nonce"] = signed.nonce
    request.headers["bangfu-signature"] = rules.signature(hotline.secret, request.method, decoded, signed, body)
