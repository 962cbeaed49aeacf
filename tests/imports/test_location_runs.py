# ruff: noqa: ASYNC110 (the database is what is waited for)
"""A whole register is located through a geocoder: killed or stopped it goes on, and never moves a place set by hand."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from geopy.geocoders import Nominatim

from bangfu.errors import Refused
from bangfu.households.sealing import household_columns
from bangfu.households.tables import Household
from bangfu.imports import location_runs
from bangfu.imports.geocoding import Geocoder
from bangfu.imports.tables import LocationMiss, LocationRun
from bangfu.settings import Settings
from bangfu.shared import jobs
from bangfu.shared.clock import now
from bangfu.shared.tables import Job
from tests.support import FOREIGN_VILLAGE, HOME, VILLAGE, World

NEAR, NEXT, FAR = (HOME[0] + 0.01, HOME[1]), (HOME[0] + 0.02, HOME[1]), (45.0, 126.0)


class Town(ThreadingHTTPServer):
    """A made-up geocoding service in Nominatim's form, on this machine only."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[str] = []
        self.broken = False

    @property
    def domain(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Answer(BaseHTTPRequestHandler):
    server: Town

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)["q"][0]
        self.server.asked.append(query)
        found = [NEAR] if "幸福路" in query else [NEAR, NEXT] if "同名路" in query else [FAR] if "远方" in query else []
        body = json.dumps([{"lat": str(lat), "lon": str(lon), "display_name": "x"} for lat, lon in found]).encode()
        self.send_response(503 if self.server.broken else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: the test's output stays readable."""


@pytest.fixture
def town() -> Iterator[Town]:
    server = Town()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def configured(tmp_path: Path, keys: Path, town: Town) -> Settings:
    options = {"domain": town.domain, "scheme": "http", "user_agent": "test", "seconds": "0"}
    return Settings(data=tmp_path, key_file=keys, geocoder="nominatim", geocoder_options=options)


async def home(number: int, address: str, source: str = "division", division: str = VILLAGE, **more: Any) -> UUID:
    household = uuid4()
    columns = household_columns(household, head_name="王秀英", address=address)
    await Household(
        **{"id": household, "number": f"L-{number}", "division": division, "category": "dibao", "lat": HOME[0],
           "lon": HOME[1], "location_source": source, **columns, **more}
    ).save()  # fmt: skip
    return household


async def worked(settings: Settings, stop: asyncio.Event | None = None) -> None:
    """One worker takes the oldest job and does it."""
    claim = await jobs.claim([location_runs.JOB])
    assert claim is not None
    geocoder = Geocoder.configured(settings)
    assert geocoder is not None
    await location_runs.work_with(geocoder, claim, UUID(claim.payload["run"]), stop or asyncio.Event())


async def run_of(run: UUID) -> LocationRun:
    found = await LocationRun.objects().get(LocationRun.id == run)
    assert found is not None
    return found


async def test_every_household_without_a_place_is_asked_for_and_the_rest_listed(
    world: World, configured: Settings, town: Town
) -> None:
    exact, twice, gone, far = [
        await home(n, address) for n, address in enumerate(("幸福路1号", "同名路2号", "不知道街3号", "远方路4号"))
    ]
    by_hand = [
        await home(10, "幸福路10号", "map"),
        await home(11, "幸福路11号", "gps"),
        await home(12, "幸福路12号", "import"),
    ]
    away = await home(20, "幸福路20号", division=FOREIGN_VILLAGE)
    run = await location_runs.start(world["officer"], uuid4(), configured, now())
    await worked(configured)
    row = await run_of(run)
    assert (row.status, row.total, row.asked, row.exact, row.ambiguous, row.not_found) == ("done", 4, 4, 1, 1, 2)
    places = {place["id"]: place for place in await Household.raw("SELECT id, lat, location_source FROM household")}
    assert (places[exact]["lat"], places[exact]["location_source"]) == (pytest.approx(NEAR[0]), "geocoder")
    assert {places[household]["lat"] for household in (*by_hand, away, twice, gone, far)} == {HOME[0]}
    assert [places[household]["location_source"] for household in by_hand] == ["map", "gps", "import"]
    assert not any("0号" in asked or "11号" in asked or "12号" in asked for asked in town.asked)
    listed = {miss.household: miss.outcome for miss in await location_runs.misses(world["officer"], run)}
    assert listed == {twice: "ambiguous", gone: "not_found", far: "far"}
    await Household.update(location_source="map").where(Household.id == gone)
    assert gone not in {miss.household for miss in await location_runs.misses(world["officer"], run)}
    assert await location_runs.misses(world["outside_officer"], run) == []


async def test_a_killed_run_goes_on_behind_its_cursor_and_asks_nothing_twice(
    world: World, configured: Settings, town: Town
) -> None:
    for number in range(35):
        await home(number, f"{'幸福路' if number % 2 else '不知道街'}{number}号")
    run = await location_runs.start(world["officer"], uuid4(), configured, now())
    killed = asyncio.create_task(worked(configured))
    while (await run_of(run)).asked < 10 or len(town.asked) < 13:
        await asyncio.sleep(0.01)
    killed.cancel()
    with pytest.raises(asyncio.CancelledError):
        await killed
    before = await run_of(run)
    assert 10 <= before.asked < 35 and before.status == "running"
    assert await jobs.claim([location_runs.JOB]) is None, "the lease still runs"
    await Job.raw("UPDATE job SET lease_until = now() - interval '1 second'")
    await worked(configured)
    row = await run_of(run)
    assert (row.status, row.asked, row.exact, row.not_found) == ("done", 35, 17, 18)
    assert await LocationMiss.count() == 18
    assert len(set(town.asked)) == 35 and len(town.asked) <= 36, "what was answered is not asked again"


async def test_a_stopped_run_keeps_what_it_found_and_can_go_on(world: World, configured: Settings, town: Town) -> None:
    for number in range(30):
        await home(number, f"幸福路{number}号")
    officer = world["officer"]
    run = await location_runs.start(officer, uuid4(), configured, now())
    assert await location_runs.start(officer, uuid4(), configured, now()) == run, "one open run for an area"
    working = asyncio.create_task(worked(configured))
    while (await run_of(run)).asked < 10:
        await asyncio.sleep(0.01)
    await location_runs.stop_run(officer, run, now())
    await working
    stopped = await run_of(run)
    assert stopped.status == "cancelled" and 10 <= stopped.exact < 30
    await location_runs.go_on(officer, run, configured, now())
    await worked(configured)
    assert ((await run_of(run)).status, (await run_of(run)).exact) == ("done", 30)


async def test_a_service_that_fails_ends_the_run_and_it_is_taken_up_later(
    world: World, configured: Settings, town: Town
) -> None:
    await home(1, "幸福路1号")
    town.broken = True
    run = await location_runs.start(world["officer"], uuid4(), configured, now())
    await worked(configured)
    assert ((await run_of(run)).status, (await run_of(run)).asked) == ("failed", 0)
    town.broken = False
    await location_runs.go_on(world["officer"], run, configured, now())
    await worked(configured)
    assert ((await run_of(run)).status, (await run_of(run)).exact) == ("done", 1)


def test_the_service_is_asked_no_faster_than_it_allows(tmp_path: Path, keys: Path, town: Town) -> None:
    service = Nominatim(domain=town.domain, scheme="http", user_agent="test")
    geocoder = Geocoder(service, tmp_path / "cache.jsonl", seconds=0.2)
    started = time.monotonic()
    for number in range(4):
        geocoder.candidates(f"幸福路{number}号")
    assert time.monotonic() - started >= 0.6


async def test_without_a_geocoder_no_run_starts(visit, world: World, settings: Settings) -> None:
    await home(1, "幸福路1号")
    with pytest.raises(Refused, match="No geocoder"):
        await location_runs.start(world["officer"], uuid4(), settings, now())
    officer = await visit("officer")
    assert "No geocoder is set up" in (await officer.get("/imports/locations")).text
    assert (await officer.post("/imports/locations", {"key": str(uuid4())})).status_code == 409


async def test_the_pages_show_the_run_to_its_own_area_only(visit, world: World, configured: Settings) -> None:
    await home(1, "同名路1号")
    run = await location_runs.start(world["officer"], uuid4(), configured, now())
    officer, outside = await visit("officer"), await visit("outside_officer")
    assert "progress" in (await officer.get(f"/imports/locations/{run}")).text
    await worked(configured)
    shown = (await officer.get(f"/imports/locations/{run}")).text
    assert "Several places of this name" in shown and "王秀英" not in shown and "同名路" not in shown
    for path in (f"/imports/locations/{run}", f"/imports/locations/{run}/progress"):
        assert (await outside.get(path)).status_code == 404
    assert (await outside.post(f"/imports/locations/{run}/stop")).status_code == 404
