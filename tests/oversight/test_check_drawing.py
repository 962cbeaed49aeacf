"""Inspectors are drawn by the seed, without conflict; who is missing is told; the database refuses what code would."""

import json
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from bangfu.dispatch.tables import Assignment
from bangfu.errors import Refused
from bangfu.households.tables import Kinship
from bangfu.messages.tables import Message
from bangfu.oversight import check_appeals, check_making, check_replacing, check_reporting
from bangfu.oversight import check_rules as rules
from bangfu.oversight.check_tables import CheckInspector, SpotCheck
from bangfu.quality.tables import QuarterScore
from bangfu.shared.civil_time import civil_date, quarter_of
from bangfu.shared.clock import now, today
from bangfu.supervision.tables import SupervisionTask
from bangfu.verification import deciding
from bangfu.visits.code_tables import VisitAfterwards  # noqa: F401 (its table is read by SQL)
from bangfu.visits.due_tables import VisitExcuse
from bangfu.visits.tables import Visit
from tests.oversight import check_steps as steps
from tests.support import VILLAGE, World
from tests.visits import visit_steps

pytestmark = pytest.mark.usefixtures("database")


async def left_out(check: SpotCheck) -> dict[str, str]:
    found = (await steps.check(check.id)).left_out
    return {each["user"]: each["reason"] for each in (json.loads(found) if isinstance(found, str) else found)}


async def test_two_inspectors_are_drawn_as_anybody_can_repeat_and_are_told(world: World) -> None:
    check = await steps.made(world)
    order = rules.drawn_order(bytes.fromhex(steps.SEED), check.visit, [world[name].me for name in steps.PEOPLE])
    assert [actor.user for actor in await steps.inspectors(world, check)] == order[:2]
    assert (check.status, check.missing) == ("assigned", 0) and check.number.startswith("CC-")
    assert 9 < (check.due_at - now()).days + 1 <= 20
    told = await Message.raw("SELECT \"user\" FROM message WHERE kind = 'check_assigned'")
    assert {row["user"] for row in told} == set(order[:2])
    task = await SupervisionTask.objects().get(SupervisionTask.subject == check.id)
    assert task is not None and (task.kind, task.owner) == ("check.do", order[0])


async def test_the_same_draw_made_twice_makes_its_checks_once(world: World) -> None:
    visit = await steps.verified(world)
    draw, contract = await steps.drawn(world, [visit]), await steps.contract_of(visit)
    first = await check_making.make_checks(draw, contract, [(visit.id, "regular")], now())
    assert await check_making.make_checks(draw, contract, [(visit.id, "regular")], now()) == first
    assert await SpotCheck.count() == 1


async def put_conflict(world: World, kind: str, visit: Visit) -> str:
    """Give the second officer a conflict; returns the name of who has it."""
    officer = world["second_officer"].me
    if kind == "kin":
        await Kinship(id=uuid4(), household=visit.household, user=officer, relation="sibling", starts_on=today()).save()
    elif kind == "village_kin":
        other = await visit_steps.accepted(world, division=VILLAGE)
        await Kinship(id=uuid4(), household=other.household, user=officer, relation="child", starts_on=today()).save()
    elif kind == "dispatched":
        await Assignment.update(offered_by=officer).where(Assignment.id == visit.assignment)
    elif kind in {"verified", "approved", "submitted", "planned"}:
        column = {"verified": "decided_by", "approved": "approved_by", "submitted": "submitted_by",
                  "planned": "created_by"}[kind]  # fmt: skip
        await Visit.update({column: officer}).where(Visit.id == visit.id)
    elif kind == "excused":
        await VisitExcuse(
            id=uuid4(), assignment=visit.assignment, household=visit.household, division=visit.division,
            service=visit.service, carer=visit.carer, due_from=visit.due_from, due_until=visit.due_until,
            code="recipient_refused", status="confirmed", asked_by=world["manager"].user, decided_by=officer,
            decided_at=now(),
        ).save()  # fmt: skip
    elif kind == "scored":
        year, quarter = quarter_of(civil_date(visit.planned_start))
        await QuarterScore.raw(
            "INSERT INTO quarter_score (id, kind, subject, number, organization, division, year, quarter, status,"
            " revision, frozen_at, confirmed_by, confirmed_at) VALUES ({}, 'contract', {}, 'C-1', {}, '990101000000',"
            " {}, {}, 'scored', 1, now(), {}, now())",
            uuid4(), await steps.contract_of(visit), visit.organization, year, quarter, officer,
        )  # fmt: skip
    return "second_officer"


@pytest.mark.parametrize(
    "kind", ["kin", "village_kin", "dispatched", "verified", "approved", "submitted", "planned", "excused", "scored"]
)
async def test_who_has_a_conflict_is_left_out_with_the_reason(world: World, kind: str) -> None:
    visit = await steps.verified(world)
    name = await put_conflict(world, kind, visit)
    check = await steps.made(world, visit)
    assert await left_out(check) == {str(world[name].me): kind}
    assert {actor.username for actor in await steps.inspectors(world, check)} == {"second_bureau", "city_bureau"}


async def test_who_works_for_the_provider_or_served_is_left_out(world: World) -> None:
    for name, organization, carer in (
        ("second_officer", world.organization, None), ("second_bureau", None, world.carers["nurse"]),
    ):  # fmt: skip
        await Visit.raw("UPDATE app_user SET organization = {}, carer = {} WHERE id = {}", organization, carer,
                        world[name].me)  # fmt: skip
    check = await steps.made(world)
    assert await left_out(check) == {
        str(world["second_officer"].me): "provider", str(world["second_bureau"].me): "provider",
    }  # fmt: skip
    assert (check.status, check.missing) == ("drawn", 1)


async def test_without_enough_people_it_stays_drawn_the_bureau_is_told_and_the_clock_looks_again(world: World) -> None:
    check = await steps.made(world, people=("second_officer",))
    assert (check.status, check.missing) == ("drawn", 1)
    told = await Message.raw("SELECT params, \"user\" FROM message WHERE kind = 'check_needs_people'")
    assert {row["user"] for row in told} >= {world["bureau"].me} and f'"{check.number}"' in told[0]["params"]
    assert await check_appeals.fill_gaps(now()) == 0
    await steps.pool(world, "city_bureau")
    assert await check_appeals.fill_gaps(now()) == 1
    check = await steps.check(check.id)
    assert (check.status, check.missing) == ("assigned", 0)
    assert [actor.username for actor in await steps.inspectors(world, check)] == ["second_officer", "city_bureau"]


async def test_who_falls_ill_gives_the_place_to_the_next_of_the_order(world: World) -> None:
    check = await steps.made(world)
    first, second = await steps.inspectors(world, check)
    await check_replacing.step_aside(first, check.id, "ill", now())
    await check_replacing.step_aside(first, check.id, "ill", now())
    third = next(world[name] for name in steps.PEOPLE if world[name] not in (first, second))
    assert await steps.inspectors(world, check) == [third, second]
    rows = await CheckInspector.objects().where(CheckInspector.replaced == True)  # noqa: E712 (a column)
    assert [(row.inspector, row.replaced_reason, row.replaced_by) for row in rows] == [(first.me, "ill", first.me)]
    await check_replacing.step_aside(second, check.id, "conflict", now())
    assert (await steps.check(check.id)).missing == 1, "nobody is left in the order; the check keeps its day"
    assert (await steps.check(check.id)).status == "assigned"


async def test_who_joins_the_pool_later_comes_after_everybody_of_the_closed_list(world: World) -> None:
    visit = await steps.verified(world)
    draw = await steps.drawn(world, [visit], ("second_officer", "second_bureau"))
    await steps.pool(world, "city_bureau", "assessor", "second_assessor")
    await check_making.make_checks(draw, await steps.contract_of(visit), [(visit.id, "regular")], now())
    check = (await SpotCheck.objects())[0]
    assert {actor.username for actor in await steps.inspectors(world, check)} == {"second_officer", "second_bureau"}


@pytest.mark.parametrize("who", ["caregiver", "officer", "manager"])
async def test_the_database_refuses_an_inspector_who_served_verified_or_works_for_the_provider(
    world: World, who: str
) -> None:
    check = await steps.made(world)
    with pytest.raises(asyncpg.RaiseError, match="separation of duties"):
        await CheckInspector(id=uuid4(), check=check.id, inspector=world[who].me, place=1, replaced=True,
                             replaced_reason="ill", replaced_by=world[who].me).save()  # fmt: skip


async def test_an_inspector_never_verifies_what_is_to_be_checked_in_code_nor_by_sql(world: World) -> None:
    visit = await visit_steps.submitted(world)
    check = await steps.made(world, visit, ("second_officer", "second_bureau"))
    with pytest.raises(Refused, match="drawn to check"):
        await deciding.verify(world["second_officer"], visit.id, {}, now())
    with pytest.raises(asyncpg.RaiseError, match="separation of duties"):
        await Visit.raw("UPDATE visit SET decided_by = {} WHERE id = {}", world["second_officer"].me, visit.id)
    await deciding.verify(world["officer"], visit.id, {}, now())
    assert (await visit_steps.visit(visit.id)).status == "verified" and check.status == "assigned"


async def test_nothing_of_a_draw_can_be_deleted_or_rewritten(world: World) -> None:
    check = await steps.made(world)
    first = (await steps.inspectors(world, check))[0]
    await check_reporting.attempt(first, uuid4(), check.id, "phone", now() - timedelta(hours=1))
    for statement in (
        "DELETE FROM spot_check",
        "DELETE FROM check_inspector",
        "UPDATE check_attempt SET day = day - 1",
    ):
        with pytest.raises(asyncpg.RaiseError, match="never changed"):
            await SpotCheck.raw(statement)
