"""The inbox page, and the operator's page on deliveries."""

from datetime import timedelta
from uuid import uuid4

from bangfu.messages.delivering import deliver_due
from bangfu.messages.tables import Message, Outbox
from bangfu.shared.tables import AuditEvent
from tests.messages.conftest import Clock, reach, rows, tell
from tests.messages.sinks import Mailbox
from tests.support import World


async def _first(world: World, name: str):
    message = await Message.objects().where(Message.user == world[name].me).first()
    assert message is not None
    return message.id


async def test_one_message_is_marked_as_read_and_the_list_stays_where_it_was(visit, world: World) -> None:
    for number in range(27):
        await tell([world["officer"].me], number=f"ND-{number:06d}")
    browser = await visit("officer")
    first, second = await browser.get("/inbox"), await browser.get("/inbox?page=2")
    assert ("ND-000026" in first.text, "ND-000001" in first.text) == (True, False)
    assert "ND-000001" in second.text
    one = await _first(world, "officer")
    answer = await browser.post(f"/inbox/{one}/read", {"page": "2", "unread": "1"})
    assert answer.headers["location"] == "/inbox?unread=1&page=2"
    assert await Message.count().where(Message.read_at.is_not_null()) == 1
    await browser.post("/inbox/read")
    assert "You have read everything" in (await browser.get("/inbox?unread=1")).text
    assert "ND-000026" in (await browser.get("/inbox")).text
    assert "nothing on this page" in (await browser.get("/inbox?page=9")).text


async def test_the_filter_shows_what_was_not_read(visit, world: World) -> None:
    await tell([world["officer"].me], number="ND-000001")
    browser = await visit("officer")
    answer = await browser.get(f"/inbox/{await _first(world, 'officer')}")
    assert answer.headers["location"] == "/needs"
    await tell([world["officer"].me], number="ND-000002")
    shown = (await browser.get("/inbox?unread=1")).text
    assert ("ND-000002" in shown, "ND-000001" in shown) == (True, False)


async def test_nobody_marks_or_opens_anothers_message(visit, world: World) -> None:
    await tell([world["officer"].me])
    message = await _first(world, "officer")
    browser = await visit("lead")
    assert (await browser.post(f"/inbox/{message}/read")).status_code == 404
    assert (await browser.get(f"/inbox/{message}")).status_code == 404
    assert (await browser.post(f"/inbox/{uuid4()}/read")).status_code == 404
    assert await Message.count().where(Message.read_at.is_not_null()) == 0


async def test_a_message_of_a_kind_that_this_version_does_not_know_breaks_no_page(visit, world: World) -> None:
    await Message(id=uuid4(), user=world["officer"].me, kind="of_tomorrow", params="{}", href="/").save()
    browser = await visit("officer")
    assert (await browser.get("/inbox")).status_code == 200


async def test_the_operator_sees_what_fails_and_why_but_not_whom_or_what(
    visit, world: World, app, mailbox: Mailbox, clock: Clock
) -> None:
    await reach(world["officer"].me, "email", "officer@example.org")
    mailbox.answers = [554, 451]
    await tell([world["officer"].me], number="ND-000777")
    await tell([world["officer"].me], "accepted", number="A-000778")
    await deliver_due(clock)
    browser = await visit("admin")
    shown = (await browser.get("/deliveries")).text
    assert all(
        text in shown for text in ("smtp_554", "smtp_451", "need_confirmed", "accepted", "Given up", "refuses it")
    )
    assert not any(text in shown for text in ("officer@", "ND-000777", "A-000778", world["officer"].display_name))
    assert "smtp_451" not in (await browser.get("/deliveries?status=given_up")).text
    assert "Nothing in this state" in (await browser.get("/deliveries?channel=sms&status=failed")).text
    given_up = next(row["id"] for row in await rows() if row["status"] == "given_up")
    for _ in range(2):
        assert (await browser.post(f"/deliveries/{given_up}/retry")).status_code == 303
    await deliver_due(clock)
    assert (await browser.post(f"/deliveries/{given_up}/retry")).status_code == 409
    events = await AuditEvent.select(AuditEvent.action, AuditEvent.subject).where(
        AuditEvent.action == "delivery.retried"
    )
    assert [event["subject"] for event in events] == [str(given_up)]
    clock.at += timedelta(minutes=10)
    await deliver_due(clock)
    assert "Everything has arrived" in (await browser.get("/deliveries")).text


async def test_a_code_is_not_sent_again_by_the_operator(visit, world: World) -> None:
    row = Outbox(
        id=uuid4(), recipient=world["officer"].me, channel="email", kind="address_code", event="e", status="given_up"
    )
    await row.save()
    browser = await visit("admin")
    assert f"/deliveries/{row.id}/retry" not in (await browser.get("/deliveries")).text
    assert (await browser.post(f"/deliveries/{row.id}/retry")).status_code == 409


async def test_only_the_system_administrator_sees_deliveries(visit) -> None:
    assert (await (await visit("bureau")).get("/deliveries")).status_code == 404
    assert (await (await visit("bureau")).post(f"/deliveries/{uuid4()}/retry")).status_code == 403
