"""Who may assess, how two people sign, and what a completed assessment writes."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from asyncpg import CheckViolationError, RestrictViolationError

from bangfu.accounts.tables import User
from bangfu.assessments import actions, queries
from bangfu.assessments.recording import save_answers
from bangfu.assessments.rules import valid_until
from bangfu.assessments.signing import send_back, sign_first, sign_second, take_back, void
from bangfu.assessments.tables import Assessment
from bangfu.dispatch.tables import Assignment
from bangfu.errors import FormError, NotYours, Refused
from bangfu.households.tables import Household, Kinship, Person
from bangfu.needs.tables import Need
from bangfu.shared.clock import now, today
from bangfu.shared.tables import AuditEvent
from tests.assessments.answers import best, of_total, six
from tests.assessments.steps import complete, draft_of, home_with, row_of
from tests.support import VILLAGE, World


async def _serve(world: World, household: UUID, organization: UUID | None, carer: UUID) -> None:
    need = uuid4()
    await Need(id=need, number=f"ND-{need.hex[:6]}", household=household, division=VILLAGE, service="daily_care",
               visits=4, minutes=60, priority="key").save()  # fmt: skip
    await Assignment(
        id=uuid4(), number=f"A-{need.hex[:6]}", need=need, household=household, division=VILLAGE, service="daily_care",
        carer_kind="worker", matched_carer=carer, carer=carer, organization=organization, visits=4, minutes=60,
        status="accepted", priority="key",
    ).save()  # fmt: skip


async def test_only_the_second_signature_lets_the_level_count_and_be_written(world: World) -> None:
    household, person = await home_with()
    key = await draft_of(world["assessor"], person, "six_indicators", six(4))
    await sign_first(world["assessor"], key, world["second_assessor"].me, "", now())
    home = await Household.objects().get(Household.id == household)
    assert (home.selfcare_level, (await row_of(key)).final_level) == ("", "")
    await sign_second(world["second_assessor"], key, now())
    row, home = await row_of(key), await Household.objects().get(Household.id == household)
    member = await Person.objects().get(Person.id == person)
    assert (row.status, row.final_level, row.valid_until) == ("valid", "full_care", valid_until(today(), "tekun"))
    assert (home.selfcare_level, member.selfcare_level) == ("full_care", "full_care")
    assert home.version == 2, "an open form of the household cannot overwrite the level"
    events = [e["action"] for e in await AuditEvent.select(AuditEvent.action).where(AuditEvent.subject == str(key))]
    assert {"assessment.signed", "assessment.completed", "assessment.took_effect", "assessment.level_written"} <= set(
        events
    )
    found = await queries.latest(person, "six_indicators", today())
    assert found is not None
    assert found.level == "full_care"


async def test_the_same_person_does_not_sign_twice(world: World) -> None:
    _, person = await home_with()
    key = await draft_of(world["assessor"], person, "six_indicators", six(0))
    with pytest.raises(FormError):
        await sign_first(world["assessor"], key, world["assessor"].me, "", now())
    await sign_first(world["assessor"], key, world["second_assessor"].me, "", now())
    for name in ("assessor", "worker"):
        with pytest.raises(Refused):
            await sign_second(world[name], key, now())
    with pytest.raises(CheckViolationError):
        await Assessment.update(second_assessor=world["assessor"].me).where(Assessment.id == key)


async def test_signing_twice_by_a_double_click_changes_nothing(world: World) -> None:
    _, person = await home_with()
    key = await complete(world, person, "six_indicators", six(1))
    before = (await row_of(key)).revision
    await sign_second(world["second_assessor"], key, now())
    assert (await row_of(key)).revision == before


async def test_an_incomplete_form_is_not_signed(world: World) -> None:
    _, person = await home_with()
    answers = six(2)
    del answers["bathing"]
    key = await draft_of(world["assessor"], person, "six_indicators", answers)
    with pytest.raises(Refused, match="1 answers are missing"):
        await sign_first(world["assessor"], key, world["second_assessor"].me, "", now())


async def test_nobody_of_an_organisation_that_serves_the_household_assesses_there(world: World) -> None:
    household, person = await home_with()
    key = await draft_of(world["assessor"], person, "six_indicators", six(0))
    await _serve(world, household, world.assessing_body, world.carers["nurse"])
    with pytest.raises(Refused, match="may not assess"):
        await sign_first(world["assessor"], key, world["second_assessor"].me, "", now())
    _, other = await home_with()
    await _serve(world, (await Person.objects().get(Person.id == other)).household, None, world.carers["social_worker"])
    with pytest.raises(Refused, match="may not assess"):
        await draft_of(world["worker"], other, "six_indicators", six(0))


async def test_a_tie_that_arises_between_the_signatures_stops_the_second_one(world: World) -> None:
    household, person = await home_with()
    key = await draft_of(world["assessor"], person, "six_indicators", six(0))
    await sign_first(world["assessor"], key, world["second_assessor"].me, "", now())
    await Kinship(id=uuid4(), household=household, user=world["second_assessor"].me, relation="child",
                  starts_on=today() - timedelta(days=1)).save()  # fmt: skip
    with pytest.raises(Refused, match="may not assess"):
        await sign_second(world["second_assessor"], key, now())
    assert (await row_of(key)).status == "signed_first"


async def test_a_relative_may_not_begin(world: World) -> None:
    household, person = await home_with()
    await Kinship(id=uuid4(), household=household, user=world["assessor"].me, relation="sibling",
                  starts_on=today() - timedelta(days=1)).save()  # fmt: skip
    with pytest.raises(Refused, match="may not assess"):
        await draft_of(world["assessor"], person, "six_indicators", six(0))


async def test_the_second_assessor_sends_back_and_the_first_takes_back(world: World) -> None:
    _, person = await home_with()
    key = await draft_of(world["assessor"], person, "six_indicators", six(0))
    await sign_first(world["assessor"], key, world["second_assessor"].me, "", now())
    with pytest.raises(Refused):
        await save_answers(world["assessor"], key, "daily", six(3), now())
    await send_back(world["second_assessor"], key, "She cannot bathe alone.", now())
    await save_answers(world["assessor"], key, "daily", six(1), now())
    await sign_first(world["assessor"], key, world["second_assessor"].me, "", now())
    await take_back(world["assessor"], key, now())
    assert ((await row_of(key)).status, (await row_of(key)).arithmetic_enc) == ("draft", "")
    await void(world["assessor"], key, "Wrong person.", now())
    assert (await row_of(key)).status == "void"


async def test_a_contradiction_with_the_six_indicators_needs_a_reason(world: World) -> None:
    _, person = await home_with()
    await complete(world, person, "six_indicators", six(0))
    key = await draft_of(world["assessor"], person, "barthel", {**best("barthel"), "eating": "0"})
    with pytest.raises(FormError) as error:
        await sign_first(world["assessor"], key, world["second_assessor"].me, " ", now())
    assert "contradiction" in error.value.fields
    await sign_first(world["assessor"], key, world["second_assessor"].me, "Fed by tube since Monday.", now())
    inside = await queries.contents(key)
    assert (inside.contradiction, len(inside.result.warnings)) == ("Fed by tube since Monday.", 1)


async def test_the_household_shows_the_worst_level_of_its_members(world: World) -> None:
    household, person = await home_with()
    other = Person(id=uuid4(), household=household, name="测试乙", name_grams=["测"])
    await other.save()
    await complete(world, person, "six_indicators", six(5))
    await complete(world, other.id, "six_indicators", six(1))
    assert (await Household.objects().get(Household.id == household)).selfcare_level == "full_care"
    await complete(world, person, "six_indicators", six(0), reason="change")
    assert (await Household.objects().get(Household.id == household)).selfcare_level == "semi"
    assert (await Person.objects().get(Person.id == person)).selfcare_level == "full_self"


async def test_ability_is_kept_apart_from_selfcare(world: World) -> None:
    household, person = await home_with()
    await complete(world, person, "gbt42195", of_total("gbt42195", 45))
    member = await Person.objects().get(Person.id == person)
    assert (member.ability_level, member.selfcare_level) == (3, "")
    assert (await Household.objects().get(Household.id == household)).selfcare_level == ""


async def test_a_new_assessment_ends_the_one_before_it(world: World) -> None:
    _, person = await home_with()
    first = await complete(world, person, "six_indicators", six(0))
    second = await complete(world, person, "six_indicators", six(1), reason="change")
    assert ((await row_of(first)).status, (await row_of(second)).status) == ("expired", "valid")


async def test_only_one_assessment_by_a_form_is_open_for_a_person(world: World) -> None:
    _, person = await home_with()
    await draft_of(world["assessor"], person, "six_indicators", six(0))
    with pytest.raises(FormError) as error:
        await draft_of(world["second_assessor"], person, "six_indicators", six(0))
    assert "form" in error.value.fields


async def test_a_red_child_is_watched_for_24_hours_and_hidden_from_those_it_does_not_concern(world: World) -> None:
    household, person = await home_with(birth=today() - timedelta(days=3000))
    heard: list[actions.Completed] = []

    async def hear(_actor: object, completed: actions.Completed, _at: object) -> None:
        heard.append(completed)

    actions.on_completed(hear)
    try:
        key = await complete(world, person, "child_risk", {**best("child_risk"), "violence": "high"})
    finally:
        actions._reactions.remove(hear)
    assert (await Household.objects().get(Household.id == household)).risk_color == "red"
    assert [(one.level, one.sets) for one in heard] == [("red", "risk_color")]
    rows = await Assessment.raw(
        "SELECT due_at - watched.at AS within FROM supervision_task s, (SELECT completed_at AS at FROM assessment"
        " WHERE id = {}) watched WHERE s.kind = 'child.red_contact' AND s.subject = {}",
        key, person,
    )  # fmt: skip
    assert [abs(row["within"] - timedelta(hours=24)) < timedelta(minutes=1) for row in rows] == [True]
    assert (await queries.assessment_for(world["child_director"], key)).final_level == "red"
    for name in ("dispatcher", "coordinator", "lead", "auditor"):
        with pytest.raises(NotYours):
            await queries.assessment_for(world[name], key)
    events = await AuditEvent.raw("SELECT 1 FROM audit_event WHERE data->>'household' = {}", str(household))
    assert events == [], "nothing of it on the household's timeline"


async def test_the_child_form_is_not_for_grown_ups(world: World) -> None:
    _, person = await home_with(birth=today() - timedelta(days=9000))
    with pytest.raises(FormError):
        await draft_of(world["assessor"], person, "child_risk", best("child_risk"))


async def test_a_level_of_the_older_standard_is_recorded_by_one_person_and_writes_nothing(world: World) -> None:
    _, person = await home_with(category="dibao")
    key = await draft_of(world["assessor"], person, "mzt039", {"level": "2"}, days_ago=40)
    await sign_first(world["assessor"], key, None, "", now())
    row, member = await row_of(key), await Person.objects().get(Person.id == person)
    assert (row.status, row.final_level, row.second_assessor) == ("valid", "2", None)
    assert (member.ability_level, member.selfcare_level) == (None, "")


async def test_answers_lie_sealed_and_results_never_change(world: World) -> None:
    _, person = await home_with()
    key = await complete(world, person, "six_indicators", six(4))
    row = await row_of(key)
    for column in (row.answers_enc, row.arithmetic_enc):
        assert column
        assert "unable" not in column
    with pytest.raises(RestrictViolationError):
        await Assessment.update(final_level="full_self").where(Assessment.id == key)


async def test_an_inactive_or_foreign_account_is_no_second_assessor(world: World) -> None:
    _, person = await home_with()
    key = await draft_of(world["assessor"], person, "six_indicators", six(0))
    for name in ("outsider", "coordinator", "outside_officer"):
        with pytest.raises(FormError):
            await sign_first(world["assessor"], key, world[name].me, "", now())
    await User.update(active=False).where(User.id == world["second_assessor"].me)
    with pytest.raises(FormError):
        await sign_first(world["assessor"], key, world["second_assessor"].me, "", now())
