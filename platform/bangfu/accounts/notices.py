"""What a person is told of their own account. Messages stand above accounts: they say here how to tell."""

from collections.abc import Awaitable, Callable
from uuid import UUID

Teller = Callable[[UUID, str, str], Awaitable[None]]
"""`await teller(user, kind, event)`, in the transaction of the change."""
_tellers: dict[str, Teller] = {}


def tell_by(name: str, teller: Teller) -> None:
    """Register who tells; repeating it changes nothing."""
    _tellers[name] = teller


async def tell(user: UUID, kind: str, event: UUID) -> None:
    """Tell a person what became of the account."""
    for teller in _tellers.values():
        await teller(user, kind, event.hex)
