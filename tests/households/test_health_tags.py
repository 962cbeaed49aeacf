"""What a tag says about health lies sealed in the database, and is shown only with the health group (DOMAIN.md 9.1)."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.households.sealing import HEALTH_TAGS, PersonFacts, health_of, ordered, person_columns, plain_tags, seal
from bangfu.households.tables import Person
from bangfu.households.words import WORDS
from tests.households.household_support import record
from tests.imports.lists import household, numbers, taken
from tests.support import World

pytestmark = pytest.mark.usefixtures("keys")
TAGS = sorted({*WORDS["person_tag"], *HEALTH_TAGS})


@given(st.text(max_size=60) | st.just('{"v": 1, "text": "x", "tags": ["dementia"]}'), st.lists(st.sampled_from(TAGS)))
def test_words_and_tags_come_back_as_they_were_given(text: str, tags: list[str]) -> None:
    person = uuid4()
    row = {"id": person, **person_columns(person, PersonFacts("甲", health=text, tags=tuple(tags)))}
    assert not HEALTH_TAGS.intersection(row["tags"])
    assert health_of(row) == (text, ordered(HEALTH_TAGS.intersection(tags)))
    assert ordered((*plain_tags(row), *health_of(row)[1])) == ordered(tags)


@pytest.mark.parametrize("text", ["", "高血压", "{", '{"v": 1}', "{[1]}"])
def test_what_was_stored_before_is_still_read(text: str) -> None:
    person = uuid4()
    row = {"id": person, "health_enc": seal("person", "health_enc", person, text), "tags": ["dementia", "orphan"]}
    assert (health_of(row), plain_tags(row)) == ((text, ("dementia",)), ("orphan",))


async def test_a_page_seals_the_tag_and_shows_it_only_with_a_reason(visit, world: World) -> None:
    place = f"/households/{await record(await visit('coordinator'), tags=['lives_alone', 'dementia'], health=None)}"
    row = (await Person.raw("SELECT * FROM person"))[0]
    assert row["tags"] == ["lives_alone"] and "dementia" not in str(row)
    officer = await visit("officer")
    masked = (await officer.get(place)).text
    assert "Lives alone" in masked and "Dementia" not in masked
    shown = await officer.post(f"{place}/unmask", {"group": "health", "reason": "verify"})
    assert "Dementia" in shown.text
    other = await officer.post(f"{place}/unmask", {"group": "contact", "reason": "verify"})
    assert "Dementia" not in other.text


async def test_a_list_seals_the_tag_and_the_same_list_again_changes_nothing(world: World) -> None:
    rows = [household(1, tags="失智、独居、重病", health="高血压")]
    assert numbers(await taken("households", rows)) == (1, 0, 0)
    row = (await Person.raw("SELECT * FROM person"))[0]
    assert row["tags"] == ["lives_alone"]
    assert health_of(row) == ("高血压", ("dementia", "serious_illness"))
    for _ in range(2):
        assert numbers(await taken("households", rows)) == (0, 0, 1)
    assert numbers(await taken("households", [household(1, health="糖尿病")])) == (0, 1, 0)
    changed = (await Person.raw("SELECT * FROM person"))[0]
    assert health_of(changed) == ("糖尿病", ("dementia", "serious_illness")), "an empty cell leaves the tags"


async def test_a_list_seals_what_lay_open_before(world: World) -> None:
    rows = [household(1, tags="独居")]
    await taken("households", rows)
    await Person.raw("UPDATE person SET tags = ARRAY['lives_alone', 'infectious']")
    await taken("households", [household(1, phone="13812345678")])
    row = (await Person.raw("SELECT * FROM person"))[0]
    assert (row["tags"], health_of(row)) == (["lives_alone"], ("", ("infectious",)))
