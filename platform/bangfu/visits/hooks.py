"""What other features do when a visit moves: called in the transaction of the move, in the order of registration."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from bangfu.shared.actor import Actor
from bangfu.visits.tables import Visit

Hook = Callable[[Actor, Visit, datetime], Awaitable[None]]
_AFTER: Final[dict[str, list[Hook]]] = {}


def after(event: str, hook: Hook) -> None:
    """Call `await hook(actor, visit, at)` after every move with this event ("submitted", "verified", ...), the visit
    being locked and changed; registering twice changes nothing. "planned" is the event of a new visit, "changed" of
    another time or carer."""
    hooks = _AFTER.setdefault(event, [])
    if hook not in hooks:
        hooks.append(hook)


async def tell(event: str, actor: Actor, row: Visit, at: datetime) -> None:
    """Let the registered features react."""
    for hook in _AFTER.get(event, ()):
        await hook(actor, row, at)
