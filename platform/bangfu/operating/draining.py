"""Stopping without a lost request.

Told to stop, a process says "not ready", asks every connection to close with its next answer, and goes when its
connections have gone or the time for it is over. With a socket that a supervisor holds (sockets.py) it takes no new
connection from that moment on: they wait in the socket for the process that comes after it. With a socket of its own it
takes new ones until the end of that time, as the balancer in front needs it to notice.
"""

import asyncio
import signal
import socket
import time
from collections.abc import Sequence
from types import FrameType

import uvicorn

from bangfu.operating.process import THIS
from bangfu.operating.sockets import notify

FINISH_SECONDS = 30
"""How long a request that runs may take to end [D]."""


class Draining(uvicorn.Server):
    """A web server that drains before it stops; a second signal stops it at once."""

    def __init__(self, config: uvicorn.Config, seconds: float, handed: Sequence[socket.socket] = ()) -> None:
        super().__init__(config)
        self._seconds, self._handed = seconds, handed
        self._drain: asyncio.Task[None] | None = None
        self._told = 0.0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The signal: the web server's own answer would be to close at once."""
        if THIS.stopping or sig == signal.SIGINT:  # who sits before it and presses Ctrl+C does not want to wait
            THIS.stopping = True
            super().handle_exit(sig, frame)
            return
        THIS.stopping, self._told = True, time.monotonic()

    async def on_tick(self, counter: int) -> bool:
        """Every tenth of a second: begin to drain, and end it."""
        stop = await super().on_tick(counter)
        if not THIS.stopping or stop:
            return stop
        if self._drain is None:
            notify("STOPPING=1")
            self._drain = asyncio.create_task(self._gone())
        return self._drain.done()

    async def _gone(self) -> None:
        loop = asyncio.get_running_loop()
        for one in self._handed:
            loop.remove_reader(one.fileno())
        while time.monotonic() - self._told < self._seconds:
            if self._handed and not self.server_state.connections:
                return
            await asyncio.sleep(0.05)
