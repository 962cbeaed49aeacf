"""Items of the catalogue as needs name them; the catalogue is a later feature and registers what it offers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


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

_offered: list[Offered] = []
_known: list[Known] = []


def register(offered: Offered, known: Known) -> None:
    """Let the catalogue say what it offers and what one version of an item is called; registered once."""
    _offered[:], _known[:] = [offered], [known]


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
