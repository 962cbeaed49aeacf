"""The worker's spare: one child process that waits with the engine loaded (ready.py), started while no job runs."""

import asyncio
import contextlib
import json
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator, Mapping
from pathlib import Path

log = logging.getLogger("bangfu.planning")

MODULE = "bangfu.planning.ready"
LOOK_SECONDS = 2.0


class Spare:
    """At most one waiting process; one that is taken is replaced when its job is over, one that died is not."""

    def __init__(self) -> None:
        """Nothing waits yet."""
        self.waiting: Process | None = None
        self._jobs = 0

    async def keep(self, stop: asyncio.Event, environment: Mapping[str, str], every: float = LOOK_SECONDS) -> None:
        """See to it until `stop`; the first one is started after `every` seconds, so that a worker starts quickly."""
        try:
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), every)
                    return
                if self.waiting is not None and self.waiting.returncode is not None:
                    log.warning("the waiting solver ended with %s; jobs start their own", self.waiting.returncode)
                    return
                if self.waiting is None and not self._jobs:
                    self.waiting = await asyncio.create_subprocess_exec(
                        sys.executable, "-m", MODULE, stdin=PIPE, stdout=PIPE, env=dict(environment)
                    )
        finally:
            await self._end()

    def take(self, module: str, folder: Path, seconds: float, seed: int) -> Process | None:
        """The waiting process, at work on the folder; None where there is none."""
        process, self.waiting = self.waiting, None
        if process is None or process.returncode is not None or process.stdin is None:
            return None
        order = {"module": module, "folder": str(folder), "seconds": str(seconds), "seed": str(seed)}
        process.stdin.write(json.dumps(order).encode() + b"\n")
        return process

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """While a job runs no process is started beside it."""
        self._jobs += 1
        try:
            yield
        finally:
            self._jobs -= 1

    async def _end(self) -> None:
        process, self.waiting = self.waiting, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()


SPARE = Spare()
