"""A person's own choice of channels: addresses confirmed by a code, quiet hours, a test message."""

import re
import secrets
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, Refused
from bangfu.messages import rules
from bangfu.messages.actions import send
from bangfu.messages.channels import offered
from bangfu.messages.tables import Message, MessageChannel, Outbox, QuietHours
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import blind_index, decrypt, encrypt
from bangfu.shared.database import transaction
from bangfu.shared.faults import Fault
from bangfu.shared.phones import is_mobile, parse_phone

CODE_COUNTS = timedelta(minutes=15)
CODE_TRIES = 5
CODES_PER_HOUR = 5
TESTS_PER_HOUR = 5
"""[D] Limits per person, so that nobody is pestered with codes by somebody who mistypes or means it."""

_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")
_HANDLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_@.-]{0,63}")


def parsed_address(channel: str, text: str) -> str:
    """An address as it is stored.

    Raises:
        FormError: on the field `address`, if it is none of this channel.
    """
    text = text.strip()
    if channel == "sms":
        try:
            phone = parse_phone(text)
        except Fault:
            phone = ""
        if not is_mobile(phone):
            raise _wrong(N_("Please enter a mobile number, such as 13812345678."))
        return phone
    if channel == "email" and (len(text) > 254 or not _EMAIL.fullmatch(text) or ".." in text):
        raise _wrong(N_("Please enter an e-mail address, such as name@example.org."))
    if channel != "email" and not _HANDLE.fullmatch(text):
        raise _wrong(N_("Please enter the account: letters, digits, dots and hyphens, at most 64."))
    return text


def _wrong(message: str) -> FormError:
    return FormError({"address": (message, {})})


async def set_address(actor: Actor, channel: str, text: str, at: datetime) -> None:
    """Enter an address and have a code sent to it; until the code comes back nothing else is sent there.

    The same address once more is a request for another code. A new address replaces the one before at once.

    Raises:
        FormError: for a channel that is not offered, or a wrong address.
        Refused: if too many codes were asked for.
    """
    _check_offered(channel)
    address = parsed_address(channel, text)
    async with transaction():
        await _one_at_a_time(actor.me)
        await _check_rate(actor.me, at)
        row = await _own(actor.me, channel)
        if row is not None and row.confirmed_at is not None and _address_of(row) == address:
            return
        row = row or MessageChannel(id=uuid4(), user=actor.me, channel=channel)
        code = f"{secrets.randbelow(10**6):06d}"
        row.address_enc, row.confirmed_at = encrypt(address, f"message_channel:address_enc:{row.id}"), None
        row.code_hash, row.code_until, row.code_tries = _hashed(row, address, code), at + CODE_COUNTS, 0
        row.chosen, row.changed_at = True, at
        await row.save()
        await _drop_codes(actor.me, channel)
        await _send_code(actor.me, channel, code)
        await audit.record(actor, "account.channel_set", "user", actor.me, data={"channel": channel}, at=at)


async def confirm(actor: Actor, channel: str, code: str, at: datetime) -> None:
    """Give the code back: from now on the channel is used.

    Raises:
        FormError: on the field `code`, if it is wrong, over, or was tried too often.
    """
    _check_offered(channel)
    fault: str | None = None
    async with transaction():
        await _one_at_a_time(actor.me)
        row = await _own(actor.me, channel)
        if row is None:
            raise FormError({"code": (N_("Enter the address first."), {})})
        if row.confirmed_at is not None:
            return
        if row.code_until is None or row.code_until < at or row.code_tries >= CODE_TRIES:
            fault = N_("This code no longer counts. Have another one sent.")
        elif not secrets.compare_digest(_hashed(row, _address_of(row), code.strip()), row.code_hash):
            row.code_tries += 1
            fault = N_("This is not the code that was sent.")
        else:
            row.confirmed_at, row.code_hash, row.code_until = at, "", None
            await audit.record(actor, "account.channel_confirmed", "user", actor.me, data={"channel": channel}, at=at)
        await row.save()
    if fault:
        raise FormError({"code": (fault, {})})


async def choose(actor: Actor, channel: str, chosen: bool, at: datetime) -> None:
    """Use or rest a confirmed channel; what waits for it is not sent while it rests."""
    await MessageChannel.raw(
        'UPDATE message_channel SET chosen = {}, changed_at = {} WHERE "user" = {} AND channel = {}',
        chosen, at, actor.me, channel,
    )  # fmt: skip


async def remove(actor: Actor, channel: str, at: datetime) -> None:
    """Forget an address; repeating it changes nothing."""
    async with transaction():
        rows = await MessageChannel.raw(
            'DELETE FROM message_channel WHERE "user" = {} AND channel = {} RETURNING id', actor.me, channel
        )
        if rows:
            await _drop_codes(actor.me, channel)
            await audit.record(actor, "account.channel_removed", "user", actor.me, data={"channel": channel}, at=at)


async def set_quiet_hours(actor: Actor, start: int, end: int) -> None:
    """Keep a person's quiet hours (minutes of the day, equal = none); what was held back is looked at again."""
    async with transaction():
        await QuietHours.raw(
            'INSERT INTO quiet_hours ("user", start_minute, end_minute) VALUES ({}, {}, {})'
            ' ON CONFLICT ("user") DO UPDATE'
            " SET start_minute = excluded.start_minute, end_minute = excluded.end_minute",
            actor.me, start, end,
        )  # fmt: skip
        await Outbox.raw(
            "UPDATE outbox SET next_at = now() WHERE recipient = {} AND status = 'queued' AND next_at > now()", actor.me
        )


async def send_test(actor: Actor, key: UUID, at: datetime) -> None:
    """Send a test message to the inbox and every chosen channel, at once; the same form twice sends one.

    Raises:
        Refused: after five within an hour.
    """
    async with transaction():
        await _one_at_a_time(actor.me)
        rows = await Message.raw(
            'SELECT count(*) AS n FROM message WHERE "user" = {} AND kind = \'test\' AND created_at > {}',
            actor.me, at - timedelta(hours=1),
        )  # fmt: skip
        if rows[0]["n"] >= TESTS_PER_HOUR:
            raise Refused(N_("You have sent yourself {n} test messages within an hour. Wait a while."), n=rows[0]["n"])
        await send([actor.me], "test", "/account/messages", event=str(key))


def _check_offered(channel: str) -> None:
    if channel not in offered.channels():
        raise FormError({"": (N_("This channel is not offered here."), {})})


async def _one_at_a_time(user: UUID) -> None:
    """Limits count what is there: two clicks at once queue behind each other."""
    await MessageChannel.raw("SELECT id FROM app_user WHERE id = {} FOR NO KEY UPDATE", user)


async def _check_rate(user: UUID, at: datetime) -> None:
    rows = await Outbox.raw(
        "SELECT count(*) AS n FROM outbox WHERE recipient = {} AND kind = 'address_code' AND created_at > {}",
        user, at - timedelta(hours=1),
    )  # fmt: skip
    if rows[0]["n"] >= CODES_PER_HOUR:
        raise Refused(N_("{n} codes were sent to you within an hour. Wait a while."), n=rows[0]["n"])


async def _own(user: UUID, channel: str) -> MessageChannel | None:
    row: MessageChannel | None = (
        await MessageChannel.objects()
        .where((MessageChannel.user == user) & (MessageChannel.channel == channel))
        .first()
        .lock_rows("UPDATE")
    )
    return row


def _address_of(row: MessageChannel) -> str:
    return decrypt(row.address_enc, f"message_channel:address_enc:{row.id}")


def _hashed(row: MessageChannel, address: str, code: str) -> str:
    """A keyed hash, bound to the address that the code was sent to."""
    return blind_index(f"{row.id}:{address}:{code}", "message_code")


async def _drop_codes(user: UUID, channel: str) -> None:
    await Outbox.raw(
        "UPDATE outbox SET status = 'given_up', error = 'code_over', secret_enc = ''"
        " WHERE recipient = {} AND channel = {} AND kind = 'address_code' AND status IN ('queued', 'failed')",
        user, channel,
    )  # fmt: skip


async def _send_code(user: UUID, channel: str, code: str) -> None:
    row = uuid4()
    await Outbox(
        id=row, recipient=user, channel=channel, kind="address_code", event=row.hex, params="{}",
        secret_enc=encrypt(code, f"outbox:secret_enc:{row}"), href="/account/messages",
        urgent=rules.is_urgent("address_code"), status="queued",
    ).save()  # fmt: skip
