"""What households say about their visits beforehand, told by a later feature: "home" or "away" for a visit."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

Said = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, str]]]
"""Ids of visits -> visit -> code of `family_answer`, for those about which something was said."""
_TOLD: Final[list[Said]] = []


def told_by(said: Said) -> None:
    """Let a later feature tell it; registering twice changes nothing."""
    if said not in _TOLD:
        _TOLD.append(said)


async def of(visits: Sequence[UUID]) -> dict[UUID, str]:
    """What was said about these visits."""
    found: dict[UUID, str] = {}
    for said in _TOLD:
        found |= await said(visits)
    return found
