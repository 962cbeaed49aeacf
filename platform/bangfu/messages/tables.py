"""The inbox, each person's choice of further channels, and the outbox that serves those channels.

A message is one row per person and event, a link and no personal data. An outbox row is that message on its way
through one channel; it holds no address: the address is read, unsealed, at the moment of sending.
"""

from piccolo.columns import JSONB, UUID, BigInt, Boolean, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Message(Table, tablename="message"):
    """`kind` names the sentence (messages/words.py), `params` fill it; never a household's name or address."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    user = UUID(index=True)
    kind = Varchar(40)
    params = JSONB(default="{}")
    href = Varchar(200, default="")
    event = Varchar(64, default="")
    """Digest that names the event; unique per person. Empty only for rows older than the outbox."""
    created_at = Timestamptz(default=TimestamptzNow())
    read_at = Timestamptz(null=True, default=None)


class MessageChannel(Table, tablename="message_channel"):
    """A person's address on one channel; it counts when a code sent to it came back."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    user = UUID(index=True)
    channel = Varchar(12)
    address_enc = Text(default="")
    """E-mail address, mobile number, WeCom user id, or the webhook's own name for the person."""
    confirmed_at = Timestamptz(null=True, default=None)
    chosen = Boolean(default=True)
    code_hash = Varchar(64, default="")
    code_until = Timestamptz(null=True, default=None)
    code_tries = Integer(default=0)
    changed_at = Timestamptz(default=TimestamptzNow())


class QuietHours(Table, tablename="quiet_hours"):
    """A person's own quiet hours, minutes of the civil day; equal minutes mean none. No row: the default."""

    user = UUID(primary_key=True, default=UUID4())
    start_minute = Integer(default=21 * 60)
    end_minute = Integer(default=7 * 60)


class Outbox(Table, tablename="outbox"):
    """One message on its way through one channel (states: messages/rules.py); taken under a lease and a fence."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    recipient = UUID(index=True)
    channel = Varchar(12)
    kind = Varchar(40)
    event = Varchar(64)
    params = JSONB(default="{}")
    secret_enc = Text(default="")
    """The code of an address that is being confirmed; emptied when the row ends."""
    href = Varchar(200, default="")
    urgent = Boolean(default=False)
    status = Varchar(12, default="queued")
    attempts = Integer(default=0)
    next_at = Timestamptz(default=TimestamptzNow())
    lease_until = Timestamptz(null=True, default=None)
    fence = BigInt(default=0)
    error = Varchar(40, default="")
    """The last error as a code (smtp_451, http_503, timeout): never a text of the other side."""
    created_at = Timestamptz(default=TimestamptzNow())
    sent_at = Timestamptz(null=True, default=None)
