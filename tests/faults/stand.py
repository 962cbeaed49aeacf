"""A deployment of its own that may be broken: the database with durability on, web processes, a worker."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import asyncpg
import httpx

from bangfu.accounts import sessions
from bangfu.accounts.middleware import COOKIE
from bangfu.app import prepare_features
from bangfu.contracts.tables import Contract, ContractLine
from bangfu.defaults import load_defaults
from bangfu.providers.tables import Carer, Organization
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.crypto import load_keys
from bangfu.shared.database import close_pool, configure, open_pool
from bangfu.shared.embedded import EmbeddedServer
from bangfu.shared.migrate import migrate
from tests.settlement import settlement_steps
from tests.support import World, make_world

PATIENCE = 90.0
"""Seconds after which what was broken has to stand again."""
MUCH = 1_000_000


@dataclass
class Answer:
    """What came back for one request: a status, or none where the connection broke or time ran out."""

    status: int = 0
    place: str = ""
    text: str = ""

    @property
    def acknowledged(self) -> bool:
        """The user was told that it is done."""
        return self.status == 303 or self.status == 200

    @property
    def refused(self) -> bool:
        """The user was told that it is not done."""
        return 400 <= self.status < 500


class Browser:
    """A signed-in browser without scripts; a broken connection is an answer without a status."""

    def __init__(self, url: str, session: str, token: str) -> None:
        self.client = httpx.AsyncClient(
            base_url=url, timeout=60, cookies={COOKIE: session, "bangfu_csrf": token} if session else {},
            limits=httpx.Limits(max_keepalive_connections=0),
        )  # fmt: skip
        self.token = token

    async def post(self, path: str, form: dict[str, Any] | None = None, *, wait: float = 60, **more: Any) -> Answer:
        """Post a form; `wait`: seconds after which the user gives up."""
        try:
            data = {**(form or {}), "_csrf_token": self.token}
            answer = await self.client.post(path, data=data, timeout=wait, **more)
        except httpx.HTTPError:
            return Answer()
        return Answer(answer.status_code, answer.headers.get("location", ""), answer.text)

    async def get(self, path: str) -> Answer:
        """Look at a page."""
        try:
            answer = await self.client.get(path)
        except httpx.HTTPError:
            return Answer()
        return Answer(answer.status_code, answer.headers.get("location", ""), answer.text)


class Process:
    """One process of the product, started again as a supervisor would."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.command, self.environment, self.log = command, environment, log
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start it, unless it runs."""
        if not self.alive:
            with self.log.open("ab") as out:
                self.running = subprocess.Popen(self.command, env=self.environment, stdout=out, stderr=out)
        return self

    @property
    def alive(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def kill(self) -> None:
        """kill -9."""
        if self.running is not None:
            self.running.kill()
            self.running.wait()

    def stop(self) -> None:
        """Tell it to stop, and wait."""
        if self.running is not None and self.alive:
            self.running.terminate()
            try:
                self.running.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.kill()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until(met: Callable[[], Awaitable[bool]], what: str, seconds: float = PATIENCE) -> None:
    """Wait for it.

    Raises:
        TimeoutError: naming what did not come.
    """
    end = time.monotonic() + seconds
    while not await met():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come within {seconds:.0f} s")
        await asyncio.sleep(0.1)


@dataclass
class Stand:
    """The deployment: `async with stand(folder) as it`."""

    folder: Path
    server: EmbeddedServer
    keys: Path
    world: World = field(default_factory=World)
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)
    token: str = ""

    @property
    def dsn(self) -> str:
        return self.server.dsn

    @property
    def postmaster(self) -> int:
        """The process id of the database server."""
        return int((self.server.home / "data" / "postmaster.pid").read_text().split("\n", 1)[0])

    @property
    def environment(self) -> dict[str, str]:
        """Of every process."""
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "BANGFU_DEMO"}}
        return {
            **kept, "BANGFU_DATA": str(self.server.data), "BANGFU_KEYS": str(self.keys), "HOST": "127.0.0.1",
            "BANGFU_SECOND_FACTOR": "off", "BANGFU_DRAIN": "0",
        }  # fmt: skip

    def process(self, name: str, *words: str, module: str = "bangfu.cli") -> Process:
        """A process of the product by a name, made once; not started yet."""
        if name not in self.processes:
            port = self.ports[name] = free_port()
            self.processes[name] = Process(
                [sys.executable, "-m", module, *words],
                {**self.environment, "PORT": str(port), "CLOCK": str(self.folder / f"{name}.clock")},
                self.folder / f"{name}.log",
            )
        return self.processes[name]

    def url(self, name: str = "web") -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    async def browser(self, who: str, node: str = "web") -> Browser:
        """A new browser in which a member of the cast has just signed in."""
        session = await sessions.start(self.actor(who).me, "127.0.0.1", "test", now())
        return Browser(self.url(node), session, self.token)

    def actor(self, who: str) -> Actor:
        return self.world[who]

    async def ready(self, node: str = "web") -> None:
        """Everything stands: this node answers, and so does the database to us.

        Raises:
            TimeoutError: if it does not come back.
        """
        process = self.processes[node].start()

        async def answers() -> bool:
            process.start()
            async with httpx.AsyncClient() as client:
                with contextlib.suppress(httpx.HTTPError):
                    return (await client.get(f"{self.url(node)}/readyz", timeout=5)).status_code == 200
            return False

        await until(answers, f"{node}: /readyz")
        await self.reconnect()

    async def reconnect(self) -> None:
        """A pool of our own that is whole."""

        async def opens() -> bool:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(close_pool(), 5)
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await open_pool()
                return True
            return False

        await until(opens, "the database")

    async def asked(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Rows, over a connection of its own."""
        connection = await self.connection()
        try:
            return [dict(row) for row in await connection.fetch(query, *values)]
        finally:
            await connection.close()

    async def one(self, query: str, *values: object) -> Any:
        """One value."""
        rows = await self.asked(query, *values)
        return next(iter(rows[0].values())) if rows else None

    async def connection(self) -> "asyncpg.Connection[asyncpg.Record]":
        """A connection that is told apart from the product's."""
        return await asyncpg.connect(self.dsn, server_settings={"application_name": "faults"}, timeout=15)

    def set_clock(self, node: str, seconds: float) -> None:
        """Move the clock of a node that was started with one (tests/faults/clockwork.py)."""
        place = self.folder / f"{node}.clock"
        place.with_suffix(".new").write_text(json.dumps(seconds))
        place.with_suffix(".new").rename(place)

    def kill_database(self) -> None:
        """kill -9 of the server; its other processes leave by themselves."""
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            os.kill(self.postmaster, signal.SIGKILL)


@contextlib.asynccontextmanager
async def stand(folder: Path) -> AsyncIterator[Stand]:
    """A furnished deployment with one web process. The folder must be one that the database's account can enter."""
    server = EmbeddedServer(folder / "data")
    configure(server.open())
    made = Stand(folder, server, folder / "keys.json")
    try:
        load_keys(made.keys)
        prepare_features()
        await migrate()
        await load_defaults()
        await open_pool()
        made.world = await make_world()
        await Organization.update({Organization.minutes_per_4_weeks: MUCH}, force=True)
        await Carer.update({Carer.max_households: MUCH, Carer.minutes_per_week: 10_080}, force=True)
        await ContractLine.update({ContractLine.max_units: MUCH, ContractLine.max_amount: MUCH * 100}, force=True)
        await Contract.update({Contract.total: MUCH * 100}, force=True)
        await settlement_steps.account(made.world)
        made.process("web", "serve", "--no-worker")
        await made.ready()
        async with httpx.AsyncClient(base_url=made.url()) as client:
            await client.get("/signin")
            made.token = client.cookies["bangfu_csrf"]
        yield made
    finally:
        for process in made.processes.values():
            process.stop()
        with contextlib.suppress(Exception):
            await asyncio.wait_for(close_pool(), 10)
        server.close()
