"""Bytes that two servers might read as two requests: refused, and what hides behind them is never answered."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import reachable_folder
from tests.foundation.test_serving import answers, serving

HIDDEN = b"GET /guides HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with reachable_folder() as folder, serving(Path(folder) / "data") as (url, _):
        answers(url)
        yield int(url.rsplit(":", 1)[1])


def told(port: int, sent: bytes) -> bytes:
    """Everything that the server says to these bytes before it closes or falls silent."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.settimeout(1.5)
        line.sendall(sent)
        try:
            while chunk := line.recv(65536):
                received += chunk
        except TimeoutError:
            pass
        except ConnectionResetError:
            pass
    return received


POST = b"POST /signin HTTP/1.1\r\nHost: 127.0.0.1\r\n"
CHUNKED, NO_CHUNK = b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n"
CASES = {
    "length and chunks": POST + b"Content-Length: 5\r\n" + CHUNKED + b"\r\n" + NO_CHUNK,
    "chunks and length": POST + CHUNKED + b"Content-Length: 5\r\n\r\n" + NO_CHUNK,
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
    "a coding that is none": POST + b"Transfer-Encoding: xchunked\r\n\r\n" + NO_CHUNK,
    "two codings": POST + b"Transfer-Encoding: identity, chunked\r\n\r\n" + NO_CHUNK,
    "a length with a sign": POST + b"Content-Length: +0\r\n\r\n",
    "a space before the colon": POST + b"Content-Length : 44\r\n\r\n",
    "a chunk of a size that is none": POST + CHUNKED + b"\r\n0x0\r\n\r\n",
    "a header that goes on": POST + b"Transfer-Encoding:\r\n chunked\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("case", CASES)
def test_nothing_hides_behind_a_request(case: str, port: int) -> None:
    answer = told(port, CASES[case] + HIDDEN)
    assert b"HTTP/1.1 200" not in answer, "the hidden request was answered"
    statuses = [line for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    assert len(statuses) <= 1 and all(line.split()[1][:1] == b"4" for line in statuses)


def test_the_same_request_alone_is_answered(port: int) -> None:
    assert b"HTTP/1.1 200" in told(port, HIDDEN)


def test_a_header_without_end_is_not_read_for_ever(port: int) -> None:
    answer = told(port, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"a" * (1024 * 1024) + b"\r\n\r\n")
    assert b"HTTP/1.1 200" not in answer
