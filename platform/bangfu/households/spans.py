"""Spans of a household's category in time, and what a change or a correction makes of them (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

from bangfu.errors import N_, FormError

ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """A category with its modes; the layer follows from it and is never kept."""

    category: str
    admission_mode: str = ""
    support_mode: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """From one day to another, both included; `ends_on` None: the present one."""

    id: UUID | None
    standing: Standing
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Spans that count no longer, and those that are written in their place."""

    replaced: tuple[Span, ...] = ()
    closed: tuple[Span, ...] = ()
    """Present spans that get their last day."""
    added: tuple[Span, ...] = ()


def change(present: Span, new: Standing, on: date, today: date) -> Rewrite:
    """The present span ends on the day before; a new one begins. On the first day of the present one it is replaced.

    Raises:
        FormError: for a day in the future, or before the present span began (that is a correction).
    """
    if on > today:
        raise FormError({"starts_on": (N_("The change cannot lie in the future."), {})})
    if on < present.starts_on:
        message = N_("The present category began on {day}; correct the history instead of changing it from before.")
        raise FormError({"starts_on": (message, {"day": present.starts_on.isoformat()})})
    if new == present.standing:
        raise FormError({"category": (N_("The household is in this category already."), {})})
    if on == present.starts_on:
        return Rewrite(replaced=(present,), added=(Span(None, new, on),))
    return Rewrite(closed=(replace(present, ends_on=on - ONE_DAY),), added=(Span(None, new, on),))


def correct(spans: Sequence[Span], wrong: UUID, new: Standing, starts_on: date, today: date) -> Rewrite:
    """Another category or another first day for one span; the one before it ends on the day before.

    `spans`: those that count, in the order of time.

    Raises:
        FormError: for a day that lies outside of what the neighbours leave.
    """
    at = next(number for number, span in enumerate(spans) if span.id == wrong)
    found, before = spans[at], spans[at - 1] if at else None
    latest = min(found.ends_on or today, today)
    if starts_on > latest or (before is not None and starts_on <= before.starts_on):
        message = N_("The first day has to lie after the start of the span before, and not after {day}.")
        raise FormError({"starts_on": (message, {"day": latest.isoformat()})})
    if new == found.standing and starts_on == found.starts_on:
        raise FormError({"category": (N_("Nothing is corrected: it says the same as before."), {})})
    corrected = Span(None, new, starts_on, found.ends_on)
    touching = before is not None and before.ends_on is not None and before.ends_on >= found.starts_on - ONE_DAY
    if before is None or (before.ends_on == starts_on - ONE_DAY) or not (touching or starts_on <= _end(before)):
        return Rewrite(replaced=(found,), added=(corrected,))
    moved = Span(None, before.standing, before.starts_on, starts_on - ONE_DAY)
    return Rewrite(replaced=(found, before), added=(moved, corrected))


def _end(span: Span) -> date:
    return span.ends_on or date.max


def overlap(spans: Sequence[Span]) -> bool:
    """Whether two of the spans share a day."""
    ordered = sorted(spans, key=lambda span: span.starts_on)
    return any(_end(first) >= second.starts_on for first, second in pairwise(ordered))
