"""Flags are raised with the record, on the visit and on the earlier ones that it shows up; they never block."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest

from bangfu.households.tables import Household
from bangfu.providers.tables import Qualification
from bangfu.shared.clock import now, today
from bangfu.verification.tables import VisitPolicy
from bangfu.visits.tables import Visit, VisitFlag
from tests.support import World
from tests.visits import visit_steps as steps

pytestmark = pytest.mark.usefixtures("database")


async def flags(visit: Visit) -> dict[str, dict]:
    """The open flags of a visit with what explains them."""
    rows = await VisitFlag.objects().where((VisitFlag.visit == visit.id) & (VisitFlag.status == "open"))
    return {row.flag: json.loads(row.detail) for row in rows}


async def test_a_visit_in_order_has_no_flag_and_waits_as_submitted(world: World) -> None:
    visit = await steps.submitted(world)
    assert (visit.status, await flags(visit)) == ("submitted", {})


async def test_a_visit_far_away_that_was_too_short_and_that_nobody_confirmed_is_flagged_and_not_refused(
    world: World,
) -> None:
    visit = await steps.submitted(world, lasts=10, distance_m=301, record={"confirmation": ""})
    assert visit.status == "flagged"
    assert await flags(visit) == {
        "geo_far": {"metres": 301, "most": 300}, "no_confirm": {},
        "short": {"minutes": 10, "percent": 90, "standard": 30},
    }  # fmt: skip


async def test_a_later_visit_in_another_home_flags_the_earlier_one_too(world: World) -> None:
    first = await steps.submitted(world)
    second = await steps.submitted(world, start=first.planned_start + timedelta(minutes=10))
    assert (await flags(first))["overlap"] == {"other": str(second.id), "number": second.number, "minutes": 20}
    assert (await flags(second))["overlap"]["other"] == str(first.id)
    assert [(await steps.visit(each.id)).status for each in (first, second)] == ["flagged", "flagged"]


async def test_homes_that_nobody_reaches_in_the_time_between_raise_a_flag(world: World) -> None:
    first = await steps.submitted(world)
    task = await steps.accepted(world)
    await Household.update(lat=31.90).where(Household.id == task.household)
    second = await steps.submitted(world, task=task, start=first.ended_at + timedelta(minutes=5))
    detail = (await flags(second))["impossible_travel"]
    assert (detail["minutes"], detail["metres"], detail["most"]) == (5, 13343, 60)


async def test_the_same_picture_and_a_nearly_same_one_are_found(world: World) -> None:
    first, second = await steps.submitted(world), await steps.planned(world, start=now() - timedelta(minutes=20))
    await steps.put_photo(first, "a", 0x0F0F_1234)
    await steps.put_photo(second, "b", 0x0F0F_1235)
    done = await steps.finished(world, second)
    assert (await flags(done))["dup_photo"] == {
        "other": str(first.id),
        "number": first.number,
        "bits": 1,
        "same": False,
    }


async def test_a_gap_in_the_certificates_is_never_payable(world: World) -> None:
    await Qualification.update(expires_on=today() - timedelta(days=1)).where(
        (Qualification.carer == world.carers["nurse"]) & (Qualification.code == "H")
    )
    visit = await steps.submitted(world, qualifications=json.dumps([["C5"], ["H"]]))
    assert (await flags(visit))["cred_gap"] == {"missing": ["H"], "barred": ""}
    assert (visit.payable, visit.unpayable_reason) == (False, "cred_gap")


async def test_words_copied_from_the_last_three_records_raise_a_flag(world: World) -> None:
    start = now() - timedelta(days=1)
    for n in range(4):
        visit = await steps.submitted(world, start=start + timedelta(hours=n), record={"text_hash": "w" * 64})
    assert (await flags(visit))["copy_text"] == {"records": 3}


async def test_two_records_that_arrive_at_once_see_each_other(world: World) -> None:
    start = now() - timedelta(hours=1)
    begun = [await steps.started(world, start=start), await steps.started(world, start=start + timedelta(minutes=5))]
    await asyncio.gather(*(steps.finished(world, visit) for visit in begun))
    for visit in begun:
        assert "overlap" in await flags(visit)
        assert (await steps.visit(visit.id)).status == "flagged"


async def test_the_published_thresholds_of_the_area_count_from_their_day_on(world: World) -> None:
    await VisitPolicy(
        id=uuid4(), division_prefix="990101", valid_from=today() - timedelta(days=5), status="published",
        values=json.dumps({"far_m": 100}), created_by=world["bureau"].user, published_by=world["lead"].user,
    ).save()  # fmt: skip
    visit = await steps.submitted(world, distance_m=120)
    rows = await VisitFlag.objects().where(VisitFlag.visit == visit.id)
    assert [(row.flag, row.policy_version[:7]) for row in rows] == [("geo_far", "990101@")]
