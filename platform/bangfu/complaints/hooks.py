"""What other features do when a complaint moves: called in the transaction of the move, in registration order."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from bangfu.complaints.tables import Complaint
from bangfu.shared.actor import Actor

Hook = Callable[[Actor, Complaint, datetime], Awaitable[None]]
_AFTER: Final[dict[str, list[Hook]]] = {}


def after(event: str, hook: Hook) -> None:
    """Call `await hook(actor, complaint, at)` after every move with this event, the row being locked and changed:
    "entered", "accepted", "transferred", "not_accepted", "investigating", "decided", "replied", "closed", "reopened".
    Registering twice changes nothing. A veto (DOMAIN.md 6.4) listens to "decided" with rules.may_mean_veto(row.kind).
    """
    hooks = _AFTER.setdefault(event, [])
    if hook not in hooks:
        hooks.append(hook)


async def tell(event: str, actor: Actor, row: Complaint, at: datetime) -> None:
    """Let the registered features react."""
    for hook in _AFTER.get(event, ()):
        await hook(actor, row, at)
