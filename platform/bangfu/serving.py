"""Serving the portal: one web process, one worker beside it, one database below."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from types import FrameType
from typing import Any, Final, cast

import uvicorn
from litestar.types import ASGIApp

from bangfu.app import create_app
from bangfu.errors import SetupError
from bangfu.exposure import check_exposure
from bangfu.framing import OneReading
from bangfu.operating.draining import FINISH_SECONDS, Draining
from bangfu.operating.metrics import Metrics, check_place, serve_metrics
from bangfu.operating.observing import Observed
from bangfu.operating.process import THIS
from bangfu.operating.sockets import handed_over, notify
from bangfu.runtime import Runtime
from bangfu.settings import Settings
from bangfu.shared.i18n import for_operators
from bangfu.shared.logs import set_up
from bangfu.shared.migrate import check_schema
from bangfu.worker import PARENT

KEPT_OPEN: Final = 75
"""Seconds that a silent connection stays open: longer than the balancer in front keeps it, so that a balancer never
sends a request into one that is just being closed."""


def serve(settings: Settings, *, worker: bool = True, migrating: bool = True, ready: str = "") -> int:
    """Serve until told to stop; the worker is a process of its own that is started again when it dies.

    `migrating`: bring the schema up to date first; without it, a schema that is not this program's is refused.
    """
    set_up(settings.operating.log)
    # The web server raises the signal that stopped it once more: it must not end us before we have cleaned up.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _leave)
    with for_operators():
        check_exposure(settings)
    check_place(settings.operating)
    sockets = handed_over()
    if not sockets:
        check_address(settings)
    with Runtime(settings) as runtime:
        asyncio.run(runtime.bring_up_to_date() if migrating else check_schema())
        if runtime.server is not None:
            runtime.server.watch()
        helper = _Worker(settings) if worker else None
        try:
            asyncio.run(_serve(settings, helper, ready, sockets))
        finally:
            if helper is not None:
                helper.stop()
    return 0


def _leave(number: int, _: FrameType | None) -> None:
    raise SystemExit(0 if number == signal.SIGTERM else 130)


async def _serve(settings: Settings, helper: "_Worker | None", ready: str, sockets: list[socket.socket]) -> None:
    metrics = Metrics()
    app = Observed(OneReading(cast(ASGIApp, create_app(settings))), settings.operating, metrics.requests())
    config = uvicorn.Config(
        cast(Any, app), host=settings.host, port=settings.port, log_level="warning", log_config=None,
        access_log=False, server_header=False, timeout_graceful_shutdown=FINISH_SECONDS, date_header=True,
        timeout_keep_alive=KEPT_OPEN,
    )  # fmt: skip
    server = Draining(config, settings.operating.drain, handed=sockets)
    told_to = await serve_metrics(metrics, settings.operating)
    task = asyncio.create_task(server.serve(sockets=sockets or None))
    told = False
    while not task.done():
        await asyncio.wait([task], timeout=1.0 if told else 0.05)
        if server.started and not told:
            told = True
            notify("READY=1")
            print(ready or f"Bangfu serves at {settings.url}", flush=True)  # noqa: T201
        if helper is not None and told and not THIS.stopping:
            helper.keep_alive()
    if told_to is not None:
        told_to.close()
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

    def __init__(self, settings: Settings) -> None:
        self._more = {PARENT: str(os.getpid())}
        if place := settings.operating.metrics:
            host = f"[{place[0]}]" if ":" in place[0] else place[0]
            self._more["BANGFU_METRICS"] = f"{host}:{place[1] + 1}"  # beside the portal's own
        self._process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-m", "bangfu.cli", "work"], env={**os.environ, **self._more})

    def keep_alive(self) -> None:
        if self._process.poll() is not None:
            self._process = self._start()

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=FINISH_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
