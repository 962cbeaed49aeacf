"""Finding by parts of pinyin and of the sealed address; rows without search columns are made up for."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.households import indexing, searching
from bangfu.households.sealing import PersonFacts, household_columns, person_columns, seal
from bangfu.households.tables import Household, Person
from bangfu.shared.address_grams import TOKEN_BITS, address_tokens, asked_tokens, below_village, contains
from tests.support import FOREIGN_VILLAGE, VILLAGE, World


async def home(number: int, name: str, address: str, division: str = VILLAGE) -> UUID:
    household, person = uuid4(), uuid4()
    columns = household_columns(household, head_name=name, address=address)
    await Household(
        **{"id": household, "number": f"S-{number}", "division": division, "category": "dibao", **columns}
    ).save()
    await Person(id=person, household=household, **person_columns(person, PersonFacts(name, is_head=True))).save()
    return household


async def found(world: World, query: str, who: str = "officer") -> set[UUID]:
    return {hit.household for hit in await searching.search(world[who], query)}


@pytest.mark.database
async def test_a_part_of_the_address_finds_its_households_in_ones_area_only(world: World) -> None:
    here, there = await home(1, "王秀英", "幸福路12号3幢"), await home(2, "李强", "东区河东街道柳树村幸福路120号")
    await home(3, "陈国华", "幸福路12号", FOREIGN_VILLAGE)
    assert await found(world, "幸福路12") == {here, there}
    assert await found(world, "幸福路 12号") == {here}
    assert await found(world, "柳树村幸福路") == {here, there}, "the village of the household counts"
    for query in ("福幸", "平安街", "路", "12"):
        assert await found(world, query) == set()
    hit = (await searching.search(world["officer"], "12号3幢"))[0]
    assert "幸福路" not in hit.address and hit.people == ""


@pytest.mark.database
@pytest.mark.parametrize("query", ["xiaom", "yangxiao", "ouy", "yxm", "oyx", "xm", "明", "欧阳小明"])
async def test_parts_of_pinyin_and_initials_find_from_any_syllable_on(world: World, query: str) -> None:
    household = await home(1, "欧阳小明", "")
    await home(2, "陈国华", "")
    assert await found(world, query) == {household}


async def test_those_of_just_that_name_come_first(world: World) -> None:
    longer, exact = await home(1, "安王伟", ""), await home(2, "王伟", "")
    assert [hit.household for hit in await searching.search(world["officer"], "王伟")] == [exact, longer]


async def test_rows_without_search_columns_are_made_up_for_and_the_rest_is_left(world: World) -> None:
    household = uuid4()
    sealed = seal("household", "address_enc", household, "幸福路12号")
    await Household(
        id=household, number="R-1", division=VILLAGE, category="dibao", head_name="王秀英", address_enc=sealed
    ).save()
    await Person(id=uuid4(), household=household, name="王秀英", is_head=True).save()
    assert await found(world, "xiuying") == await found(world, "幸福路") == set()
    assert await indexing.refresh() == 2
    assert await found(world, "xiuying") == await found(world, "幸福路") == {household}
    assert await indexing.refresh() == 0


async def test_the_backfill_goes_on_where_it_was_cut_off(world: World) -> None:
    for number in range(5):
        await home(number, "王秀英", "幸福路12号")
    await Person.raw("UPDATE person SET search_version = 0, search_terms = '{{}}'")
    await Household.raw("UPDATE household SET search_version = 0, address_grams = '{{}}'")
    before, indexing.BATCH = indexing.BATCH, 2
    try:
        assert await indexing.refresh(most=2) == 2
        assert len(await found(world, "xiuying")) == 2
        while await indexing.refresh(most=2):
            pass
    finally:
        indexing.BATCH = before
    assert len(await found(world, "xiuying")) == len(await found(world, "幸福路12号")) == 5


async def test_a_new_address_or_name_that_somebody_writes_past_the_columns_is_found_after_the_refresh(
    world: World,
) -> None:
    household = await home(1, "王秀英", "幸福路12号")
    sealed = seal("household", "address_enc", household, "平安街7号")
    await Household.update(address_enc=sealed).where(Household.id == household)
    await Person.update(name="李强").where(Person.household == household)
    await indexing.refresh()
    assert await found(world, "平安街") == await found(world, "liqiang") == {household}
    assert await found(world, "幸福路") == await found(world, "xiuying") == set()


async def test_people_follow_their_household_to_another_area(world: World) -> None:
    household = await home(1, "王秀英", "幸福路12号")
    await Household.update(division=FOREIGN_VILLAGE).where(Household.id == household)
    assert await found(world, "王秀英") == set()
    assert await found(world, "王秀英", "outside_officer") == {household}


@pytest.mark.usefixtures("keys")
@given(st.text("幸福路平安街东西南北12345号幢室", min_size=2, max_size=20), st.data())
def test_any_part_of_an_address_is_among_its_tokens(address: str, data: st.DataObject) -> None:
    below = below_village(address)
    start = data.draw(st.integers(0, len(below)))
    part = below[start : data.draw(st.integers(start, len(below)))]
    if below_village(part) == part:
        assert set(asked_tokens(part)) <= set(address_tokens(address))
    assert contains(address, part)
    assert all(0 <= token < 2**TOKEN_BITS for token in address_tokens(address))
