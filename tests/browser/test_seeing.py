"""Charts and the map as a leader sees them: drawn from the numbers beside them, with the operator's tiles and
boundaries, without a request to anybody else, and without scripts as tables."""

import json
import re
import struct
import tempfile
import zlib
from collections.abc import Awaitable, Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, Portal, faults_of
from tests.planning.making import make_household, make_need
from tests.reports.furnishing import furnish as figures
from tests.support import HOME, TOWN, World

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAGED = False
ENVIRONMENT: dict[str, str] = {}
ASKED: list[str] = []
"""The addresses of the tiles that were asked for."""


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PIXEL = (
    b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\xdd\xee\xdd")) + _chunk(b"IEND", b"")
)  # fmt: skip


class Tiles(BaseHTTPRequestHandler):
    """An operator's tile server of one colour."""

    def do_GET(self) -> None:
        ASKED.append(self.path)
        self.send_response(200)
        self.send_header("content-type", "image/png")
        self.send_header("content-length", str(len(PIXEL)))
        self.end_headers()
        self.wfile.write(PIXEL)

    def log_message(self, *_: object) -> None:
        """Nothing: the addresses stand in ASKED."""


async def furnish(world: World) -> Any:
    """Something of every figure, needs in two places, tiles in the address form of WMTS, and one town's outline."""
    await figures(world)
    for step in range(6):
        home = await make_household(lat=HOME[0] + 0.02 * step, lon=HOME[1])
        await make_need(world, household=home, priority="urgent" if step == 0 else "general")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    Thread(target=server.serve_forever, daemon=True).start()
    host = f"http://127.0.0.1:{server.server_address[1]}"
    folder = Path(tempfile.mkdtemp(prefix="bangfu-boundaries-"))
    lat, lon = HOME
    ring = [[lon - 0.1, lat - 0.1], [lon + 0.1, lat - 0.1], [lon + 0.1, lat + 0.2], [lon - 0.1, lat - 0.1]]
    feature = {"type": "Feature", "properties": {"adcode": int(TOWN)}, "geometry": {"type": "Polygon",
               "coordinates": [ring]}}  # fmt: skip
    file = folder / "towns.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    ENVIRONMENT.update({
        "BANGFU_TILES": f"{host}/vec_w/wmts?SERVICE=WMTS&REQUEST=GetTile&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}"
        "&tk=made-up-key",
        "BANGFU_TILES_ATTRIBUTION": "样例底图", "BANGFU_BOUNDARIES": str(file),
    })  # fmt: skip
    return host


def listening(page: Page) -> tuple[list[str], list[str]]:
    """What the page complains about, and whom it asks."""
    complaints: list[str] = []
    hosts: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("request", lambda request: hosts.append("/".join(request.url.split("/")[:3])))
    return complaints, hosts


async def test_charts_are_drawn_from_the_tables_beside_them_which_stay_without_scripts(portal: Portal) -> None:
    page = await portal.person("lead")
    complaints, hosts = listening(page)
    await page.goto("/reports/charts")
    charts = page.locator("[data-chart]")
    drawn = await charts.count()
    assert drawn >= 4
    await expect(charts.locator("svg")).to_have_count(drawn)
    places = [await cell.inner_text() for cell in await page.locator("#table-places tbody th").all()]
    first = str(await charts.first.locator("svg").text_content())
    assert places and all(place in first.replace("\n", "") for place in places), (places, first)
    assert complaints == [] and set(hosts) == {portal.url}
    assert await faults_of(page) == []
    await page.emulate_media(media="print")
    await expect(page.locator("#table-places table")).to_be_visible()
    await page.context.close()
    plain = await portal.person("lead", scripts=False)
    await plain.goto("/reports/charts")
    assert [await cell.inner_text() for cell in await plain.locator("#table-places tbody th").all()] == places
    assert await plain.locator("[data-chart] svg").count() == 0
    await plain.context.close()


async def _sum(page: Page) -> int:
    """What the marks on the map say together, once they stand."""
    await page.wait_for_selector("[data-atlas][data-marks]")
    await page.wait_for_timeout(500)
    return sum(int(each) for each in await page.locator(".gathered.waiting").all_inner_texts())


async def test_the_map_shows_the_operators_tiles_and_outlines_and_sums_to_its_list(portal: Portal) -> None:
    page = await portal.person("bureau")
    complaints, hosts = listening(page)
    answer = await page.goto("/map")
    assert answer is not None
    policy = (await answer.all_headers())["content-security-policy"]
    assert portal.made in policy and "unsafe" not in policy
    listed = int((await page.locator("#towns p").first.inner_text()).split(" ")[0].replace(",", ""))
    assert await _sum(page) == listed >= 7
    await expect(page.locator("path.outline")).to_have_count(1)
    assert re.search(r"step-[1-5]", await page.locator("path.outline").get_attribute("class") or "")
    await expect(page.locator(".leaflet-tile-loaded").first).to_be_visible()
    assert all(re.search(r"TILEMATRIX=\d+&TILEROW=\d+&TILECOL=\d+&tk=made-up-key$", each) for each in ASKED)
    assert set(hosts) == {portal.url, portal.made} and complaints == []
    assert await faults_of(page, without=("color-contrast",)) == []
    before = await page.locator(".gathered.waiting").count()
    await page.locator(".gathered.waiting").first.click()
    await page.wait_for_timeout(800)
    await page.locator('a[href="#towns"]').first.click()
    assert before >= 1 and await _sum(page) <= listed, "a gathered mark opens into the ones it holds"
    await page.set_viewport_size(PHONE)
    await page.reload()
    assert await _sum(page) == listed
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await page.context.close()


async def test_without_its_tile_server_the_map_still_has_its_marks_names_and_scale(portal: Portal) -> None:
    page = await portal.person("bureau", lang="zh")
    refuse: Callable[[Any], Awaitable[None]] = lambda route: route.abort()  # noqa: E731
    await page.route(f"{portal.made}/**", refuse)
    await page.goto("/map")
    assert await _sum(page) >= 7
    await expect(page.locator(".place-name").first).to_be_attached()
    assert re.search(r"\d+ (km|m)", await page.locator(".leaflet-control-scale-line").inner_text())
    await page.context.close()
