"""One database server per test process, one fresh database per test (a copy of a migrated template)."""

import asyncio
import contextlib
import copy
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import hypothesis
import pytest
from litestar import Litestar

from bangfu.app import create_app, prepare_features
from bangfu.defaults import load_defaults
from bangfu.settings import Settings
from bangfu.shared import i18n, kept
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import load_keys
from bangfu.shared.database import close_pool, configure, open_pool
from bangfu.shared.embedded import EmbeddedServer
from bangfu.shared.migrate import migrate
from tests.authorisation.row import Stage
from tests.authorisation.stage import set_stage
from tests.support import Visitor, World, make_world

kept.DEAR = float("inf")
"""However slow the machine is: no test sees a count of before its own change."""
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")  # a busy machine is no fault: speed belongs in the benchmarks
SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that read ../shared are named as missing where it is not, browser tests as left out with BROWSER=0."""
    for item in items:
        if item.get_closest_marker("shared") and not SHARED.is_dir():
            item.add_marker(pytest.mark.skip(reason="../shared is not on this machine"))
        if "browser" in Path(item.path).parts and os.environ.get("BROWSER") == "0":
            item.add_marker(pytest.mark.skip(reason="BROWSER=0: the browser tests are left out"))


def on(dsn: str, database: str) -> str:
    """The same server, another database."""
    parts = urlsplit(dsn)
    return urlunsplit((parts.scheme, parts.netloc, f"/{database}", parts.query, ""))


@pytest.fixture(autouse=True)
def chinese_first() -> None:
    """No test speaks the language that the one before it chose."""
    i18n.use("zh")


class Servers:
    """The servers of this test process, started when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.embedded: list[EmbeddedServer] = []
        self.dsns: dict[str, str] = {}
        self.templates: dict[str, str] = {}
        self.furnished: dict[tuple[str, str], tuple[World, Stage]] = {}
        self.kept: dict[tuple[str, str], str] = {}

    def dsn(self, engine: str) -> str:
        if engine not in self.dsns:
            self.dsns[engine] = self._start(engine)
        return self.dsns[engine]

    def _start(self, engine: str) -> str:
        if engine == "second" and (url := os.environ.get("TEST_DATABASE_URL")):
            return url
        binaries = second_binaries() if engine == "second" else None
        server = EmbeddedServer(self.folder / engine, fast=True, binaries=binaries)
        self.embedded.append(server)
        return server.open()

    def stop(self) -> None:
        for server in self.embedded:
            server.close()


def second_binaries() -> Path | None:
    """Debian's PostgreSQL 15 or newer, if it is installed."""
    found = [place for place in Path("/usr/lib/postgresql").glob("*/bin") if (place / "initdb").exists()]
    new_enough = [place for place in found if int(place.parent.name) >= 15]
    return max(new_enough, key=lambda place: int(place.parent.name), default=None)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `database` run on the embedded server and again on a second PostgreSQL."""
    if "server_dsn" in metafunc.fixturenames and metafunc.definition.get_closest_marker("database"):
        there = os.environ.get("TEST_DATABASE_URL") or second_binaries()
        missing = pytest.mark.skip(reason="neither TEST_DATABASE_URL nor Debian's PostgreSQL is here")
        second = pytest.param("second", marks=[] if there else [missing])
        metafunc.parametrize("server_dsn", ["embedded", second], indirect=True, scope="session")


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with reachable_folder() as folder:
        found = Servers(folder)
        yield found
        found.stop()


def _fast_folder() -> str | None:
    """Memory where there is plenty: a database is copied for every test, and a disk would be busy writing them."""
    memory = Path("/dev/shm")  # noqa: S108 (a folder of our own is made in it)
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 3 * 1024**3:
        return str(memory)
    return None


@contextlib.contextmanager
def reachable_folder() -> Iterator[Path]:
    """A temporary folder that the database's unprivileged account can enter (pytest's own ones are closed)."""
    folder = Path(tempfile.mkdtemp(prefix="bangfu-test-", dir=_fast_folder()))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Like tmp_path, for tests that start the embedded database."""
    with reachable_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def server_dsn(request: pytest.FixtureRequest, servers: Servers) -> str:
    """The address of the server under test."""
    return servers.dsn(getattr(request, "param", "embedded"))


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key file of this test process."""
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    load_keys(path)
    prepare_features()
    return path


@pytest.fixture(scope="session")
def template(server_dsn: str, keys: Path, servers: Servers) -> str:
    """A migrated database with the catalogue, copied for every test."""
    return asyncio.run(_template_of(servers, server_dsn))


@pytest.fixture(scope="session")
def template_of(servers: Servers, keys: Path) -> Callable[[str], Awaitable[str]]:
    """`await template_of(address)` is the name of the template on a server, for those who run a loop of their own."""
    return partial(_template_of, servers)


async def _template_of(servers: Servers, server_dsn: str) -> str:
    if server_dsn not in servers.templates:
        name = f"bangfu_test_template_{os.getpid()}"
        await _make_template(server_dsn, name)
        servers.templates[server_dsn] = name
    return servers.templates[server_dsn]


async def _make_template(server_dsn: str, name: str) -> None:
    await server_does(server_dsn, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
    configure(on(server_dsn, name))
    await migrate()
    await load_defaults()


async def server_does(dsn: str, *statements: str) -> None:
    """Run statements on the server itself."""
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def database(
    server_dsn: str, template: str, servers: Servers, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    """A fresh database, with the world or the stage in it where the test asks for them; its pool is open."""
    source = template
    for kind in ("staged", "world"):
        if kind in request.fixturenames:
            source = await _furnished(servers, server_dsn, template, kind)
            break
    if request.node.get_closest_marker("reading"):
        async with _opened(await _kept(servers, server_dsn, source)) as dsn:
            yield dsn
        return
    name = f"bangfu_test_{os.getpid()}"
    async with _opened(await copied(server_dsn, source, name)) as dsn:
        yield dsn  # the next test's copy takes its place


@contextlib.asynccontextmanager
async def _opened(dsn: str) -> AsyncIterator[str]:
    configure(dsn)
    await open_pool()
    try:
        yield dsn
    finally:
        await close_pool()


async def _kept(servers: Servers, server_dsn: str, source: str) -> str:
    """A copy that all tests share which only read: made once per process, server and source."""
    if (server_dsn, source) not in servers.kept:
        servers.kept[server_dsn, source] = await copied(server_dsn, source, f"{source}_kept")
    return servers.kept[server_dsn, source]


async def copied(server_dsn: str, source: str, name: str) -> str:
    """Copy whole files: twice as fast as page by page through the log, and there is nothing to keep safe."""
    await server_does(
        server_dsn,
        f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
        f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY',
    )
    return on(server_dsn, name)


async def _furnished(servers: Servers, server_dsn: str, template: str, kind: str) -> str:
    """The name of a database with the world in it, and with the stage if asked; made once per process and server."""
    name = f"bangfu_test_{kind}_{os.getpid()}"
    if (server_dsn, kind) not in servers.furnished:
        configure(await copied(server_dsn, template, name))
        await open_pool()
        try:
            world = await make_world()
            servers.furnished[server_dsn, kind] = (world, await set_stage(world) if kind == "staged" else Stage())
        finally:
            await close_pool()
    return name


@pytest.fixture
async def world(database: str, server_dsn: str, servers: Servers, request: pytest.FixtureRequest) -> World:
    """The cast in its small world."""
    kind = "staged" if "staged" in request.fixturenames else "world"
    return copy.deepcopy(servers.furnished[server_dsn, kind][0])


@pytest.fixture
async def staged(world: World, server_dsn: str, servers: Servers) -> Stage:
    """One own and one foreign object of every kind that a route can name."""
    return copy.deepcopy(servers.furnished[server_dsn, "staged"][1])


@pytest.fixture(scope="session")
def portal_app(tmp_path_factory: pytest.TempPathFactory, keys: Path) -> Litestar:
    """The portal, assembled once per process: it reads the database that the engine points at."""
    return create_app(Settings(data=tmp_path_factory.mktemp("data"), key_file=keys, second_factor="off"))


@pytest.fixture
def app(portal_app: Litestar) -> Litestar:
    """The portal over the test's database; nobody has failed to sign in yet."""
    return portal_app


@pytest.fixture
def settings(app: Litestar) -> Settings:
    """The portal's settings."""
    found: Settings = app.state.settings
    return found


@pytest.fixture
async def visit(app: Litestar, world: World) -> AsyncIterator["SignIn"]:
    """`await visit("dispatcher")` is a browser signed in as that member of the cast; `visit(None)` is nobody's."""
    opened: list[Visitor] = []

    async def sign_in(name: str | None) -> Visitor:
        visitor = Visitor(app)
        opened.append(visitor)
        actor: Actor | None = world[name] if name else None
        return await visitor.sign_in(actor) if actor else visitor

    yield sign_in
    for visitor in opened:
        await visitor.close()


SignIn = object
