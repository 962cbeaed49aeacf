"""The tabs of a household's page: each later feature adds a page of its own (DESIGN.md)."""

from dataclasses import dataclass
from uuid import UUID

from bangfu.errors import N_
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import gettext_now
from bangfu.shared.permissions import allows


@dataclass(frozen=True, slots=True)
class Tab:
    """`path` has a gap for the household's id; `label` is a message id."""

    order: int
    key: str
    label: str
    path: str
    permission: str


_tabs: list[Tab] = [Tab(0, "people", N_("People and grounds"), "/households/{household}", "households.read")]


def add_tab(tab: Tab) -> None:
    """Register a tab, once per key."""
    if all(known.key != tab.key for known in _tabs):
        _tabs.append(tab)
        _tabs.sort(key=lambda known: known.order)


def tabs_of(actor: Actor, household: UUID, active: str) -> list[dict[str, object]]:
    """The tabs that this person may open, as components/tabs.html reads them."""
    return [
        {"href": tab.path.format(household=household), "label": gettext_now(tab.label), "active": tab.key == active}
        for tab in _tabs
        if allows(actor.roles, tab.permission)
    ]
