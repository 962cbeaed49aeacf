"""The lines of the log: one request, one line; numbers of requests; and of errors nothing that they quote."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from litestar import Litestar

from bangfu.operating.observing import Observed
from bangfu.settings import Operating
from bangfu.shared import logs
from tests.support import Visitor, World

PLANTED = "99010119700307777X"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged as JSON while the test runs; the loggers are as before afterwards."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level = list(root.handlers), root.level
    logs.set_up("json", stream)
    yield stream
    root.handlers[:], root.level = before, level


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def watched(app: Litestar, settings: Operating | None = None) -> Visitor:
    visitor = Visitor(app)
    seen = Observed(app, settings or Operating())
    transport = httpx.ASGITransport(app=seen, raise_app_exceptions=False)  # type: ignore[arg-type]
    visitor.client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")
    return visitor


async def test_a_request_is_one_line_with_its_route_and_roles_only(
    app: Litestar, world: World, written: io.StringIO
) -> None:
    visitor = await watched(app).sign_in(world["officer"])
    await visitor.get(f"/households?q={PLANTED}")
    await visitor.get(f"/nowhere/{PLANTED}")
    await visitor.get("/healthz")
    found = [line for line in lines(written) if line["logger"] == "bangfu.access"]
    assert [(line["method"], line["route"], line["status"]) for line in found] == [
        ("GET", "/households", 200), ("GET", "/{rest}", 404),
    ]  # fmt: skip
    assert found[0]["roles"] == ",".join(sorted(world["officer"].roles))
    assert found[0]["time"].endswith("+00:00")
    assert "address" not in found[0]
    assert PLANTED not in written.getvalue()
    assert f'"{world["officer"].username}"' not in written.getvalue()
    assert str(world["officer"].user) not in written.getvalue()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("7f3b-A.c_9", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("密", False), ("", False),
        ("13900991234", False), (PLANTED, False), ('a"}', False),
    ],
)  # fmt: skip
async def test_the_number_of_a_request_is_taken_over_only_as_a_plain_token(
    given: str, kept: bool, app: Litestar, database: str, written: io.StringIO
) -> None:
    visitor = watched(app)
    answer = await visitor.get("/signin", headers={"X-Request-ID": given.encode()})
    number = answer.headers["x-request-id"]
    assert (number == given) is kept
    assert lines(written)[-1]["request"] == number


async def test_an_address_is_written_only_where_the_operator_asked_for_it(
    app: Litestar, database: str, written: io.StringIO
) -> None:
    await watched(app, Operating(log_addresses=True)).get("/signin")
    assert lines(written)[-1]["address"] == "127.0.0.1"
    await watched(app, Operating(access_log=False)).get("/signin")
    assert len(lines(written)) == 1


def test_an_error_says_where_and_what_kind_but_not_what_it_quotes(written: io.StringIO) -> None:
    try:
        int(PLANTED)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")
    (line,) = lines(written)
    assert line["event"] == "Exception in ASGI application"
    assert "ValueError" in line["trace"]
    assert "test_logs.py" in line["trace"]
    assert PLANTED not in written.getvalue()


def test_of_other_libraries_only_the_fixed_beginning_stays(written: io.StringIO) -> None:
    logging.getLogger("asyncpg").warning("invalid input %s", PLANTED)
    logging.getLogger("somebody").error(f"cannot send to '{PLANTED}': refused")
    logging.getLogger("another").error(PLANTED)
    assert [line["event"] for line in lines(written)] == ["invalid input", "cannot send to", "(a library's message)"]
    assert PLANTED not in written.getvalue()


async def test_a_task_that_nobody_waited_for_says_no_values(written: io.StringIO) -> None:
    async def fails() -> None:
        raise ValueError(PLANTED)

    task = asyncio.create_task(fails())
    await asyncio.wait([task])
    asyncio.get_running_loop().call_exception_handler(
        {"message": "Task exception was never retrieved", "task": task, "exception": task.exception()}
    )
    assert lines(written)[-1]["event"] == "Task exception was never retrieved"
    assert PLANTED not in written.getvalue()


def test_text_lines_carry_the_same(written: io.StringIO) -> None:
    stream = io.StringIO()
    logs.set_up("text", stream)
    logging.getLogger("bangfu.worker").info("job %s is done", "abc")
    assert stream.getvalue() == "INFO bangfu.worker: job abc is done\n"
