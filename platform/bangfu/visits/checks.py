"""The rules of the calendar for one visit at one time: later features register them, moves of visits ask them all."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.shared.actor import Actor

Problem = tuple[str, Mapping[str, object]]
"""A sentence (message id) and its parameters."""
Check = Callable[[Actor, UUID, datetime, UUID, datetime], Awaitable[list[Problem]]]
CHECKS: Final[list[Check]] = []
"""`await check(actor, visit, start, carer, at)`: why the visit may not begin then with this carer; none is good."""

Hold = Callable[[Collection[UUID]], Awaitable[None]]
HOLDS: Final[list[Hold]] = []
"""`await hold(carers)`: nobody else moves visits of these carers until the transaction ends."""


def register(check: Check) -> None:
    """Ask this check too, once."""
    if check not in CHECKS:
        CHECKS.append(check)


def register_hold(hold: Hold) -> None:
    """Take this lock too, once."""
    if hold not in HOLDS:
        HOLDS.append(hold)


async def hold(carers: Collection[UUID]) -> None:
    """Hold the calendars of these carers: before any row is locked, so that two moves onto one hour cannot both find
    it free."""
    for each in HOLDS:
        await each(carers)


async def problems(actor: Actor, visit: UUID, start: datetime, carer: UUID, at: datetime) -> list[Problem]:
    """Every broken rule, each said once."""
    found: list[Problem] = []
    for check in CHECKS:
        found += [problem for problem in await check(actor, visit, start, carer, at) if problem not in found]
    return found
