"""What later features hear of an assessment: registered once, called in the transaction in which it takes effect."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bangfu.shared.actor import Actor


@dataclass(frozen=True, slots=True)
class Completed:
    """An assessment that both assessors have signed and that counts from now on.

    `sets`: none, selfcare_level, ability_level or risk_color; `before`: the person's level by the same form until now.
    """

    assessment: UUID
    number: str
    household: UUID
    person: UUID
    division: str
    form_code: str
    form_version: str
    sets: str
    level: str
    before: str
    assessed_on: date
    valid_until: date
    unchanged: bool


Reaction = Callable[[Actor, Completed, datetime], Awaitable[None]]
_reactions: list[Reaction] = []


def on_completed(reaction: Reaction) -> None:
    """Let a later feature answer a completed assessment (propose services, open a child's file); registered once."""
    if reaction not in _reactions:
        _reactions.append(reaction)


async def react(actor: Actor, completed: Completed, at: datetime) -> None:
    """Tell the later features, in the transaction of the change."""
    for reaction in _reactions:
        await reaction(actor, completed, at)


TakenOver = Callable[[Actor, Completed, datetime], Awaitable[bool]]
_taken_over: dict[str, TakenOver] = {}


def take_over(kind: str, handler: TakenOver) -> None:
    """Let a later feature see to what a level asks for (`follow_up` of a form) itself: it answers whether it does. What
    nobody sees to is put under supervision as it is."""
    _taken_over[kind] = handler


async def is_taken_over(actor: Actor, kind: str, completed: Completed, at: datetime) -> bool:
    """Whether a later feature sees to it, in the transaction of the change."""
    handler = _taken_over.get(kind)
    return handler is not None and await handler(actor, completed, at)
