"""Stars by the code on paper: one voice, who may not give them, codes that end, guessing, what the station hears."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.feedback import codes, coding, facts, rating
from bangfu.feedback.rating_queries import figures
from bangfu.feedback.tables import Rating, RatingCode
from bangfu.messages.tables import Message
from bangfu.shared.clock import now
from tests.feedback import feedback_steps as steps
from tests.support import VILLAGE, World


async def _home(world: World, carer: str = "nurse") -> tuple[UUID, UUID, str]:
    """(contract, household, code) of a served home with its card."""
    visit = (await steps.served(world, 1, carer))[0]
    return await steps.contract_of(visit), visit.household, await steps.card(world)


async def test_a_card_names_nobody_and_its_code_is_kept_nowhere(world: World) -> None:
    _, household, code = await _home(world)
    row = await RatingCode.objects().get(RatingCode.household == household)
    assert row is not None and row.code_hash == codes.hashed(code) and code not in str(row.to_dict())


async def test_scores_of_one_home_add_up_to_one_voice(world: World) -> None:
    contract, household, code = await _home(world)
    at = now()
    for days, stars in ((0, 5), (1, 2), (2, 2)):
        await rating.give_by_code(None, code, steps.score(contract, stars), at + timedelta(days=days))
    voices = await facts.ratings_of("contract", contract, *steps.term())
    assert [(each.household, each.stars_sum, each.stars_count) for each in voices] == [(household, 9, 3)]
    assert voices[0].voice.mean == 3


async def test_a_second_score_of_the_same_day_replaces_the_first(world: World) -> None:
    contract, _, code = await _home(world)
    await rating.give_by_code(None, code, steps.score(contract, 1), now())
    await rating.give_by_code(None, code, steps.score(contract, 5), now())
    voices = await facts.ratings_of("contract", contract, *steps.term())
    assert [(each.stars_sum, each.stars_count) for each in voices] == [(5, 1)]
    assert await Rating.count() == 2


@pytest.mark.database
async def test_two_phones_at_once_are_one_voice_of_one_score(world: World) -> None:
    contract, _, code = await _home(world)
    await asyncio.gather(
        *(rating.give_by_code(None, code, steps.score(contract, stars), now()) for stars in (1, 5, 3, 4))
    )
    voices = await facts.ratings_of("contract", contract, *steps.term())
    assert [each.stars_count for each in voices] == [1]


@pytest.mark.database
async def test_the_same_form_sent_twice_at_once_is_one_score(world: World) -> None:
    contract, _, code = await _home(world)
    key = uuid4()
    await asyncio.gather(*(rating.give_by_code(None, code, steps.score(contract, 4, key), now()) for _ in range(3)))
    assert await Rating.count() == 1
    row = await RatingCode.objects().first()
    assert row is not None and row.uses == 1


async def test_who_serves_gives_no_stars_even_with_the_card_in_hand(world: World) -> None:
    contract, _, code = await _home(world)
    for name in ("manager", "caregiver", "other_manager"):
        with pytest.raises(NotAllowed):
            await rating.give_by_code(world[name], code, steps.score(contract, 5), now())
    assert await Rating.count() == 0
    await rating.give_by_code(world["coordinator"], code, steps.score(contract, 4), now())


async def test_direct_sql_of_the_serving_side_is_refused_by_the_database(world: World, database: str) -> None:
    contract, household, code = await _home(world)
    row = await RatingCode.objects().get(RatingCode.code_hash == codes.hashed(code))
    assert row is not None
    year, quarter = steps.term()
    connection = await asyncpg.connect(database)
    try:
        for name in ("manager", "caregiver"):
            with pytest.raises(asyncpg.RaiseError, match="who serves does not score"):
                await connection.execute(
                    "INSERT INTO rating (id, kind, subject, household, division, year, quarter, source, stars, code,"
                    " entered_by, day) VALUES (gen_random_uuid(), 'contract', $1, $2, $3, $4, $5, 'self', 5, $6, $7,"
                    " current_date)",
                    contract, household, VILLAGE, year, quarter, row.id, world[name].me,
                )  # fmt: skip
        await rating.give_by_code(None, code, steps.score(contract, 1), now())
        with pytest.raises(asyncpg.RaiseError, match="never changed"):
            await connection.execute("UPDATE rating SET stars = 5")
        with pytest.raises(asyncpg.RaiseError, match="never changed"):
            await connection.execute("DELETE FROM rating")
    finally:
        await connection.close()


async def test_direct_sql_that_calls_back_for_the_own_side_is_refused(world: World, database: str) -> None:
    _, listed = await steps.opened(world)
    connection = await asyncpg.connect(database)
    try:
        with pytest.raises(asyncpg.RaiseError, match="who serves does not call back"):
            await connection.execute(
                "UPDATE callback SET status = 'done', confirmed = true, caller = $1 WHERE id = $2",
                world["manager"].me, listed[0].id,
            )  # fmt: skip
        with pytest.raises(asyncpg.RaiseError, match="who serves does not call back"):
            await connection.execute(
                "INSERT INTO callback_attempt (id, callback, day, result, made_by) VALUES (gen_random_uuid(), $1,"
                " current_date, 'no_answer', $2)",
                listed[0].id, world["caregiver"].me,
            )  # fmt: skip
        with pytest.raises(asyncpg.RaiseError, match="never taken off"):
            await connection.execute("DELETE FROM callback")
    finally:
        await connection.close()


async def test_a_worker_who_served_the_home_does_not_score_for_it(world: World) -> None:
    contract, household, code = await _home(world)
    task = await steps.visit_steps.accepted(world, "social_worker")
    await steps.visit_steps.Visit.raw("UPDATE need SET household = {} WHERE id = {}", household, task.need)
    await steps.visit_steps.Visit.raw("UPDATE assignment SET household = {} WHERE id = {}", household, task.id)
    await steps.visit_steps.planned(world, "social_worker", task=await _same(task.id))
    with pytest.raises(NotAllowed):
        await rating.give_by_code(world["worker"], code, steps.score(contract, 5), now())


async def _same(task: UUID) -> steps.visit_steps.Assignment:
    found = await steps.visit_steps.Assignment.objects().get(steps.visit_steps.Assignment.id == task)
    assert found is not None
    return found


async def test_a_code_ends_fifteen_days_after_its_quarter_and_is_void_once_replaced(world: World) -> None:
    contract, household, code = await _home(world)
    row = await RatingCode.objects().get(RatingCode.household == household)
    assert row is not None
    assert await rating.code_row(code, row.expires_at - timedelta(seconds=1)) is not None
    with pytest.raises(NotYours):
        await rating.give_by_code(None, code, steps.score(contract, 5), row.expires_at)
    again = await coding.print_sheet(world["coordinator"], uuid4(), VILLAGE, now(), again=frozenset({household}))
    with pytest.raises(NotYours):
        await rating.give_by_code(None, code, steps.score(contract, 5), now())
    await rating.give_by_code(None, again[0].code, steps.score(contract, 5), now())


async def test_one_card_a_home_and_quarter_and_the_same_sheet_again_voids_the_paper_before(world: World) -> None:
    await steps.served(world, 2)
    key = uuid4()
    first = await coding.print_sheet(world["coordinator"], key, VILLAGE, now())
    second = await coding.print_sheet(world["coordinator"], key, VILLAGE, now())
    assert {each.household_number for each in first} == {each.household_number for each in second}
    assert [await rating.code_row(each.code, now()) for each in first] == [None, None]
    with pytest.raises(Refused):
        await coding.print_sheet(world["officer"], uuid4(), VILLAGE, now())
    with pytest.raises(NotYours):
        await coding.print_sheet(world["officer"], key, VILLAGE, now())
    with pytest.raises(NotYours):
        await coding.print_sheet(world["outside_coordinator"], uuid4(), VILLAGE, now())


async def test_a_card_is_used_so_often_and_scores_only_what_served_its_home(world: World) -> None:
    contract, _, code = await _home(world)
    other = await steps.contract_of((await steps.served(world, 1, "rival"))[0])
    with pytest.raises(NotYours):
        await rating.give_by_code(None, code, steps.score(other, 5), now())
    with pytest.raises(FormError):
        await rating.give_by_code(None, code, steps.score(contract, 6), now())
    await RatingCode.update({RatingCode.uses: 12}).where(RatingCode.code_hash == codes.hashed(code))
    with pytest.raises(Refused):
        await rating.give_by_code(None, code, steps.score(contract, 5), now())


async def test_few_stars_with_words_reach_the_station_and_the_words_are_sealed(world: World) -> None:
    contract, _, code = await _home(world)
    await rating.give_by_code(None, code, steps.score(contract, 2, words="来晚了"), now())
    told = await Message.objects().where(Message.kind == "rating_low")
    assert [each.user for each in told] == [world["dispatcher"].me]
    kept = await Rating.objects().first()
    assert kept is not None and kept.words_enc and "来晚了" not in kept.words_enc + told[0].params


async def test_neither_mean_nor_distribution_is_shown_below_five_homes(world: World) -> None:
    visits = await steps.served(world, 5)
    contract = await steps.contract_of(visits[0])
    cards = await coding.print_sheet(world["coordinator"], uuid4(), VILLAGE, now())
    for card in cards[:4]:
        await rating.give_by_code(None, card.code, steps.score(contract, 5), now())
    few = await figures(*steps.term(), organization=world.organization)
    assert [(each.respondents, each.mean, each.spread, each.sources) for each in few] == [(4, None, None, {})]
    await rating.give_by_code(None, cards[4].code, steps.score(contract, 1), now())
    enough = (await figures(*steps.term(), organization=world.organization))[0]
    assert (enough.mean, enough.spread) == ("4.20", {1: 1, 2: 0, 3: 0, 4: 0, 5: 4})
    assert await figures(*steps.term(), organization=world.other_organization) == []
