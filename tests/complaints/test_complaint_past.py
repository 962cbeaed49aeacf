"""A complaint goes past the person complained about: by list, link, count, start page, timeline, message and task."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.accounts.tables import User
from bangfu.complaints import handling, intake, queries
from bangfu.complaints.handling import Set
from bangfu.complaints.routing import About
from bangfu.errors import NotYours, Refused
from bangfu.households.tables import Household
from bangfu.messages.tables import Message
from bangfu.shared.clock import now
from bangfu.supervision.people import doers_of, told_at
from bangfu.supervision.tables import SupervisionTask
from tests.complaints import complaint_steps as steps
from tests.support import World
from tests.visits import visit_steps

OFFICES = ("officer", "second_officer", "dispatcher", "coordinator", "worker", "bureau", "second_bureau", "lead",
           "auditor", "city_bureau")  # fmt: skip


async def who_sees(world: World, complaint: UUID) -> set[str]:
    """Who finds it in the list; the same people are told so by `counts`."""
    found = set()
    for name in OFFICES:
        rows, total = await queries.rows_of(world[name], {}, 50, 0)
        assert total == len(rows)
        if complaint in {row.id for row in rows}:
            found.add(name)
    return found


async def told_of(complaint: UUID, world: World) -> set[str]:
    rows = await Message.select(Message.user).where(Message.href == f"/complaints/{complaint}")
    names = {actor.user: name for name, actor in world.cast.items()}
    return {names[row["user"]] for row in rows}


async def test_an_ordinary_one_is_seen_by_the_townships_officers_the_bureau_the_auditor_and_who_entered_it(
    world: World,
) -> None:
    complaint = await steps.received(world)
    assert await who_sees(world, complaint) == set(OFFICES) - {"dispatcher", "worker"}
    assert await told_of(complaint, world) == {"officer", "second_officer"}


async def test_one_about_the_townships_officer_goes_past_the_whole_township_to_the_bureau(
    world: World, visit: Any
) -> None:
    about = About("staff", staff=world["officer"].me)
    complaint = await steps.received(world, about=about)
    assert await who_sees(world, complaint) == {"bureau", "second_bureau", "lead", "auditor", "city_bureau"}
    assert await told_of(complaint, world) == {"bureau", "second_bureau", "city_bureau"}
    browser = await visit("officer")
    assert (await browser.get(f"/complaints/{complaint}")).status_code == 404
    assert (await browser.post(f"/complaints/{complaint}/accept", {"severity": "minor"})).status_code == 404
    row = await steps.row(complaint)
    for page in ("/complaints", "/complaints?show=all", "/", "/supervision/list", "/inbox"):
        text = (await browser.get(page)).text
        assert row.number not in text, page
        assert str(complaint) not in text, page
    tasks = await SupervisionTask.objects().where(SupervisionTask.subject == complaint)
    assert tasks
    for task in tasks:
        heard = set(await doers_of(task)) | set(await told_at(task, 2)) | set(await told_at(task, 3))
        assert not heard & set(row.excluded)
    await handling.accept(world["bureau"], complaint, Set("major"), now())


async def test_one_about_an_officer_of_the_bureau_is_for_the_lead_and_one_about_the_lead_for_the_bureau_above(
    world: World,
) -> None:
    about_officer = await steps.received(world, about=About("staff", staff=world["bureau"].me))
    assert await who_sees(world, about_officer) == {"lead", "auditor"}
    assert await told_of(about_officer, world) == {"lead", "auditor"}
    about_lead = await steps.received(world, about=About("staff", staff=world["lead"].me))
    assert await who_sees(world, about_lead) == {"auditor", "city_bureau"}
    with pytest.raises(NotYours):
        await handling.accept(world["lead"], about_lead, Set("minor"), now())
    await handling.accept(world["city_bureau"], about_lead, Set("minor"), now())
    await handling.accept(world["lead"], about_officer, Set("minor"), now())


async def test_what_somebody_without_an_account_tells_about_an_office_never_reaches_that_office(world: World) -> None:
    township = await steps.sent(about=About("township_office"))
    bureau = await steps.sent(about=About("bureau_office"))
    assert await who_sees(world, township.complaint) == {"bureau", "second_bureau", "lead", "auditor", "city_bureau"}
    assert await who_sees(world, bureau.complaint) == {"lead", "auditor"}


async def test_linking_it_to_oneself_takes_it_out_of_ones_own_hands(world: World, visit: Any) -> None:
    complaint = await steps.accepted(world)
    browser = await visit("officer")
    form = {"target": "staff", "staff": str(world["officer"].me)}
    answer = await browser.post(f"/complaints/{complaint}/link", form)
    assert answer.headers["location"] == "/complaints"
    row = await steps.row(complaint)
    assert (row.handler, row.level) == (None, "bureau")
    assert await who_sees(world, complaint) == {"bureau", "second_bureau", "lead", "auditor", "city_bureau"}
    await handling.give(world["bureau"], complaint, world["bureau"].me, now())
    await handling.begin(world["bureau"], complaint, now())
    await intake.relink(world["bureau"], complaint, About("organization", organization=world.organization), now())
    assert await who_sees(world, complaint) == {"bureau", "second_bureau", "lead", "auditor", "city_bureau"}


async def test_confidential_ones_are_seen_by_few_once_somebody_has_them(world: World) -> None:
    complaint = await steps.received(world, confidential=True)
    assert await who_sees(world, complaint) == {
        "officer", "second_officer", "bureau", "second_bureau", "city_bureau", "lead", "auditor",
    }  # fmt: skip
    await handling.accept(world["officer"], complaint, Set("minor"), now())
    assert await who_sees(world, complaint) == {"officer", "lead", "auditor"}


async def test_a_report_of_wrongdoing_is_the_bureaus_and_confidential(world: World) -> None:
    complaint = await steps.received(world, intake="report", kind="fraud")
    row = await steps.row(complaint)
    assert (row.level, row.confidential) == ("bureau", True)
    assert "officer" not in await who_sees(world, complaint)
    with pytest.raises(NotYours):
        await handling.accept(world["officer"], complaint, Set("minor"), now())


async def test_who_served_or_checked_the_visit_does_not_handle_it(world: World) -> None:
    done = await visit_steps.submitted(world)
    await done.raw("UPDATE visit SET decided_by = {} WHERE id = {}", world["officer"].me, done.id)
    complaint = await steps.received(world, about=About("visit", visit=done.id))
    with pytest.raises(Refused, match="served or checked"):
        await handling.accept(world["officer"], complaint, Set("minor"), now())
    row = await steps.row(complaint)
    assert (row.carer, row.organization, row.household) == (done.carer, done.organization, done.household)
    assert {world["caregiver"].me, world["manager"].me} <= set(row.excluded)
    await handling.accept(world["second_officer"], complaint, Set("minor"), now())
    with pytest.raises(Refused):
        await handling.give(world["second_officer"], complaint, world["officer"].me, now())


async def test_the_people_of_a_station_that_the_agency_runs_are_its_side(world: World) -> None:
    await User.update({User.organization: world.organization}).where(User.id == world["second_officer"].me)
    complaint = await steps.received(world)
    assert "second_officer" not in await who_sees(world, complaint)


async def test_a_households_timeline_tells_of_it_only_to_who_may_see_it(world: World, visit: Any) -> None:
    done = await visit_steps.submitted(world)
    home = await Household.objects().get(Household.id == done.household)
    assert home is not None
    complaint = await steps.received(world, by="bureau", about=About("visit", visit=done.id), confidential=True)
    await handling.accept(world["bureau"], complaint, Set("minor"), now())
    for name, shown in (("bureau", True), ("lead", True), ("officer", False), ("coordinator", False)):
        browser = await visit(name)
        for page in (f"/households/{home.id}", f"/households/{home.id}/events"):
            text = (await browser.get(page)).text
            assert ("Complaint accepted" in text) == shown, (name, page)


async def test_another_county_neither_sees_nor_enters_it(world: World) -> None:
    complaint = await steps.received(world)
    rows, total = await queries.rows_of(world["outside_officer"], {}, 50, 0)
    assert (rows, total) == ([], 0)
    with pytest.raises(NotYours):
        await intake.enter(world["outside_officer"], uuid4(), steps.told(), now())
    assert await steps.row(complaint)


async def test_a_critical_one_without_contact_is_late_after_two_hours(world: World) -> None:
    at = now()
    complaint = await steps.received(world, at=at - timedelta(hours=3), kind="harm")
    rows, _ = await queries.rows_of(world["officer"], {"show": "late"}, 10, 0, at=at)
    assert [(row.id, row.clock(at)) for row in rows] == [(complaint, "late")]
    assert (await queries.counts(world["officer"], at))["late"] == 1
    await handling.accept(world["officer"], complaint, Set("critical"), at)
    await handling.contacted(world["officer"], complaint, "contact", "已通话", at, uuid4())
    assert (await queries.counts(world["officer"], at))["late"] == 0
