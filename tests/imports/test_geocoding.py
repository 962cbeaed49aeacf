"""Addresses become points through a geocoder that the operator names: asked once, kept, marked, plausible."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from geopy.exc import GeocoderServiceError
from geopy.geocoders.base import Geocoder as GeopyGeocoder
from geopy.location import Location

from bangfu.errors import SetupError
from bangfu.households.tables import Household
from bangfu.imports import locating
from bangfu.imports.geocoding import Geocoder
from bangfu.imports.locating import locate_all, locate_carers
from bangfu.providers.tables import Carer
from bangfu.settings import Settings
from bangfu.shared import jobs
from bangfu.shared.coordinates import wgs84_to_gcj02
from bangfu.shared.tables import AuditEvent, Job
from tests.imports.lists import carer, household, numbers, taken
from tests.support import HOME, World

NEAR = (HOME[0] + 0.01, HOME[1] + 0.01)


class TownGeocoder(GeopyGeocoder):
    """A geopy geocoder of a made-up town, without any network; answers in GCJ-02 as Chinese services do."""

    asked: list[str] = []  # noqa: RUF012 - what every instance was asked

    def __init__(self, *, town: str = "河东", **more: Any) -> None:
        super().__init__(**more)
        self.town = town

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: Any = None) -> Location | None:
        self.asked.append(query)
        if "一号" in query:
            return Location(query, (*wgs84_to_gcj02(*NEAR), 0.0), {})
        if "远方" in query:
            return Location(query, (45.0, 126.0, 0.0), {})
        if "断网" in query:
            raise GeocoderServiceError("no connection")
        return None


@pytest.fixture
def options(tmp_path: Path, keys: Path) -> Settings:
    TownGeocoder.asked.clear()
    return Settings(
        data=tmp_path, key_file=keys, geocoder=f"{__name__}:TownGeocoder",
        geocoder_options={"datum": "gcj02", "seconds": "0", "town": "河东"},
    )  # fmt: skip


@pytest.fixture
def geocoder(tmp_path: Path, keys: Path) -> Geocoder:
    TownGeocoder.asked.clear()
    return Geocoder(TownGeocoder(), tmp_path / "cache.jsonl", datum="gcj02", seconds=0)


async def test_an_address_is_resolved_converted_and_marked_as_geocoded(world: World, geocoder: Geocoder) -> None:
    await taken("households", [household(1, address="幸福路一号"), household(2, address="幸福路二号")])
    assert [row["kind"] for row in await Job.raw("SELECT kind FROM job")] == ["locate"], "the worker is asked"
    assert await locate_all(geocoder) == 1
    homes = {row["number"]: row for row in await Household.raw("SELECT * FROM household")}
    assert (homes["H-1"]["lat"], homes["H-1"]["lon"]) == pytest.approx(NEAR, abs=2e-6)
    assert (homes["H-1"]["location_source"], homes["H-1"]["location_accuracy_m"]) == ("geocoder", 100)
    assert homes["H-2"]["location_source"] == "division", "not found: still the estimate, still marked so"
    assert "测试省测试市东区河东街道柳树村幸福路一号" in TownGeocoder.asked
    events = await AuditEvent.raw(
        "SELECT action FROM audit_event WHERE subject = {} ORDER BY id", str(homes["H-1"]["id"])
    )
    assert [event["action"] for event in events] == ["household.imported", "household.located"]


async def test_a_list_without_coordinates_does_not_take_a_geocoded_place_away(world: World, geocoder: Geocoder) -> None:
    row = household(1, address="幸福路一号")
    await taken("households", [row])
    await locate_all(geocoder)
    assert numbers(await taken("households", [row])) == (0, 0, 1)


async def test_a_carers_address_is_used_once_and_not_kept(world: World, geocoder: Geocoder) -> None:
    await taken("carers", [carer(1, address="幸福路一号"), carer(2, address="")])
    job = (await Job.raw("SELECT payload FROM job"))[0]["payload"]
    assert "幸福路" not in job
    assert await locate_carers(geocoder, json.loads(job)["carers"]) == 1
    places = await Carer.raw("SELECT number, lat, location_source FROM carer WHERE number LIKE 'T-%' ORDER BY number")
    assert [row["location_source"] for row in places] == ["geocoder", "division"]
    assert places[0]["lat"] == pytest.approx(NEAR[0], abs=2e-6)


async def test_a_point_far_from_the_village_is_some_other_place(world: World, geocoder: Geocoder) -> None:
    await taken("households", [household(1, address="远方路3号")])
    assert await locate_all(geocoder) == 0


async def test_a_failing_service_leaves_the_estimates_and_is_asked_again_later(
    world: World, geocoder: Geocoder
) -> None:
    await taken("households", [household(1, address="断网路3号")])
    assert await locate_all(geocoder) == 0
    first = len(TownGeocoder.asked)
    await locate_all(geocoder)
    assert len(TownGeocoder.asked) > first


def test_each_address_is_asked_once_and_the_cache_holds_no_address(tmp_path: Path, options: Settings) -> None:
    for _ in range(2):
        geocoder = Geocoder.configured(options)
        assert geocoder is not None
        assert geocoder.locate("幸福路一号") == pytest.approx(NEAR, abs=2e-6)
        assert geocoder.locate("不存在的路") is None
    assert len(TownGeocoder.asked) == 2
    cache = tmp_path / "geocoded.jsonl"
    assert "路" not in cache.read_text() and cache.stat().st_mode & 0o077 == 0


def test_without_a_name_there_is_no_geocoder_and_a_wrong_name_is_told(settings: Settings) -> None:
    assert Geocoder.configured(settings) is None
    for name in ("nobody_knows_this", "no.such.module:Class", f"{__name__}:Missing"):
        with pytest.raises(SetupError, match="cannot be used"):
            Geocoder.configured(Settings(data=settings.data, geocoder=name))


async def test_the_workers_job_ends_and_forgets_the_addresses_where_no_geocoder_is_configured(world: World) -> None:
    await locating.enqueue(world["officer"], [(uuid4(), "sealed")])
    claim = await jobs.claim([locating.JOB])
    assert claim is not None
    await locating.locate(claim, asyncio.Event())
    rows = await Job.raw("SELECT status, payload FROM job WHERE id = {}", claim.id)
    assert [(row["status"], row["payload"]) for row in rows] == [("done", "{}")]
