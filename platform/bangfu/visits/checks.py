"""The rules of the calendar for one visit at one time: later features register them, moves of visits ask them all."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.shared.actor import Actor

Problem = tuple[str, Mapping[str, object]]
"""A sentence (message id) and its parameters."""
Check = Callable[[Actor, UUID, datetime, UUID, datetime], Awaitable[list[Problem]]]
CHECKS: Final[list[Check]] = []
"""`await check(actor, visit, start, carer, at)`: why the visit may not begin then with this carer; none is good."""


def register(check: Check) -> None:
    """Ask this check too, once."""
    if check not in CHECKS:
        CHECKS.append(check)


async def problems(actor: Actor, visit: UUID, start: datetime, carer: UUID, at: datetime) -> list[Problem]:
    """Every broken rule, each said once."""
    found: list[Problem] = []
    for check in CHECKS:
        found += [problem for problem in await check(actor, visit, start, carer, at) if problem not in found]
    return found
