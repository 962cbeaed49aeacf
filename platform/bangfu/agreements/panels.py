"""What later features show on an agreement's page: a template and what it needs, registered once."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

from bangfu.shared.actor import Actor

Panel = Callable[[Actor, UUID], Awaitable[Mapping[str, Any] | None]]
"""(actor, agreement) -> the template's `panel`; None shows nothing."""
_PANELS: Final[dict[str, Panel]] = {}


def add_panel(template: str, panel: Panel) -> None:
    """Show `template` (below templates/) on the office's page of an agreement; repeating it changes nothing."""
    _PANELS.setdefault(template, panel)


async def panels_of(actor: Actor, agreement: UUID) -> list[tuple[str, Mapping[str, Any]]]:
    """(template, values) of the panels that have something to show."""
    found = [(template, await panel(actor, agreement)) for template, panel in _PANELS.items()]
    return [(template, values) for template, values in found if values is not None]
