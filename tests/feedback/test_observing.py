"""Process observations: who may observe, what is filed, what the township hears, what direct SQL cannot do."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from bangfu.agreements.rules import ROLES
from bangfu.agreements.tables import CareAgreement
from bangfu.dispatch.tables import Assignment
from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.feedback import observing
from bangfu.feedback.observing import Seen
from bangfu.feedback.rating_queries import duties_seen
from bangfu.feedback.tables import ProcessObservation
from bangfu.households.tables import Kinship
from bangfu.messages.tables import Message
from bangfu.needs.tables import Need
from bangfu.providers.register_tables import OrganizationLink
from bangfu.providers.tables import Carer
from bangfu.shared.clock import now, today
from tests.agreements import agreement_steps
from tests.feedback import feedback_steps as steps
from tests.support import World
from tests.visits import visit_steps


async def _home(world: World) -> UUID:
    """An agreement in force with the nurse's organisation; the volunteer keeps the person company."""
    await agreement_steps.put_rates(world)
    agreement = await agreement_steps.signed_by_all(world)
    await CareAgreement.update(
        {CareAgreement.organization: world.organization, CareAgreement.carer: world.carers["nurse"]}
    ).where(CareAgreement.id == agreement)
    row = await agreement_steps.row(agreement)
    task = await visit_steps.accepted(world, "volunteer")
    await Need.update(household=row.household).where(Need.id == task.need)
    await Assignment.update(household=row.household).where(Assignment.id == task.id)
    return agreement


def _seen(key: UUID | None = None, **more: Any) -> Seen:
    answers = {**dict.fromkeys(ROLES, "not_seen"), "caregiver": "kept", "village": "partly"}
    return replace(Seen(key or uuid4(), "meal", today(), answers), **more)


async def test_an_independent_volunteer_files_what_was_seen_of_each_duty(world: World) -> None:
    agreement, key = await _home(world), uuid4()
    for _ in range(2):
        await observing.observe(world["volunteer"], agreement, _seen(key, words="饭菜是热的"), now())
    number, counts = await duties_seen(*steps.term(), agreement=agreement)
    assert number == 1
    assert (counts["caregiver"], counts["village"]) == ({"kept": 1}, {"partly": 1})
    kept = await ProcessObservation.objects().get(ProcessObservation.id == key)
    assert kept is not None and "饭菜" not in kept.words_enc
    with pytest.raises(Refused):
        await observing.observe(world["volunteer"], agreement, _seen(), now())


async def test_a_duty_that_is_not_kept_reaches_the_township(world: World) -> None:
    agreement = await _home(world)
    answers = {**_seen().answers, "caregiver": "not_kept"}
    await observing.observe(world["volunteer"], agreement, _seen(answers=answers), now())
    told = {each.user for each in await Message.objects().where(Message.kind == "duty_not_kept")}
    assert told == {world["officer"].me, world["second_officer"].me}


async def test_who_does_not_visit_the_home_does_not_observe_it(world: World) -> None:
    agreement = await _home(world)
    for name in ("other_volunteer", "worker", "caregiver"):
        with pytest.raises(NotYours):
            await observing.observe(world[name], agreement, _seen(), now())


async def _belongs(world: World) -> None:
    await Carer.update(organization=world.organization).where(Carer.id == world.carers["volunteer"])


async def _linked(world: World) -> None:
    await Carer.update(organization=world.other_organization).where(Carer.id == world.carers["volunteer"])
    await OrganizationLink(
        a=world.other_organization, b=world.organization, kind="same_owner", starts_on=today()
    ).save()


async def _works_there(world: World) -> None:
    for name in ("volunteer", "cleaner"):
        await Carer.update(id_number_index="same").where(Carer.id == world.carers[name])


async def _is_kin(world: World) -> None:
    rows = await CareAgreement.select(CareAgreement.household)
    await Kinship(household=rows[0]["household"], carer=world.carers["volunteer"], relation="child").save()


async def _is_the_caregiver(world: World) -> None:
    await CareAgreement.update(carer=world.carers["volunteer"], organization=None).where(
        CareAgreement.household.is_not_null()
    )


@pytest.mark.parametrize("tie", [_belongs, _linked, _works_there, _is_kin, _is_the_caregiver])
async def test_whoever_is_tied_to_who_serves_does_not_observe(world: World, tie: Any, database: str) -> None:
    agreement = await _home(world)
    await tie(world)
    with pytest.raises(NotAllowed):
        await observing.observe(world["volunteer"], agreement, _seen(), now())
    row = await agreement_steps.row(agreement)
    connection = await asyncpg.connect(database)
    try:
        with pytest.raises(asyncpg.RaiseError, match="independent"):
            await connection.execute(
                "INSERT INTO process_observation (id, agreement, household, division, carer, observed_by, occasion,"
                " observed_on, year, quarter) VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, 'meal', current_date,"
                " 2026, 4)",
                agreement, row.household, row.division, world.carers["volunteer"], world["volunteer"].me,
            )  # fmt: skip
    finally:
        await connection.close()


async def test_a_day_out_of_reach_and_nothing_seen_are_refused(world: World) -> None:
    agreement = await _home(world)
    for on in (today() + timedelta(days=1), today() - timedelta(days=15)):
        with pytest.raises(FormError):
            await observing.observe(world["volunteer"], agreement, _seen(on=on), now())
    nothing = dict.fromkeys(ROLES, "not_seen")
    with pytest.raises(FormError) as fault:
        await observing.observe(world["volunteer"], agreement, _seen(answers=nothing), now())
    assert set(fault.value.fields) == {"words"}
