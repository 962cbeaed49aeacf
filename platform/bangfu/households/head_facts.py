"""What later features say in the head of a household's page, beside risk and consent (LOOK.md page 3)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.shared.actor import Actor


@dataclass(frozen=True, slots=True)
class HeadFact:
    """One chip: its words in the reader's language, and how loud it is (ok, warn, bad, info, neutral)."""

    text: str
    level: str = "neutral"


Ask = Callable[[Actor, UUID, datetime], Awaitable[HeadFact | None]]
_asked: Final[list[Ask]] = []


def add_head_fact(ask: Ask) -> None:
    """Let a later feature say something about a household; registered once."""
    if ask not in _asked:
        _asked.append(ask)


async def facts_of(actor: Actor, household: UUID, at: datetime) -> list[HeadFact]:
    """What the features say to this person."""
    found = [await ask(actor, household, at) for ask in _asked]
    return [fact for fact in found if fact is not None]
