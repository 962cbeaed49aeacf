"""What a later feature tells about a carer: the services that they give now."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Running:
    """A service that was offered or is given now; `with_minors`: a minor lives there, or it is a service for minors."""

    number: str
    service: str
    status: str
    with_minors: bool
    href: str


Reader = Callable[[UUID], Awaitable[list[Running]]]
_readers: list[Reader] = []


def add_running(reader: Reader) -> None:
    """Let a later feature name the running services of a carer; repeating it changes nothing."""
    if reader not in _readers:
        _readers.append(reader)


async def running_of(carer: UUID) -> list[Running]:
    """Everything that a carer does now, those with minors first."""
    found = [one for read in _readers for one in await read(carer)]
    return sorted(found, key=lambda one: (not one.with_minors, one.number))
