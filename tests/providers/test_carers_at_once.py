"""Records of carers under real parallel transactions."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from bangfu.errors import FormError, Refused
from bangfu.providers.carer_actions import change_carer, record_carer
from bangfu.providers.carer_facts import CarerFacts
from bangfu.providers.tables import Carer
from bangfu.shared.clock import now
from tests.support import VILLAGE, World

FACTS = CarerFacts(
    kind="volunteer", name="示例一", sex="f", birth_date=None, id_number="990101198001010022", phone="",
    languages=(), division=VILLAGE, point=None, travel_mode="walk", speed_kmh=4.5, max_km=5.0, minutes_per_week=480,
    max_households=5,
)  # fmt: skip


@pytest.mark.database
async def test_one_person_recorded_by_two_at_the_same_moment_stands_once(world: World) -> None:
    tries = [record_carer(world[name], uuid4(), FACTS, now()) for name in ("dispatcher", "bureau")]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, FormError) for result in results) == 1
    assert await Carer.count().where(Carer.name == "示例一") == 1


async def test_a_double_click_at_the_same_moment_is_one_person(world: World) -> None:
    key = uuid4()
    assert set(await asyncio.gather(*[record_carer(world["dispatcher"], key, FACTS, now()) for _ in range(4)])) == {key}
    assert await Carer.count().where(Carer.name == "示例一") == 1


async def test_of_two_changes_of_one_version_one_is_told(world: World) -> None:
    carer = await record_carer(world["dispatcher"], uuid4(), FACTS, now())
    changes = [
        change_carer(world[name], carer, 1, replace(FACTS, max_km=km), now())
        for name, km in (("dispatcher", 2.0), ("bureau", 3.0))
    ]
    results = await asyncio.gather(*changes, return_exceptions=True)
    assert sum(isinstance(result, Refused) for result in results) == 1
    row = await Carer.objects().get(Carer.id == carer)
    assert row is not None
    assert row.version == 2
    assert row.max_km == (2.0 if results[0] is None else 3.0)
