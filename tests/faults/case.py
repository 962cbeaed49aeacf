"""What a scene hands to the faults: one write, what stands before and after it, and its neighbours in time."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from tests.faults.stand import Answer, Browser, Stand

Send = Callable[[Browser], Coroutine[Any, Any, Answer]]
State = Callable[[], Awaitable[str]]
BEFORE, AFTER = "before", "after"


@dataclass
class Case:
    """One write on objects of its own.

    `state` says `before`, `after`, a word of `between` where the product promises whole parts only, or in plain words
    what is half done.
    """

    who: str
    send: Send
    state: State
    events: list[tuple[str, str]] = field(default_factory=list)
    """(action, subject) of the audit events of which there is exactly one in the end."""
    between: tuple[str, ...] = ()
    early: Send | None = None
    """What comes later in order; sent before its time it is refused and changes nothing."""
    late: Send | None = None
    """An older request that arrives once more when all is done; it changes nothing."""
    rival: Send | None = None
    """Another browser's write on the same object; the same as `send` where nothing is said."""
    rival_who: str = ""
    locks: str = "audit_event"
    """A table that the write changes inside its transaction: locked, it holds the write there."""


Make = Callable[[Stand], Awaitable[Case]]
