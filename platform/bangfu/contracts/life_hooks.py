"""What later features do for contracts: they register here, because contracts know nothing of tasks and offers."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from bangfu.shared.actor import Actor

How = Literal["suspended", "terminated", "ended"]


@dataclass(frozen=True, slots=True)
class OpenTasks:
    """What still hangs on lines: offers without an answer, and services that run."""

    offers: int = 0
    running: int = 0

    @property
    def all(self) -> int:
        """Both together."""
        return self.offers + self.running


Listing = Callable[[Collection[UUID]], Awaitable[OpenTasks]]
"""Counts what hangs on these lines."""
Ending = Callable[[Actor, Sequence[UUID], How, bool, datetime], Awaitable[int]]
"""Ends the offers on these lines, and the running services too where the flag is set: their needs wait for another
match. Runs in the transaction of the change; says how many were ended."""
Naming = Callable[[Collection[UUID]], Awaitable[dict[UUID, str]]]
"""The numbers of the subjects of ledger entries (an assignment's A-000012)."""
Expired = Callable[[Collection[UUID], datetime], Awaitable[dict[UUID, int]]]
"""How many offers organisations let expire within 30 days."""

Banding = Callable[[UUID], Awaitable[str]]
"""The band of a contract's last final quarter (excellent, good, fair, poor), "" for none."""

_LISTING: list[Listing] = []
_ENDING: list[Ending] = []
_NAMING: list[Naming] = []
_EXPIRED: list[Expired] = []
_BANDING: list[Banding] = []


def on_listing(reaction: Listing) -> None:
    """Say what hangs on lines; registered once."""
    if reaction not in _LISTING:
        _LISTING.append(reaction)


def on_ended(reaction: Ending) -> None:
    """Hear that lines were suspended or ended; registered once."""
    if reaction not in _ENDING:
        _ENDING.append(reaction)


def on_naming(reaction: Naming) -> None:
    """Name the subjects of ledger entries; registered once."""
    if reaction not in _NAMING:
        _NAMING.append(reaction)


def on_expired(reaction: Expired) -> None:
    """Count expired offers; registered once."""
    if reaction not in _EXPIRED:
        _EXPIRED.append(reaction)


def on_band(reaction: Banding) -> None:
    """Say how a contract was rated last; registered once."""
    if reaction not in _BANDING:
        _BANDING.append(reaction)


async def band_of(contract: UUID) -> str:
    """The band of the last final quarter, "" for none: an excellent one is preferred for renewal (DOMAIN.md 6.6)."""
    found = [await reaction(contract) for reaction in _BANDING]
    return next((band for band in found if band), "")


async def open_tasks(lines: Collection[UUID]) -> OpenTasks:
    """What hangs on lines, of all features."""
    found = [await reaction(lines) for reaction in _LISTING]
    return OpenTasks(sum(each.offers for each in found), sum(each.running for each in found))


async def ended(actor: Actor, lines: Sequence[UUID], how: How, running: bool, at: datetime) -> int:
    """Tell every feature; how many offers and services ended."""
    return sum([await reaction(actor, lines, how, running, at) for reaction in _ENDING])


async def names_of(subjects: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of subjects."""
    found: dict[UUID, str] = {}
    for reaction in _NAMING:
        found |= await reaction(subjects)
    return found


async def expired_offers(organizations: Collection[UUID], at: datetime) -> dict[UUID, int]:
    """Organisation -> offers that it let expire within 30 days."""
    found: dict[UUID, int] = {}
    for reaction in _EXPIRED:
        for organization, count in (await reaction(organizations, at)).items():
            found[organization] = found.get(organization, 0) + count
    return found
