"""One's own choice of channels: an address counts when its code came back, nothing of it stands open anywhere."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from bangfu.errors import FormError, Refused
from bangfu.messages import choosing, queries
from bangfu.messages.delivering import deliver_due
from bangfu.messages.tables import Message, MessageChannel, Outbox
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.messages.conftest import SECRET, Clock, reach, rows, tell
from tests.messages.sinks import Mailbox, Receiver, listening
from tests.support import World

ADDRESS = "officer@example.org"


async def _code(mailbox: Mailbox) -> str:
    await deliver_due(now)
    found = re.search(r"\b[0-9]{6}\b", mailbox.mails[-1].get_content())
    assert found
    return found[0]


async def _state(world: World, name: str = "officer") -> list[str]:
    return [choice.state for choice in await queries.choices(world[name].me)]


async def test_an_address_is_used_once_its_code_came_back(world: World, mailbox: Mailbox) -> None:
    officer = world["officer"]
    await choosing.set_address(officer, "email", ADDRESS, now())
    assert await _state(world) == ["waiting"]
    await tell([officer.me])
    code = await _code(mailbox)
    assert len(mailbox.mails) == 1, "nothing but the code goes to an address that is not confirmed"
    await choosing.confirm(officer, "email", f" {code} ", now())
    await choosing.confirm(officer, "email", code, now())
    assert await _state(world) == ["used"]
    await tell([officer.me])
    assert [row["kind"] for row in await rows()] == ["address_code", "need_confirmed"]


async def test_neither_address_nor_code_stands_open_in_the_database(world: World, mailbox: Mailbox) -> None:
    await choosing.set_address(world["officer"], "email", ADDRESS, now())
    kept = str(await rows()) + str(await MessageChannel.raw("SELECT * FROM message_channel"))
    kept += str(await AuditEvent.raw("SELECT * FROM audit_event"))
    code = await _code(mailbox)
    assert ADDRESS not in kept
    assert not re.search(rf"\b{code}\b", kept)
    assert [row["secret_enc"] for row in await rows()] == [""]
    events = await AuditEvent.select(AuditEvent.action)
    assert [event["action"] for event in events] == ["account.channel_set"]


async def test_a_wrong_code_counts_five_times_and_a_late_one_never(world: World, mailbox: Mailbox) -> None:
    officer = world["officer"]
    await choosing.set_address(officer, "email", ADDRESS, now())
    code = await _code(mailbox)
    wrong = "000000" if code != "000000" else "000001"
    with pytest.raises(FormError):
        await choosing.confirm(officer, "email", code, now() + choosing.CODE_COUNTS + timedelta(minutes=1))
    for _ in range(choosing.CODE_TRIES):
        with pytest.raises(FormError):
            await choosing.confirm(officer, "email", wrong, now())
    with pytest.raises(FormError):
        await choosing.confirm(officer, "email", code, now())
    assert await _state(world) == ["waiting"]


async def test_a_code_of_another_address_or_person_is_worth_nothing(world: World, mailbox: Mailbox) -> None:
    officer = world["officer"]
    await choosing.set_address(officer, "email", ADDRESS, now())
    first = await _code(mailbox)
    await choosing.set_address(officer, "email", "other@example.org", now())
    second = await _code(mailbox)
    await choosing.set_address(world["lead"], "email", ADDRESS, now())
    if first != second:
        with pytest.raises(FormError):
            await choosing.confirm(officer, "email", first, now())
    assert await _state(world, "lead") == ["waiting"]
    await choosing.confirm(officer, "email", second, now())
    assert mailbox.recipients[:2] == [ADDRESS, "other@example.org"]


async def test_a_code_that_was_replaced_or_is_over_is_no_longer_sent(
    world: World, mailbox: Mailbox, clock: Clock
) -> None:
    await choosing.set_address(world["officer"], "email", ADDRESS, now())
    await choosing.set_address(world["officer"], "email", "other@example.org", now())
    await deliver_due(clock)
    assert mailbox.mails == []
    assert {(row["status"], row["error"], row["secret_enc"]) for row in await rows()} == {("given_up", "code_over", "")}


async def test_codes_and_tests_are_limited_also_for_clicks_at_once(world: World, mailbox: Mailbox) -> None:
    officer = world["officer"]
    tries = [choosing.set_address(officer, "email", f"a{n}@example.org", now()) for n in range(9)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 9 - choosing.CODES_PER_HOUR
    assert await Outbox.count().where(Outbox.kind == "address_code") == choosing.CODES_PER_HOUR
    # the limit belongs to the person, not to the portal
    await choosing.set_address(world["lead"], "email", ADDRESS, now())


@pytest.mark.parametrize(
    ("channel", "text"),
    [
        ("email", "nobody"), ("email", "a@b"), ("email", "a b@example.org"), ("email", "a@example.org\nBcc: b@x.org"),
        ("email", "张三@example.org"), ("email", "a..b@example.org"), ("email", "<a@example.org>"),
        ("email", "a" * 65 + "@example.org"), ("sms", "0519-86680000"), ("sms", "12345"), ("sms", "x"),
        ("wecom", "a|b"), ("wecom", "@all"), ("webhook", "张三"), ("webhook", "x" * 65),
    ],
)  # fmt: skip
def test_a_wrong_address_is_told_at_its_field(channel: str, text: str) -> None:
    with pytest.raises(FormError) as caught:
        choosing.parsed_address(channel, text)
    assert list(caught.value.fields) == ["address"]


def test_addresses_are_taken_as_people_write_them() -> None:
    assert choosing.parsed_address("sms", " 138 1234 5678 ") == "+8613812345678"
    assert choosing.parsed_address("email", " first.last+x@mail.example.org ") == "first.last+x@mail.example.org"
    assert choosing.parsed_address("wecom", "zhangsan") == "zhangsan"


async def test_every_channel_confirms_by_a_code_through_itself(
    world: World, channels: Callable[..., None], keys: object
) -> None:
    officer = world["officer"]
    async with listening(
        Receiver(usual={"code": 0, "errcode": 0, "access_token": "t", "expires_in": 7200})
    ) as receiver:
        channels(
            webhook_url=receiver.url, webhook_secret=SECRET, sms_url=receiver.url, sms_key="k", sms_secret=SECRET,
            sms_template="T-1", sms_code_template="T-2", wecom_url=receiver.url, wecom_corp="c", wecom_agent="7",
            wecom_secret="s",
        )  # fmt: skip
        for channel, address in (("sms", "19912345678"), ("wecom", "officer7"), ("webhook", "officer7")):
            await choosing.set_address(officer, channel, address, now())
            await deliver_due(now)
            said = receiver.requests[-1].body.decode()
            code = re.search(r'(?:"code": ?"|验证码是 |code is )([0-9]{6})', said)
            assert code, said
            await choosing.confirm(officer, channel, code[1], now())
    assert await _state(world) == ["used"] * 3


# Pages -------------------------------------------------------------------------------------------------------------
PAGE = "/account/messages"


async def test_the_page_leads_from_the_address_to_the_code_to_a_test_message(
    visit, world: World, app, channels
) -> None:
    async with listening(Mailbox()) as box:
        channels(smtp_url=f"smtp://127.0.0.1:{box.port}?tls=none", mail_from="b@portal.example.org")
        browser = await visit("officer")
        assert PAGE in (await browser.get("/account")).text
        wrong = await browser.post(f"{PAGE}/address", {"channel": "email", "address": "nobody@"})
        assert (wrong.status_code, "nobody@" in wrong.text) == (422, True)
        right = await browser.post(f"{PAGE}/address", {"channel": "email", "address": ADDRESS})
        assert (right.status_code, right.headers["location"]) == (303, PAGE)
        code = await _code(box)
        shown = (await browser.get(PAGE)).text
        assert ADDRESS not in shown
        assert "o***@example.org" in shown
        wrong = await browser.post(f"{PAGE}/confirm", {"channel": "email", "code": "1"})
        assert wrong.status_code == 422
        assert (await browser.post(f"{PAGE}/confirm", {"channel": "email", "code": code})).status_code == 303
        key = {"key": "11111111-2222-4333-8444-555555555555"}
        for _ in range(2):
            assert (await browser.post(f"{PAGE}/test", key)).status_code == 303
        await deliver_due(now)
        assert len(box.mails) == 2
        assert "This is a test message" in box.mails[-1].get_content()
        for _ in range(choosing.TESTS_PER_HOUR - 1):
            assert (await browser.post(f"{PAGE}/test")).status_code == 303
        assert (await browser.post(f"{PAGE}/test")).status_code == 409
    assert await Message.count().where(Message.kind == "test") == choosing.TESTS_PER_HOUR


async def test_a_channel_rests_and_is_removed(visit, world: World, app, mailbox: Mailbox) -> None:
    await reach(world["officer"].me, "email", ADDRESS)
    browser = await visit("officer")
    await browser.post(f"{PAGE}/use", {"channel": "email", "chosen": "0"})
    assert await _state(world) == ["resting"]
    await tell([world["officer"].me])
    assert await rows() == []
    await browser.post(f"{PAGE}/use", {"channel": "email", "chosen": "1"})
    assert await _state(world) == ["used"]
    for _ in range(2):
        assert (await browser.post(f"{PAGE}/remove", {"channel": "email"})).status_code == 303
    assert await MessageChannel.count() == 0


async def test_nobody_reaches_anothers_address(visit, world: World, app, mailbox: Mailbox) -> None:
    await reach(world["officer"].me, "email", ADDRESS)
    browser = await visit("lead")
    await browser.post(f"{PAGE}/remove", {"channel": "email"})
    await browser.post(f"{PAGE}/use", {"channel": "email", "chosen": "0"})
    assert await _state(world) == ["used"]
    assert "example.org" not in (await browser.get(PAGE)).text


@pytest.mark.parametrize("path", ["address", "confirm", "use", "remove"])
@pytest.mark.parametrize("channel", ["", "pigeon", "sms"])
async def test_a_channel_that_is_not_offered_is_refused_or_changes_nothing(
    path: str, channel: str, visit, world: World, app, mailbox: Mailbox
) -> None:
    browser = await visit("officer")
    answer = await browser.post(f"{PAGE}/{path}", {"channel": channel, "address": "19912345678", "code": "123456"})
    assert answer.status_code in {303, 422}
    assert await MessageChannel.count() == 0


async def test_quiet_hours_are_kept_and_wrong_times_are_told(visit, world: World, app, mailbox: Mailbox) -> None:
    browser = await visit("officer")
    assert 'value="21:00"' in (await browser.get(PAGE)).text
    wrong = await browser.post(f"{PAGE}/quiet", {"start": "25:00", "end": "07:00"})
    assert (wrong.status_code, 'value="25:00"' in wrong.text) == (422, True)
    assert (await browser.post(f"{PAGE}/quiet", {"start": "22:30", "end": "6:15"})).status_code == 303
    assert await queries.quiet_hours(world["officer"].me) == (22 * 60 + 30, 6 * 60 + 15)
    assert 'value="06:15"' in (await browser.get(PAGE)).text


async def test_without_channels_the_page_says_so(visit, app) -> None:
    browser = await visit("officer")
    assert "inbox only" in (await browser.get(PAGE)).text
