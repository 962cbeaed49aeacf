"""More than five visits a week are served in two parts, by weekday (MATCHING.md, "How planning fills it")."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.needs.rules import weekday_parts
from bangfu.needs.splitting import split_large
from bangfu.needs.tables import Need
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now
from tests.needs.test_need_system_verbs import make_need
from tests.support import VILLAGE, World

windows = st.lists(st.tuples(st.integers(0, 6), st.just(480), st.just(720)), max_size=12)


def test_daily_care_is_split_into_four_days_and_three() -> None:
    assert [(visits, len(spans)) for visits, spans in weekday_parts(28, [])] == [(16, 4), (12, 3)]


def test_five_visits_a_week_stay_with_one_carer() -> None:
    assert weekday_parts(20, [[0, 480, 720]]) == [(20, [[0, 480, 720]])]


@given(st.integers(1, 28), windows)
def test_a_split_loses_no_visit_and_no_time_and_shares_no_day(visits: int, wished: list[tuple[int, int, int]]) -> None:
    parts = weekday_parts(visits, wished)
    assert sum(part for part, _ in parts) == visits
    days = [{span[0] for span in spans} for _, spans in parts]
    assert len(parts) == 1 or not days[0] & days[1]
    if wished:
        assert sorted(tuple(span) for _, spans in parts for span in spans) == sorted(wished)


@given(st.integers(21, 28))
def test_on_seven_days_every_part_has_days_enough(visits: int) -> None:
    for part, spans in weekday_parts(visits, []):
        assert len({span[0] for span in spans}) >= -(-part // 4)


async def _confirmed(visits: int) -> UUID:
    need: UUID = await make_need("confirmed", VILLAGE)
    await Need.raw("UPDATE need SET visits = {}, windows = '[]' WHERE id = {}", visits, need)
    return need


@pytest.mark.database
async def test_a_confirmed_need_becomes_two_once(world: World) -> None:
    need = await _confirmed(28)
    assert len(await split_large(SYSTEM, VILLAGE, now())) == 1
    assert await split_large(SYSTEM, VILLAGE, now()) == []
    rows = await Need.raw("SELECT * FROM need ORDER BY visits DESC")
    assert [(row["visits"], row["status"]) for row in rows] == [(16, "confirmed"), (12, "confirmed")]
    assert rows[0]["id"] == need
    assert len({(row["household"], row["service"], row["consent"]) for row in rows}) == 1
    assert {span[0] for row in rows for span in json.loads(row["windows"])} == set(range(7))
    assert (await audit.verify())[1] is None


async def test_other_divisions_and_smaller_needs_stay_whole(world: World) -> None:
    await _confirmed(20)
    await _confirmed(28)
    assert await split_large(SYSTEM, "990102", now()) == []
    assert await Need.count() == 2
