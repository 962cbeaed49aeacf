"""Stars are public before they are awarded, and barred after false hours; a no-show says who wrote it."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.shared.civil_time import add_months
from bangfu.shared.clock import now, today
from bangfu.shared.crypto import decrypt
from bangfu.volunteers import noting, starring
from bangfu.volunteers.hours_tables import HoursEntry, StarAward, VolunteerActivity, VolunteerNote, VolunteerService
from bangfu.volunteers.noting import Note
from bangfu.volunteers.tables import NoShow
from tests.dispatch.tasks import kinds_told
from tests.support import VILLAGE, World
from tests.volunteers import swap_steps

pytestmark = pytest.mark.usefixtures("database")


async def with_minutes(world: World, minutes: int) -> UUID:
    """`volunteer` has so many confirmed minutes in the ledger."""
    carer, activity, service = world.carers["volunteer"], uuid4(), uuid4()
    span = {"starts_at": now() - timedelta(days=3), "ends_at": now() - timedelta(days=3, hours=-2)}
    await VolunteerActivity(
        id=activity, title="测试活动", division=VILLAGE, recorded_by=world["dispatcher"].me, **span
    ).save()
    await VolunteerService(
        id=service, carer=carer, activity=activity, part="member", division=VILLAGE, status="confirmed",
        started_at=span["starts_at"], ended_at=span["ends_at"],
    ).save()  # fmt: skip
    await HoursEntry(
        id=uuid4(), carer=carer, service=service, day=today() - timedelta(days=3), kind="counted", minutes=minutes
    ).save()
    return carer


async def published(world: World, minutes: int = 6000) -> StarAward:
    """One star that is public from now on."""
    carer = await with_minutes(world, minutes)
    star = await starring.publish(world["bureau"], uuid4(), carer, now())
    found = await StarAward.objects().get(StarAward.id == star)
    assert found is not None
    return found


def a_bar(months: int) -> Note:
    """A bar from today for so many months."""
    return Note("bar", "虚假时长", today(), until=add_months(today(), months))


async def test_stars_are_public_for_five_working_days_before_the_bureau_awards_them(world: World) -> None:
    row = await published(world)
    assert row.stars == 1
    assert row.public_until - now() >= timedelta(days=5), "five working days are at least five days"
    assert [each["stars"] for each in await starring.public_list(now())] == [1]
    for at in (now(), row.public_until):
        with pytest.raises(Refused):
            await starring.award(world["bureau"], row.id, at)
    after = row.public_until + timedelta(seconds=1)
    for _ in range(2):
        await starring.award(world["bureau"], row.id, after)
    assert "stars_awarded" in await kinds_told(world["volunteer"].me)
    assert await starring.public_list(after) == []
    with pytest.raises(Refused, match="further star"):
        await starring.publish(world["bureau"], uuid4(), row.carer, after)


async def test_one_minute_less_is_no_star_and_only_the_bureau_publishes(world: World) -> None:
    carer = await with_minutes(world, 5999)
    with pytest.raises(Refused):
        await starring.publish(world["bureau"], uuid4(), carer, now())
    for name in ("dispatcher", "volunteer", "officer"):
        with pytest.raises(NotAllowed):
            await starring.publish(world[name], uuid4(), carer, now())


async def test_minutes_that_fell_during_publicity_are_not_awarded(world: World) -> None:
    row = await published(world)
    await with_minutes(world, -1)
    with pytest.raises(Refused, match="fewer"):
        await starring.award(world["bureau"], row.id, row.public_until + timedelta(days=1))
    await starring.stop(world["bureau"], row.id, "objection", now())
    with pytest.raises(Refused):
        await starring.award(world["bureau"], row.id, row.public_until + timedelta(days=1))


async def test_a_bar_of_one_to_three_years_keeps_stars_away_while_it_lasts(world: World) -> None:
    row = await published(world)
    for months in (11, 37):
        with pytest.raises(FormError):
            await noting.note(world["bureau"], uuid4(), row.carer, a_bar(months), now())
    with pytest.raises(NotAllowed):
        await noting.note(world["dispatcher"], uuid4(), row.carer, a_bar(12), now())
    key = uuid4()
    for _ in range(2):
        await noting.note(world["bureau"], key, row.carer, a_bar(12), now())
    assert await VolunteerNote.count() == 1
    with pytest.raises(Refused, match="barred"):
        await starring.award(world["bureau"], row.id, row.public_until + timedelta(days=1))
    await starring.stop(world["bureau"], row.id, "false_hours", now())
    with pytest.raises(Refused, match="barred"):
        await starring.publish(world["bureau"], uuid4(), row.carer, now())
    over = now() + timedelta(days=367)
    assert await starring.publish(world["bureau"], uuid4(), row.carer, over)


async def test_a_no_show_names_who_recorded_it_and_the_volunteer_answers_once(world: World) -> None:
    carer, key = world.carers["volunteer"], uuid4()
    for _ in range(2):
        await noting.record_no_show(world["dispatcher"], key, carer, None, today(), "门口没有人", now())
    assert "no_show_recorded" in await kinds_told(world["volunteer"].me)
    with pytest.raises(NotYours):
        await noting.answer_no_show(world["other_volunteer"], key, "不是我", now())
    with pytest.raises(FormError):
        await noting.answer_no_show(world["volunteer"], key, "  ", now())
    await noting.answer_no_show(world["volunteer"], key, "车在路上坏了", now())
    await noting.answer_no_show(world["volunteer"], key, "别的话", now())
    row = await NoShow.objects().get(NoShow.id == key)
    assert (row.recorded_by, row.status) == (world["dispatcher"].me, "answered")
    assert decrypt(row.answer_enc, f"volunteer_no_show:answer_enc:{key}") == "车在路上坏了"
    assert "车在路上" not in row.answer_enc
    for _ in range(2):
        await noting.decide_no_show(world["dispatcher"], key, "excuse", now())
    with pytest.raises(Refused):
        await noting.decide_no_show(world["dispatcher"], key, "keep", now())
    with pytest.raises(Refused):
        await noting.answer_no_show(world["volunteer"], key, "还有话", now())


async def test_a_no_show_of_a_visit_is_of_the_own_visit_and_recorded_once(world: World) -> None:
    visit, carer = await swap_steps.taken_visit(world), world.carers["volunteer"]
    await noting.record_no_show(world["dispatcher"], uuid4(), carer, visit.id, today(), "", now())
    with pytest.raises(Refused):
        await noting.record_no_show(world["dispatcher"], uuid4(), carer, visit.id, today(), "", now())
    other = world.carers["other_volunteer"]
    with pytest.raises(FormError):
        await noting.record_no_show(world["dispatcher"], uuid4(), other, visit.id, today(), "", now())
    with pytest.raises(FormError):
        await noting.record_no_show(world["dispatcher"], uuid4(), carer, None, today() + timedelta(days=1), "", now())
    for name, wrong in (("outsider", NotYours), ("officer", NotAllowed), ("other_manager", NotYours)):
        with pytest.raises(wrong):
            await noting.record_no_show(world[name], uuid4(), carer, None, today(), "", now())
