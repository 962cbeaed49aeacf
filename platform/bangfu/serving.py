"""Serving the portal: one web process, one worker beside it, one database below."""

import asyncio
import logging
import signal
import subprocess
import sys

import uvicorn

from bangfu.app import create_app
from bangfu.runtime import Runtime
from bangfu.settings import Settings


def serve(settings: Settings, *, worker: bool = True, ready: str = "") -> int:
    """Serve until told to stop; the worker is a process of its own that is started again when it dies."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
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


async def _serve(settings: Settings, helper: "_Worker | None", ready: str) -> None:
    config = uvicorn.Config(
        create_app(settings), host=settings.host, port=settings.port, log_level="warning", server_header=False,
        timeout_graceful_shutdown=5, date_header=True,
    )  # fmt: skip
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started and not task.done():
        await asyncio.sleep(0.05)
    if server.started:
        print(ready or f"Bangfu serves at {settings.url}", flush=True)  # noqa: T201
    while not task.done():
        if helper is not None:
            helper.keep_alive()
        await asyncio.wait([task], timeout=1.0)
    await task


class _Worker:
    """The `bangfu work` process."""

    def __init__(self) -> None:
        self._process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-m", "bangfu.cli", "work"])  # noqa: S603 (ourselves)

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
