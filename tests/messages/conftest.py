"""Channels towards servers on this machine, people who chose them, and a clock that can be turned."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.messages.actions import send
from bangfu.messages.channels import offered
from bangfu.messages.tables import MessageChannel, Outbox
from bangfu.settings import Outgoing, Settings
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction
from tests.messages.sinks import Mailbox, listening

SECRET = "a-secret-of-the-test-with-many-letters"


class Clock:
    """Stands at noon of tomorrow in China until it is turned, so that all that is queued today is due."""

    def __init__(self) -> None:
        tomorrow = datetime.now(SHANGHAI) + timedelta(days=1)
        self.at = tomorrow.replace(hour=12, minute=0, second=0, microsecond=0).astimezone(UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def channels(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """`channels(webhook_url=..., ...)` makes these the channels of this process until the test ends."""

    def use(**outgoing: Any) -> None:
        offered.configure(
            Settings(data=tmp_path, public_url="https://portal.example.org", outgoing=Outgoing(**outgoing))
        )

    yield use
    use()


@pytest.fixture
async def mailbox(channels: Callable[..., None]) -> AsyncIterator[Mailbox]:
    """A mail server that the portal uses."""
    async with listening(Mailbox()) as box:
        channels(smtp_url=f"smtp://127.0.0.1:{box.port}?tls=none", mail_from="帮扶平台 <bangfu@portal.example.org>")
        yield box


async def reach(user: UUID, channel: str, address: str) -> UUID:
    """Give a person a confirmed address."""
    row = uuid4()
    sealed = encrypt(address, f"message_channel:address_enc:{row}")
    await MessageChannel(
        id=row, user=user, channel=channel, address_enc=sealed, confirmed_at=datetime.now(UTC), chosen=True
    ).save()
    return row


async def tell(users: list[UUID], kind: str = "need_confirmed", number: str = "ND-000123", **more: Any) -> None:
    """Send one message in a transaction of its own."""
    async with transaction():
        await send(users, kind, "/needs", {"number": number}, **more)


async def rows() -> list[dict[str, Any]]:
    """The outbox."""
    return await Outbox.raw("SELECT * FROM outbox ORDER BY created_at, id")
