"""A real portal process and a real chromium for the browser tests, one of each per module."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bangfu.shared.database import close_pool, configure, open_pool
from tests.authorisation.stage import Stage, set_stage
from tests.conftest import Servers, copied, server_does
from tests.support import PASSWORD, World, make_world

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
AXE = (Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Portal:
    """A served portal, its cast and its objects."""

    url: str
    world: World
    stage: Stage
    chromium: Browser
    dsn: str = ""
    made: Any = None
    """What the module's `furnish(world)` returned."""
    known: dict[str, BrowserContext] = field(default_factory=dict)

    async def reader(self, name: str) -> Page:
        """A new page in the one browser of this member of the cast (or of nobody): signed in once, in Chinese."""
        if name not in self.known:
            if name:
                self.known[name] = (await self.person(name, lang="zh")).context
            else:
                self.known[name] = await self.chromium.new_context(viewport=DESKTOP, base_url=self.url)
        page = await self.known[name].new_page()
        page.set_default_timeout(15000)
        return page

    async def asked(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Rows of the portal's database, for what no page shows."""
        connection = await asyncpg.connect(self.dsn)
        try:
            return [dict(row) for row in await connection.fetch(query, *values)]
        finally:
            await connection.close()

    async def person(self, name: str, *, phone: bool = False, scripts: bool = True, lang: str = "en") -> Page:
        """A browser of its own in which this member of the cast has signed in through the form."""
        context = await self.chromium.new_context(
            viewport=PHONE if phone else DESKTOP, java_script_enabled=scripts, base_url=self.url, is_mobile=phone
        )
        page = await context.new_page()
        page.set_default_timeout(15000)
        await page.goto("/signin")
        await page.fill('input[name="username"]', name)
        await page.fill('input[name="password"]', PASSWORD)
        await page.click('main button[type="submit"]')
        await page.wait_for_url(lambda address: "/signin" not in address)
        if (await page.get_attribute("html", "lang") == "en") != (lang == "en"):
            await page.click('button[name="lang"]')
            await page.wait_for_load_state()
        return page


async def faults_of(page: Page, *, without: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds wrong with the page as it stands (WCAG 2.2 AA and best practice), but for some rules."""
    size = page.viewport_size
    height = await page.evaluate("document.documentElement.scrollHeight")
    await page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    rules = {rule: {"enabled": False} for rule in without}
    found = await page.evaluate("rules => axe.run(document, {resultTypes: ['violations'], rules})", rules)
    await page.set_viewport_size(size)
    return [
        f"{violation['id']}: {node['html'][:160]} ({node['failureSummary']})"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's chromium, without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def portal(
    chromium: Browser,
    servers: Servers,
    template_of: Callable[[str], Awaitable[str]],
    keys: Path,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Portal]:
    """A `bangfu serve` process over a database of its own with the stage, without a worker that would change it; a
    module's `STAGED = False` leaves the stage out and lets the worker work, its `furnish(world)` adds what it needs,
    its `ENVIRONMENT` holds settings of the operator."""
    server, name = servers.dsn("embedded"), f"bangfu_portal_{os.getpid()}"
    template = await template_of(server)
    address = await copied(server, template, name)
    staged = getattr(request.module, "STAGED", True)
    world, stage, made = await _furnish(address, getattr(request.module, "furnish", None), staged=staged)
    port = _free_port()
    environment = {
        **os.environ, "DATABASE_URL": address, "BANGFU_KEYS": str(keys), "PORT": str(port), "HOST": "127.0.0.1",
        "BANGFU_DATA": str(tmp_path_factory.mktemp("portal")), "BANGFU_SECOND_FACTOR": "off",
        **getattr(request.module, "ENVIRONMENT", {}),
    }  # fmt: skip
    command = [sys.executable, "-m", "bangfu.cli", "serve", *(["--no-worker"] if staged else [])]
    process = subprocess.Popen(command, env=environment)  # noqa: ASYNC220
    url = f"http://127.0.0.1:{port}"
    try:
        await _until_it_answers(url, process)
        yield Portal(url, world, stage, chromium, address, made)
    finally:
        process.terminate()
        process.wait(timeout=20)
        await server_does(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def _furnish(
    address: str, furnish: Callable[[World], Awaitable[Any]] | None, *, staged: bool
) -> tuple[World, Stage, Any]:
    configure(address)
    await open_pool()
    try:
        world = await make_world()
        stage = await set_stage(world) if staged else Stage()
        return world, stage, await furnish(world) if furnish is not None else None
    finally:
        await close_pool()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _until_it_answers(url: str, process: "subprocess.Popen[bytes]") -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(900):
            assert process.poll() is None, "the portal ended by itself"
            try:
                if (await client.get(f"{url}/healthz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    raise AssertionError("the portal did not answer in 90 seconds")
