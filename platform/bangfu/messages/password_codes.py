"""What people are told of their own account: the code for a new password, changes that somebody might not have made."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

from bangfu.accounts import notices, resets
from bangfu.messages import rules
from bangfu.messages.actions import send
from bangfu.messages.tables import MessageChannel, Outbox
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction

CHANNELS = ("email", "sms")
"""Ways that lead to one person alone."""


async def send_asked(clock: Callable[[], datetime]) -> int:
    """The worker's part: a code for everybody who asked, is known, and has a confirmed address.

    Returns:
        How many wishes were sent out.
    """
    sent = 0
    while True:
        async with transaction():
            wish = await resets.take_wish(clock())
            if wish is None:
                return sent
            _, user, _, code = wish
            rows = await MessageChannel.raw(
                'SELECT channel FROM message_channel WHERE "user" = {} AND confirmed_at IS NOT NULL'
                " AND channel = ANY({}::varchar[])",
                user, list(CHANNELS),
            )  # fmt: skip
            for row in rows:
                await _queue(user, row["channel"], code)
            sent += bool(rows)


async def _queue(user: UUID, channel: str, code: str) -> None:
    row = uuid4()
    await Outbox(
        id=row, recipient=user, channel=channel, kind="password_code", event=row.hex, params="{}",
        secret_enc=encrypt(code, f"outbox:secret_enc:{row}"), href=resets.PAGE,
        urgent=rules.is_urgent("password_code"), status="queued",
    ).save()  # fmt: skip


async def _tell(user: UUID, kind: str, event: str) -> None:
    await send([user], kind, "/account", event=event)


notices.tell_by("messages", _tell)
