"""Numbers that people read out never repeat, whatever an imported list has used."""

import asyncio
from uuid import uuid4

import pytest

from bangfu.households.tables import Household
from bangfu.shared.numbering import fresh_number, fresh_numbers
from tests.support import VILLAGE, World

pytestmark = pytest.mark.database


async def test_a_number_that_a_list_brought_is_passed_over(world: World) -> None:
    taken = Household(id=uuid4(), number="HH-000002", division=VILLAGE, category="dibao", head_name="测试某")
    await taken.save()
    assert await fresh_numbers(Household, 3) == ["HH-000001", "HH-000003", "HH-000004"]


async def test_twenty_people_at_once_get_twenty_numbers(database: str) -> None:
    drawn = await asyncio.gather(*(fresh_number(Household) for _ in range(20)))
    assert len(set(drawn)) == 20


async def test_numbers_grow_past_six_digits(database: str) -> None:
    await Household.raw("SELECT setval('household_number', 999999)")
    assert await fresh_number(Household) == "HH-1000000"
