"""Serving the portal: one web process, one worker beside it, one database below."""

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
from types import FrameType

import uvicorn

from bangfu.app import create_app
from bangfu.errors import SetupError
from bangfu.exposure import check_exposure
from bangfu.framing import OneReading
from bangfu.runtime import Runtime
from bangfu.settings import Settings
from bangfu.shared.i18n import for_operators
from bangfu.worker import PARENT


def serve(settings: Settings, *, worker: bool = True, ready: str = "") -> int:
    """Serve until told to stop; the worker is a process of its own that is started again when it dies."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # The web server raises the signal that stopped it once more: it must not end us before we have cleaned up.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _leave)
    with for_operators():
        check_exposure(settings)
    check_address(settings)
    with Runtime(settings) as runtime:
        asyncio.run(runtime.bring_up_to_date())
        if runtime.server is not None:
            runtime.server.watch()
        helper = _Worker() if worker else None
        try:
            asyncio.run(_serve(settings, helper, ready))
        finally:
            if helper is not None:
                helper.stop()
    return 0


def _leave(number: int, _: FrameType | None) -> None:
    raise SystemExit(0 if number == signal.SIGTERM else 130)


async def _serve(settings: Settings, helper: "_Worker | None", ready: str) -> None:
    config = uvicorn.Config(
        OneReading(create_app(settings)), host=settings.host, port=settings.port, log_level="warning",
        server_header=False, timeout_graceful_shutdown=5, date_header=True,
    )  # fmt: skip
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    told = False
    while not task.done():
        await asyncio.wait([task], timeout=1.0 if told else 0.05)
        if server.started and not told:
            told = True
            print(ready or f"Bangfu serves at {settings.url}", flush=True)  # noqa: T201
        if helper is not None and told:
            helper.keep_alive()
    await task


def check_address(settings: Settings) -> None:
    """Find out before anything else whether the address can be served.

    Raises:
        SetupError: one sentence why not.
    """
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(found[0], socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found[4])
    except OSError as error:
        raise SetupError(
            f"The address {settings.host}:{settings.port} cannot be served ({error.strerror}); "
            "end what uses it or choose another one with PORT= or HOST=."
        ) from error


class _Worker:
    """The `bangfu work` process."""

    def __init__(self) -> None:
        self._process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "bangfu.cli", "work"], env={**os.environ, PARENT: str(os.getpid())}
        )

    def keep_alive(self) -> None:
        if self._process.poll() is not None:
            self._process = self._start()

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
