"""Secret calendar addresses: who may read them for how long, and what another library reads out of them."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event

from bangfu.accounts.tables import User
from bangfu.errors import NotYours, Refused
from bangfu.providers import feeds, roster_actions, roster_people
from bangfu.providers.roster_actions import Wanted
from bangfu.providers.roster_rules import week_of
from bangfu.providers.roster_tables import CalendarFeed
from bangfu.providers.tables import Carer, Organization
from bangfu.shared.clock import SHANGHAI, now, today
from tests.providers.roster_support import HEAD, accepted
from tests.support import Visitor, World

MONDAY = week_of(today()) + timedelta(days=7)


async def _token(world: World, name: str, lang: str = "zh") -> str:
    return await feeds.make(world[name], uuid4(), "手机", lang, now())


async def _read(browser: Visitor, token: str) -> tuple[Calendar, str]:
    answer = await browser.get(f"/feeds/{token}.ics")
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return IcsCalendarStream.calendar_from_ics(answer.text), answer.content.decode()


def _named(calendar: Calendar, part: str) -> list[Event]:
    return [event for event in calendar.events if part in (event.summary or "")]


async def test_another_library_reads_tasks_leave_and_days_off(world: World, visit) -> None:
    task = await accepted(world.carers["volunteer"], [[0, 480, 720], [2, 480, 720]])
    who = await roster_people.myself(world["volunteer"])
    wanted = Wanted(uuid4(), MONDAY, MONDAY + timedelta(days=4), "sick")
    await roster_actions.ask_leave(world["volunteer"], who, wanted, now(), keeper=False)
    await roster_actions.set_day(world["volunteer"], who, MONDAY + timedelta(days=8), [(540, 600)], now())
    calendar, text = await _read(await visit(None), await _token(world, "volunteer"))
    [weekly] = _named(calendar, "A-000009")
    assert weekly.summary == "生活照料 A-000009" and weekly.location == "东区" and weekly.url
    assert str(weekly.url).endswith(f"/my-tasks/{task}")
    start = weekly.dtstart
    assert isinstance(start, datetime) and start.utcoffset() == timedelta(hours=8)
    assert (start.hour, start.weekday() in (0, 2), weekly.dtend - start) == (8, True, timedelta(hours=4))
    first = [event.dtstart for event, _ in zip(calendar.timeline_tz(SHANGHAI), range(12), strict=False)
             if event.uid == weekly.uid]  # fmt: skip
    assert len(first) >= 2 and {each.weekday() for each in first} == {0, 2}
    [leave] = _named(calendar, "休假")
    assert (leave.dtstart, leave.dtend) == (MONDAY, MONDAY + timedelta(days=5))
    [day] = _named(calendar, "仅 09:00–10:00 在岗")
    assert day.dtstart == MONDAY + timedelta(days=8) and day.dtend == day.dtstart + timedelta(days=1)
    assert "病假" not in text and len(calendar.events) == 3


async def test_nothing_in_a_calendar_tells_of_the_household_or_of_free_times(world: World, visit) -> None:
    await accepted(world.carers["nurse"], [[1, 840, 960]])
    who = await roster_people.person_for(world["manager"], world.carers["nurse"], keep=True)
    wanted = Wanted(uuid4(), MONDAY, MONDAY, "annual")
    await roster_actions.ask_leave(world["manager"], who, wanted, now(), keeper=True)
    calendar, text = await _read(await visit(None), await _token(world, "manager"))
    for secret in (HEAD, "柳树村", "河东街道", "31.78", "119.95", "H-A-000009", who.name):
        assert secret not in text
    assert {event.summary for event in calendar.events} == {
        f"nurse {who.short}：生活照料 A-000009",
        f"nurse {who.short}：休假",
    }
    assert {event.transparency for event in calendar.events} == {"TRANSPARENT"}
    other, _ = await _read(await visit(None), await _token(world, "other_manager"))
    assert other.events == []


async def test_the_text_keeps_the_rules_of_the_format(world: World, visit) -> None:
    await accepted(world.carers["volunteer"], [[day, 480, 720] for day in range(5)], visits=20)
    _, text = await _read(await visit(None), await _token(world, "volunteer"))
    lines = text.split("\r\n")
    assert lines[-1] == "" and "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in lines) <= 75
    unfolded = text.replace("\r\n ", "")
    assert "X-WR-CALNAME:帮扶：我的任务" in unfolded and "REFRESH-INTERVAL;VALUE=DURATION:PT6H" in unfolded
    assert "BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai" in unfolded and "TZOFFSETTO:+0800" in unfolded
    assert "DTSTART;TZID=Asia/Shanghai:" in unfolded and "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;WKST=MO" in unfolded
    assert "TRANSP:OPAQUE" in unfolded
    english = (await _read(await visit(None), await _token(world, "volunteer", "en")))[1].replace("\r\n ", "")
    assert "Planned visits\\, accepted tasks without dates" in english


async def test_tasks_by_arrangement_are_left_out(world: World, visit) -> None:
    await accepted(world.carers["volunteer"], [])
    calendar, text = await _read(await visit(None), await _token(world, "volunteer"))
    assert calendar.events == [] and "时间另行约定的任务" in text.replace("\r\n ", "")


async def test_a_second_fetch_is_the_same_text_and_a_change_is_told_by_a_higher_sequence(world: World, visit) -> None:
    who, browser = await roster_people.myself(world["volunteer"]), await visit(None)
    await roster_actions.set_day(world["volunteer"], who, MONDAY, [], now())
    token = await _token(world, "volunteer")
    before, text = await _read(browser, token)
    answer = await browser.get(f"/feeds/{token}.ics")
    assert answer.text == text.replace("\r\n", "\r\n") and answer.headers["cache-control"].startswith("private")
    again = await browser.get(f"/feeds/{token}.ics", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304 and again.content == b""
    await roster_actions.set_day(world["volunteer"], who, MONDAY, [(540, 600)], now() + timedelta(seconds=2))
    after, _ = await _read(browser, token)
    assert before.events[0].uid == after.events[0].uid
    assert (after.events[0].sequence or 0) > (before.events[0].sequence or 0)
    assert after.events[0].last_modified > before.events[0].last_modified


async def test_only_the_hash_of_a_token_is_stored_and_its_use_is_shown(world: World, visit) -> None:
    token = await _token(world, "volunteer")
    assert len(token) >= 43
    rows = await CalendarFeed.raw("SELECT row_to_json(f)::text AS text FROM calendar_feed f")
    assert token not in rows[0]["text"]
    assert (await feeds.feeds_of(world["volunteer"]))[0].last_used_at is None
    await _read(await visit(None), token)
    used = (await feeds.feeds_of(world["volunteer"]))[0].last_used_at
    assert used is not None and datetime.now(UTC) - used < timedelta(minutes=1)


@pytest.mark.parametrize(
    "change", ["revoked", "renewed", "closed", "role", "organisation", "carer_left", "organisation_closed"]
)
async def test_an_address_is_dead_once_it_is_ended_or_the_account_has_changed(world: World, visit, change: str) -> None:
    name = "manager" if "organisation" in change else "volunteer"
    actor, browser, token = world[name], await visit(None), await _token(world, name)
    [feed] = await feeds.feeds_of(actor)
    match change:
        case "revoked":
            await feeds.revoke(actor, feed.id, now())
        case "renewed":
            fresh = await feeds.renew(actor, feed.id, now())
            assert (await browser.get(f"/feeds/{fresh}.ics")).status_code == 200
        case "closed":
            await User.update({User.active: False}).where(User.id == actor.me)
        case "role":
            await User.update({User.roles: ["social_worker", "volunteer"]}).where(User.id == actor.me)
        case "organisation":
            await User.update({User.organization: world.other_organization}).where(User.id == actor.me)
        case "carer_left":
            await Carer.update({Carer.active: False}).where(Carer.id == actor.carer)
        case "organisation_closed":
            await Organization.update({Organization.active: False}).where(Organization.id == actor.organization)
    dead, unknown = await browser.get(f"/feeds/{token}.ics"), await browser.get(f"/feeds/{'x' * 43}.ics")
    assert dead.status_code == unknown.status_code == 404
    assert dead.text.replace(token, "") == unknown.text.replace("x" * 43, "")


async def test_who_guesses_addresses_has_to_wait(world: World, visit) -> None:
    browser, token = await visit(None), await _token(world, "volunteer")
    for place in range(50):
        assert (await browser.get(f"/feeds/guess{place}.ics")).status_code == 404
    answer = await browser.get(f"/feeds/{token}.ics")
    assert answer.status_code == 429 and answer.headers["retry-after"] == "900"


@pytest.mark.database
async def test_nobody_gets_more_than_five_addresses_not_even_at_once(world: World) -> None:
    made = await asyncio.gather(*(_token(world, "volunteer") for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(each, str) for each in made) == feeds.MOST
    assert all(isinstance(each, str | Refused) for each in made)


async def test_an_address_is_shown_once_and_is_its_owners_to_end(world: World, visit) -> None:
    volunteer, form = await visit("volunteer"), {"label": "手机", "key": str(uuid4())}
    shown = await volunteer.post("/my-calendars", form)
    token = shown.text.split("/feeds/")[1].split(".ics")[0]
    assert (await volunteer.get(f"/feeds/{token}.ics")).status_code == 200
    assert token not in (await volunteer.get("/my-calendars")).text
    repeated = await volunteer.post("/my-calendars", form)
    assert repeated.status_code == 409
    [feed] = await feeds.feeds_of(world["volunteer"])
    with pytest.raises(NotYours):
        await feeds.revoke(world["other_volunteer"], feed.id, now())
    ended = await volunteer.post(f"/my-calendars/{feed.id}/end")
    assert ended.status_code == 303 and (await volunteer.get(f"/feeds/{token}.ics")).status_code == 404
