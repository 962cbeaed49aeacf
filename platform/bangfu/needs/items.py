"""Items of the catalogue as needs name them; the catalogue is a later feature and registers what it offers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Item:
    """A published item in the version that counts today; `label` in the reader's language."""

    code: str
    version: int
    service: str
    label: str
    href: str


Offered = Callable[[], Awaitable[list[Item]]]
Known = Callable[[str, int | None], Awaitable[Item | None]]

Misfit = Callable[[UUID, str, UUID | None], Awaitable[bool]]

_offered: list[Offered] = []
_misfit: list[Misfit] = []
_known: list[Known] = []


def register(offered: Offered, known: Known, misfit: Misfit) -> None:
    """Let the catalogue say what it offers, what one version of an item is called, and whether a service is not meant
    for a person of a household; registered once."""
    _offered[:], _known[:], _misfit[:] = [offered], [known], [misfit]


async def is_misfit(household: UUID, service: str, person: UUID | None) -> bool:
    """Whether the page should warn: the service is meant for others (PRODUCT.md row A). Nothing is refused."""
    return any([await misfit(household, service, person) for misfit in _misfit])


async def offered_items(service: str = "") -> list[Item]:
    """What a need may name today, of one service or of all."""
    found = [item for source in _offered for item in await source()]
    return [item for item in found if service in ("", item.service)]


async def item_called(code: str, version: int | None) -> Item | None:
    """The item that a need names, in its version then; None where it names none."""
    for known in _known:
        if code and (item := await known(code, version)) is not None:
            return item
    return None
