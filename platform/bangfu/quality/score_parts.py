"""Panels that other parts put on the page of a score: buttons of its life, its statement, its appeals.

A maker says what a person sees of a score, or None; it is asked whenever the page is shown. The page includes the
panel's template with `panel.values` as `p` (and `score`, `view`, `form`, `errors`, `may_visit` of the page).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from bangfu.quality.tables import QuarterScore
from bangfu.shared.actor import Actor


@dataclass(frozen=True, slots=True)
class Panel:
    """A template and its values; `place`: top (under the score), foot (after the figures) or aside."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    place: Literal["top", "foot", "aside"] = "top"


Maker = Callable[[Actor, QuarterScore, datetime], Awaitable[Panel | None]]
_MAKERS: Final[list[tuple[int, Maker]]] = []


def add(order: int, maker: Maker) -> None:
    """Register a maker, once; panels stand in the order of the numbers."""
    if all(known != maker for _, known in _MAKERS):
        _MAKERS.append((order, maker))
        _MAKERS.sort(key=lambda each: each[0])


async def panels_for(actor: Actor, score: QuarterScore, at: datetime) -> list[Panel]:
    """The panels that a person sees of a score."""
    found = [await maker(actor, score, at) for _, maker in _MAKERS]
    return [each for each in found if each is not None]
