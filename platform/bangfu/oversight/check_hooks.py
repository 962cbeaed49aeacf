"""What later features do when a spot check ends: called in its transaction, in the order of registration."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from bangfu.oversight.check_tables import SpotCheck
from bangfu.shared.actor import Actor

Hook = Callable[[Actor, SpotCheck, datetime], Awaitable[None]]
EVENTS: Final = ("failed", "forged", "closed")
_AFTER: Final[dict[str, list[Hook]]] = {event: [] for event in EVENTS}


def after(event: str, hook: Hook) -> None:
    """Call `await hook(actor, check, at)` with the check locked and changed; registering twice changes nothing.

    `failed`: the result is a failure, whatever the reason; `forged`: of those the ones whose record is forged;
    `closed`: the result is final, after an appeal or without one.

    Raises:
        KeyError: for another event.
    """
    hooks = _AFTER[event]
    if hook not in hooks:
        hooks.append(hook)


async def tell(event: str, actor: Actor, row: SpotCheck, at: datetime) -> None:
    """Let the registered features react."""
    for hook in _AFTER[event]:
        await hook(actor, row, at)
