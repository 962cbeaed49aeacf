"""A restart as a supervisor does it, with its socket: no request is lost, also of connections that stay open."""

import asyncio
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import asyncpg
import httpx
import pytest

from bangfu.accounts.middleware import COOKIE
from bangfu.shared.embedded import EmbeddedServer
from tests.conftest import reachable_folder


@pytest.fixture
def data() -> Iterator[Path]:
    with reachable_folder() as folder:
        yield folder / "data"


class Supervisor:
    """Holds the socket; starts processes that get it as systemd hands it over."""

    def __init__(self, data: Path, drain: int = 5) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self.socket.getsockname()[1])
        self.ears = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.ears.bind(str(data.parent / "notify"))
        self.ears.settimeout(90)
        self.environment = {
            **os.environ, "BANGFU_DATA": str(data), "PORT": str(self.port), "HOST": "127.0.0.1",
            "BANGFU_DRAIN": str(drain), "NOTIFY_SOCKET": str(data.parent / "notify"), "BANGFU_LOG": "json",
        }  # fmt: skip
        self.environment.pop("DATABASE_URL", None)
        self.environment.pop("BANGFU_DEMO", None)
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> "subprocess.Popen[bytes]":
        """A new process, once it has said that it is ready."""
        own = self.socket.fileno()
        hand = (
            "import os,sys; os.dup2(int(sys.argv[1]), 3); os.set_inheritable(3, True);"
            "os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid()));"
            "os.execv(sys.executable, [sys.executable, '-m', 'bangfu.cli', 'serve', '--no-worker'])"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", hand, str(own)], env=self.environment, pass_fds=[own], stderr=subprocess.DEVNULL
        )
        self.running.append(process)
        assert self.heard() == "READY=1"
        return process

    def heard(self) -> str:
        return self.ears.recv(100).decode()

    def close(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.terminate()
        for process in self.running:
            process.wait(timeout=60)
        self.socket.close()
        self.ears.close()


class Asking(threading.Thread):
    """One connection that stays open as long as the other side lets it, and asks again and again."""

    def __init__(self, port: int, pause: float) -> None:
        super().__init__(daemon=True)
        self.port, self.pause = port, pause
        self.answered, self.connections = 0, 0
        self.failed: list[str] = []
        self.over = threading.Event()

    def run(self) -> None:
        with ExitStack() as stack:
            line: http.client.HTTPConnection | None = None
            while not self.over.is_set():
                if line is None:
                    line = stack.enter_context(closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)))
                    self.connections += 1
                try:
                    line.request("GET", "/signin")
                    answer = line.getresponse()
                    answer.read()
                    if answer.status != 200:
                        self.failed.append(str(answer.status))
                    self.answered += 1
                    if answer.will_close:
                        line = None
                except (OSError, http.client.HTTPException) as error:
                    self.failed.append(repr(error))
                    line = None
                time.sleep(self.pause)


def test_three_restarts_lose_no_request(data: Path) -> None:
    with closing(Supervisor(data)) as supervisor:
        old = supervisor.start()
        asking = [Asking(supervisor.port, pause) for pause in (0.0, 0.01, 0.1, 0.5)]
        for one in asking:
            one.start()
        time.sleep(1)
        for _ in range(3):
            new = supervisor.start()
            old.send_signal(signal.SIGTERM)
            assert supervisor.heard() == "STOPPING=1"
            assert old.wait(timeout=60) == 0
            old = new
            time.sleep(0.5)
        for one in asking:
            one.over.set()
        for one in asking:
            one.join(timeout=60)
        assert [fault for one in asking for fault in one.failed] == []
        assert sum(one.answered for one in asking) > 100
        assert all(one.connections >= 4 for one in asking)


def test_a_stop_before_a_start_keeps_who_knocks_waiting(data: Path) -> None:
    """One process only, as on the smallest machine: connections wait in the socket while there is none."""
    with closing(Supervisor(data, drain=1)) as supervisor:
        first = supervisor.start()
        first.send_signal(signal.SIGTERM)
        assert supervisor.heard() == "STOPPING=1"
        assert first.wait(timeout=60) == 0
        asking = Asking(supervisor.port, 0.05)
        asking.start()
        time.sleep(0.5)
        supervisor.start()
        time.sleep(1)
        asking.over.set()
        asking.join(timeout=60)
        assert asking.failed == []
        assert asking.answered > 1


def test_what_has_begun_is_ended(data: Path) -> None:
    """A request that waits for the database while its process is told to stop is answered."""
    with closing(Supervisor(data, drain=1)) as supervisor:
        process = supervisor.start()
        asyncio.run(_stopped_while_waiting(supervisor, process, EmbeddedServer(data).dsn))
        assert process.wait(timeout=60) == 0


async def _stopped_while_waiting(supervisor: Supervisor, process: "subprocess.Popen[bytes]", dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{supervisor.port}", timeout=60) as client:
        async with connection.transaction():
            await connection.execute("LOCK TABLE app_session IN ACCESS EXCLUSIVE MODE")
            waiting = asyncio.create_task(client.get("/", headers={"Cookie": f"{COOKIE}=nobody"}))
            await asyncio.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            await asyncio.sleep(3)
            assert not waiting.done()
            assert process.poll() is None
        answer = await waiting
        assert answer.status_code == 303
        assert answer.headers["connection"] == "close"
    await connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_with_a_socket_of_its_own_it_serves_on_until_the_balancer_has_noticed(data: Path) -> None:
    port, telling = _free_port(), _free_port()
    environment = {
        **os.environ, "BANGFU_DATA": str(data), "PORT": str(port), "HOST": "127.0.0.1", "BANGFU_DRAIN": "3",
        "BANGFU_METRICS": f"127.0.0.1:{telling}",
    }  # fmt: skip
    environment.pop("DATABASE_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "bangfu.cli", "serve", "--no-worker"], env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert b"serves at" in process.stdout.readline()
        assert _get(port, "/readyz") == (200, "ok")
        assert "bangfu_requests_total" in _get(telling, "/metrics")[1]
        began = time.monotonic()
        process.terminate()
        time.sleep(0.5)
        assert _get(port, "/readyz") == (503, "stopping")
        assert _get(port, "/signin")[0] == 200
        assert process.wait(timeout=30) == 0
        assert 2.5 < time.monotonic() - began < 15
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _get(port: int, path: str) -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        line.request("GET", path)
        answer = line.getresponse()
        return answer.status, answer.read().decode()
