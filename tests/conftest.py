"""One database server per test process, one fresh database per test (a copy of a migrated template)."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from litestar import Litestar

from bangfu.app import create_app, prepare_features
from bangfu.needs.catalogue import load_defaults
from bangfu.settings import Settings
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import load_keys
from bangfu.shared.database import close_pool, configure, open_pool
from bangfu.shared.embedded import EmbeddedServer
from bangfu.shared.migrate import migrate
from tests.support import Visitor, World, make_world

SHARED = Path(__file__).resolve().parents[2] / "shared"
TEMPLATE = "bangfu_test_template"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that read ../shared are named as missing where it is not."""
    if SHARED.is_dir():
        return
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason="../shared is not on this machine"))


def on(dsn: str, database: str) -> str:
    """The same server, another database."""
    parts = urlsplit(dsn)
    return urlunsplit((parts.scheme, parts.netloc, f"/{database}", parts.query, ""))


@pytest.fixture(scope="session")
def server_dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server under test: TEST_DATABASE_URL, or an embedded one of this process."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    server = EmbeddedServer(tmp_path_factory.mktemp("server"), fast=True)
    yield server.open()
    server.close()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key file of this test process."""
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    load_keys(path)
    prepare_features()
    return path


@pytest.fixture(scope="session")
def template(server_dsn: str, keys: Path) -> str:
    """A migrated database with the catalogue, copied for every test."""
    name = f"{TEMPLATE}_{os.getpid()}"

    async def make() -> None:
        await _server_does(server_dsn, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
        configure(on(server_dsn, name))
        await migrate()
        await load_defaults()

    asyncio.run(make())
    return name


async def _server_does(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def database(server_dsn: str, template: str) -> AsyncIterator[str]:
    """A fresh database; the engine points at it and its pool is open."""
    name = f"bangfu_test_{os.getpid()}"
    await _server_does(
        server_dsn, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{template}"'
    )
    dsn = on(server_dsn, name)
    configure(dsn)
    await open_pool()
    yield dsn
    await close_pool()
    await _server_does(server_dsn, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
async def world(database: str) -> World:
    """The cast in its small world."""
    return await make_world()


@pytest.fixture
def settings(tmp_path: Path, keys: Path) -> Settings:
    return Settings(data=tmp_path, key_file=keys)


@pytest.fixture
def app(settings: Settings) -> Litestar:
    """The portal over the test's database."""
    return create_app(settings)


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
