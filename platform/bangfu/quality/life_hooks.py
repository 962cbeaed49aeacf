"""What later features do when a score moves on: they register here, because quality knows nothing of money."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from bangfu.quality.tables import QuarterScore
from bangfu.shared.actor import Actor

Hook = Callable[[Actor, QuarterScore, datetime], Awaitable[None]]
EVENTS: Final = ("published_prelim", "appealed", "revised", "final", "rectified")
"""published_prelim: the undisputed part may go on (nothing is disputed yet); appealed: once for each appeal, what is
disputed is `life_facts.under_appeal`; revised: another revision counts, before or after `final`; final: nothing of it
is disputed any more; rectified: what a poor band held back may go on (DOMAIN.md 6.6)."""
_HOOKS: Final[dict[str, list[Hook]]] = {event: [] for event in EVENTS}


def after(event: str, hook: Hook) -> None:
    """Hear of an event, in the transaction in which it happens; registered once.

    Raises:
        KeyError: for an unknown event.
    """
    if hook not in _HOOKS[event]:
        _HOOKS[event].append(hook)


async def happened(event: str, actor: Actor, score: QuarterScore, at: datetime) -> None:
    """Tell everybody who asked; `score` is the row as it is after the event."""
    for hook in _HOOKS[event]:
        await hook(actor, score, at)
