"""`bangfu serve` as an operator meets it: it answers, survives a killed database, and leaves nothing behind."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bangfu.shared.embedded import EmbeddedServer
from tests.conftest import reachable_folder


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """One data folder: the first portal makes its database, the others find it as the one before left it."""
    with reachable_folder() as folder:
        yield folder / "data"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(data: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """A served portal on a data folder of its own."""
    port = free_port()
    environment = {**os.environ, "BANGFU_DATA": str(data), "PORT": str(port), "HOST": "127.0.0.1"}
    environment.pop("DATABASE_URL", None)
    process = subprocess.Popen([sys.executable, "-m", "bangfu.cli", "serve"], env=environment)
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=30)


def answers(url: str, status: int = 200, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/readyz", timeout=10).status_code == status:
                return
        assert time.monotonic() < deadline, f"no {status} from {url}"
        time.sleep(0.1)


def _children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in listed.stdout.split()]


def _postmaster(data: Path) -> int:
    return int((EmbeddedServer(data).home / "data" / "postmaster.pid").read_text().splitlines()[0])


def _lives(pid: int) -> bool:
    """Whether the process runs; one that has ended but was not yet collected does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_it_answers_again_after_the_database_was_killed(data: Path) -> None:
    with serving(data) as (url, _):
        answers(url)
        os.kill(_postmaster(data), signal.SIGKILL)
        answers(url)


def test_a_killed_portal_leaves_no_worker_and_the_next_one_starts(data: Path) -> None:
    with serving(data) as (url, process):
        answers(url)
        workers = _children(process.pid)
        assert workers
        process.kill()
        process.wait()
        deadline = time.monotonic() + 20
        while any(_lives(worker) for worker in workers):
            assert time.monotonic() < deadline, "the worker outlived its portal"
            time.sleep(0.2)
    with serving(data) as (url, _):
        answers(url)


def test_a_killed_worker_is_started_again(data: Path) -> None:
    with serving(data) as (url, process):
        answers(url)
        worker = _children(process.pid)[0]
        os.kill(worker, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while not [child for child in _children(process.pid) if child != worker]:
            assert time.monotonic() < deadline, "nobody works"
            time.sleep(0.2)


def test_it_stops_with_the_database_when_told_to(data: Path) -> None:
    with serving(data) as (url, _):
        answers(url)
        postmaster = _postmaster(data)
    assert not _lives(postmaster)
