"""Voluntary hours in the ledger: recorded by visits, confirmed by the organiser, corrected with history."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.households.tables import Kinship
from bangfu.providers.tables import Carer
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from bangfu.verification import deciding
from bangfu.visits import moves
from bangfu.visits.tables import Visit
from bangfu.volunteers import hours, ledger
from bangfu.volunteers.activities import Activity, record
from bangfu.volunteers.hours import Correction
from bangfu.volunteers.hours_tables import HoursChange, HoursEntry, VolunteerService
from tests.support import TOWN, World
from tests.visits import visit_steps
from tests.volunteers import volunteer_steps as steps

pytestmark = pytest.mark.usefixtures("database")


async def done(world: World, name: str = "volunteer", minutes_ago: int = 600, **more) -> VolunteerService:
    """Recorded hours of half an hour's visit, the first one accompanied."""
    await steps.experienced(world, "other_volunteer") if not more.pop("second", False) else None
    start = (now() - timedelta(minutes=minutes_ago)).replace(second=0, microsecond=0)
    return await steps.recorded(world, name, start=start, partner=world.carers["other_volunteer"], **more)


async def row_of(service: VolunteerService) -> VolunteerService:
    return await VolunteerService.objects().get(VolunteerService.id == service.id)


async def test_a_submitted_visit_records_the_hours_of_both_and_counts_nothing_before_the_organiser(
    world: World,
) -> None:
    service = await done(world)
    rows = await VolunteerService.objects().where(VolunteerService.visit == service.visit)
    assert {row.part for row in rows} == {"server", "partner"}
    assert await HoursEntry.count() == 0
    await hours.confirm(world["dispatcher"], service.id, now())
    await hours.confirm(world["dispatcher"], service.id, now())
    carer = world.carers["volunteer"]
    assert await ledger.confirmed_minutes([carer]) == {carer: 30}


@pytest.mark.database
async def test_confirming_twice_at_once_counts_once(world: World) -> None:
    service = await done(world)
    await asyncio.gather(*(hours.confirm(world["dispatcher"], service.id, now()) for _ in range(4)))
    assert await HoursEntry.count() == 1


async def test_nobody_else_confirms_and_never_a_near_relative_or_the_volunteer(world: World) -> None:
    service = await done(world)
    for name in ("outsider", "other_manager", "volunteer", "officer"):
        with pytest.raises(NotYours):
            await hours.confirm(world[name], service.id, now())
    visit = await visit_steps.visit(service.visit)
    await Kinship(id=uuid4(), household=visit.household, relation="child", user=world["dispatcher"].user,
                  starts_on=now().date(), declared_by=world["officer"].user).save()  # fmt: skip
    with pytest.raises(NotAllowed):
        await hours.confirm(world["dispatcher"], service.id, now())


async def test_a_correction_is_an_entry_of_its_own_and_what_stood_there_stays(world: World) -> None:
    service = await done(world)
    await hours.confirm(world["dispatcher"], service.id, now())
    new = Correction(service.started_at, service.ended_at, 20, "travel")
    await hours.correct(world["dispatcher"], service.id, new, now())
    entries = await HoursEntry.select(HoursEntry.kind, HoursEntry.minutes).order_by(HoursEntry.entered_at)
    assert entries == [{"kind": "counted", "minutes": 30}, {"kind": "corrected", "minutes": -20}]
    change = await HoursChange.objects().first()
    assert (change.old_excluded, change.new_excluded) == (0, 20)
    assert (await row_of(service)).minutes == 10
    with pytest.raises(FormError):
        await hours.correct(
            world["dispatcher"], service.id, Correction(service.ended_at, service.started_at, 0, "times"), now()
        )


async def test_the_ledger_refuses_to_be_changed(world: World) -> None:
    service = await done(world)
    await hours.confirm(world["dispatcher"], service.id, now())
    with pytest.raises(Exception, match="append"):
        await HoursEntry.update({HoursEntry.minutes: 900}, force=True)


async def test_rejected_hours_of_a_rejected_visit_are_taken_back(world: World) -> None:
    service = await done(world)
    await hours.confirm(world["dispatcher"], service.id, now())
    async with transaction():
        row = await moves.locked(service.visit)
        if row.status == "submitted":
            await moves.move(world["officer"], row, "flag", now())
        await moves.move(world["officer"], row, "reject", now(), reason="not_delivered")
    found = await row_of(service)
    assert (found.status, found.reason, found.minutes) == ("rejected", "visit_rejected", 0)


async def test_while_the_township_looks_at_a_visit_its_hours_wait(world: World) -> None:
    service = await done(world)
    await Visit.update({Visit.status: "flagged"}).where(Visit.id == service.visit)
    with pytest.raises(Refused):
        await hours.confirm(world["dispatcher"], service.id, now())


async def test_paid_time_of_the_same_person_does_not_count(world: World) -> None:
    service = await done(world)
    paid = await visit_steps.submitted(world, "nurse", start=service.started_at)
    same = {Carer.id_number_index: "the-same-person"}
    await Carer.update(same).where(Carer.id.is_in([world.carers["nurse"], world.carers["volunteer"]]))
    assert paid.started_at == service.started_at
    await hours.confirm(world["dispatcher"], service.id, now())
    assert (await row_of(service)).minutes == 0


async def test_paid_time_that_is_recorded_after_the_confirmation_takes_the_hours_back_until_it_is_rejected(
    world: World,
) -> None:
    service = await done(world)
    same = {Carer.id_number_index: "the-same-person"}
    await Carer.update(same).where(Carer.id.is_in([world.carers["nurse"], world.carers["volunteer"]]))
    await hours.confirm(world["dispatcher"], service.id, now())
    assert (await row_of(service)).minutes == 30
    paid = await visit_steps.submitted(world, "nurse", start=service.started_at)
    assert (await row_of(service)).minutes == 0
    await deciding.reject(world["officer"], paid.id, "not_delivered", "测试没有来", now())
    assert (await row_of(service)).minutes == 30


async def test_hours_of_an_entry_that_nobody_has_approved_wait(world: World) -> None:
    service = await done(world)
    await Visit.update({Visit.approval: "waiting"}).where(Visit.id == service.visit)
    with pytest.raises(Refused):
        await hours.confirm(world["dispatcher"], service.id, now())


async def test_overlapping_services_share_one_clock_and_a_taken_back_one_gives_its_minutes_free(world: World) -> None:
    first = await done(world)
    key = uuid4()
    activity = Activity(key, "社区清洁", "", "", "柳树村", "测试负责人", first.started_at - timedelta(minutes=15),
                        first.ended_at, ["volunteer"])  # fmt: skip
    await hours.confirm(world["dispatcher"], first.id, now())
    assert await record(world["dispatcher"], activity, TOWN.ljust(12, "0"), now()) == (1, 0)
    carer = world.carers["volunteer"]
    assert (await ledger.confirmed_minutes([carer]))[carer] == 45
    await hours.reject(world["dispatcher"], first.id, "not_there", "", now())
    assert (await ledger.confirmed_minutes([carer]))[carer] == 45, "the activity counts the whole time now"
    assert (await row_of(first)).minutes == 0


async def test_an_activity_names_only_own_volunteers_who_may_take_part(world: World) -> None:
    at = now()
    plain = {"title": "宣传", "content": "", "target": "", "place": "广场", "in_charge": "测试",
             "start": at - timedelta(hours=3), "end": at - timedelta(hours=1)}  # fmt: skip
    with pytest.raises(FormError):
        await record(world["dispatcher"], Activity(id=uuid4(), numbers=["nurse"], **plain), TOWN, at)
    await Carer.update({Carer.birth_date: at.date() - timedelta(days=15 * 366)}).where(
        Carer.id == world.carers["volunteer"]
    )
    with pytest.raises(FormError):
        await record(world["dispatcher"], Activity(id=uuid4(), numbers=["volunteer"], **plain), TOWN, at)
    with pytest.raises(NotAllowed):
        await record(world["volunteer"], Activity(id=uuid4(), numbers=["volunteer"], **plain), TOWN, at)


@pytest.mark.database
async def test_correcting_and_confirming_at_once_end_with_the_ledger_of_the_corrected_times(world: World) -> None:
    service = await done(world)
    new = Correction(service.started_at, service.ended_at, 10, "waiting")
    await asyncio.gather(
        hours.confirm(world["dispatcher"], service.id, now()),
        hours.correct(world["dispatcher"], service.id, new, now()),
        hours.correct(world["dispatcher"], service.id, new, now()),
    )
    carer = world.carers["volunteer"]
    assert (await ledger.confirmed_minutes([carer]))[carer] == 20
    assert await HoursChange.count() == 1, "the same correction twice is one"
    assert (await row_of(service)).minutes == 20


async def test_every_correction_stays_readable_and_their_entries_add_up(world: World) -> None:
    service = await done(world)
    await hours.confirm(world["dispatcher"], service.id, now())
    longer = service.ended_at + timedelta(minutes=15)
    for new in (
        Correction(service.started_at, longer, 0, "times"), Correction(service.started_at, longer, 5, "travel"),
        Correction(service.started_at, service.ended_at, 0, "times"),
    ):  # fmt: skip
        await hours.correct(world["dispatcher"], service.id, new, now())
    entries = await HoursEntry.select(HoursEntry.minutes).where(HoursEntry.kind == "corrected")
    assert [each["minutes"] for each in entries] == [15, -5, -10]
    changes = await HoursChange.objects().order_by(HoursChange.changed_at)
    assert [(row.old_end, row.new_end, row.new_excluded) for row in changes] == [
        (service.ended_at, longer, 0), (longer, longer, 5), (longer, service.ended_at, 0)
    ]  # fmt: skip
    assert (await row_of(service)).minutes == 30


async def test_a_correction_of_more_minutes_than_there_are_or_ahead_is_refused(world: World) -> None:
    service = await done(world)
    ahead = now() + timedelta(hours=1)
    for wrong in (
        Correction(service.started_at, service.ended_at, 31, "travel"),
        Correction(service.started_at, ahead, 0, "times"), Correction(service.started_at, service.ended_at, 5, ""),
        Correction(service.started_at, service.ended_at, 5, "other", " "),
    ):  # fmt: skip
        with pytest.raises(FormError):
            await hours.correct(world["dispatcher"], service.id, wrong, now())
    assert await HoursChange.count() == 0
