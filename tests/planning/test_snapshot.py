"""From the database to a matching problem: who is left out, what is already taken, and the same document twice."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from bangfu.assessments.tables import Assessment, AssessmentForm
from bangfu.contracts.tables import ContractLine, Movement
from bangfu.dispatch.tables import Assignment
from bangfu.households.tables import Consent, Person
from bangfu.needs.tables import Need
from bangfu.planning import snapshot
from bangfu.providers.tables import Carer, Organization, Qualification
from bangfu.shared.clock import now
from matching import Need as ProblemNeed
from matching import Problem
from tests.planning.making import make_household, make_need
from tests.support import FAR_VILLAGE, FOREIGN_VILLAGE, TOWN, VILLAGE, World, make_carer


async def problem_of(prefix: str = TOWN) -> Problem:
    return (await snapshot.of_division(prefix, date.today())).problem


async def only_need(world: World, **more: Any) -> ProblemNeed:
    need = await make_need(world, status="matching", **more)
    return (await problem_of("9901")).need_of[str(need)]


async def assign(world: World, carer: str, need: UUID, **more: Any) -> Assignment:
    values: dict[str, Any] = {"visits": 4, "minutes": 60, "km": 3.0, "status": "accepted", **more}
    rows = await Need.raw("SELECT household, service FROM need WHERE id = {}", need)
    row = Assignment(
        id=uuid4(), number=f"A-{uuid4().hex[:8]}", need=need, household=rows[0]["household"], division=VILLAGE,
        service=rows[0]["service"], carer_kind=values.pop("kind", "worker"), matched_carer=world.carers[carer],
        carer=world.carers[carer], organization=values.pop("organization", world.organization), **values,
    )  # fmt: skip
    await row.save()
    return row


async def test_the_same_data_give_the_same_document(world: World) -> None:
    for _ in range(3):
        await make_need(world, status="matching", windows=[[2, 500, 700], [0, 480, 600]])
    assert (await problem_of()).to_document() == (await problem_of()).to_document()


async def test_only_waiting_needs_of_the_area_are_taken(world: World) -> None:
    taken = await make_need(world, status="matching")
    await make_need(world, status="confirmed")
    await make_need(world, status="assigned")
    await make_need(world, status="matching", division=FAR_VILLAGE)
    offered = await make_need(world, status="matching")
    await assign(world, "nurse", offered, status="offered")
    withdrawn = await make_need(world, status="matching")
    rows = await Need.raw("SELECT consent FROM need WHERE id = {}", withdrawn)
    await Consent.raw("UPDATE consent SET withdrawn_at = now() WHERE id = {}", rows[0]["consent"])
    gone = await make_need(world, status="matching", household=await make_household(status="closed"))
    problem = await problem_of()
    assert list(problem.need_of) == [str(taken)]
    assert str(gone) not in problem.need_of


async def test_a_declined_need_is_taken_again(world: World) -> None:
    need = await make_need(world, status="matching")
    await assign(world, "nurse", need, status="declined")
    assert list((await problem_of()).need_of) == [str(need)]


async def test_carers_outside_the_service_area_are_excluded(world: World) -> None:
    await Organization.update({Organization.service_area: ["990101002000"]}).where(
        Organization.id == world.other_organization
    )
    inside = await make_need(world, status="matching", division=FAR_VILLAGE)
    outside = await make_need(world, status="matching")
    problem = await problem_of("990101")
    assert str(world.carers["rival"]) not in problem.need_of[str(inside)].excluded
    assert str(world.carers["rival"]) in problem.need_of[str(outside)].excluded
    assert str(world.carers["nurse"]) not in problem.need_of[str(outside)].excluded


async def test_who_serves_none_of_the_needs_is_not_part_of_the_problem(world: World) -> None:
    await Organization.update({Organization.service_area: ["990102"]}).where(
        Organization.id == world.other_organization
    )
    await make_need(world, status="matching")
    assert str(world.carers["rival"]) not in (await problem_of()).carer_of


async def test_people_without_an_organisation_serve_their_own_county(world: World) -> None:
    need = await only_need(world, division=FOREIGN_VILLAGE)
    assert str(world.carers["volunteer"]) not in (await problem_of("990102")).carer_of
    assert need.id


async def test_blacklisted_people_and_organisations_are_excluded_until_the_date(world: World) -> None:
    today = date.today()
    await Carer.update({Carer.blacklist_until: today}).where(Carer.id == world.carers["nurse"])
    await Carer.update({Carer.blacklist_until: today - timedelta(days=1)}).where(Carer.id == world.carers["cleaner"])
    await Organization.update({Organization.blacklist_until: today}).where(Organization.id == world.other_organization)
    need = await only_need(world)
    assert {str(world.carers["nurse"]), str(world.carers["rival"])} <= set(need.excluded)
    assert str(world.carers["cleaner"]) not in need.excluded


async def test_people_the_household_refuses_and_children_are_excluded(world: World) -> None:
    child = await make_carer("kid", "volunteer", None, codes=("V",), birth_date=date.today() - timedelta(days=17 * 365))
    need = await only_need(world, excluded=[world.carers["social_worker"]])
    assert {str(child), str(world.carers["social_worker"])} <= set(need.excluded)


async def test_who_assessed_somebody_is_not_proposed_to_care_for_them(world: World) -> None:
    home, key = await make_household(), uuid4()
    person = uuid4()
    await Person(id=person, household=home, name="王小明").save()
    forms = await AssessmentForm.select(AssessmentForm.id).where(AssessmentForm.code == "six_indicators")
    await Assessment(
        id=key, number=f"PG-{key.hex[:8]}", household=home, person=person, assessed_on=date.today(), division=VILLAGE,
        form=forms[0]["id"], form_code="six_indicators", form_version="1",
        first_assessor=world["worker"].me,
    ).save()  # fmt: skip
    need = await only_need(world, household=home, person=person)
    assert str(world.carers["social_worker"]) not in need.excluded, "nobody has signed it"
    await Assessment.update(first_signed_at=now()).where(Assessment.id == key)
    again = (await problem_of("9901")).need_of[need.id]
    assert str(world.carers["social_worker"]) in again.excluded


async def test_another_provider_of_the_same_service_in_the_household_is_excluded(world: World) -> None:
    home = await make_household()
    await assign(world, "nurse", await make_need(world, household=home, status="assigned"))
    need = await only_need(world, household=home)
    assert str(world.carers["rival"]) in need.excluded
    assert str(world.carers["volunteer"]) in need.excluded
    assert {str(world.carers["nurse"]), str(world.carers["cleaner"])}.isdisjoint(need.excluded)


async def test_inactive_carers_are_left_out(world: World) -> None:
    await Carer.update({Carer.active: False}).where(Carer.id == world.carers["nurse"])
    await make_need(world, status="matching")
    assert str(world.carers["nurse"]) not in (await problem_of()).carer_of


async def test_open_assignments_use_minutes_and_households(world: World) -> None:
    busy = await make_need(world, status="assigned")
    await assign(world, "nurse", busy, visits=8, minutes=60, km=3.0)
    await make_need(world, status="matching")
    taken = await snapshot.of_division(TOWN, date.today())
    nurse = taken.problem.carer_of[str(world.carers["nurse"])]
    travel = 16  # 60 * 1.3 * 3 / 15 = 15.6 minutes
    assert nurse.minutes_per_4_weeks == 4 * 2400 - 8 * (60 + travel)
    assert nurse.max_households == 19
    assert taken.minutes[nurse.id] == 8 * (60 + travel)
    assert taken.problem.organisation_of[str(world.organization)].minutes_per_4_weeks == 40000 - 8 * 60


async def test_a_line_gives_what_is_left_of_it_per_four_weeks(world: World) -> None:
    line = world.lines["visit_check"]
    today = date.today()
    await ContractLine.update(
        {ContractLine.ends_on: today + timedelta(days=55), ContractLine.max_units: 100, ContractLine.max_amount: 2500}
    ).where(ContractLine.id == line)
    await Movement(id=uuid4(), line=line, kind="reserved", units=20, amount=Decimal(500), subject=uuid4()).save()
    await make_need(world, status="matching")
    found = (await problem_of()).line_of[str(world.organization), "visit_check"]
    assert (found.unit_price_fen, found.max_visits, found.max_fen) == (2500, 40, 100_000)


async def test_a_need_judged_again_has_its_own_reservation_free(world: World) -> None:
    line = world.lines["visit_check"]
    await ContractLine.update({ContractLine.max_units: 40, ContractLine.max_amount: 1000}).where(
        ContractLine.id == line
    )
    need = await make_need(world, status="assigned")
    held = await assign(world, "nurse", need, contract_line=line)
    await Movement(id=uuid4(), line=line, kind="reserved", units=40, amount=Decimal(1000), subject=held.id).save()
    other = await make_need(world, status="matching")
    own = (await snapshot.of_need(need, date.today())).problem
    foreign = (await snapshot.of_need(other, date.today())).problem
    key = (str(world.organization), "visit_check")
    assert own.line_of[key].max_visits >= 4
    assert own.carer_of[str(world.carers["nurse"])].minutes_per_4_weeks == 9600
    assert foreign.line_of[key].max_visits == 0


async def test_work_with_minors_needs_a_fresh_clearance(world: World) -> None:
    volunteer = world.carers["volunteer"]
    await Qualification.raw(
        "UPDATE qualification SET issued_on = {} WHERE carer = {} AND code = 'M'",
        date.today() - timedelta(days=400),
        volunteer,
    )
    need = await only_need(world, service="companion_child", qualifications=[])
    assert ("M",) in need.qualifications
    held = (await problem_of()).carer_of[str(volunteer)].qualifications
    assert held["M"] == date.today() - timedelta(days=35)


async def test_homes_that_ask_for_trained_people_get_them(world: World) -> None:
    home = await make_household(trained_only=True)
    assert ("T",) in (await only_need(world, household=home, qualifications=[["V", "C5"]])).qualifications


async def test_wishes_of_the_household_stand_in_for_the_need(world: World) -> None:
    home = await make_household(language="wuu", gender_wish="f")
    need = await only_need(world, household=home)
    assert (need.language_wish, need.gender_wish) == ("wuu", "f")


async def test_a_home_without_a_place_stands_at_its_village_and_nowhere_is_told(world: World) -> None:
    home = await make_household()
    await Need.raw("UPDATE household SET lat = NULL, lon = NULL WHERE id = {}", home)
    need = await only_need(world, household=home)
    assert (need.lat, need.lon) == (31.78, 119.95)
    await Need.raw("UPDATE division SET lat = NULL, lon = NULL")
    found = await snapshot.of_division(TOWN, date.today())
    assert len(found.unplaced) == 1
    assert found.problem.needs == ()


async def test_an_organisation_that_declared_no_hours_has_those_of_its_people(world: World) -> None:
    await Organization.raw("UPDATE organization SET minutes_per_4_weeks = 0 WHERE id = {}", world.organization)
    await make_need(world, status="matching")
    problem = await problem_of("9901")
    own = [carer for carer in problem.carers if carer.organisation == str(world.organization)]
    declared = next(one for one in problem.organisations if one.id == str(world.organization))
    assert declared.minutes_per_4_weeks == sum(carer.minutes_per_4_weeks for carer in own) > 0
