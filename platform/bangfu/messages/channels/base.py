"""What a channel is: it takes an address and a rendered message, and says whether a failure may pass."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as it leaves the portal: in the recipient's language, with what the channel may carry.

    `id` is the outbox row's: the same at every try, so that the receiver can drop a repeat. `number` and `code` are
    empty where there is none or the channel may not carry them; `link` is an absolute address of the portal, `href`
    its path.
    """

    id: UUID
    kind: str
    subject: str
    text: str
    link: str
    href: str
    occurred_at: datetime
    lang: str = "zh"
    number: str = ""
    code: str = ""


class DeliveryError(Exception):
    """A delivery that failed; `code` is all that is kept of it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Temporary(DeliveryError):
    """It may work later; `after`, where the receiver said so, is how long it asks to wait."""

    def __init__(self, code: str, after: timedelta | None = None) -> None:
        super().__init__(code)
        self.after = after


class Permanent(DeliveryError):
    """Trying again changes nothing: the address or the message is refused."""


class Channel(Protocol):
    """One way out of the portal. It may be asked for the same row again; it never logs an address."""

    async def deliver(self, address: str, rendered: Rendered) -> None:
        """Hand the message over.

        Raises:
            Temporary: if it may work later.
            Permanent: if it never will.
        """
        ...
