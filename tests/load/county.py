"""The deployment under load: a made-up county on the embedded database, `bangfu serve`, and its users."""

import asyncio
import contextlib
import os
import pickle
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx

from bangfu.accounts import sessions
from bangfu.accounts.middleware import COOKIE
from bangfu.app import create_app
from bangfu.households.tables import Household
from bangfu.runtime import Runtime
from bangfu.settings import Settings
from bangfu.shared.clock import now, today
from tests.benchmarks.portal import actor
from tests.benchmarks.portal_data import FULL, Size, make
from tests.load.bare import Recording
from tests.load.users import User
from tests.support import Visitor

SIZE: Final[Size] = replace(FULL, visits=50_000, households=10_000, needs=30_000)
MAIN: Final[dict[str, tuple[str, ...]]] = {
    "dispatcher": ("/", "/needs", "/households", "/match", "/assignments", "/visits"),
    "manager": ("/", "/tasks", "/org-visits", "/my-settlements"),
    "volunteer": ("/", "/my-visits"), "township": ("/", "/verification", "/needs", "/visits"),
    "officer": ("/", "/scores", "/settlements", "/payments"), "finance": ("/", "/payments", "/settlements"),
    "evaluator": ("/", "/scores"),
}  # fmt: skip
"""The pages that people look at all day: user -> addresses."""


def free_port() -> int:
    """A port that nobody listens at."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """A process that serves, and where."""

    process: "subprocess.Popen[bytes]"
    port: int


@dataclass
class County:
    """The data folder with its server."""

    folder: Path
    dsn: str
    settings: Settings
    running: list[Served] = field(default_factory=list)

    def start(self, *command: str, **environment: str) -> Served:
        """Start `python -m COMMAND` with a port of its own and wait until it answers."""
        port = free_port()
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "BANGFU_DEMO"}}
        process = subprocess.Popen(
            [sys.executable, "-m", *(word.replace("PORT", str(port)) for word in command)],
            env={
                **kept, "BANGFU_DATA": str(self.folder), "PORT": str(port), "HOST": "127.0.0.1",
                "BANGFU_SECOND_FACTOR": "off", "BANGFU_LOG": "json", **environment,
            },
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        served = Served(process, port)
        self.running.append(served)
        for _ in range(600):
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"http://127.0.0.1:{port}/signin", timeout=5)
                return served
            if process.poll() is not None:
                break
            time.sleep(0.1)
        raise TimeoutError(f"{command} does not serve")

    def stop(self, served: Served) -> None:
        """End it in order."""
        served.process.terminate()
        served.process.wait(timeout=60)
        self.running.remove(served)

    async def users(self, count: int) -> list[User]:
        """So many signed-in users, of all roles in turn."""
        made = []
        for place in range(count):
            name = list(MAIN)[place % len(MAIN)]
            token = await sessions.start((await actor(name)).me, "127.0.0.1", "load", now())
            made.append(User(f"{COOKIE}={token}", MAIN[name]))
        return made

    async def record(self) -> Recording:
        """What each main page asks the database, and how large its answer is; pages of several roles once."""
        found: Recording = {}
        app = create_app(self.settings)
        for name, pages in MAIN.items():
            visitor = await Visitor(app).sign_in(await actor(name))
            for page in pages:
                await visitor.get(page)
                with statements() as seen:
                    answer = await visitor.get(page)
                if answer.status_code != 200:
                    raise AssertionError(f"{name} gets {answer.status_code} at {page}")
                found.setdefault(page, (seen, len(answer.content)))
            await visitor.close()
        return found


@contextlib.contextmanager
def statements() -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """(text, values) of each reading statement that any connection of this process runs meanwhile."""
    seen: list[tuple[str, tuple[Any, ...]]] = []
    kind: Any = asyncpg.connection.Connection
    really = kind._execute

    async def execute(self: Any, query: str, args: Sequence[Any], *more: Any, **rest: Any) -> Any:
        if query.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append((query, tuple(args)))
        return await really(self, query, args, *more, **rest)

    kind._execute = execute
    try:
        yield seen
    finally:
        kind._execute = really


@contextlib.asynccontextmanager
async def county(folder: Path, size: Size = SIZE) -> AsyncIterator[County]:
    """The county, made unless the folder has one; its embedded server runs meanwhile."""
    settings = replace(Settings.from_environment(), data=folder, database_url="", second_factor="off")
    with Runtime(settings) as runtime:
        done, made = asyncio.Event(), asyncio.Event()

        async def hold(_: Runtime) -> int:
            if not await Household.exists():
                await make(runtime.dsn, size, today())
            made.set()
            await done.wait()
            return 0

        task = asyncio.create_task(runtime.run(hold))
        while not made.is_set():
            if task.done():
                await task
            await asyncio.sleep(0.1)
        it = County(folder, runtime.dsn, settings)
        try:
            yield it
        finally:
            for served in list(it.running):
                it.stop(served)
            done.set()
            await task


def keep(recording: Recording, place: Path) -> Path:
    """Write it down for the peer."""
    place.write_bytes(pickle.dumps(recording))
    return place
