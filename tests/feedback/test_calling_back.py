"""Rounds of call-backs and the calls: quota, order, attempts, who may call, what is on record."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.agreements.tables import CareAgreement
from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.feedback import calling, facts, rounds, rules, serving
from bangfu.feedback.tables import Callback, CallbackRound
from bangfu.households.tables import Kinship, ReadLog
from bangfu.providers.tables import Organization
from bangfu.shared.clock import now, today
from bangfu.shared.tables import AuditEvent
from bangfu.visits.tables import Visit
from tests.agreements import agreement_steps
from tests.feedback import feedback_steps as steps
from tests.support import OTHER_TOWN, World


async def test_a_round_lists_every_fifth_served_home_in_the_order_that_anybody_can_repeat(world: World) -> None:
    round_, listed = await steps.opened(world, 6)
    assert (round_.served, round_.quota, round_.status) == (6, 2, "open")
    served = await Callback.raw("SELECT DISTINCT household FROM visit")
    order = rules.ordered([rules.Candidate(row["household"]) for row in served], round_.seed)
    assert [each.household for each in listed] == [each.household for each in order[:2]]
    event = await AuditEvent.objects().get(AuditEvent.action == "callback_round.opened")
    assert event is not None and round_.seed in event.data
    assert await rounds.open_rounds(*steps.term(), now()) == 0


async def test_more_homes_served_put_more_on_the_list_and_the_first_ones_stay(world: World) -> None:
    round_, first = await steps.opened(world, 5)
    await steps.served(world, 1)
    assert await rounds.open_rounds(*steps.term(), now()) == 1
    listed = await steps.entries(round_.id)
    assert listed[0].id == first[0].id and len(listed) == 2


async def test_every_provider_with_one_recipient_gets_one_call(world: World) -> None:
    await steps.served(world, 1)
    await steps.served(world, 1, "rival")
    await rounds.open_rounds(*steps.term(), now())
    assert await CallbackRound.count() == await Callback.count() == 2


async def test_what_was_said_is_a_fact_and_who_answered_last_quarter_waits_behind_others(world: World) -> None:
    round_, listed = await steps.opened(world, 2)
    await calling.answer(world["coordinator"], listed[0].id, steps.said(stars=4, words="很好"), now())
    await calling.answer(world["coordinator"], listed[0].id, steps.said(), now())
    called = await facts.callbacks_of("contract", round_.subject, *steps.term())
    assert [(each.household, each.reached, each.confirmed) for each in called] == [(listed[0].household, True, True)]
    given = await facts.ratings_of("contract", round_.subject, *steps.term())
    assert [(each.household, each.stars_sum, each.stars_count) for each in given] == [(listed[0].household, 4, 1)]
    kept = await steps.entry(listed[0].id)
    assert kept.words_enc and "很好" not in kept.words_enc


async def test_a_record_that_nobody_confirms_is_reached_but_not_confirmed(world: World) -> None:
    round_, listed = await steps.opened(world)
    await calling.answer(world["dispatcher"], listed[0].id, steps.said(came="no"), now())
    called = await facts.callbacks_of("contract", round_.subject, *steps.term())
    assert [(each.reached, each.confirmed) for each in called] == [(True, False)]


async def test_an_unanswered_question_is_named(world: World) -> None:
    _, listed = await steps.opened(world)
    with pytest.raises(FormError) as fault:
        await calling.answer(world["coordinator"], listed[0].id, steps.said(items="perhaps"), now())
    assert set(fault.value.fields) == {"q_items"}


async def test_three_days_without_an_answer_put_another_home_on_the_list(world: World) -> None:
    round_, listed = await steps.opened(world, 3)
    at, ended = now(), []
    for days in (0, 0, 1, 2):
        when = at + timedelta(days=days)
        ended.append(await calling.note_attempt(world["coordinator"], listed[0].id, uuid4(), "no_answer", when))
    assert ended == [False, False, False, True]
    now_listed = await steps.entries(round_.id)
    assert [(each.status, each.origin) for each in now_listed] == [("unreachable", "chosen"), ("open", "instead")]
    called = await facts.callbacks_of("contract", round_.subject, *steps.term())
    assert [each.reached for each in called] == [False]
    with pytest.raises(Refused):
        await calling.answer(world["coordinator"], listed[0].id, steps.said(), at)


async def test_the_same_attempt_sent_twice_counts_once_and_a_no_ends_it_at_once(world: World) -> None:
    _, listed = await steps.opened(world)
    key = uuid4()
    for _ in range(2):
        await calling.note_attempt(world["coordinator"], listed[0].id, key, "later", now())
    rows = await Callback.raw("SELECT count(*) AS n FROM callback_attempt")
    assert rows[0]["n"] == 1
    assert await calling.note_attempt(world["coordinator"], listed[0].id, uuid4(), "declined", now())


async def test_one_number_is_shown_and_who_saw_it_is_on_record_first(world: World) -> None:
    _, listed = await steps.opened(world)
    person = (await Callback.raw("SELECT id FROM person WHERE household = {}", listed[0].household))[0]["id"]
    shown = await calling.show_number(world["coordinator"], listed[0].id, f"person:{person}", now())
    assert shown == "13900000017"
    read = await ReadLog.objects().get(ReadLog.household == listed[0].household)
    assert read is not None and (read.what, read.why, read.person) == ("contact", "callback", person)
    assert await AuditEvent.exists().where(AuditEvent.action == "callback.number_shown")
    with pytest.raises(NotYours):
        await calling.show_number(world["coordinator"], listed[0].id, f"person:{uuid4()}", now())


async def test_other_areas_and_other_roles_do_not_call(world: World) -> None:
    _, listed = await steps.opened(world)
    with pytest.raises(NotYours):
        await calling.answer(world["outside_coordinator"], listed[0].id, steps.said(), now())
    with pytest.raises(NotAllowed):
        await calling.answer(world["officer"], listed[0].id, steps.said(), now())
    with pytest.raises(NotYours):
        await calling.entry_for(world["manager"], listed[0].id)


async def test_a_near_relative_of_the_home_does_not_call_it(world: World) -> None:
    _, listed = await steps.opened(world)
    await Kinship(household=listed[0].household, user=world["coordinator"].me, relation="child").save()
    with pytest.raises(NotAllowed):
        await calling.answer(world["coordinator"], listed[0].id, steps.said(), now())


async def _agency_runs_the_station(world: World) -> None:
    await Organization(
        id=uuid4(), uscc="52990101A0000009X9", name="河东街道社工站", org_type="station", run_by=world.organization,
        division=world["dispatcher"].scope.ljust(12, "0"), service_area=[world["dispatcher"].scope],
    ).save()  # fmt: skip


async def test_a_station_run_by_the_agency_does_not_call_about_its_own_visits(world: World) -> None:
    _, listed = await steps.opened(world)
    await _agency_runs_the_station(world)
    with pytest.raises(NotYours):
        await calling.answer(world["dispatcher"], listed[0].id, steps.said(), now())
    await calling.answer(world["coordinator"], listed[0].id, steps.said(), now())


async def test_a_station_elsewhere_that_the_agency_runs_bars_nobody_here(world: World) -> None:
    _, listed = await steps.opened(world)
    await Organization(
        id=uuid4(), uscc="52990101A0000009X9", name="河西街道社工站", org_type="station", run_by=world.organization,
        division=OTHER_TOWN.ljust(12, "0"),
    ).save()  # fmt: skip
    await calling.answer(world["dispatcher"], listed[0].id, steps.said(), now())


async def test_a_round_closes_ten_working_days_after_the_quarter_met_or_missed(world: World) -> None:
    round_, listed = await steps.opened(world, 6)
    await calling.answer(world["coordinator"], listed[0].id, steps.said(), now())
    assert await rounds.close_due(round_.due_at - timedelta(minutes=1)) == 0
    assert await rounds.close_due(round_.due_at + timedelta(minutes=1)) == 1
    found = await CallbackRound.objects().get(CallbackRound.id == round_.id)
    assert found is not None and (found.status, found.quota) == ("missed", 2)
    assert [each.status for each in await steps.entries(round_.id)] == ["done", "dropped"]


async def test_a_visit_that_a_contract_pays_gives_no_voice_to_the_agreement_as_well(world: World) -> None:
    """As quality.gathering counts: a caregiver's agreement is judged by what no contract pays."""
    visit = (await steps.served(world))[0]
    await agreement_steps.put_rates(world)
    agreement = await agreement_steps.draft(world)
    await CareAgreement.update(
        {"household": visit.household, "carer": visit.carer, "organization": world.organization,
         "activated_at": now() - timedelta(days=9), "starts_on": today() - timedelta(days=9),
         "ends_on": today() + timedelta(days=9)}
    ).where(CareAgreement.id == agreement)  # fmt: skip
    year, quarter = steps.term()
    assert [each.kind for each in await serving.subjects_of(year, quarter)] == ["contract"]
    assert await serving.served_by("agreement", agreement, year, quarter) == []
    assert [each.kind for each in await serving.services_of(visit.household, year, quarter)] == ["contract"]
    await Visit.update({"contract_line": None}).where(Visit.id == visit.id)
    assert [each.kind for each in await serving.subjects_of(year, quarter)] == ["agreement"]
