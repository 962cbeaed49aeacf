"""Mandatory reports: at once, by anybody, with a clock in minutes, and never away again (DOMAIN.md 8.2)."""

from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.errors import NotAllowed, NotYours, Refused
from bangfu.incidents import actions, queries, rules
from bangfu.incidents.actions import Harm
from bangfu.incidents.tables import Incident, IncidentEntry
from bangfu.messages.tables import Message
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.support import TOWN, VILLAGE, World

HARM = Harm(
    "邻居听见孩子整夜哭喊，手臂有伤", kinds=("violence",), child_name="测小禾", child_age=7, place="柳树村9组3号"
)


async def report(world: World, name: str = "volunteer", harm: Harm = HARM) -> UUID:
    return await actions.report(world[name], uuid4(), harm, now())


async def test_a_report_stands_at_once_and_calls_everybody_who_handles_it(world: World) -> None:
    incident = await report(world)
    row = await Incident.objects().get(Incident.id == incident)
    assert row is not None
    assert (row.status, row.division) == ("reported", TOWN.ljust(12, "0"))
    told = {message["user"] for message in await Message.select(Message.user).where(Message.kind == "incident")}
    officers = ("officer", "second_officer", "child_supervisor", "bureau", "second_bureau", "city_bureau")
    assert told == {world[name].me for name in officers}


async def test_two_clocks_run_and_stop_with_what_they_wait_for(world: World) -> None:
    incident = await report(world)
    open_tasks = "SELECT kind FROM supervision_task WHERE subject = {} AND closed_at IS NULL"
    found = {row["kind"] for row in await Incident.raw(open_tasks, incident)}
    assert found == {"incident.acknowledge", "incident.police"}
    await actions.acknowledge(world["officer"], incident, now())
    await actions.tell(world["officer"], incident, "police", "110 已接警", now())
    assert await Incident.raw(open_tasks, incident) == []


async def test_the_same_form_sent_twice_is_one_report(world: World) -> None:
    key = uuid4()
    for _ in range(2):
        assert await actions.report(world["volunteer"], key, HARM, now()) == key
    assert await Incident.count() == 1
    with pytest.raises(NotYours):
        await actions.report(world["worker"], key, HARM, now())


async def test_what_the_reporter_told_already_stands_with_its_minutes(world: World) -> None:
    incident = await report(world, harm=Harm("听见哭喊", told=("police", "education")))
    shown = await queries.incident_for(world["officer"], incident)
    assert {entry.body for entry in shown.entries} == {"police", "education"}
    assert all(entry.minutes == 0 and entry.whole for entry in shown.entries)


async def test_the_child_is_masked_until_a_handler_gives_a_reason(world: World, visit) -> None:
    incident = await report(world)
    officer = await visit("officer")
    page = await officer.get(f"/incidents/{incident}")
    assert "测小禾" not in page.text
    assert "9组3号" not in page.text
    refused = await officer.post(f"/incidents/{incident}/reveal", {"reason": ""})
    assert refused.status_code == 422
    assert "测小禾" not in refused.text
    shown = await officer.post(f"/incidents/{incident}/reveal", {"reason": "rescue"})
    assert "测小禾" in shown.text
    assert "9组3号" in shown.text
    events = {row["action"] for row in await AuditEvent.select(AuditEvent.action)}
    assert {"incident.read", "incident.revealed"} <= events


async def test_nobody_else_sees_it(world: World, visit) -> None:
    incident = await report(world)
    for name in ("other_volunteer", "dispatcher", "coordinator", "manager", "lead"):
        browser = await visit(name)
        assert (await browser.get(f"/incidents/{incident}")).status_code == 404, name
        assert str(incident) not in (await browser.get("/incidents")).text
    for name in ("auditor", "admin", "liaison"):
        assert (await (await visit(name)).get("/incidents")).status_code == 404, name


async def test_nobody_deletes_or_rewrites_a_report(world: World, database: str) -> None:
    incident = await report(world)
    await actions.add_note(world["volunteer"], incident, "已陪在孩子身边", now())
    connection = await asyncpg.connect(database)
    try:
        for statement in (
            "DELETE FROM incident", "DELETE FROM incident_entry", "TRUNCATE incident CASCADE",
            "UPDATE incident SET reported_by = gen_random_uuid()", "UPDATE incident SET what_hash = ''",
            "UPDATE incident SET reported_at = now() - interval '1 hour'", "UPDATE incident_entry SET text_hash = ''",
        ):  # fmt: skip
            with pytest.raises(asyncpg.RestrictViolationError):
                await connection.execute(statement)
    finally:
        await connection.close()
    assert await IncidentEntry.count() == 1


async def test_words_that_were_replaced_from_outside_are_seen(world: World, visit) -> None:
    from bangfu.households.sealing import seal

    incident = await report(world)
    forged = seal("incident", "what_enc", incident, "没有异常")
    await Incident.update({Incident.what_enc: forged}).where(Incident.id == incident)
    shown = await queries.incident_for(world["officer"], incident)
    assert not shown.whole
    page = await (await visit("officer")).get(f"/incidents/{incident}")
    assert "changed from outside" in page.text


async def test_only_another_person_concludes_and_only_after_the_police_were_told(world: World) -> None:
    incident = await report(world, "officer")
    await actions.acknowledge(world["child_supervisor"], incident, now())
    with pytest.raises(Refused):
        await actions.conclude(world["bureau"], incident, "protected", "已送至亲属家", now())
    await actions.tell(world["child_supervisor"], incident, "police", "", now())
    with pytest.raises(NotAllowed):
        await actions.conclude(world["officer"], incident, "protected", "已送至亲属家", now())
    with pytest.raises(NotAllowed):
        await actions.conclude(world["child_supervisor"], incident, "protected", "已送至亲属家", now())
    await actions.conclude(world["bureau"], incident, "protected", "已送至亲属家", now())
    row = await Incident.objects().get(Incident.id == incident)
    assert row is not None
    assert (row.status, row.outcome, row.concluded_by) == ("concluded", "protected", world["bureau"].me)


async def test_the_reporter_reads_who_was_told_but_not_what_the_handlers_wrote(world: World) -> None:
    incident, key = await report(world), uuid4()
    for _ in range(2):
        await actions.add_note(world["officer"], incident, "已联系其叔叔", now(), key)
    await actions.tell(world["officer"], incident, "police", "", now())
    await actions.add_note(world["volunteer"], incident, "我在楼下等", now())
    own = await queries.incident_for(world["volunteer"], incident)
    assert [entry.text for entry in own.entries if entry.kind == "note"] == ["我在楼下等"]
    assert own.told_at("police") is not None
    assert len((await queries.incident_for(world["officer"], incident)).entries) == 3


async def test_nobody_takes_on_their_own_report(world: World) -> None:
    incident = await report(world, "officer")
    with pytest.raises(Refused):
        await actions.acknowledge(world["officer"], incident, now())
    await actions.acknowledge(world["bureau"], incident, now())


async def test_a_concluded_report_can_be_opened_again(world: World) -> None:
    incident = await report(world, harm=Harm("听见哭喊", told=("police",)))
    await actions.acknowledge(world["officer"], incident, now())
    await actions.conclude(world["officer"], incident, "not_confirmed", "入户查看，孩子安全", now())
    await actions.reopen(world["bureau"], incident, "再次有人反映", now())
    row = await Incident.objects().get(Incident.id == incident)
    assert row is not None
    assert (row.status, row.outcome) == ("acknowledged", "")


async def test_the_form_asks_for_nothing_but_what_happened(visit) -> None:
    browser = await visit("volunteer")
    empty = await browser.post("/incidents/new", {"key": str(uuid4()), "child_name": "测小禾", "kinds": "neglect"})
    assert empty.status_code == 422
    assert "测小禾" in empty.text, "nothing that was typed is lost"
    done = await browser.post("/incidents/new", {"key": str(uuid4()), "what": "孩子独自在家三天"})
    assert done.status_code == 303
    assert (await browser.get(done.headers["location"])).status_code == 200


async def test_every_page_of_a_worker_has_the_link_and_a_household_is_taken_along(world: World, visit) -> None:
    from tests.authorisation.stage import set_stage

    stage = await set_stage(world)
    browser = await visit("coordinator")
    page = await browser.get(f"/households/{stage.mine('household', 'coordinator')}")
    assert "/incidents/new?from=/households/" in page.text
    form = await browser.get(f"/incidents/new?from=/households/{stage.mine('household', 'coordinator')}")
    assert f'name="household" value="{stage.mine("household", "coordinator")}"' in form.text
    foreign = await browser.get(f"/incidents/new?from=/households/{stage.others('household', 'coordinator')}")
    assert 'name="household"' not in foreign.text


async def test_a_village_of_another_area_is_a_fault_of_the_form(visit) -> None:
    browser = await visit("volunteer")
    sent = {"key": str(uuid4()), "what": "孩子独自在家", "division": "990102001201"}
    assert (await browser.post("/incidents/new", sent)).status_code == 422
    assert (await browser.post("/incidents/new", sent | {"division": VILLAGE})).status_code == 303


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_clock_counts_whole_minutes_and_never_backwards(start: int, seconds: int) -> None:
    begin = now() + timedelta(seconds=start)
    end = begin + timedelta(seconds=seconds)
    assert rules.minutes_between(begin, end) == seconds // 60
    assert rules.minutes_between(end, begin) == 0
    assert rules.is_late(begin, end, end, rules.ACKNOWLEDGE_WITHIN) == (seconds > 1800)


async def test_a_report_nobody_has_taken_on_stands_on_the_handlers_start_page(world: World, visit) -> None:
    incident = await report(world)
    for name in ("officer", "child_supervisor", "bureau"):
        assert f'href="/incidents/{incident}"' in (await (await visit(name)).get("/")).text
    assert f'href="/incidents/{incident}"' not in (await (await visit("dispatcher")).get("/")).text
    await actions.acknowledge(world["officer"], incident, now())
    assert f'href="/incidents/{incident}"' not in (await (await visit("child_supervisor")).get("/")).text
