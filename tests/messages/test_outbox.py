"""Once per person and event; retries, leases, quiet hours and giving up, towards real servers on this machine."""

import asyncio
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from bangfu.accounts.tables import User
from bangfu.errors import NotYours, Refused
from bangfu.messages import outbox, rules
from bangfu.messages.actions import send
from bangfu.messages.delivering import deliver_due
from bangfu.messages.tables import Message, MessageChannel, Outbox, QuietHours
from bangfu.shared.database import transaction
from tests.messages.conftest import SECRET, Clock, reach, rows, tell
from tests.messages.sinks import Mailbox, Receiver, listening
from tests.support import World


@pytest.fixture
async def person(world: World, mailbox: Mailbox) -> World:
    await reach(world["officer"].me, "email", "officer@example.org")
    return world


async def _inbox(world: World, name: str) -> int:
    return await Message.count().where(Message.user == world[name].me)


async def test_the_inbox_alone_is_the_default(world: World, mailbox: Mailbox) -> None:
    await tell([world["officer"].me])
    assert await _inbox(world, "officer") == 1
    assert await rows() == []


async def test_a_message_appears_with_its_transaction_or_not_at_all(person: World) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await send([person["officer"].me], "accepted", "/x", {"number": "A-1"})
            raise ZeroDivisionError
    assert (await _inbox(person, "officer"), await rows()) == (0, [])
    with pytest.raises(RuntimeError):
        await send([person["officer"].me], "accepted", "/x", {"number": "A-1"})


async def test_one_transaction_tells_a_person_the_same_thing_once(person: World) -> None:
    me = person["officer"].me
    async with transaction():
        await send([me, me], "accepted", "/x", {"number": "A-1"})
        await send([me], "accepted", "/x", {"number": "A-1"})
        await send([me], "accepted", "/x", {"number": "A-2"})
    assert (await _inbox(person, "officer"), len(await rows())) == (2, 2)


async def test_two_events_with_equal_words_are_two_messages(person: World) -> None:
    for _ in range(2):
        await tell([person["officer"].me], "need_rejected")
    assert (await _inbox(person, "officer"), len(await rows())) == (2, 2)


async def test_a_named_event_is_told_once_whoever_tells_it(person: World) -> None:
    people = [person["officer"].me, person["lead"].me]
    for _ in range(3):
        await tell(people, event="ND-000123:half")
    await asyncio.gather(*(tell(people, event="ND-000123:whole") for _ in range(4)))
    assert await _inbox(person, "lead") == 2
    assert [row["kind"] for row in await rows()] == ["need_confirmed"] * 2
    await tell(people, "need_rejected", event="ND-000123:half")
    assert await _inbox(person, "lead") == 3


async def test_a_mail_arrives_in_the_persons_language_with_number_and_link(
    person: World, mailbox: Mailbox, clock: Clock
) -> None:
    await User.update({User.lang: "zh"}).where(User.id == person["officer"].me)
    await tell([person["officer"].me])
    assert await deliver_due(clock) == 1
    (mail,) = mailbox.mails
    (row,) = await rows()
    assert mailbox.recipients == ["officer@example.org"]
    assert mail["Subject"] == "帮扶平台：ND-000123"
    assert mail["Message-ID"] == f"<{row['id']}@portal.example.org>"
    assert "需求 ND-000123 已确认" in mail.get_content()
    assert "https://portal.example.org/needs" in mail.get_content()
    assert (row["status"], row["sent_at"], row["attempts"]) == ("sent", clock.at, 1)
    assert await deliver_due(clock) == 0


async def test_a_failing_server_is_tried_again_later_with_the_same_message_id(
    person: World, mailbox: Mailbox, clock: Clock
) -> None:
    mailbox.answers = [451, 452]
    await tell([person["officer"].me])
    await deliver_due(clock)
    (row,) = await rows()
    assert (row["status"], row["error"], row["attempts"]) == ("failed", "smtp_451", 1)
    assert timedelta(seconds=47) < row["next_at"] - clock.at < timedelta(seconds=73)
    assert await deliver_due(clock) == 0, "not before its time"
    clock.at += timedelta(minutes=2)
    await deliver_due(clock)
    clock.at += timedelta(minutes=6)
    await deliver_due(clock)
    (row,) = await rows()
    assert (row["status"], row["error"], row["attempts"]) == ("sent", "", 3)
    assert len(mailbox.ids) == 3
    assert len(set(mailbox.ids)) == 1


async def test_after_eight_tries_it_is_given_up_visibly(person: World, mailbox: Mailbox, clock: Clock) -> None:
    await QuietHours(user=person["officer"].me, start_minute=0, end_minute=0).save()
    mailbox.answers = [421] * 20
    await tell([person["officer"].me])
    for _ in range(12):
        await deliver_due(clock)
        clock.at += timedelta(hours=10)
    (row,) = await rows()
    assert (row["status"], row["error"], row["attempts"]) == ("given_up", "smtp_421", rules.MOST_ATTEMPTS)


async def test_a_refused_recipient_is_given_up_at_once(person: World, mailbox: Mailbox, clock: Clock) -> None:
    mailbox.recipient_answer = 550
    await tell([person["officer"].me])
    await deliver_due(clock)
    (row,) = await rows()
    assert (row["status"], row["error"]) == ("given_up", "smtp_550")


async def test_a_server_that_is_gone_is_a_matter_of_waiting(
    person: World, channels: Callable[..., None], clock: Clock
) -> None:
    async with listening(Mailbox()) as closed:
        port = closed.port
    channels(smtp_url=f"smtp://127.0.0.1:{port}?tls=none", mail_from="b@portal.example.org")
    await tell([person["officer"].me])
    await deliver_due(clock)
    assert [(row["status"], row["error"]) for row in await rows()] == [("failed", "unreachable")]


async def test_two_workers_at_once_deliver_each_message_once(person: World, mailbox: Mailbox, clock: Clock) -> None:
    for number in range(12):
        await tell([person["officer"].me], number=f"ND-{number:06d}")
    worked = await asyncio.gather(*(deliver_due(clock) for _ in range(3)))
    assert sum(worked) == 12
    assert len(mailbox.ids) == len(set(mailbox.ids)) == 12
    assert {row["attempts"] for row in await rows()} == {1}


async def test_a_result_that_comes_after_the_lease_was_lost_does_not_count(
    person: World, mailbox: Mailbox, clock: Clock
) -> None:
    await tell([person["officer"].me])
    slow = await outbox.take("email", clock.at)
    assert slow is not None
    assert await outbox.take("email", clock.at) is None
    clock.at += rules.LEASE + timedelta(seconds=1)
    quick = await outbox.take("email", clock.at)
    assert quick is not None
    assert quick.fence == slow.fence + 1
    assert not await outbox.given_up(slow, "timeout", clock.at)
    assert await outbox.sent(quick, clock.at)
    assert not await outbox.failed(slow, "timeout", clock.at, clock.at)
    assert [row["status"] for row in await rows()] == ["sent"]


_WORKER = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from bangfu.app import prepare_features
from bangfu.messages.channels import offered
from bangfu.messages.delivering import deliver_due
from bangfu.settings import Outgoing, Settings
from bangfu.shared.crypto import load_keys
from bangfu.shared.database import close_pool, configure, open_pool

async def work():
    dsn, keys, port, at = sys.argv[1:]
    configure(dsn); load_keys(Path(keys)); prepare_features()
    url = f"smtp://127.0.0.1:{port}?tls=none"
    offered.configure(Settings(data=Path("."), outgoing=Outgoing(smtp_url=url, mail_from="b@portal.example.org")))
    await open_pool()
    await deliver_due(lambda: datetime.fromisoformat(at))
    await close_pool()

asyncio.run(work())
"""


async def test_a_worker_killed_while_sending_leaves_a_row_that_another_sends_with_the_same_id(
    person: World, mailbox: Mailbox, clock: Clock, database: str, keys: Path
) -> None:
    await tell([person["officer"].me])
    mailbox.hang = True
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _WORKER, database, str(keys), str(mailbox.port), clock.at.isoformat()
    )
    try:
        await asyncio.wait_for(mailbox.arrived.wait(), 60)
    finally:
        process.kill()
        await process.wait()
    mailbox.hang = False
    assert [row["status"] for row in await rows()] == ["sending"]
    assert await deliver_due(clock) == 0, "its lease still runs"
    clock.at += rules.LEASE + timedelta(seconds=1)
    assert await deliver_due(clock) == 1
    assert [(row["status"], row["attempts"]) for row in await rows()] == [("sent", 2)]
    assert len(mailbox.ids) == 2
    assert len(set(mailbox.ids)) == 1


async def test_a_row_that_kills_its_workers_is_given_up(person: World, clock: Clock) -> None:
    await tell([person["officer"].me])
    for _ in range(rules.MOST_ATTEMPTS):
        assert await outbox.take("email", clock.at) is not None
        clock.at += rules.LEASE + timedelta(seconds=1)
    await deliver_due(clock)
    assert [(row["status"], row["error"]) for row in await rows()] == [("given_up", "worker_lost")]


async def test_quiet_hours_hold_back_what_is_not_urgent_until_they_end(
    person: World, mailbox: Mailbox, clock: Clock
) -> None:
    clock.at += timedelta(hours=11)  # 23:00 in China
    await tell([person["officer"].me])
    await tell([person["officer"].me], "offer", number="A-000001", urgent=True)
    assert await deliver_due(clock) == 1
    assert "A-000001" in mailbox.mails[0]["Subject"]
    held = next(row for row in await rows() if row["kind"] == "need_confirmed")
    assert (held["status"], held["attempts"], held["next_at"]) == ("queued", 0, clock.at + timedelta(hours=8))
    clock.at += timedelta(hours=7, minutes=59)
    assert await deliver_due(clock) == 0
    clock.at += timedelta(minutes=1)
    assert await deliver_due(clock) == 1


async def test_own_quiet_hours_count_instead_of_the_default(person: World, clock: Clock) -> None:
    await QuietHours(user=person["officer"].me, start_minute=11 * 60, end_minute=13 * 60).save()
    await tell([person["officer"].me])
    assert await deliver_due(clock) == 0
    clock.at += timedelta(hours=11)
    assert await deliver_due(clock) == 1


async def test_what_waits_for_a_channel_or_account_that_is_gone_is_given_up(
    person: World, mailbox: Mailbox, channels: Callable[..., None], clock: Clock
) -> None:
    await reach(person["lead"].me, "email", "lead@example.org")
    await reach(person["auditor"].me, "email", "auditor@example.org")
    await tell([person[name].me for name in ("officer", "lead", "auditor")])
    await User.update({User.active: False}).where(User.id == person["lead"].me)
    await MessageChannel.update({MessageChannel.chosen: False}).where(MessageChannel.user == person["auditor"].me)
    await deliver_due(clock)
    assert mailbox.recipients == ["officer@example.org"]
    assert sorted(row["error"] for row in await rows()) == ["", "account_closed", "no_address"]
    await tell([person["officer"].me])
    channels()
    await deliver_due(clock)
    assert sorted(row["error"] for row in await rows()) == ["", "account_closed", "no_address", "not_configured"]


async def test_a_hanging_channel_holds_up_no_other_and_times_out(
    world: World, channels: Callable[..., None], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "DELIVERY_LIMIT", timedelta(seconds=1))
    async with listening(Mailbox()) as box, listening(Receiver(answers=["hang"])) as receiver:
        channels(
            smtp_url=f"smtp://127.0.0.1:{box.port}?tls=none", mail_from="b@portal.example.org",
            webhook_url=f"{receiver.url}/hook", webhook_secret=SECRET,
        )  # fmt: skip
        await reach(world["officer"].me, "email", "officer@example.org")
        await reach(world["officer"].me, "webhook", "officer-7")
        await tell([world["officer"].me])
        round_ = asyncio.create_task(deliver_due(clock))
        await asyncio.wait_for(box.arrived.wait(), 0.9)
        assert not round_.done()
        await round_
    found = {row["channel"]: (row["status"], row["error"]) for row in await rows()}
    assert found == {"email": ("sent", ""), "webhook": ("failed", "timeout")}


async def test_the_operator_sends_again_what_was_given_up(person: World, mailbox: Mailbox, clock: Clock) -> None:
    mailbox.answers = [554]
    await tell([person["officer"].me])
    await deliver_due(clock)
    (row,) = await rows()
    for _ in range(2):
        await outbox.retry(person["admin"], row["id"], clock.at)
    assert [(row["status"], row["attempts"]) for row in await rows()] == [("queued", 0)]
    await deliver_due(clock)
    assert [row["status"] for row in await rows()] == ["sent"]
    with pytest.raises(Refused):
        await outbox.retry(person["admin"], row["id"], clock.at)
    with pytest.raises(NotYours):
        await outbox.retry(person["admin"], uuid4(), clock.at)


async def test_old_deliveries_that_arrived_are_forgotten_but_the_event_is_still_known(
    person: World, clock: Clock
) -> None:
    await tell([person["officer"].me], event="once")
    await deliver_due(clock)
    await outbox.forget_old(clock.at + rules.KEPT_SENT + timedelta(days=1))
    assert await Outbox.count() == 0
    await tell([person["officer"].me], event="once")
    assert await Outbox.count() == 0


async def test_no_row_holds_an_address(person: World, mailbox: Mailbox, clock: Clock) -> None:
    mailbox.recipient_answer = 451
    await tell([person["officer"].me])
    await deliver_due(clock)
    assert "example.org" not in str(await rows())
    assert "officer@" not in str(await MessageChannel.raw("SELECT * FROM message_channel"))
