"""Reads for the inbox, one's own choice of channels, and the operator's page on deliveries."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.messages import rules
from bangfu.messages.channels import offered
from bangfu.messages.tables import Message, MessageChannel, Outbox, QuietHours
from bangfu.messages.words import SENTENCES, sentence_of
from bangfu.shared.crypto import decrypt
from bangfu.shared.masking import mask_phone


@dataclass(frozen=True, slots=True)
class Shown:
    """A message in the reader's language."""

    id: UUID
    text: str
    href: str
    created_at: datetime
    read: bool


async def unread_count(user: UUID) -> int:
    """How many messages the person has not opened."""
    rows = await Message.raw('SELECT count(*) AS n FROM message WHERE "user" = {} AND read_at IS NULL', user)
    return int(rows[0]["n"])


async def inbox(user: UUID, limit: int, offset: int, *, unread: bool = False) -> tuple[list[Shown], int]:
    """One page of a person's messages (all, or those not read), newest first, and how many there are."""
    rows = await Message.raw(
        'SELECT * FROM message WHERE "user" = {} AND (NOT {} OR read_at IS NULL)'
        " ORDER BY created_at DESC, id LIMIT {} OFFSET {}",
        user, unread, limit, offset,
    )  # fmt: skip
    total = await Message.raw(
        'SELECT count(*) AS n FROM message WHERE "user" = {} AND (NOT {} OR read_at IS NULL)', user, unread
    )
    shown = [
        Shown(row["id"], _text(row["kind"], row["params"]), row["href"], row["created_at"], row["read_at"] is not None)
        for row in rows
    ]
    return shown, int(total[0]["n"])


def _text(kind: str, params: str) -> str:
    """The sentence; the code of a kind that this version does not know."""
    return sentence_of(kind, json.loads(params)) if kind in SENTENCES else kind


async def href_of(user: UUID, message: UUID) -> str:
    """Where a person's own message leads.

    Raises:
        NotYours: if it is nobody's or another person's.
    """
    rows = await Message.raw('SELECT href FROM message WHERE id = {} AND "user" = {}', message, user)
    if not rows:
        raise NotYours
    return str(rows[0]["href"]) or "/inbox"


@dataclass(frozen=True, slots=True)
class Choice:
    """One offered channel as its person sees it: nothing entered, waiting for the code, in use, or resting."""

    channel: str
    address: str
    state: str


async def choices(user: UUID) -> list[Choice]:
    """The offered channels in their order, addresses masked."""
    rows = await MessageChannel.raw('SELECT * FROM message_channel WHERE "user" = {}', user)
    own = {row["channel"]: row for row in rows}
    found = []
    for channel in (code for code in rules.CHANNELS if code in offered.channels()):
        row = own.get(channel)
        if row is None:
            found.append(Choice(channel, "", "none"))
            continue
        state = "waiting" if row["confirmed_at"] is None else "used" if row["chosen"] else "resting"
        address = decrypt(row["address_enc"], f"message_channel:address_enc:{row['id']}")
        found.append(Choice(channel, masked(channel, address), state))
    return found


def masked(channel: str, address: str) -> str:
    """138****5678, n***@example.org, z***."""
    if channel == "sms":
        return mask_phone(address)
    name, at, host = address.partition("@")
    return f"{name[:1]}***{at}{host}"


async def quiet_hours(user: UUID) -> tuple[int, int]:
    """A person's quiet hours, minutes of the day; equal ones mean none."""
    rows = await QuietHours.raw('SELECT start_minute, end_minute FROM quiet_hours WHERE "user" = {}', user)
    return (rows[0]["start_minute"], rows[0]["end_minute"]) if rows else (rules.QUIET_FROM, rules.QUIET_TO)


@dataclass(frozen=True, slots=True)
class Delivery:
    """An outbox row as the operator sees it: whom it is for and what it says stays unknown."""

    id: UUID
    channel: str
    kind: str
    status: str
    attempts: int
    error: str
    created_at: datetime
    next_at: datetime
    may_retry: bool

    @property
    def reason(self) -> str:
        """The error without the other side's own number, for its word."""
        family, _, number = self.error.partition("_")
        if family == "smtp" and number.isdigit():
            return "smtp_refused" if number.startswith("5") else "smtp_later"
        known = family in {"http", "sms", "wecom"} and self.error != "wecom_invalid_user"
        return f"{family}_code" if known else self.error


async def deliveries(channel: str, status: str, limit: int, offset: int) -> tuple[list[Delivery], int]:
    """One page of what has not arrived, newest first ("" for any channel, any status but sent), and how many."""
    statuses = [status] if status else [state for state in rules.STATES if state != "sent"]
    where = " FROM outbox WHERE status = ANY({}) AND ({} = '' OR channel = {})"
    rows = await Outbox.raw(
        "SELECT id, channel, kind, status, attempts, error, created_at, next_at" + where
        + " ORDER BY created_at DESC, id LIMIT {} OFFSET {}",
        statuses, channel, channel, limit, offset,
    )  # fmt: skip
    total = await Outbox.raw("SELECT count(*) AS n" + where, statuses, channel, channel)
    found = [Delivery(**row, may_retry=_may_retry(row["kind"], row["status"])) for row in rows]
    return found, int(total[0]["n"])


def _may_retry(kind: str, status: str) -> bool:
    return kind not in rules.CODES and rules.MACHINE.may(status, "retry", rules.ADMIN)


@dataclass(frozen=True, slots=True)
class Sums:
    """How the outbox stands."""

    waiting: int
    failed: int
    given_up: int
    sent_today: int
    oldest: datetime | None


async def sums(at: datetime) -> Sums:
    """Counts of the outbox and since when the oldest row that is due waits."""
    rows = await Outbox.raw(
        "SELECT count(*) FILTER (WHERE status IN ('queued', 'sending')) AS waiting,"
        " count(*) FILTER (WHERE status = 'failed') AS failed,"
        " count(*) FILTER (WHERE status = 'given_up') AS given_up,"
        " count(*) FILTER (WHERE status = 'sent' AND sent_at > {}::timestamptz - interval '24 hours') AS sent_today,"
        " min(created_at) FILTER (WHERE status IN ('queued', 'sending', 'failed') AND next_at <= {}) AS oldest"
        " FROM outbox",
        at, at,
    )  # fmt: skip
    return Sums(**rows[0])
