"""The OpenAPI document and the examples of docs/exchange.md are true."""

import asyncio
import os
import re
import socket
import sys
from pathlib import Path

import pytest
import uvicorn

from bangfu.exchange.incoming import COMPARISON_EXAMPLE, EXAMPLE, REPORT, read_report
from bangfu.exchange.openapi import POSTED, READ, RECEIPT_EXAMPLE, document
from bangfu.exchange.problems import FIELDS, MESSAGES
from tests.exchange.callers import PATH, call, caller
from tests.support import World

GUIDE = Path(__file__).parents[2] / "docs" / "exchange.md"


def test_the_examples_of_the_description_are_valid() -> None:
    post = document()["paths"][PATH]["post"]
    shown = post["requestBody"]["content"]["application/json"]["examples"]
    for kind, example in shown.items():
        assert REPORT.problems(example["value"], "") == []
        facts, faults = read_report(example["value"], kind)
        assert (facts is not None, faults) == (True, [])
    assert [example["value"] for example in shown.values()] == [EXAMPLE, COMPARISON_EXAMPLE]


def test_every_reference_of_the_document_leads_somewhere_and_every_status_is_described() -> None:
    whole = document("https://bangfu.example")
    assert whole["openapi"] == "3.1.0"
    schemas = whole["components"]["schemas"]
    assert set(re.findall(r"#/components/schemas/(\w+)", str(whole))) == set(schemas)
    described = {int(code) for path in whole["paths"].values() for one in path.values() for code in one["responses"]}
    assert described == {status for status, _ in MESSAGES.values()} - {405} | {200, 201}
    assert set(schemas["Problem"]["properties"]["code"]["enum"]) == set(MESSAGES)
    assert schemas["Report"]["properties"].keys() == REPORT.fields.keys()


async def test_the_document_is_served_to_everybody(app, visit, world: World) -> None:
    answer = await (await visit(None)).get("/api/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["servers"] == [{"url": "http://127.0.0.1"}]


async def test_answers_are_of_the_described_form(app, world: World) -> None:
    system = await caller(app, world, per_minute=4)
    taken = await system.post(call())
    refused = await system.post(call(urgent="x"))
    assert set(taken.json()) == set(RECEIPT_EXAMPLE)
    assert set(refused.json()) == {"status", "code", "message", "problems"}
    assert set(refused.json()["problems"][0]) == {"field", "code", "message"}
    assert refused.json()["problems"][0]["code"] in FIELDS
    seen = {taken.status_code, refused.status_code, (await system.get("nobody")).status_code}
    seen |= {(await system.post(b"{")).status_code, (await system.post(call())).status_code}
    assert seen == {201, 422, 404, 400, 429}
    assert seen <= {*POSTED, *READ, 200, 201}


def _example(name: str) -> str:
    found = re.search(rf"<!-- example:{name} -->\n```\w+\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("name", "command", "wanted"),
    [
        ("python", [sys.executable, "-c"], [r"^201 .*c-python", r"^200 .*c-python", r"^200 .*collected"]),
        ("shell", ["sh", "-c"], [r'"client_reference": "c-shell".* 201$']),
    ],
)  # fmt: skip
async def test_the_examples_of_the_guide_work_against_a_running_portal(
    name: str, command: list[str], wanted: list[str], app, world: World
) -> None:
    system = await caller(app, world)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", log_level="warning"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - it offers nothing to wait for
        await asyncio.sleep(0.02)
    told = {"BANGFU": f"http://127.0.0.1:{port}", "BANGFU_CLIENT": system.id, "BANGFU_SECRET": system.secret}
    arguments = [_example(name), f"c-{name}"] if name == "python" else [_example(name), "sh", f"c-{name}"]
    child = await asyncio.create_subprocess_exec(
        *command, *arguments, env={**os.environ, **told}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(child.communicate(), 60)
    server.should_exit = True
    await running
    lines = out.decode().strip().splitlines()
    assert len(lines) == len(wanted), err.decode()
    for line, pattern in zip(lines, wanted, strict=True):
        assert re.search(pattern, line), line
